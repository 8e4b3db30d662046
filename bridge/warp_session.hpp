#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "bridge/meta_facts.hpp"
#include "realms/egress.hpp"
#include "realms/realm.hpp"
#include "serializers/bytes.hpp"
#include "serializers/result.hpp"

namespace heddle {

/// Where a WARP session's frames go: text of one WebSocket message each. Queues; never calls back.
class FrameSink {
 public:
    virtual ~FrameSink() = default;
    /// A text that other links hear as well: wrapped once for all of them.
    virtual void frame(SharedBytes text) = 0;
    /// A text for this connection alone; good until the call returns. Keeps its place among the others.
    virtual void own(std::string_view text) = 0;
    /// Call WarpSession::on_sent once everything up to here has left for the socket. One question at a time.
    virtual void tell_when_sent() = 0;
    virtual void close(CloseReason why) = 0;  // after what was queued before
};

struct WarpLimits {
    std::size_t links_max = 10'000;         // per connection; one more is answered @unlinked(..)@tooManyLinks
    std::size_t map_entries_max = 100'000;  // of one map link; one more ends it with @unlinked(..)@mapTooLarge
    std::size_t calls_max = 1'000;          // per connection: commands with a correlation id that wait for a result
    /// Handed to the connection and not gone yet, in bytes; what comes on top waits as state, or as frames of events.
    std::size_t window = 128 << 10;
    std::size_t waiting_max = 20'000;          // of one event link: frames that wait; one more is a slow_consumer
    std::size_t waiting_bytes_max = 12u << 20;  // of all event links of a connection: an outbox and its grace
    std::size_t held_max = 1'024;  // frames that wait until somebody is logged in, or may do what he asked for; one more
                                   // is a backlog, which ends the connection
    std::size_t held_bytes_max = 1u << 20;
    std::size_t held_again_bytes_max = 16 << 10;  // the same while who was refused before logs in again
    /// Where users can log in, the first frame may be `@auth`; without any for so long the connection is anybody's.
    std::chrono::milliseconds first_frame_wait{5'000};
};

/// The Recon body of one publication, made at most once for all links, and the whole frame shared by links that spell
/// node and lane alike.
class BodyCache;

class MetaBoard;  // what meta lanes show (meta_board.hpp)

/// One WARP connection inside a realm: peels envelopes, keeps the link state machine of every (node, lane), and speaks
/// to the realm as a session like any other, so that permissions, subscriptions and publications are the broker's own.
/// Lives on the realm's thread. Specification: docs/warp.md; what we decide where that leaves it open: README.md here.
///
/// A realm that refuses the join leaves the transport open, and so must the host (Egress::close with
/// CloseReason::refused is not for this connection's socket): each link is then answered @unlinked(..)@notAuthorized,
/// which a Swim client takes as final. On a closed socket it would try again for ever.
class WarpSession {
 public:
    /// Joins nobody yet: `start` does, as `self`, or the first frame where that may be `@auth`.
    /// Without a board there are no meta lanes: @unlinked(..)@nodeNotFound. `facts`: told to the realm before each HELLO.
    WarpSession(EndpointId self, Realm& realm, WarpLimits limits, MetaBoard* board = nullptr, PeerFacts facts = {});
    ~WarpSession();

    void start(TimePoint now, Egress& realm_egress, FrameSink& out);

    /// One text message from the client. A malformed one closes the connection (malformed_message).
    void on_frame(std::string_view text, TimePoint now, Egress& realm_egress, FrameSink& out);

    /// What the realm says to this endpoint. Called from inside Egress, so it must not call the realm.
    void on_message(const Message& message, FrameSink& out);
    void on_event(const Event& event, BodyCache& cache, TimePoint now, FrameSink& out);

    /// What FrameSink::tell_when_sent asked for: there may be room again.
    void on_sent(TimePoint now, Egress& realm_egress, FrameSink& out);
    /// `next_deadline` is here: a link's rate lets it speak again, the realm is to be told of a link's end, or it answered a
    /// login and frames wait for that.
    void on_tick(TimePoint now, Egress& realm_egress, FrameSink& out);
    TimePoint next_deadline() const;
    /// Many events wait for the links of this session, because its socket does not take them as fast as they come. True
    /// from a quarter of a limit on, until most of them have left: their senders should be slowed down.
    bool crowded() const;
    /// Of events that wait for its links, frames as memory.
    std::size_t waiting_bytes() const;

    /// Other settings are in force: links to meta lanes that this session may not have any more end now. (All others are
    /// subscriptions, which the realm ended.) `preview`: which those would be.
    void recheck(TimePoint now, FrameSink& out, Ends& ends);
    void preview(const RealmSettings& settings, Ends& ends) const;

    /// What made the last frame malformed and where in it, once; null where nothing did. For the log.
    std::unique_ptr<Error> take_fault();

    /// Introspection: its links but those to meta lanes, until `visit` says false (then false); and its counts.
    bool each_link(FunctionRef<bool(const LinkSight&)> visit) const;
    LinkCensus::Totals totals() const;

 private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace heddle
