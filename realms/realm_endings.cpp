// How sessions end: GOODBYE, violations, kills, the realm's own end.
#include <algorithm>
#include <vector>

#include "realms/realm_state.hpp"
#include "realms/replies.hpp"

namespace heddle {

void Realm::State::goodbye(Session& from, Egress& out) {
    const EndpointId endpoint = from.endpoint;
    const bool answers_ours = from.stage() == Stage::closing;
    const CloseReason sent_away = from.sent_away;
    if (!answers_ours) out.send(endpoint, Goodbye{{}, uri::goodbye_and_out});
    end(from, out);
    if (answers_ours) return close(endpoint, sent_away == CloseReason::shutdown ? closing_why : sent_away, out);
    out.detached(endpoint, CloseReason::goodbye);
}

/// wamp specification, "Protocol Violations": say so, drop all it had, hear no more of it, close.
void Realm::State::violation(EndpointId from, CloseReason why, std::string_view what, Egress& out) {
    Session* session = sessions.find(from);
    if (!session && sessions.is_closed(from)) return;
    // After our own GOODBYE nothing more is said.
    const bool late = why == CloseReason::hello_timeout || why == CloseReason::message_timeout;
    if (!session || session->stage() != Stage::closing)
        out.send(from, Abort{what, late ? uri::timeout : uri::protocol_violation, {}});
    if (session) end(*session, out);
    close(from, why, out);
}

/// The one door: whatever the reason, here a session gives up all it holds, unless it did so when it was sent away.
void Realm::State::end(Session& session, Egress& out) {
    if (session.stage() == Stage::open) release(session, text::callee_gone, false, out);
    if (!session.hidden) logins.left(session);
    session.enter(Stage::fresh);
    sessions.erase(session);
}

void Realm::State::release(Session& session, std::string_view text, bool silent, Egress& out) {
    const MetaEvents::Silence silence(events, silent);
    session.held.reset();  // what waits is not to happen any more
    broker.leave(session);
    dealer.leave(session, uri::canceled, text, out);
    const auto testaments = std::move(session.testaments);
    if (testaments && !silent)
        testaments->each([&](const Publish& message) { broker.publish(session, message, latest, out); });
    events.left(session);
}

void Realm::State::send_away(std::span<Session* const> leaving, const Farewell& farewell, std::string_view text,
                             TimePoint now, Egress& out) {
    set_time(now);
    // First all calls end, so that their callers hear of it before our GOODBYE and nothing comes after that.
    for (Session* session : leaving) release(*session, text, farewell.silent, out);
    for (Session* session : leaving) {
        out.send(session->endpoint, Goodbye{farewell.message, farewell.reason});
        session->enter(Stage::closing);
        goodbyes.push_back({now + settings.limits.goodbye_wait_max, session->endpoint});
    }
}

void Realm::State::kill(std::span<const SessionId> victims, const Farewell& farewell, TimePoint now, Egress& out) {
    std::vector<Session*> leaving;
    for (const SessionId victim : victims)
        if (Session* session = sessions.find(victim); session && session->stage() == Stage::open)
            leaving.push_back(session);
    for (Session* session : leaving) session->sent_away = CloseReason::killed;
    send_away(leaving, farewell, text::callee_gone, now, out);
}

bool Realm::State::revoke(SessionId holder, RegistrationId registration, std::string_view reason, Egress& out) {
    Session* session = sessions.find(holder);
    return session && dealer.revoke(*session, registration, reason, out);
}

bool Realm::State::revoke(SessionId holder, SubscriptionId subscription, std::string_view reason, Egress& out) {
    Session* session = sessions.find(holder);
    return session && broker.revoke(*session, subscription, reason, out);
}

void Realm::State::close(EndpointId endpoint, CloseReason why, Egress& out) {
    logins.drop(endpoint, out);
    sessions.mark_closed(endpoint);
    out.close(endpoint, why);
}

/// Everybody goes: nobody would hear the meta events, and the testaments would be about that alone.
void Realm::State::shut_down(TimePoint now, CloseReason why, Egress& out) {
    closing = true;
    closing_why = why;
    std::vector<Session*> leaving;
    sessions.for_each([&](Session& session) {
        if (session.stage() == Stage::open) leaving.push_back(&session);
    });
    // Callees first: their callers get the ERROR of a canceled call before their own GOODBYE.
    std::stable_partition(leaving.begin(), leaving.end(), [](const Session* session) { return session->taken.size > 0; });
    const std::string_view reason = why == CloseReason::realm_closed ? uri::close_realm : uri::system_shutdown;
    logins.turn_all_away(reason, "the realm is closing", out);
    send_away(leaving, {std::string(reason), {}, true}, text::realm_closes, now, out);
}

void Realm::State::drain(TimePoint now, Egress& out) {
    latest = tallies.now = now;
    draining = true;
    logins.turn_all_away(uri::system_shutdown, "the router is shutting down", out);
}

/// Nothing of these sessions is under way: no call that waits, and no message about which the authorizer is asked.
std::size_t Realm::State::send_idle_away(std::size_t max, TimePoint now, Egress& out) {
    std::vector<Session*> leaving;
    sessions.for_each([&](Session& session) {
        const bool idle = session.made.size == 0 && session.taken.size == 0 && !session.held;
        if (leaving.size() < max && session.stage() == Stage::open && !session.router && idle)
            leaving.push_back(&session);
    });
    send_away(leaving, {std::string(uri::system_shutdown), {}, true}, text::realm_closes, now, out);
    return leaving.size();
}

void Realm::State::on_tick(TimePoint now, Egress& out) {
    set_time(now);
    authorizer_silent(now, out);
    end_expired(now, out);
    dealer.on_tick(now, out);
    broker.on_tick(now);
    logins.on_tick(now, out);
    while (!goodbyes.empty() && goodbyes.front().until <= now) {
        const EndpointId endpoint = goodbyes.front().endpoint;
        goodbyes.pop_front();
        Session* session = sessions.find(endpoint);
        if (!session || session->stage() != Stage::closing) continue;  // it answered, or is gone
        end(*session, out);
        close(endpoint, CloseReason::goodbye_timeout, out);
    }
}

}  // namespace heddle
