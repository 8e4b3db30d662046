#pragma once
#include <deque>
#include <string_view>

#include "realms/accounts_table.hpp"
#include "realms/asking.hpp"
#include "realms/authorizer.hpp"
#include "realms/broker.hpp"
#include "realms/dealer.hpp"
#include "realms/gate.hpp"
#include "realms/lanes.hpp"
#include "realms/logins.hpp"
#include "realms/meta_actions.hpp"
#include "realms/meta_authorizer.hpp"
#include "realms/meta_events.hpp"
#include "realms/meta_procedures.hpp"
#include "realms/realm.hpp"
#include "realms/retained.hpp"
#include "realms/sessions.hpp"

namespace heddle {

/// What stands behind realm.hpp: the session's part of the protocol (HELLO to GOODBYE, the receive matrix, violations)
/// and the objects that do the rest. Every ending goes through `end`.
struct Realm::State final : RealmActions, LoginDoor {
    State(RealmSettings own_settings, Entropy& own_entropy, HistoryStores* stores);

    /// The first line of every way in: nothing that happens is dated by an earlier call.
    void set_time(TimePoint now) { latest = tallies.now = now; }
    void on_message(EndpointId from, const Message& message, TimePoint now, Egress& out);
    void dispatch(Session& from, const Message& message, TimePoint now, Egress& out);
    void call(Session& from, const Message& message, TimePoint now, Egress& out);
    void hello(EndpointId from, const Hello& message, TimePoint now, Egress& out);
    /// `login`: what WELCOME tells beside who it is; null: nothing. False: refused.
    bool welcome(EndpointId from, const Roles& roles, const Identity& as, const LoginIdentity* login, Egress& out);
    /// May anybody come in at all? Else he is told why not.
    bool room_for(EndpointId from, const Roles& roles, Egress& out);
    bool let_in(EndpointId who, const Roles& roles, const LoginIdentity& as, Egress& out) override;
    void turn_away(EndpointId who, std::string_view reason, std::string_view what, Egress& out) override;
    SessionId fresh_session() override;
    bool has_role(std::string_view name) const override { return authorizer.find(name).has_value(); }
    void goodbye(Session& from, Egress& out);
    void violation(EndpointId from, CloseReason why, std::string_view what, Egress& out);
    void violation(Session& from, std::string_view what, Egress& out) {
        violation(from.endpoint, CloseReason::protocol_violation, what, out);
    }
    void refuse_hello(EndpointId from, std::string_view reason, std::string_view what, CloseReason why, Egress& out);
    // realm_endings.cpp
    /// A session that is over gives up all it holds, and what it left behind is published.
    void end(Session& session, Egress& out);
    void release(Session& session, std::string_view text, bool silent, Egress& out);
    /// The sessions hold nothing any more, and have until a deadline to say GOODBYE as well.
    void send_away(std::span<Session* const> leaving, const Farewell& farewell, std::string_view text, TimePoint now,
                   Egress& out);
    void kill(std::span<const SessionId> victims, const Farewell& farewell, TimePoint now, Egress& out) override;
    bool revoke(SessionId holder, RegistrationId registration, std::string_view reason, Egress& out) override;
    bool revoke(SessionId holder, SubscriptionId subscription, std::string_view reason, Egress& out) override;
    void close(EndpointId endpoint, CloseReason why, Egress& out);
    void shut_down(TimePoint now, CloseReason why, Egress& out);
    void drain(TimePoint now, Egress& out);
    std::size_t send_idle_away(std::size_t max, TimePoint now, Egress& out);
    void on_tick(TimePoint now, Egress& out);
    /// Did the client announce the role that this message needs? And is the request's id the next one? If not:
    /// violation.
    bool admit(Session& from, const Message& message, Role needed, Egress& out);
    bool admit(Session& from, const Message& message, Role needed, RequestId request, Egress& out);

    /// Is a payload in passthru mode this client's to send? If not: violation.
    bool may_pass(Session& from, const Message& message, Role role, const SharedExtras& extras, Egress& out);

    // realm_policy.cpp: edits
    Ends apply(RealmSettings next, TimePoint now, Egress& out);
    Ends preview(const RealmSettings& next) const;
    Ends put_user(UserSettings user, TimePoint now, Egress& out);
    Ends remove_user(std::string_view authid, TimePoint now, Egress& out);
    /// All sessions of a user that `fits` says go.
    Ends send_user_away(std::string_view authid, std::string_view reason, FunctionRef<bool(const Session&)> fits,
                        TimePoint now, Egress& out);
    /// Users whose time is over since the last look: their sessions go.
    void end_expired(TimePoint now, Egress& out);
    TimePoint next_expiry() const;
    bool kick(SessionId who, std::string_view reason, std::string_view message, TimePoint now, Egress& out);

    // realm_asking.cpp: messages about which the dynamic authorizer is asked
    /// True: the message waits, or was answered here.
    bool hold_back(Session& from, const Message& message, TimePoint now, Egress& out);
    void hold(Session& from, const Message& message, Egress& out);
    void ask_about(Session& from, const Deed& deed, TimePoint now);
    void settle(Session& from, const std::optional<AuthorizerAnswers::Answer>& answer, TimePoint now, Egress& out);
    void refuse_unanswered(Session& from, const Message& message, Egress& out);
    void go_on(Session& from, TimePoint now, Egress& out);
    /// False: the question was none of the authorizer's.
    bool authorizer_answered(QuestionId id, const Outcome& outcome, TimePoint now, Egress& out);
    void authorizer_silent(TimePoint now, Egress& out);
    void forget_answers();
    QuestionId next_question() override { return {++last_question}; }
    Questions* questions() override { return questioned; }

    RealmSettings settings;  // without users, which are in `accounts`
    Accounts accounts;
    std::int64_t expired_until = 0;  // Unix seconds
    Questions* questioned = nullptr;  // who answers; null: nobody
    std::uint64_t last_question = 0;
    Asking asking;
    Entropy& entropy;
    Sessions sessions;
    Authorizer authorizer;
    Lanes lanes;
    Gate gate;
    RetainedInMemory retained;
    WallClock clock;
    Tallies tallies;
    Broker broker;
    Dealer dealer;
    Logins logins;
    MetaCallee meta_callee;
    MetaEvents events;
    RealmMeta meta;
    RealmMetaActions meta_actions;
    AuthorizerMeta meta_authorizer;
    TimePoint latest{};     // of the call that the realm is in: what happens, happens then
    Room room;              // of the process
    bool draining = false;  // no new sessions and calls; what is open goes on
    bool closing = false;   // all sessions were told GOODBYE
    CloseReason closing_why = CloseReason::shutdown;
    struct GoodbyeWait {
        TimePoint until;
        EndpointId endpoint;
    };
    std::deque<GoodbyeWait> goodbyes;  // in the order of their deadlines
};

}  // namespace heddle
