#include "realms/meta_actions.hpp"

#include <algorithm>
#include <utility>

#include "realms/uri_check.hpp"
#include "serializers/uris.hpp"

namespace heddle {
namespace {

using Victims = std::vector<SessionId>;

/// `reason` and `message`, by name only; false where the call was refused.
bool read_farewell(const MetaPowers& powers, MetaCall& call, Farewell& farewell) {
    std::optional<std::string_view> reason, message;
    if (!call.optional_text(no_place, "reason", reason) || !call.optional_text(no_place, "message", message))
        return false;
    farewell.reason = reason.value_or(uri::killed);
    farewell.message = message.value_or(std::string_view());
    if (valid_uri(farewell.reason, Match::exact, powers.settings.uri_check, powers.settings.limits)) return true;
    call.refuse(uri::invalid_uri, "reason must be a URI");
    return false;
}

/// All open sessions that `fits` says, but the caller's own.
template <class Fits>
Victims victims_of(const MetaPowers& powers, const MetaCall& call, Fits&& fits) {
    Victims victims;
    powers.sessions.for_each([&](const Session& session) {
        if (session.stage() == Stage::open && !session.hidden && session.id != call.caller() && fits(session))
            victims.push_back(session.id);
    });
    return victims;
}

void kill_them(const MetaPowers& powers, MetaCall& call, Victims victims, Farewell farewell) {
    call.then([&actions = powers.actions, victims = std::move(victims), farewell = std::move(farewell),
               now = call.now()](Egress& out) { actions.kill(victims, farewell, now, out); });
}

void kill(const MetaPowers& powers, MetaCall& call) {
    std::uint64_t id = 0;
    Farewell farewell;
    if (!call.takes_at_most(1) || !call.id(0, "session", id) || !read_farewell(powers, call, farewell)) return;
    Victims victims = victims_of(powers, call, [&](const Session& session) { return session.id.value == id; });
    if (victims.empty()) return call.refuse(uri::no_such_session, "the realm has no such session beside the caller's");
    kill_them(powers, call, std::move(victims), std::move(farewell));
}

void kill_by_authid(const MetaPowers& powers, MetaCall& call) {
    std::string_view authid;
    Farewell farewell;
    if (!call.takes_at_most(1) || !call.text(0, "authid", authid) || !read_farewell(powers, call, farewell)) return;
    Victims victims = victims_of(powers, call, [&](const Session& session) { return session.authid == authid; });
    MsgpackWriter& out = call.value();
    out.list_begin(victims.size());
    for (const SessionId victim : victims) out.unsigned_integer(victim.value);
    out.list_end();
    kill_them(powers, call, std::move(victims), std::move(farewell));
}

void kill_by_authrole(const MetaPowers& powers, MetaCall& call) {
    std::string_view authrole;
    Farewell farewell;
    if (!call.takes_at_most(1) || !call.text(0, "authrole", authrole) || !read_farewell(powers, call, farewell)) return;
    Victims victims = victims_of(powers, call, [&](const Session& session) { return session.authrole == authrole; });
    call.value().unsigned_integer(victims.size());
    kill_them(powers, call, std::move(victims), std::move(farewell));
}

void kill_all(const MetaPowers& powers, MetaCall& call) {
    Farewell farewell;
    if (!call.takes_at_most(0) || !read_farewell(powers, call, farewell)) return;
    farewell.silent = true;
    Victims victims = victims_of(powers, call, [](const Session&) { return true; });
    call.value().unsigned_integer(victims.size());
    kill_them(powers, call, std::move(victims), std::move(farewell));
}

struct Callees {
    using Id = RegistrationId;
    static constexpr std::string_view id_name = "registration", member_name = "callee";
    static constexpr std::string_view unknown = uri::no_such_registration;
    static const auto& of(const MetaSources& from) { return from.dealer; }
};
struct Subscribers {
    using Id = SubscriptionId;
    static constexpr std::string_view id_name = "subscription", member_name = "subscriber";
    static constexpr std::string_view unknown = uri::no_such_subscription;
    static const auto& of(const MetaSources& from) { return from.broker; }
};

template <class Family>
void remove_member(const MetaPowers& powers, MetaCall& call) {
    std::uint64_t id = 0, member = 0;
    std::optional<std::string_view> reason;
    if (!call.takes_at_most(2) || !call.id(0, Family::id_name, id) || !call.id(1, Family::member_name, member) ||
        !call.optional_text(no_place, "reason", reason))
        return;
    const auto facts = Family::of(powers.sources).facts(typename Family::Id{id});
    if (!facts) return call.refuse(Family::unknown, "the realm has no such " + std::string(Family::id_name));
    const auto holds = [&](EndpointId endpoint) { return powers.sessions.find(endpoint)->id.value == member; };
    if (std::none_of(facts->members.begin(), facts->members.end(), holds))
        return call.refuse(uri::no_such_session, "no session of this id holds the " + std::string(Family::id_name));
    call.then([&actions = powers.actions, id, member, text = std::string(reason.value_or(uri::killed))](Egress& out) {
        actions.revoke(SessionId{member}, typename Family::Id{id}, text, out);
    });
}

constexpr MetaActionProcedure table[] = {
    {"wamp.registration.remove_callee", remove_member<Callees>},
    {"wamp.session.add_testament", add_testament},
    {"wamp.session.flush_testaments", flush_testaments},
    {"wamp.session.kill", kill},
    {"wamp.session.kill_all", kill_all},
    {"wamp.session.kill_by_authid", kill_by_authid},
    {"wamp.session.kill_by_authrole", kill_by_authrole},
    {"wamp.subscription.remove_subscriber", remove_member<Subscribers>},
};

const MetaActionProcedure* find(std::string_view uri) {
    const auto at = std::find_if(std::begin(table), std::end(table), [&](const auto& row) { return row.uri == uri; });
    return at == std::end(table) ? nullptr : at;
}

}  // namespace

std::span<const MetaActionProcedure> RealmMetaActions::procedures() { return table; }
bool RealmMetaActions::has(std::string_view procedure) const { return find(procedure) != nullptr; }
void RealmMetaActions::answer(std::string_view procedure, MetaCall& call) { find(procedure)->answer(powers_, call); }

}  // namespace heddle
