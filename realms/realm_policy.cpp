// Edits while the realm runs: settings, users, and what they end.
#include <algorithm>
#include <utility>
#include <vector>

#include "realms/policy.hpp"
#include "realms/realm_state.hpp"
#include "realms/replies.hpp"
#include "realms/uri_check.hpp"

namespace heddle {

Ends Realm::State::apply(RealmSettings next, TimePoint now, Egress& out) {
    set_time(now);
    next.name = settings.name;
    next.users.clear();
    next.administers = settings.administers;
    const RealmSettings old = std::exchange(settings, std::move(next));
    const Authorizer old_roles = authorizer;
    const Lanes old_lanes = std::exchange(lanes, Lanes(settings.lanes));
    authorizer.apply(settings.roles, settings.anonymous_role);
    gate.forget();
    logins.settings_changed();
    ++asking.purges;
    Gate old_gate(old, old_roles, old_lanes);
    EndingPlan plan = plan_endings(sessions, broker, dealer, {old, old_roles, old_lanes, old_gate},
                                   {settings, authorizer, lanes, gate});

    for (const std::string_view reason : {uri::role_removed, uri::role_changed}) {
        std::vector<Session*> leaving;
        for (const auto& [session, why] : plan.sessions)
            if (why == reason) leaving.push_back(session);
        for (Session* session : leaving) session->sent_away = CloseReason::revoked;
        send_away(leaving, {std::string(reason), {}, false}, text::callee_gone, now, out);
    }
    for (const auto& [session, id, reason] : plan.subscriptions) broker.revoke(*session, id, reason, out);
    for (const auto& [session, id] : plan.registrations) dealer.revoke(*session, id, uri::not_authorized, out);

    sessions.for_each([&](Session& session) {
        const std::size_t trust = authorizer.trustlevel(session.role);
        session.trustlevel = trust ? std::optional<std::uint64_t>(trust) : std::nullopt;
    });
    retained.set_limits(retained_limits(settings.limits));
    broker.apply(old_lanes, lanes, now, out);
    return std::move(plan.ends);
}

Ends Realm::State::preview(const RealmSettings& next) const {
    Authorizer next_roles = authorizer;
    next_roles.apply(next.roles, next.anonymous_role);
    const Lanes next_lanes(next.lanes);
    Gate old_gate(settings, authorizer, lanes), next_gate(next, next_roles, next_lanes);
    return plan_endings(sessions, broker, dealer, {settings, authorizer, lanes, old_gate},
                        {next, next_roles, next_lanes, next_gate})
        .ends;
}

Ends Realm::State::put_user(UserSettings user, TimePoint now, Egress& out) {
    set_time(now);
    const UserSettings* before = accounts.find(user.authid);
    const std::string authid = user.authid, old_role = before ? before->role : user.role;
    const bool other_role = old_role != user.role, disabled = user.disabled;
    const bool good = may_log_in(user, clock.milliseconds(now) / 1000);
    accounts.put(std::move(user));
    logins.user_changed(authid);
    if (!good)
        return send_user_away(
            authid, disabled ? uri::user_disabled : uri::user_expired, [](const Session&) { return true; }, now, out);
    if (!other_role) return {};
    return send_user_away(
        authid, uri::role_changed, [&](const Session& session) { return session.authrole == old_role; }, now, out);
}

Ends Realm::State::remove_user(std::string_view authid, TimePoint now, Egress& out) {
    set_time(now);
    const std::string whose(authid);  // it may be the account's own text
    if (!accounts.remove(whose)) return {};
    logins.user_changed(whose);
    return send_user_away(
        whose, uri::user_removed, [](const Session&) { return true; }, now, out);
}

/// However they proved who they are: by a token of somebody else's, too. Anonymous clients have ids that mean nobody,
/// and the router's own sessions are no user's.
Ends Realm::State::send_user_away(std::string_view authid, std::string_view reason,
                                  FunctionRef<bool(const Session&)> fits, TimePoint now, Egress& out) {
    Ends ends;
    std::vector<Session*> leaving;
    sessions.for_each([&](Session& session) {
        if (session.stage() != Stage::open || session.router || session.authmethod == "anonymous") return;
        if (session.authid != authid || !fits(session)) return;
        ends.add({Ends::What::session, session.id, session.authid, Match::exact, {}});
        session.sent_away = CloseReason::revoked;
        leaving.push_back(&session);
    });
    send_away(leaving, {std::string(reason), {}, false}, text::callee_gone, now, out);
    return ends;
}

void Realm::State::end_expired(TimePoint now, Egress& out) {
    const std::int64_t until = clock.milliseconds(now) / 1000;
    const UserSettings* next = accounts.next_to_expire(expired_until);
    if (!next || next->expires > until) return;
    std::vector<std::string> whose;
    accounts.each([&](const UserSettings& user) {
        if (user.expires > expired_until && user.expires <= until) whose.push_back(user.authid);
    });
    expired_until = until;
    for (const std::string& authid : whose)
        send_user_away(
            authid, uri::user_expired, [](const Session&) { return true; }, now, out);
}

TimePoint Realm::State::next_expiry() const {
    const UserSettings* user = accounts.next_to_expire(expired_until);
    if (!user) return TimePoint::max();
    constexpr std::int64_t day_s = 24 * 3600;  // later, it is looked at again
    const std::int64_t wait = user->expires * 1000 - clock.milliseconds(latest);
    return latest + std::chrono::milliseconds(std::clamp<std::int64_t>(wait, 0, day_s * 1000));
}

bool Realm::State::kick(SessionId who, std::string_view reason, std::string_view message, TimePoint now, Egress& out) {
    const Session* session = sessions.find(who);
    if (!session || session->stage() != Stage::open || session->router) return false;
    const bool good = valid_uri(reason, Match::exact, UriCheck::loose, settings.limits);
    kill(std::span(&who, 1), {std::string(good ? reason : uri::killed), std::string(message), false}, now, out);
    return true;
}

// ---- the door

Ends Realm::apply(RealmSettings settings, TimePoint now, Egress& out) {
    Ends ends = state_->apply(std::move(settings), now, out);
    state_->events.flush(out);
    return ends;
}

Ends Realm::preview(const RealmSettings& settings) const { return state_->preview(settings); }

bool Realm::goes(EndpointId who, const RealmSettings& settings) const {
    const Session* session = state_->sessions.find(who);
    if (!session || session->router) return false;
    Authorizer roles = state_->authorizer;
    roles.apply(settings.roles, settings.anonymous_role);
    return !reason_to_go(*session, settings.anonymous_role, roles).empty();
}

Ends Realm::put_user(UserSettings user, TimePoint now, Egress& out) {
    Ends ends = state_->put_user(std::move(user), now, out);
    state_->events.flush(out);
    return ends;
}

Ends Realm::remove_user(std::string_view authid, TimePoint now, Egress& out) {
    Ends ends = state_->remove_user(authid, now, out);
    state_->events.flush(out);
    return ends;
}

bool Realm::kick(SessionId who, std::string_view reason, std::string_view message, TimePoint now, Egress& out) {
    const bool gone = state_->kick(who, reason, message, now, out);
    state_->events.flush(out);
    return gone;
}

Explanation Realm::explain(const PermissionQuestion& question, const RealmSettings* settings) const {
    const RealmSettings& rules = settings ? *settings : state_->settings;
    const Authorizer authorizer(rules.roles, rules.anonymous_role);
    Explanation said;
    const UserSettings* user = question.role.empty() ? state_->accounts.find(question.authid) : nullptr;
    const auto role = authorizer.find(user ? std::string_view(user->role) : question.role);
    const bool gives = question.action == Action::publish || question.action == Action::register_;
    if (!role) {
        said.because = Explanation::Because::no_role;
    } else if (!valid_uri(question.uri, question.match, rules.uri_check, rules.limits) ||
               (gives && reserved_uri(question.uri))) {
        said.because = Explanation::Because::bad_uri;
    } else {
        const UriSet what{question.match, question.uri};
        const Decision decision = authorizer.decide(*role, question.action, what, question.authid);
        said.allowed = decision.allowed;
        for (const PermissionRule* rule : decision.deciding) said.deciding.push_back(*rule);
        for (const PermissionRule* rule : decision.beaten) said.beaten.push_back(*rule);
        const Lanes lanes(rules.lanes);
        Gate gate(rules, authorizer, lanes);
        if (!said.deciding.empty())
            said.because = Explanation::Because::rules;
        else if (gate.by_rules({*role, question.authid}, {question.action, what}).unsaid)
            said.because = Explanation::Because::authorizer;
    }
    return said;
}

}  // namespace heddle
