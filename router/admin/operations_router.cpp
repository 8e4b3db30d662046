#include "router/admin/operation_rows.hpp"

// One row an operation, as in operations_realm.cpp.
// clang-format off
namespace heddle::admin::rows {
namespace {

using Type = Field::Type;
using In = Field::In;

constexpr Field audit_list[] = {
    {.name = "since", .type = Type::time, .in = In::query,
     .doc = "only entries from then on: a time ago (\"1d\") or a date (\"2026-11-21T10:00:00Z\")"},
    {.name = "who", .in = In::query, .doc = "only what this administrator did"},
    {.name = "realm", .in = In::query, .doc = "only what is about this realm"},
    {.name = "operation", .in = In::query, .doc = "only this one, like heddle.role.put"},
    {.name = "order", .type = Type::choice, .in = In::query, .doc = "which come first", .choices = "newest oldest",
     .default_value = "newest"},
};
constexpr Field stats_get[] = {
    {.name = "realm", .in = In::query, .doc = "only this realm"},
};
constexpr Field config_get[] = {
    {.name = "key", .in = In::query, .doc = "only this key or table, like limits or server.drain", .word = true},
};
constexpr Field config_reload[] = {
    {.name = "dry_run", .type = Type::flag, .in = In::query, .doc = "change nothing, say what would change", .default_value = "false"},
};

}  // namespace

void add_router(std::vector<Operation>& to) {
    to.insert(to.end(), {
        {.noun = "audit", .verb = "list", .path = "/audit", .doc = "Who changed what and when; entries have numbers without gaps.",
         .pages = true,
         .fields = audit_list, .examples = "heddle audit list --since 1d\nheddle audit list --who ada --realm plant"},
        {.noun = "stats", .verb = "get", .path = "/stats", .doc = "Sessions, subscriptions, messages of each realm, and of the router.",
         .fields = stats_get, .examples = "heddle top", .short_command = "top"},
        {.noun = "config", .verb = "get", .path = "/config", .doc = "The configuration in force, secrets masked.", .fields = config_get,
         .examples = "heddle config get limits"},
        {.noun = "config", .verb = "reload", .method = Verb::post, .path = "/config/reload",
         .doc = "Reads the configuration file and certificates again. All or nothing; no session is dropped.", .changes = true,
         .fields = config_reload, .examples = "heddle reload\nheddle config reload --dry-run", .short_command = "reload"},
    });
}

}  // namespace heddle::admin::rows
