#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "bridge/meta_facts.hpp"

namespace heddle {

/// What a meta lane shows at one moment.
struct MetaContent {
    struct Entry {
        std::string key;   // of a map, as a text; of `pulse` empty
        std::string body;  // Recon, as it stands after an attribute
    };
    std::vector<Entry> entries;  // by key
    bool too_large = false;      // more than map_entries_max
};

/// Content for all who look at meta lanes of one realm: made when somebody asks and at most once a second for each
/// lane, shared by all its links. Making it never takes more than about a tenth of the realm's time: whoever asks
/// sooner is told to come back. Nobody asks: nothing is done.
class MetaBoard {
 public:
    static constexpr std::chrono::milliseconds period{1'000};

    /// Both outlive the board.
    MetaBoard(const Realm& realm, const LinkCensus& census, std::size_t entries_max)
        : realm_(realm), census_(census), entries_max_(entries_max) {}

    /// No older than `period`; null where it is too early, see ready_at.
    std::shared_ptr<const MetaContent> content(const MetaLane& lane, TimePoint now);
    TimePoint ready_at() const { return quiet_until_; }

    /// All lanes and links, as of now or, where that would be too early (ready_at), of when it was last looked.
    std::shared_ptr<const Facts> facts(TimePoint now) { return facts(now, {}); }
    /// Of one section, looked up now.
    Facts facts(const Section& section, TimePoint now);
    const Realm& realm() const { return realm_; }

    /// A link that looks began or ended. Without any, nothing is kept.
    void enter() { ++readers_; }
    void leave();

    std::uint64_t made() const { return made_; }  // contents, ever: for tests
    bool holds_anything() const { return !kept_.empty() || facts_; }

 private:
    struct Kept {
        std::shared_ptr<const MetaContent> content;
        TimePoint at;
        std::uint64_t events = 0, commands = 0;  // counts, for rates
    };
    /// As of at most `age` ago, if it may be.
    std::shared_ptr<const Facts> facts(TimePoint now, TimePoint::duration age);
    void make(const MetaLane& lane, Kept& kept, TimePoint now);
    static void take_pulse(MetaLane::Scope scope, const Facts& facts, double seconds, Kept& kept, MetaContent& content);
    void forget_old(TimePoint now);

    const Realm& realm_;
    const LinkCensus& census_;
    const std::size_t entries_max_;
    std::unordered_map<std::string, Kept> kept_;
    std::size_t forget_at_ = 16;
    std::shared_ptr<const Facts> facts_;
    TimePoint facts_at_ = TimePoint::min();
    TimePoint quiet_until_ = TimePoint::min();
    std::size_t readers_ = 0;
    std::uint64_t made_ = 0;
};

}  // namespace heddle
