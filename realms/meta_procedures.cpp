#include "realms/meta_procedures.hpp"

#include <algorithm>

#include "realms/meta_details.hpp"
#include "serializers/names.hpp"
#include "serializers/uris.hpp"

namespace heddle {
namespace {

void put_id_or_null(std::uint64_t id, MsgpackWriter& out) { id ? out.unsigned_integer(id) : out.null(); }

void put_ids(const std::vector<std::uint64_t>& ids, MsgpackWriter& out) {
    out.list_begin(ids.size());
    for (const std::uint64_t id : ids) out.unsigned_integer(id);
    out.list_end();
}

// ---- sessions

/// The ids of open sessions, of these roles if there are any; false where the call was refused.
bool session_ids(const MetaSources& from, MetaCall& call, std::vector<std::uint64_t>& ids) {
    const std::vector<std::string>* roles = nullptr;
    if (!call.takes_at_most(1) || !call.optional_texts(0, "filter_authroles", roles)) return false;
    from.sessions.for_each([&](const Session& session) {
        if (session.stage() != Stage::open || session.hidden) return;
        if (roles && std::find(roles->begin(), roles->end(), session.authrole) == roles->end()) return;
        ids.push_back(session.id.value);
    });
    return true;
}

void session_count(const MetaSources& from, MetaCall& call) {
    std::vector<std::uint64_t> ids;
    if (session_ids(from, call, ids)) call.value().unsigned_integer(ids.size());
}

void session_list(const MetaSources& from, MetaCall& call) {
    std::vector<std::uint64_t> ids;
    if (session_ids(from, call, ids)) put_ids(ids, call.value());
}

void session_get(const MetaSources& from, MetaCall& call) {
    std::uint64_t id = 0;
    if (!call.takes_at_most(1) || !call.id(0, "session", id)) return;
    const Session* session = from.sessions.find(SessionId{id});
    if (!session || session->stage() != Stage::open)
        return call.refuse(uri::no_such_session, "the realm has no such session");
    put_session_details(*session, call.value());
}

// ---- subscriptions and registrations: alike but for a few words

struct Subscriptions {
    using Id = SubscriptionId;
    static constexpr std::string_view id_name = "subscription", uri_name = "topic";
    static constexpr std::string_view unknown = uri::no_such_subscription;
    static constexpr bool invokes = false;
    static const Broker& of(const MetaSources& from) { return from.broker; }
};
struct Registrations {
    using Id = RegistrationId;
    static constexpr std::string_view id_name = "registration", uri_name = "procedure";
    static constexpr std::string_view unknown = uri::no_such_registration;
    static constexpr bool invokes = true;
    static const Dealer& of(const MetaSources& from) { return from.dealer; }
};

template <class Family>
void pattern_list(const MetaSources& from, MetaCall& call) {
    if (!call.takes_at_most(0)) return;
    std::vector<std::uint64_t> ids[std::size(match_names)];
    Family::of(from).each(
        [&](const PatternFacts& facts) { ids[static_cast<std::size_t>(facts.match)].push_back(facts.id); });
    MsgpackWriter& out = call.value();
    out.map_begin(std::size(match_names));
    for (std::size_t match = 0; match < std::size(match_names); ++match) {
        std::sort(ids[match].begin(), ids[match].end());
        out.key(match_names[match]);
        put_ids(ids[match], out);
    }
    out.map_end();
}

/// `options|dict` names the match; the id of what has exactly this text and match, or null.
template <class Family>
void pattern_lookup(const MetaSources& from, MetaCall& call) {
    std::string_view uri;
    if (!call.takes_at_most(2) || !call.text(0, Family::uri_name, uri)) return;
    Match match = Match::exact;
    if (const MetaValue* options = call.argument(1, "options")) {
        if (options->kind != MetaValue::Kind::map) return void(call.refuse_argument("options", "a map"));
        for (const auto& [key, value] : options->map) {
            if (key != "match") continue;
            const auto named_match = named<Match>(match_names, value);
            if (!named_match) return void(call.refuse_argument("options.match", "one of exact prefix wildcard"));
            match = *named_match;
        }
    }
    put_id_or_null(Family::of(from).find(match, uri).value, call.value());
}

/// The facts that the call's only argument names; nothing where it was refused.
template <class Family>
std::optional<PatternFacts> pattern_of(const MetaSources& from, MetaCall& call) {
    std::uint64_t id = 0;
    if (!call.takes_at_most(1) || !call.id(0, Family::id_name, id)) return std::nullopt;
    const auto facts = Family::of(from).facts(typename Family::Id{id});
    if (!facts) call.refuse(Family::unknown, "the realm has no such " + std::string(Family::id_name));
    return facts;
}

template <class Family>
void pattern_get(const MetaSources& from, MetaCall& call) {
    const auto facts = pattern_of<Family>(from, call);
    if (facts) put_pattern_details(*facts, Family::invokes, from.clock, call.value());
}

template <class Family>
void pattern_members(const MetaSources& from, MetaCall& call) {
    const auto facts = pattern_of<Family>(from, call);
    if (!facts) return;
    std::vector<std::uint64_t> ids;
    for (const EndpointId member : facts->members) ids.push_back(from.sessions.find(member)->id.value);
    put_ids(ids, call.value());
}

template <class Family>
void pattern_member_count(const MetaSources& from, MetaCall& call) {
    if (const auto facts = pattern_of<Family>(from, call)) call.value().unsigned_integer(facts->members.size());
}

/// All that a publication to the topic would reach; null where it would reach nobody.
void subscription_match(const MetaSources& from, MetaCall& call) {
    std::string_view topic;
    if (!call.takes_at_most(1) || !call.text(0, "topic", topic)) return;
    std::vector<SubscriptionId> found;
    from.broker.match(topic, found);
    if (found.empty()) return call.value().null();
    std::vector<std::uint64_t> ids;
    for (const SubscriptionId id : found) ids.push_back(id.value);
    put_ids(ids, call.value());
}

/// The one that a call would reach, or null.
void registration_match(const MetaSources& from, MetaCall& call) {
    std::string_view procedure;
    if (call.takes_at_most(1) && call.text(0, "procedure", procedure))
        put_id_or_null(from.dealer.best(procedure).value, call.value());
}

constexpr MetaProcedure table[] = {
    {"wamp.registration.count_callees", pattern_member_count<Registrations>},
    {"wamp.registration.get", pattern_get<Registrations>},
    {"wamp.registration.list", pattern_list<Registrations>},
    {"wamp.registration.list_callees", pattern_members<Registrations>},
    {"wamp.registration.lookup", pattern_lookup<Registrations>},
    {"wamp.registration.match", registration_match},
    {"wamp.session.count", session_count},
    {"wamp.session.get", session_get},
    {"wamp.session.list", session_list},
    {"wamp.subscription.count_subscribers", pattern_member_count<Subscriptions>},
    {"wamp.subscription.get", pattern_get<Subscriptions>},
    {"wamp.subscription.get_events", get_events},
    {"wamp.subscription.list", pattern_list<Subscriptions>},
    {"wamp.subscription.list_subscribers", pattern_members<Subscriptions>},
    {"wamp.subscription.lookup", pattern_lookup<Subscriptions>},
    {"wamp.subscription.match", subscription_match},
};

const MetaProcedure* find(std::string_view uri) {
    const auto at =
        std::lower_bound(std::begin(table), std::end(table), uri,
                         [](const MetaProcedure& row, std::string_view wanted) { return row.uri < wanted; });
    return at != std::end(table) && at->uri == uri ? at : nullptr;
}

}  // namespace

std::span<const MetaProcedure> RealmMeta::procedures() { return table; }
bool RealmMeta::has(std::string_view procedure) const { return find(procedure) != nullptr; }
void RealmMeta::answer(std::string_view procedure, MetaCall& call) { find(procedure)->answer(sources_, call); }

}  // namespace heddle
