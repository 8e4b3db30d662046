#pragma once
#include <chrono>
#include <memory>
#include <optional>
#include <string_view>

#include "realms/egress.hpp"
#include "realms/ends.hpp"
#include "realms/explanation.hpp"
#include "realms/pattern_facts.hpp"
#include "realms/peer_facts.hpp"
#include "realms/questions.hpp"
#include "realms/room.hpp"
#include "realms/settings.hpp"
#include "realms/state_entry.hpp"
#include "realms/tallies.hpp"
#include "serializers/function_ref.hpp"
#include "serializers/messages.hpp"

namespace heddle {

class HistoryStores;
class MetaProvider;

/// Who a session is, as somebody made sure of. Views are good for the call they are given to.
struct Identity {
    std::string_view authid, role, method, provider;
    bool router = false;  // the router's own session: may do everything, reserved URIs too, whatever `role` says
};

/// One realm: its sessions, broker and dealer behind one door. Sans-IO: bytes, time and randomness are arguments.
/// One thread at a time; calls return without blocking. All answers go to the Egress, in order.
class Realm {
 public:
    /// `stores`: where histories go whose rules name another place than memory; null: there are none such. Both outlive
    /// the realm.
    Realm(RealmSettings settings, Entropy& entropy, HistoryStores* stores = nullptr);
    ~Realm();

    /// Who answers what the realm cannot find out itself. Null: nobody; then what needs it is refused. Outlives the realm.
    void ask(Questions* questions);
    void verified(QuestionId id, bool good, TimePoint now, Egress& out);
    void answered(QuestionId id, const Outcome& outcome, TimePoint now, Egress& out);

    /// What is known of an endpoint before its HELLO; without it the peer is a stranger on an open line.
    void introduce(EndpointId who, PeerFacts facts);

    /// A decoded message. An endpoint that is not in the realm may say HELLO; whatever else it says is a violation.
    void on_message(EndpointId from, const Message& message, TimePoint now, Egress& out);

    /// HELLO of a peer that the router itself vouches for: nothing is asked, and the role is the given one.
    void admit(EndpointId from, const HelloDetails& hello, const Identity& as, TimePoint now, Egress& out);

    /// Bytes that are no message, or a transport rule broken: ABORT `wamp.error.protocol_violation`, session gone,
    /// transport closed.
    void on_violation(EndpointId from, CloseReason why, std::string_view what, TimePoint now, Egress& out);

    /// The endpoint is gone: its subscriptions, registrations and calls end, and its testaments are published, at `now`.
    /// Nothing is sent to it.
    void on_lost(EndpointId from, CloseReason why, TimePoint now, Egress& out);

    /// Deadlines: call timeouts, GOODBYE waits. `next_deadline` says when to come back (TimePoint::max(): no need).
    void on_tick(TimePoint now, Egress& out);
    TimePoint next_deadline() const;

    /// GOODBYE to everybody: `wamp.close.system_shutdown`, or `wamp.close.close_realm` where `why` is realm_closed.
    void shut_down(TimePoint now, Egress& out, CloseReason why = CloseReason::shutdown);

    /// The router is going to stop: new sessions and new calls are refused, open calls go on.
    void drain(TimePoint now, Egress& out);
    /// GOODBYE to at most `max` sessions that neither wait for a call nor answer one. Returns how many that were.
    std::size_t send_idle_away(std::size_t max, TimePoint now, Egress& out);

    const RealmSettings& settings() const;

    // Administration.

    /// New settings in force, but for the name and the users: what sessions hold and may no longer have is revoked, and
    /// whose role is gone is sent away, before this returns.
    Ends apply(RealmSettings settings, TimePoint now, Egress& out);
    /// What `apply` would end. Changes nothing.
    Ends preview(const RealmSettings& settings) const;
    /// Would these settings send this session away?
    bool goes(EndpointId who, const RealmSettings& settings) const;
    /// A new user, or a known one as he is now: sessions whose role or credential that takes away end.
    Ends put_user(UserSettings user, TimePoint now, Egress& out);
    Ends remove_user(std::string_view authid, TimePoint now, Egress& out);
    /// What the dynamic authorizer said counts no more: it is asked anew. How many answers that were.
    std::size_t purge();
    /// Why somebody may or may not do something, now or under other `settings` (null: those in force).
    Explanation explain(const PermissionQuestion& question, const RealmSettings* settings = nullptr) const;
    /// Sends a session away: GOODBYE with this reason. False: there is none.
    bool kick(SessionId who, std::string_view reason, std::string_view message, TimePoint now, Egress& out);
    /// Nobody joins under this authid, or from this address, before `until`. Empty: no such.
    void keep_out(std::string_view authid, std::string_view address, TimePoint until);

