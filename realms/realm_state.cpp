#include "realms/realm_state.hpp"

#include <algorithm>
#include <iterator>
#include <string>
#include <utility>

#include "realms/announced.hpp"
#include "realms/random_id.hpp"
#include "realms/replies.hpp"

namespace heddle {
namespace {

std::string_view role_name(Role role) {
    constexpr std::string_view names[] = {"publisher", "subscriber", "caller", "callee", "broker", "dealer"};
    static_assert(std::size(names) == role_count);
    return names[static_cast<std::size_t>(role)];
}

std::string_view where(Stage stage) {
    switch (stage) {
        case Stage::fresh:
            return "before HELLO";
        case Stage::challenged:
            return "while AUTHENTICATE is awaited";
        case Stage::open:
            return "in an open session";
        case Stage::closing:
            return "after GOODBYE";
    }
    return {};
}

}  // namespace

Realm::State::State(RealmSettings own_settings, Entropy& own_entropy, HistoryStores* stores)
    : settings(std::move(own_settings)),
      accounts(std::exchange(settings.users, {})),
      entropy(own_entropy),
      authorizer(settings.roles, settings.anonymous_role),
      lanes(settings.lanes),
      gate(settings, authorizer, lanes),
      retained(retained_limits(settings.limits)),
      broker(settings, entropy, sessions, gate, retained, clock, stores),
      dealer(settings, entropy, sessions, gate, tallies),
      logins(settings, accounts, entropy, clock, tallies, *this),
      meta_callee(gate),
      events(broker, clock),
      meta({sessions, broker, dealer, clock, settings.limits}),
      meta_actions({{sessions, broker, dealer, clock, settings.limits}, settings, sessions, gate, *this}),
      meta_authorizer(gate.answers(), [this] { forget_answers(); }) {
    meta_callee.add(meta);
    meta_callee.add(meta_actions);
    meta_callee.add(meta_authorizer);
    broker.watch(events.subscriptions());
    dealer.watch(events.registrations());
}

/// The receive matrix: the rule table says what is legal where, everything else is a violation or, after our GOODBYE,
/// nothing.
void Realm::State::on_message(EndpointId from, const Message& message, TimePoint now, Egress& out) {
    set_time(now);
    Session* session = sessions.find(from);
    if (!session && sessions.is_closed(from)) return;
    const Stage stage = session ? session->stage() : logins.waits(from) ? Stage::challenged : Stage::fresh;
    const MessageRule& rule = rule_of(message);
    if (!rule.sent_by(Sender::client) || !rule.legal(stage)) {
        if (stage == Stage::closing) return;
        std::string what = rule.name;
        what += rule.sent_by(Sender::client) ? " is not allowed " : " is for routers to send, not to be sent to one, ";
        return violation(from, CloseReason::protocol_violation, what += where(stage), out);
    }
    if (std::holds_alternative<Abort>(message)) {
        if (session) end(*session, out);
        return close(from, CloseReason::aborted, out);
    }
    if (const auto* hello_said = std::get_if<Hello>(&message)) return hello(from, *hello_said, now, out);
    if (const auto* authenticate = std::get_if<Authenticate>(&message)) {
        if (!logins.authenticate(from, *authenticate, now, out))
            violation(from, CloseReason::protocol_violation, "AUTHENTICATE answers no CHALLENGE", out);
        return;
    }
    if (stage == Stage::closing) {
        // Of what is legal here, ABORT was above; the rest but GOODBYE is left over from before the client heard of
        // ours.
        if (std::holds_alternative<Goodbye>(message)) goodbye(*session, out);
        return;
    }
    if ((session->held || !settings.auth.authorizer.empty()) && hold_back(*session, message, now, out)) return;
    dispatch(*session, message, now, out);
}

void Realm::State::dispatch(Session& from, const Message& message, TimePoint now, Egress& out) {
    const auto routers_own = [](const auto&) {};  // refused by the rule table before
    std::visit(Overload{
                   [&](const Publish& m) {
                       if (!admit(from, message, Role::publisher, m.request, out)) return;
                       if (!may_pass(from, message, Role::publisher, m.options.extras, out)) return;
                       broker.publish(from, m, now, out);
                   },
                   [&](const Subscribe& m) {
                       if (admit(from, message, Role::subscriber, m.request, out)) broker.subscribe(from, m, now, out);
                   },
                   [&](const Unsubscribe& m) {
                       if (admit(from, message, Role::subscriber, m.request, out)) broker.unsubscribe(from, m, out);
                   },
                   [&](const Call&) { call(from, message, now, out); },
                   [&](const Register& m) {
                       if (admit(from, message, Role::callee, m.request, out)) dealer.register_(from, m, now, out);
                   },
                   [&](const Unregister& m) {
                       if (admit(from, message, Role::callee, m.request, out)) dealer.unregister(from, m, out);
                   },
                   [&](const Cancel& m) {
                       if (admit(from, message, Role::caller, out)) dealer.cancel(from, m, out);
                   },
                   [&](const Yield& m) {
                       if (!admit(from, message, Role::callee, out)) return;
                       if (!may_pass(from, message, Role::callee, m.extras, out)) return;
                       if (dealer.yield(from, m, now, out)) return;
                       violation(from, "YIELD.Request was never in an INVOCATION", out);
                   },
                   [&](const ErrorReply& m) {
                       if (m.request_type != rule_for<Invocation>().code)
                           return violation(from, "ERROR.REQUEST.Type of a client must be 68, INVOCATION", out);
                       if (!admit(from, message, Role::callee, out)) return;
                       if (!may_pass(from, message, Role::callee, m.extras, out)) return;
                       if (dealer.error(from, m, out)) return;
                       violation(from, "ERROR.REQUEST.Request was never in an INVOCATION", out);
                   },
                   [&](const Goodbye& m) {
                       if (m.reason == uri::logout) logins.log_out(from.endpoint);
                       goodbye(from, out);
                   },
                   [&](const Hello& m) { routers_own(m); },
                   [&](const Abort& m) { routers_own(m); },
                   [&](const Authenticate& m) { routers_own(m); },
                   [&](const Challenge& m) { routers_own(m); },
                   [&](const Welcome& m) { routers_own(m); },
                   [&](const Published& m) { routers_own(m); },
                   [&](const Subscribed& m) { routers_own(m); },
                   [&](const Unsubscribed& m) { routers_own(m); },
                   [&](const Event& m) { routers_own(m); },
                   [&](const CallResult& m) { routers_own(m); },
                   [&](const Registered& m) { routers_own(m); },
                   [&](const Unregistered& m) { routers_own(m); },
                   [&](const Invocation& m) { routers_own(m); },
                   [&](const Interrupt& m) { routers_own(m); },
               },
               message);
}

bool Realm::State::admit(Session& from, const Message& message, Role needed, Egress& out) {
    if (from.roles.has(needed)) return true;
    std::string what = rule_of(message).name;
    what += " needs the role ";
    what += role_name(needed);
    violation(from, what += ", which HELLO did not announce", out);
    return false;
}

bool Realm::State::admit(Session& from, const Message& message, Role needed, RequestId request, Egress& out) {
    if (!admit(from, message, needed, out)) return false;
    if (from.take_request(request, settings.request_ids)) return true;
    std::string what = rule_of(message).name;
    what += ".Request is not the next id of this session: ";
    violation(from, what += std::to_string(request.value), out);
    return false;
}

void Realm::State::hello(EndpointId from, const Hello& message, TimePoint now, Egress& out) {
    if (Session* old = sessions.predecessor(from)) end(*old, out);
    if (!closing && !draining && message.realm != settings.name)
        return refuse_hello(from, uri::no_such_realm, "there is no realm of this name", CloseReason::refused, out);
    // Whoever comes while the realm closes, or can do nothing here, hears of that rather than of credentials.
    if (!room_for(from, message.details.roles, out)) return;
    logins.hello(from, message.details, now, out);
}

bool Realm::State::room_for(EndpointId from, const Roles& roles, Egress& out) {
    const auto refuse = [&](std::string_view reason, std::string_view what, CloseReason why = CloseReason::refused) {
        refuse_hello(from, reason, what, why, out);
        return false;
    };
    if (closing && closing_why == CloseReason::realm_closed)
        return refuse(uri::no_such_realm, "there is no realm of this name");
    if (closing || draining)
        return refuse(uri::system_shutdown, "the router is shutting down", CloseReason::shutdown);
    if (!roles.has(Role::publisher) && !roles.has(Role::subscriber) && !roles.has(Role::caller) &&
        !roles.has(Role::callee))
        return refuse(uri::no_such_role, "HELLO.Details.roles names none of publisher, subscriber, caller and callee");
    if (sessions.size() >= settings.limits.sessions_max) {
        gate.refuse(Refusal::sessions);
        return refuse(uri::limit_exceeded, "the realm has no room for another session");
    }
    if (!room.sessions && !settings.administers) {
        gate.refuse(Refusal::memory);
        return refuse(uri::limit_exceeded, "the router has no memory for another session; try again later");
    }
    return true;
}

bool Realm::State::welcome(EndpointId from, const Roles& roles, const Identity& as, const LoginIdentity* login,
                           Egress& out) {
    if (Session* old = sessions.predecessor(from)) end(*old, out);
    // The router's own sessions finish what was begun before it drains.
    if (!(as.router && !closing) && !room_for(from, roles, out)) return false;
    const auto role = as.router ? std::optional(authorizer.router_role()) : authorizer.find(as.role);
    if (!role) {
        refuse_hello(from, uri::no_such_role, "the realm has no role of this name", CloseReason::refused, out);
        return false;
    }
    SessionId id = login ? login->session : SessionId{};
    if (!id || sessions.has(id)) id = fresh_session();
    Session& session = sessions.add(from, id, *role, roles);
    const PeerFacts& facts = logins.facts_of(from);
    session.router = as.router;
    session.hidden = as.router || facts.passing;
    session.links = facts.links;
    session.authid = as.authid;
    session.authrole = authorizer.name(*role);
    session.authmethod = as.method;
    session.authprovider = as.provider;
    if (const std::size_t trust = authorizer.trustlevel(*role)) session.trustlevel = trust;
    session.enter(Stage::open);
    const bool anonymous = session.authmethod == "anonymous";
    if (anonymous) session.block = logins.block_of(from);
    if (!as.router && session.authmethod != "uplink")
        session.account = session.block.empty() ? "u" + session.authid : "a" + session.block;
    if (!session.hidden) logins.joined(session);

    WelcomeDetails details;
    details.roles = announced_roles();
    details.agent = "heddle";
    details.realm = settings.name;
    details.authid = session.authid;
    details.authrole = session.authrole;
    details.authmethod = session.authmethod;
    details.authprovider = session.authprovider;
    if (login) details.authextra = {login->extra_form, {}, login->extra};
    out.send(from, Welcome{id, details});
    events.joined(session);
    return true;
}

bool Realm::State::let_in(EndpointId who, const Roles& roles, const LoginIdentity& as, Egress& out) {
    return welcome(who, roles, {as.authid, as.role, as.method, as.provider}, &as, out);
}

void Realm::State::turn_away(EndpointId who, std::string_view reason, std::string_view what, Egress& out) {
    refuse_hello(who, reason, what, closing || draining ? closing_why : CloseReason::refused, out);
}

SessionId Realm::State::fresh_session() {
    SessionId id;
    do id = {random_id(entropy)};
    while (sessions.has(id));
    return id;
}

void Realm::State::refuse_hello(EndpointId from, std::string_view reason, std::string_view what, CloseReason why,
                                Egress& out) {
    out.send(from, Abort{what, reason, {}});
    close(from, why, out);
}

}  // namespace heddle
