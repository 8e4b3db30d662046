#pragma once
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>

#include "realms/room.hpp"
#include "realms/settings.hpp"
#include "serializers/bytes.hpp"
#include "serializers/function_ref.hpp"
#include "serializers/ids.hpp"

/// Event history (advanced profile, "Event History"): what went out on configured subscriptions, for those who ask
/// later.
namespace heddle {

/// Milliseconds since 1970 in UTC.
using WallMs = std::int64_t;

/// One event as it is kept. Encoded once, when it is published: a store moves bytes and understands none of them.
struct HistoryEntry {
    std::uint64_t position = 0;  // in its history: 1, 2, 3, ..; what is forgotten leaves no gap in what is left
    WallMs time = 0;
    PublicationId publication;
    std::string_view topic;
    std::string_view event;  // EVENT in MessagePack, all its details and its payload
    std::string_view lists;  // PUBLISH in MessagePack with the lists of authids and authroles; empty: for everybody
    std::size_t bytes() const { return topic.size() + event.size() + lists.size() + overhead; }
    static constexpr std::size_t overhead = 96;  // about what a store takes for an entry beside its texts
};

/// Where the events of one history stay, bounded as its rule says: the oldest go first. Implementations never call back
/// but through `visit`, which must not change the store.
class HistoryStore {
 public:
    virtual ~HistoryStore() = default;
    /// The position is the store's to give. An event larger than all that may be kept empties the history: nobody may
    /// take what is left for the latest. True: `flush` is wanted soon.
    virtual bool append(const HistoryEntry& entry) = 0;
    /// Lets go of what is too old at `now`.
    virtual void expire(WallMs now) = 0;
    /// The position of a publication; 0 where there is none (any more).
    virtual std::uint64_t find(PublicationId publication) const = 0;
    /// Positions from `first` to `last`, both included, upwards or downwards, until `visit` says false.
    virtual void walk(std::uint64_t first, std::uint64_t last, bool reverse,
                      FunctionRef<bool(const HistoryEntry&)> visit) const = 0;
    /// Makes sure of what was appended, where that is a thing of its own.
    virtual void flush() {}
    virtual std::size_t events() const = 0;
    virtual std::size_t bytes() const = 0;
    /// Of these, bytes in this process's memory.
    virtual std::size_t memory_bytes() const { return 0; }
    /// False: nothing is added to what is in memory but in place of the oldest, until it may grow again.
    virtual void let_grow(bool yes) { static_cast<void>(yes); }
};

struct OpenedHistory {
    std::unique_ptr<HistoryStore> store;  // null: the events stay in memory
    bool failed = false;  // the rule names another place, which cannot be used now; the implementation has reported why
};

/// Opens the stores of rules whose events live outside of the realm's own memory: when the realm begins, and when a rule
/// is edited. An earlier store of the same rule may still be there: it was flushed, and is gone soon after `open` gave
/// another one. On the realm's thread.
class HistoryStores {
 public:
    virtual ~HistoryStores() = default;
    virtual OpenedHistory open(const HistoryRule& rule) noexcept = 0;
};

class HistoryInMemory final : public HistoryStore {
 public:
    explicit HistoryInMemory(const HistoryRule& rule)
        : events_max_(rule.events_max), bytes_bound_(rule.bytes_max), age_max_(rule.age_max.count()) {}
    bool append(const HistoryEntry& entry) override;
    void expire(WallMs now) override;
    std::uint64_t find(PublicationId publication) const override;
    void walk(std::uint64_t first, std::uint64_t last, bool reverse,
              FunctionRef<bool(const HistoryEntry&)> visit) const override;
    std::size_t events() const override { return kept_.size(); }
    std::size_t bytes() const override { return bytes_; }
    std::size_t memory_bytes() const override { return bytes_; }
    void let_grow(bool yes) override { bytes_bound_.let_grow(yes, bytes_); }

 private:
    struct Kept {
        WallMs time;
        PublicationId publication;
        std::uint32_t topic_size, event_size;
        SharedBytes text;  // topic, event, lists
    };
    HistoryEntry entry(std::size_t index) const;
    void drop_oldest();

    const std::size_t events_max_;
    ByteBound bytes_bound_;
    const WallMs age_max_;
    std::deque<Kept> kept_;     // in order of publication
    std::uint64_t before_ = 0;  // position of the one before the first
    std::size_t bytes_ = 0;
};

}  // namespace heddle