    /// Ends a subscription by the router's will ("Subscription Revocation"). False: there is none.
    bool revoke_subscription(SessionId who, SubscriptionId subscription, std::string_view reason, Egress& out);

    /// For the bridge: is a procedure registered that a call of `uri` would reach; is an event retained for exactly
    /// this topic.
    bool has_procedure(std::string_view uri) const;
    bool has_retained(std::string_view topic) const;

    /// What the lane rules make of a topic or procedure: exact before longest prefix before wildcard; by_state where
    /// none speaks.
    LaneKind lane_of(std::string_view uri) const;
    /// The same with the limits that the rule sets. Good until the next `apply`.
    const LaneRule& lane_rule(std::string_view uri) const;

    /// What the topics that `match` and `uri` describe keep, as `who` may see it: in the order of their texts, from the
    /// one after `after` on (empty: from the first), until `visit` says false. Only for what `who` is subscribed to:
    /// the permission was asked then. `visit` must not change the realm.
    void read_state(EndpointId who, Match match, std::string_view uri, std::string_view after,
                    FunctionRef<bool(const StateEntry&)> visit) const;

    // Introspection.

    /// Procedures that the router answers itself, beside the realm's own `wamp.*` (meta.hpp). `provider` outlives the
    /// realm.
    void offer(MetaProvider& provider);
    /// What the wall clock says now, for dates in what the meta API tells.
    void set_clock(TimePoint now, std::chrono::system_clock::time_point wall);
    /// Whether `who` has an open session that may do this.
    bool may(EndpointId who, Action action, std::string_view uri);
    SessionId session_of(EndpointId who) const;  // 0: it has none
    /// Who has an open session there. Views are good until the realm's next message.
    std::optional<Identity> identity_of(EndpointId who) const;
    void each_subscription(FunctionRef<void(const PatternFacts&)> visit) const;
    void each_registration(FunctionRef<void(const PatternFacts&)> visit) const;
    /// Topics that keep an event and begin with `prefix`, in the order of their texts, then lists so, until `visit` says
    /// false.
    void each_retained(std::string_view prefix, FunctionRef<bool(std::string_view topic)> visit) const;

    /// What a topic of kind `list` keeps, from place `first` on, until `visit` says false; as with read_state, whoever
    /// asks must be subscribed to it, and `visit` must not change the realm. `body` is as StateEntry has it.
    struct ListItem {
        std::size_t index;
        std::string_view key;  // MessagePack
        Payload value;
        KeptCopy& body;
    };
    void read_list(std::string_view topic, std::size_t first, FunctionRef<bool(const ListItem&)> visit) const;
    std::size_t list_size(std::string_view topic) const;
    /// Where in its list the entry of this key stands; list_size where there is none.
    std::size_t list_place(std::string_view topic, std::string_view key) const;

    /// What the process has memory left for, from now on. A realm of administrators takes sessions all the same.
    void set_room(Room room);

    struct Counts {
        std::size_t sessions = 0, subscriptions = 0, registrations = 0, calls = 0, retained = 0, retained_bytes = 0;
        std::size_t list_entries = 0, list_bytes = 0;
        std::size_t history_events = 0, history_bytes = 0;
        std::size_t copy_bytes = 0;            // of retained events and list entries in other forms
        std::size_t history_memory_bytes = 0;  // of history_bytes, what is not in a file
        std::size_t held_bytes = 0;            // of calls that may yet go to another callee
        std::uint64_t retained_refused = 0;  // ever: events that found no room
        std::uint64_t published = 0;         // ever: publications that were accepted
    };
    Counts counts() const;
    /// What it keeps in memory, in bytes; cheap.
    std::size_t state_bytes() const;
    /// The bridge refused something at a limit.
    void count(Refusal refusal);
    Tallies tallies() const;

 private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace heddle
