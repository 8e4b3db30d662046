#include "router/admin/operation_rows.hpp"

// One row an operation, as in operations_realm.cpp.
// clang-format off
namespace heddle::admin::rows {
namespace {

using Type = Field::Type;
using In = Field::In;

constexpr Field user_list[] = {
    realm,
    {.name = "role", .in = In::query, .doc = "only users of this role"},
};
constexpr Field user_fields[] = {realm, user};
constexpr Field password{.name = "password", .doc = "kept only as a verifier or hash, which `method` names", .secret = true};
constexpr Field method{.name = "method", .type = Type::choice,
                       .doc = "what is made of the password: scram, a SCRAM verifier (serves tickets, too); ticket, an Argon2id hash; "
                              "wampcra, a derived key, which is worth the password",
                       .choices = "scram ticket wampcra", .default_value = "scram"};
constexpr Field user_put[] = {
    realm, user,
    {.name = "role", .doc = "of the realm; there must be one of this name", .required = true},
    {.name = "disabled", .type = Type::flag, .doc = "may not log in", .default_value = "false"},
    password, method,
    {.name = "scram", .doc = "SCRAM verifier as `heddle hash scram` prints it; credentials that are not named stay, null takes them away",
     .secret = true},
    {.name = "ticket", .doc = "Argon2id hash as `heddle hash ticket` prints it", .secret = true},
    {.name = "wampcra", .doc = "key as `heddle hash cra` prints it: worth the password", .secret = true},
    {.name = "keys", .type = Type::texts, .doc = "Ed25519 public keys, of cryptosign: 64 hexadecimal digits"},
    {.name = "certificates", .type = Type::texts, .doc = "SHA-256 of TLS client certificates: 64 hexadecimal digits"},
    {.name = "expires", .type = Type::time, .doc = "cannot log in afterwards: a time from now (\"90d\") or a date "
                                                            "(\"2027-01-31T00:00:00Z\"); null: never"},
    {.name = "realms", .type = Type::texts, .doc = "of an administrator: sees and edits these realms only; empty: all"},
};
constexpr Field password_fields[] = {
    realm, user,
    {.name = "password", .doc = "kept only as a verifier or hash, which `method` names", .required = true, .secret = true},
    method,
};
constexpr Field key_fields[] = {
    realm, user,
    {.name = "key", .in = In::place, .doc = "Ed25519 public key, of cryptosign: 64 hexadecimal digits", .required = true},
    {.name = "remove", .type = Type::flag, .in = In::query, .doc = "take the key away", .default_value = "false"},
};
constexpr Field disable_fields[] = {
    realm, user,
    {.name = "enable", .type = Type::flag, .doc = "let the user in again", .default_value = "false"},
};
constexpr Field token_name[] = {
    {.name = "name", .in = In::place, .doc = "of the token: its authid in sessions and the audit log", .required = true},
};
constexpr Field token_create[] = {
    token_name[0],
    {.name = "role", .doc = "of the realm heddle.admin: administrator, operator, viewer, or another", .required = true},
    {.name = "ttl", .type = Type::time, .doc = "how long it is good", .default_value = "90d"},
    {.name = "realms", .type = Type::texts, .doc = "it sees and edits these realms only; empty: all"},
};

}  // namespace

void add_users(std::vector<Operation>& to) {
    to.insert(to.end(), {
        {.noun = "user", .verb = "list", .path = "/realms/{realm}/users", .doc = "Users of a realm and how they may log in.", .pages = true,
         .fields = user_list, .examples = "heddle user list --realm plant"},
        {.noun = "user", .verb = "get", .path = "/realms/{realm}/users/{user}",
         .doc = "A user; credentials never come out, only which there are.",
         .revised = Revised::reads, .fields = user_fields, .examples = "heddle user get kim --realm plant"},
        {.noun = "user", .verb = "put", .method = Verb::put, .path = "/realms/{realm}/users/{user}",
         .doc = "Creates a user or sets the role and credentials of one. Sessions that this takes the right to be there from end.",
         .revised = Revised::writes, .changes = true, .fields = user_put,
         .examples = "heddle user put kim --realm plant --role operator --scram --revision new"},
        {.noun = "user", .verb = "remove", .method = Verb::delete_, .path = "/realms/{realm}/users/{user}",
         .doc = "Removes a user and ends the user's sessions.", .revised = Revised::writes, .changes = true, .fields = user_fields,
         .examples = "heddle user remove kim --realm plant --revision 18"},
        {.noun = "user", .verb = "passwd", .method = Verb::post, .path = "/realms/{realm}/users/{user}/password",
         .doc = "Sets a user's password.", .revised = Revised::may, .changes = true, .fields = password_fields,
         .examples = "heddle user passwd admin --realm heddle.admin"},
        {.noun = "user", .verb = "key", .method = Verb::put, .path = "/realms/{realm}/users/{user}/keys/{key}",
         .doc = "Adds a public key to a user, or takes one away.", .revised = Revised::may, .changes = true, .fields = key_fields,
         .examples = "heddle user key kim --realm plant --pubkey kim.pub"},
        {.noun = "user", .verb = "disable", .method = Verb::post, .path = "/realms/{realm}/users/{user}/disable",
         .doc = "Keeps a user out and ends the user's sessions.", .revised = Revised::may, .changes = true, .fields = disable_fields,
         .examples = "heddle user disable kim --realm plant\nheddle user disable kim --realm plant --enable"},

        {.noun = "token", .verb = "create", .method = Verb::post, .path = "/tokens/{name}",
         .doc = "Makes a token for the HTTP API. Only this answer holds its secret.", .changes = true, .fields = token_create,
         .examples = "heddle token create ci --role viewer\nheddle token create backup --role operator --ttl 30d --realms plant"},
        {.noun = "token", .verb = "list", .path = "/tokens", .doc = "Tokens with role, expiry and last use.", .pages = true,
         .examples = "heddle token list"},
        {.noun = "token", .verb = "revoke", .method = Verb::delete_, .path = "/tokens/{name}",
         .doc = "Makes a token worthless and ends its sessions.", .changes = true, .fields = token_name,
         .examples = "heddle token revoke ci"},
    });
}

}  // namespace heddle::admin::rows
