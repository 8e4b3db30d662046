#pragma once
#include <memory>
#include <string_view>

#include "realms/egress.hpp"
#include "realms/settings.hpp"
#include "serializers/messages.hpp"

namespace heddle {

/// One realm: its sessions, broker and dealer behind one door. Sans-IO: bytes, time and randomness are arguments.
/// One thread at a time; calls return without blocking. All answers go to the Egress, in order.
class Realm {
 public:
    Realm(RealmSettings settings, Entropy& entropy);
    ~Realm();

    /// A decoded message. An endpoint that is not in the realm may say HELLO; whatever else it says is a violation.
    void on_message(EndpointId from, const Message& message, TimePoint now, Egress& out);

    /// Bytes that are no message, or a transport rule broken: ABORT `wamp.error.protocol_violation`, session gone,
    /// transport closed.
    void on_violation(EndpointId from, CloseReason why, std::string_view what, Egress& out);

    /// The endpoint is gone: its subscriptions, registrations and calls end. Nothing is sent to it.
    void on_lost(EndpointId from, CloseReason why, Egress& out);

    /// Deadlines: call timeouts, GOODBYE waits. `next_deadline` says when to come back (TimePoint::max(): no need).
    void on_tick(TimePoint now, Egress& out);
    TimePoint next_deadline() const;

    /// GOODBYE `wamp.close.system_shutdown` to everybody.
    void shut_down(TimePoint now, Egress& out);

    const RealmSettings& settings() const;

    /// For the bridge: is a procedure registered that a call of `uri` would reach; is an event retained for exactly
    /// this topic.
    bool has_procedure(std::string_view uri) const;
    bool has_retained(std::string_view topic) const;

    /// What the lane rules make of a topic or procedure: exact before longest prefix before wildcard; by_state where
    /// none speaks.
    LaneKind lane_of(std::string_view uri) const;
    /// The same with the limits that the rule sets. Good for as long as the realm lives.
    const LaneRule& lane_rule(std::string_view uri) const;

    /// The topic keeps no event any more, if `who` has an open session that may publish there. False: nothing was
    /// removed.
    bool remove_retained(EndpointId who, std::string_view topic);

    struct Counts {
        std::size_t sessions = 0, subscriptions = 0, registrations = 0, calls = 0, retained = 0, retained_bytes = 0;
        std::uint64_t retained_refused = 0;  // ever: events that found no room
    };
    Counts counts() const;

 private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace heddle
