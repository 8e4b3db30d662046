#pragma once
#include <map>
#include <memory>
#include <string>

#include "bridge/envelope.hpp"
#include "bridge/flow.hpp"
#include "bridge/meta_board.hpp"
#include "bridge/warp_session.hpp"

namespace heddle {

/// The links of one connection to meta lanes. They have no subscription: what they hear is read from the MetaBoard once
/// a second, and only the differences are told, while there is room (flow.hpp).
///
///   told  ----- a walk over both, by key: @update, @remove -----> next        a sync: from nothing, @clear before and
///         at_told                                     at_next                 @synced after
///
/// Both are shared with all links of that lane, so a link costs a few pointers, however slow its reader is.
class MetaLinks {
 public:
    struct Turn {
        TimePoint now;
        Flow& flow;
        FrameSink& out;
    };
    MetaLinks(EndpointId self, Realm& realm, MetaBoard& board) : self_(self), realm_(realm), board_(board) {}
    ~MetaLinks();
    MetaLinks(const MetaLinks&) = delete;
    MetaLinks& operator=(const MetaLinks&) = delete;

    /// A link or sync. `room`: for one link more.
    void link(const Envelope& envelope, bool room, Turn turn);
    void unlink(const Envelope& envelope, Turn turn);
    /// Looks whose time has come, and all that there is room for.
    void pump(Turn turn);
    /// Ends those that `self` may not have any more, and says which.
    void recheck(Ends& ends, Turn turn);
    /// Those that it may not have under other settings.
    void preview(const RealmSettings& settings, Ends& ends) const;
    /// Of the next look. For when there is room: until then the sink is waited for.
    TimePoint next_deadline() const;
    std::size_t size() const { return links_.size(); }

 private:
    enum class Sync : std::uint8_t { none, asked, walking };
    struct Link {
        MetaLane lane;
        std::string header, linked_header;
        std::shared_ptr<const MetaContent> told, next;  // next: null where nothing is being told
        std::size_t at_told = 0, at_next = 0;
        Sync sync = Sync::none;
        TimePoint due;  // of the next look
    };
    using Links = std::map<std::string, Link>;

    Links::iterator erase(Links::iterator link);
    void look(Link& link, TimePoint now);
    std::string_view end_reason(const Link& link) const;
    void count(const Link& link, Ends& ends) const;
    bool walk(Link& link, Turn turn);
    void begin_sync(Link& link);
    void finish(Link& link);
    bool step(Link& link);
    void put_entry(const Link& link, bool removed, const MetaContent::Entry& entry);
    void say(EnvelopeKind kind, std::string_view header, std::string_view rest, Turn turn);
    void emit(FrameSink& out);

    const EndpointId self_;
    Realm& realm_;
    MetaBoard& board_;
    Links links_;
    ByteBuffer frame_;
    std::size_t emitted_ = 0;
};

}  // namespace heddle
