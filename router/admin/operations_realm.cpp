#include "router/admin/operation_rows.hpp"

// One row an operation; what clang-format would spread over many lines is easier to compare in few.
// clang-format off
namespace heddle::admin::rows {
namespace {

using Type = Field::Type;
using In = Field::In;

constexpr Field just_realm[] = {realm};
constexpr Field realm_remove[] = {realm};
constexpr Field apply_fields[] = {
    realm,
    {.name = "dry_run", .type = Type::flag, .in = In::query, .doc = "change nothing, say what would change and end",
     .default_value = "false"},
    {.name = "prune", .type = Type::choice, .in = In::query, .doc = "remove users that the document does not name; otherwise they are kept",
     .choices = "none users", .default_value = "none"},
};
constexpr Field role_fields[] = {realm, role};
constexpr Field role_put[] = {
    realm, role,
    {.name = "permissions", .type = Type::objects,
     .doc = "all rules of the role: {match, uri, allow, deny, disclose, conceal}; a rule yields only to a rule inside it, a deny left "
            "over wins"},
    {.name = "trustlevel", .type = Type::integer, .doc = "told with calls and events of this role; 0: nothing is told",
     .default_value = "0"},
};
constexpr Field match_of_rule{.name = "match", .type = Type::choice, .in = In::query, .doc = "how uri is meant",
                              .choices = match_choices, .default_value = "exact"};
constexpr Field uri_of_rule{.name = "uri", .in = In::query, .doc = "of topics or procedures; match and uri name the rule",
    .required = true, .word = true};
constexpr Field permission_put[] = {
    realm, role, match_of_rule, uri_of_rule,
    {.name = "allow", .type = Type::texts, .doc = "what is allowed", .choices = action_choices},
    {.name = "deny", .type = Type::texts, .doc = "what is denied", .choices = action_choices},
    {.name = "disclose", .type = Type::texts, .doc = "who is named to the other side, asked for or not", .choices = identity_choices},
    {.name = "conceal", .type = Type::texts, .doc = "who is not named, whoever asks", .choices = identity_choices},
};
constexpr Field permission_remove[] = {realm, role, match_of_rule, uri_of_rule};
constexpr Field permission_test[] = {
    realm,
    {.name = "action", .type = Type::choice, .doc = "what is to be done", .required = true, .choices = action_choices, .word = true},
    {.name = "uri", .doc = "of a topic or procedure, or a pattern where match says so", .required = true, .word = true},
    {.name = "match", .type = Type::choice, .doc = "how uri is meant; of subscribe and register", .choices = match_choices,
     .default_value = "exact"},
    {.name = "user", .doc = "for this user; one of user, role and session is due"},
    {.name = "role", .doc = "for whoever has this role"},
    {.name = "session", .type = Type::integer, .doc = "for whoever has this session"},
    {.name = "with", .type = Type::object, .doc = "as if the realm had these keys instead of its own, which are not saved: "
                                                 "{role: [{name, permissions}]} or {permissions} for the role in question"},
};
}  // namespace

void add_realms(std::vector<Operation>& to) {
    to.insert(to.end(), {
        {.noun = "realm", .verb = "list", .path = "/realms", .doc = "Realms with their revisions and how busy they are.", .pages = true,
         .examples = "heddle realm list"},
        {.noun = "realm", .verb = "get", .path = "/realms/{realm}", .doc = "A realm's options, without its roles and users.",
         .revised = Revised::reads, .fields = just_realm, .examples = "heddle realm get plant"},
        {.noun = "realm", .verb = "put", .method = Verb::put, .path = "/realms/{realm}",
         .doc = "Creates a realm or sets all its options; options that are not named get their defaults.", .revised = Revised::writes,
         .changes = true, .fields = just_realm,
         .examples = "heddle realm put lab --revision new --auth scram\nheddle realm put plant --revision 41 --call_timeout 30s",
         .document = "realm"},
        {.noun = "realm", .verb = "remove", .method = Verb::delete_, .path = "/realms/{realm}",
         .doc = "Ends a realm with all its sessions; its roles and users go with it.", .revised = Revised::writes, .changes = true,
         .fields = realm_remove, .examples = "heddle realm remove lab --revision 7"},
        {.noun = "realm", .verb = "export", .path = "/realms/{realm}/export",
         .doc = "The whole realm as `realm apply` reads it, users without their credentials.", .revised = Revised::reads,
         .fields = just_realm, .examples = "heddle realm export plant > plant.toml"},
        {.noun = "realm", .verb = "apply", .method = Verb::put, .path = "/realms/{realm}/apply",
         .doc = "Makes a realm what a document says: options, roles, rules, users. All or nothing; credentials that it does not name stay.",
         .revised = Revised::may, .changes = true, .fields = apply_fields,
         .examples = "heddle apply plant.toml --dry-run\nheddle apply plant.toml --prune users --yes", .short_command = "apply",
         .document = "realm"},

        {.noun = "role", .verb = "list", .path = "/realms/{realm}/roles",
         .doc = "Roles of a realm, with the number of their rules and users.",
         .pages = true, .fields = just_realm, .examples = "heddle role list --realm plant"},
        {.noun = "role", .verb = "get", .path = "/realms/{realm}/roles/{role}", .doc = "A role with its rules.", .revised = Revised::reads,
         .fields = role_fields, .examples = "heddle role get operator --realm plant"},
        {.noun = "role", .verb = "put", .method = Verb::put, .path = "/realms/{realm}/roles/{role}",
         .doc = "Creates a role or replaces all its rules. What sessions hold and may no longer have is revoked before the answer.",
         .revised = Revised::writes, .changes = true, .fields = role_put,
         .examples = "heddle role put viewer --realm plant --revision new --permissions "
                     "'[{\"match\":\"prefix\",\"uri\":\"com.plant.\",\"allow\":[\"subscribe\"]}]'"},
        {.noun = "role", .verb = "remove", .method = Verb::delete_, .path = "/realms/{realm}/roles/{role}",
         .doc = "Removes a role that no user has; sessions that have it end.", .revised = Revised::writes, .changes = true,
         .fields = role_fields,
         .examples = "heddle role remove viewer --realm plant --revision 12"},

        {.noun = "permission", .verb = "list", .path = "/realms/{realm}/roles/{role}/permissions",
         .doc = "The rules of a role, in their order.",
         .pages = true, .fields = role_fields, .examples = "heddle permission list operator --realm plant"},
        {.noun = "permission", .verb = "put", .method = Verb::put, .path = "/realms/{realm}/roles/{role}/permissions",
         .doc = "Adds a rule to a role, or replaces the one with the same match and URI.", .revised = Revised::writes, .changes = true,
         .fields = permission_put, .examples = "heddle permission put operator com.plant. --match prefix --allow subscribe --revision "
                                               "new --realm plant"},
        {.noun = "permission", .verb = "remove", .method = Verb::delete_, .path = "/realms/{realm}/roles/{role}/permissions",
         .doc = "Removes the rule with this match and URI.", .revised = Revised::writes, .changes = true, .fields = permission_remove,
         .examples = "heddle permission remove operator com.plant. --match prefix --revision 12 --realm plant"},
        {.noun = "permission", .verb = "test", .method = Verb::post, .path = "/realms/{realm}/permission-test",
         .doc = "Whether somebody may do something, and which rules say so.", .fields = permission_test,
         .examples = "heddle permission test --realm plant --user kim publish com.plant.valve.3.set"},

        {.noun = "authorizer", .verb = "purge", .method = Verb::post, .path = "/realms/{realm}/authorizer/purge",
         .doc = "Forgets what the dynamic authorizer said: it is asked again.", .changes = true, .fields = just_realm,
         .examples = "heddle authorizer purge --realm plant"},
    });
}

}  // namespace heddle::admin::rows
