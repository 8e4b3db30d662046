#include "router/config/schema_fields.hpp"

// One row a key, as in schema.cpp.
// clang-format off
namespace heddle::config {
namespace {

constexpr std::string_view matches = "exact prefix wildcard";
constexpr std::string_view action_names = "call register publish subscribe";
constexpr std::string_view identified_names = "caller publisher";

Table retain_table() {
    return {"retain", "realm.retain", false, "What the realm may keep as last events.",
            {
                {"events", Type::count, [](const Place& p) -> Field { return &p.realm->realm.limits.retained_events_max; },
                 "topics with a retained event", {}, {0, 100'000'000}},
                {"bytes", Type::size, [](const Place& p) -> Field { return &p.realm->realm.limits.retained_bytes_max; },
                 "all of them together", {}, {0, 64 * gib}},
                {"user_events", Type::count, [](const Place& p) -> Field { return &p.realm->realm.limits.user_retained_events_max; },
                 "topics whose retained event one authid published, or one address of anonymous clients", {}, {0, 100'000'000}},
                {"user_bytes", Type::size, [](const Place& p) -> Field { return &p.realm->realm.limits.user_retained_bytes_max; },
                 "all of these together", {}, {0, 64 * gib}},
                {"list_bytes", Type::size, [](const Place& p) -> Field { return &p.realm->realm.limits.list_bytes_max; },
                 "all lists together", {}, {0, 64 * gib}},
                {"user_list_bytes", Type::size, [](const Place& p) -> Field { return &p.realm->realm.limits.user_list_bytes_max; },
                 "of these the entries that one authid set last, or one address of anonymous clients", {}, {0, 64 * gib}},
            },
            {}, nullptr, false, true};
}

Table lanes_table() {
    return {"lanes", "realm.lanes", true, "Lane kinds, where the default (value where an event is retained, event elsewhere) does not fit.",
            {
                {"match", Type::choice, [](const Place& p) -> Field { return enumeration(p.lane->match); }, "how uri is meant", matches},
                {"uri", Type::text, [](const Place& p) -> Field { return &p.lane->uri; },
                 "of topics or procedures", {}, {}, true, "com.example.alarm"},
                {"kind", Type::choice, [](const Place& p) -> Field { return enumeration(p.lane->kind); }, "what WARP clients see",
                 "by_state value map event command list", {}, true, "event"},
                {"entries", Type::count, [](const Place& p) -> Field { return &p.lane->entries_max; },
                 "of a list, or of one link to a map; 0: as limits.list_entries and limits.map_entries say", {}, {0, 10'000'000}},
                {"waiting", Type::count, [](const Place& p) -> Field { return &p.lane->waiting_max; },
                 "frames of an event lane that may wait for one link; 0: as limits.event_frames says", {}, {0, 10'000'000}},
            },
            {}, rows_of<&Place::lane>([](const Place& p) -> auto& { return p.realm->realm.lanes; }), false, true};
}

Table history_table() {
    return {"history", "realm.history", true, "Subscriptions whose events are kept, for wamp.subscription.get_events. They are "
            "there without subscribers, too.",
            {
                {"match", Type::choice, [](const Place& p) -> Field { return enumeration(p.history->match); }, "how uri is meant", matches},
                {"uri", Type::text, [](const Place& p) -> Field { return &p.history->uri; },
                 "of topics", {}, {}, true, "com.example.log"},
                {"limit", Type::count, [](const Place& p) -> Field { return &p.history->events_max; },
                 "events; the oldest go first", {}, {1, 1'000'000'000}},
                {"bytes", Type::size, [](const Place& p) -> Field { return &p.history->bytes_max; },
                 "all of them together", {}, {1, 1024 * gib}},
                {"age", Type::time, [](const Place& p) -> Field { return &p.history->age_max; },
                 "of the oldest; 0s: any", {}, {0, 36'500 * day}},
                {"store", Type::choice, [](const Place& p) -> Field { return enumeration(p.history->kind); },
                 "sqlite: in the file that store.path names, and there after a restart", "memory sqlite"},
            },
            {}, rows_of<&Place::history>([](const Place& p) -> auto& { return p.realm->realm.histories; }), false, false, true};
}

Table permissions_table() {
    return {"permissions", "realm.role.permissions", true,
            "Who may do what. A rule yields only to a rule inside it; a deny left over wins; where nothing speaks, it is denied.",
            {
                {"match", Type::choice, [](const Place& p) -> Field { return enumeration(p.rule->match); }, "how uri is meant", matches},
                {"uri", Type::text, [](const Place& p) -> Field { return &p.rule->uri; },
                 "of topics or procedures", {}, {}, true, "com.example."},
                {"allow", Type::choices, [](const Place& p) -> Field { return actions(p.rule->allow); }, "what is allowed", action_names},
                {"deny", Type::choices, [](const Place& p) -> Field { return actions(p.rule->deny); }, "what is denied", action_names},
                {"disclose", Type::choices, [](const Place& p) -> Field { return identified(p.rule->disclose); },
                 "who is named to the other side, asked for or not; caller: of calls, or to who registers", identified_names},
                {"conceal", Type::choices, [](const Place& p) -> Field { return identified(p.rule->conceal); },
                 "who is not named, whoever asks", identified_names},
            },
            {}, rows_of<&Place::rule>([](const Place& p) -> auto& { return p.role->permissions; }), false, true};
}

Table role_table() {
    return {"role", "realm.role", true, "A role of the realm above.",
            {
                {"name", Type::text, [](const Place& p) -> Field { return &p.role->name; }, "of the role", {}, {}, true, "anonymous"},
                {"trustlevel", Type::count, [](const Place& p) -> Field { return &p.role->trustlevel; },
                 "told with calls and events of this role; 0: nothing is told", {}, {0, 1'000'000}},
            },
            {permissions_table()}, rows_of<&Place::role>([](const Place& p) -> auto& { return p.realm->realm.roles; })};
}

}  // namespace

std::vector<Key> realm_limit_keys() {
    return {
        {"uri_length", Type::size, [](const Place& p) -> Field { return &p.realm->realm.limits.uri_bytes_max; },
         "length of a URI", {}, {16, 4 * kib}},
        {"uri_parts", Type::count, [](const Place& p) -> Field { return &p.realm->realm.limits.uri_parts_max; },
         "components of a URI", {}, {1, 128}},
        {"sessions", Type::count, [](const Place& p) -> Field { return &p.realm->realm.limits.sessions_max; },
         "of one realm", {}, {1, 10'000'000}},
        {"authid_sessions", Type::count, [](const Place& p) -> Field { return &p.realm->realm.limits.authid_sessions_max; },
         "of one authid", {}, {1, 10'000'000}},
        {"address_sessions", Type::count, [](const Place& p) -> Field { return &p.realm->realm.limits.address_sessions_max; },
         "anonymous ones from one address (IPv6: /64), in one realm; address_exempt has none", {}, {1, 10'000'000}},
        {"logins", Type::count, [](const Place& p) -> Field { return &p.realm->realm.limits.logins_max; },
         "that are being decided at once, in one realm", {}, {1, 10'000'000}},
        {"authenticate", Type::time, [](const Place& p) -> Field { return &p.realm->realm.limits.authenticate_wait_max; },
         "wait for AUTHENTICATE, and then for what decides about it", {}, {100, 10 * minute}},
        {"subscriptions", Type::count, [](const Place& p) -> Field { return &p.realm->realm.limits.subscriptions_max; },
         "of one session", {}, {1, 10'000'000}},
        {"registrations", Type::count, [](const Place& p) -> Field { return &p.realm->realm.limits.registrations_max; },
         "of one session", {}, {1, 10'000'000}},
        {"calls", Type::count, [](const Place& p) -> Field { return &p.realm->realm.limits.calls_max; },
         "open at once, per caller", {}, {1, 10'000'000}},
        {"invocations", Type::count, [](const Place& p) -> Field { return &p.realm->realm.limits.invocations_max; },
         "open at once, per callee", {}, {1, 10'000'000}},
        {"caller_invocations", Type::count, [](const Place& p) -> Field { return &p.realm->realm.limits.caller_invocations_max; },
         "of these one user's in any case; it gets more while as many are free", {}, {1, 10'000'000}},
        {"held_calls", Type::size, [](const Place& p) -> Field { return &p.realm->realm.limits.held_bytes_max; },
         "payloads kept while another callee may have to take the call, in one realm", {}, {0, 64 * gib}},
        {"testaments", Type::count, [](const Place& p) -> Field { return &p.realm->realm.limits.testaments_max; },
         "of one session", {}, {0, 1'000'000}},
        {"testament_bytes", Type::size, [](const Place& p) -> Field { return &p.realm->realm.limits.testament_bytes_max; },
         "of one session's testaments together", {}, {0, gib}},
        {"topics", Type::count, [](const Place& p) -> Field { return &p.realm->realm.limits.topics_max; },
         "subscribed at once, in one realm", {}, {1, 100'000'000}},
        {"procedures", Type::count, [](const Place& p) -> Field { return &p.realm->realm.limits.procedures_max; },
         "registered at once, in one realm", {}, {1, 100'000'000}},
        {"goodbye", Type::time, [](const Place& p) -> Field { return &p.realm->realm.limits.goodbye_wait_max; },
         "wait for a client's answer to GOODBYE", {}, {0, hour}},
        {"map_entries", Type::count, [](const Place& p) -> Field { return &p.realm->warp.map_entries_max; },
         "of one WARP map link", {}, {1, 10'000'000}},
        {"list_entries", Type::count, [](const Place& p) -> Field { return &p.realm->realm.limits.list_entries_max; },
         "of one list", {}, {1, 10'000'000}},
        {"event_frames", Type::count, [](const Place& p) -> Field { return &p.realm->warp.waiting_max; },
         "that may wait for one WARP event link", {}, {1, 10'000'000}},
    };
}

Table realm_table() {
    Table table{"realm", "realm", true, "A realm. Nobody may do anything in it but what its roles' permissions allow.",
            {
                {"name", Type::text, [](const Place& p) -> Field { return &p.realm->realm.name; },
                 "what clients join", {}, {}, true, "realm1"},
                {"auth", Type::choices, [](const Place& p) -> Field { return auth_methods(p.realm->realm); },
                 "how clients may log in; nobody gets in by a method not listed",
                 "anonymous ticket wampcra scram cryptosign tls cookie jwt token"},
                {"anonymous_role", Type::text, [](const Place& p) -> Field { return &p.realm->realm.anonymous_role; },
                 "role of anonymous clients", {}, {}, false, "anonymous"},
                {"call_timeout", Type::time, [](const Place& p) -> Field { return &p.realm->realm.limits.call_timeout; },
                 "no call waits longer, whatever it asks for; 0s: as long as it likes", {}, {0, day}},
                {"slow_reader", Type::choice, [](const Place& p) -> Field { return enumeration(p.realm->slow_reader); },
                 "events to a full outbox: drop and count them, or close the connection", "drop close"},
                {"uri_check", Type::choice, [](const Place& p) -> Field { return enumeration(p.realm->realm.uri_check); },
                 "strict: components of a-z, 0-9 and _ only", "loose strict"},
                {"request_ids", Type::choice, [](const Place& p) -> Field { return enumeration(p.realm->realm.request_ids); },
                 "strict: 1, 2, 3, ..; a gap or a repeat ends the session", "strict tolerant"},
                {"take_over", Type::flag, [](const Place& p) -> Field { return &p.realm->realm.take_over; },
                 "who registers what an older session of the same authid and role still holds gets it"},
            },
            {Table{"limits", "realm.limits", false, "This realm's own limits.", realm_limit_keys(), {}}, retain_table(),
             lanes_table(), history_table(), role_table(), uplinks_table()},
            {[](Place& p) { p.realm = &p.server->realms.emplace_back(*p.realm_defaults); },  // each starts from these
             [](const Place& p) { return p.server->realms.size(); },
             [](Place& p, std::size_t index) { p.realm = &p.server->realms[index]; }}};
    // The rest of what is said of logins, behind `anonymous_role` and before the other tables.
    const auto keys = auth_keys();
    table.keys.insert(table.keys.begin() + 3, keys.begin(), keys.end());
    auto tables = auth_tables();
    table.tables.insert(table.tables.begin(), tables.begin(), tables.end());
    return table;
}

}  // namespace heddle::config
