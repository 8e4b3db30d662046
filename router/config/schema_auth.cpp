#include "router/config/schema_fields.hpp"

// What a realm says of logins. One row a key, as in schema.cpp.
// clang-format off
namespace heddle::config {
namespace {

Table jwt_table() {
    return {"jwt", "realm.jwt", false, "JSON Web Tokens, for auth \"jwt\".",
            {
                {"keys", Type::file, [](const Place& p) -> Field { return &p.realm->realm.auth.jwt.keys; },
                 "what tokens are signed with: a JWKS, public keys as PEM, or the secret of HS256"},
                {"issuer", Type::text, [](const Place& p) -> Field { return &p.realm->realm.auth.jwt.issuer; }, "claim iss; empty: any"},
                {"audience", Type::text, [](const Place& p) -> Field { return &p.realm->realm.auth.jwt.audience; },
                 "claim aud; empty: any"},
                {"role_claim", Type::text, [](const Place& p) -> Field { return &p.realm->realm.auth.jwt.role_claim; },
                 "which claim names roles; dots lead into objects", {}, {}, false, "role"},
                {"authid_claim", Type::text, [](const Place& p) -> Field { return &p.realm->realm.auth.jwt.authid_claim; },
                 "which claim names the user", {}, {}, false, "sub"},
                {"role", Type::text, [](const Place& p) -> Field { return &p.realm->realm.auth.jwt.role; },
                 "where the token names none; empty: it is refused"},
                {"leeway", Type::time, [](const Place& p) -> Field { return &p.realm->realm.auth.jwt.leeway; },
                 "for clocks that differ", {}, {0, 10 * minute}},
            },
            {}, nullptr, false, true};
}

Table authenticator_table() {
    return {"authenticator", "realm.authenticator", false,
            "A procedure of the realm that is asked about users whom the realm does not know.",
            {
                {"procedure", Type::text, [](const Place& p) -> Field { return &p.realm->realm.auth.authenticator; },
                 "called with (realm, authid, details); it answers with a role, or says what proves the user"},
                {"timeout", Type::time, [](const Place& p) -> Field { return &p.realm->realm.auth.authenticator_timeout; },
                 "then the user is refused", {}, {10, 5 * minute}},
            },
            {}, nullptr, false, true};
}

Table authorizer_table() {
    return {"authorizer", "realm.authorizer", false, "A procedure of the realm that is asked where no rule of the role speaks.",
            {
                {"procedure", Type::text, [](const Place& p) -> Field { return &p.realm->realm.auth.authorizer; },
                 "called with (session, uri, action, options); it answers true, false, or a map"},
                {"cache", Type::time, [](const Place& p) -> Field { return &p.realm->realm.auth.authorizer_cache; },
                 "how long its answers hold where they do not say it; 0s: not at all", {}, {0, day}},
                {"timeout", Type::time, [](const Place& p) -> Field { return &p.realm->realm.auth.authorizer_timeout; },
                 "then it is denied", {}, {10, 5 * minute}},
            },
            {}, nullptr, false, true};
}

Table throttle_table() {
    return {"throttle", "realm.throttle", false, "Failed logins, counted for each address and for each authid.",
            {
                {"attempts", Type::count, [](const Place& p) -> Field { return &p.realm->realm.auth.throttle.attempts; },
                 "within window, then comes a block; 0: never", {}, {0, 1'000'000}},
                {"window", Type::time, [](const Place& p) -> Field { return &p.realm->realm.auth.throttle.window; },
                 "from the first of them", {}, {second, day}},
                {"block", Type::time, [](const Place& p) -> Field { return &p.realm->realm.auth.throttle.block; },
                 "of the first time; each further one is twice as long", {}, {second, day}},
                {"block_max", Type::time, [](const Place& p) -> Field { return &p.realm->realm.auth.throttle.block_max; },
                 "but no longer than that", {}, {second, 7 * day}},
                {"remembered", Type::count, [](const Place& p) -> Field { return &p.realm->realm.auth.throttle.remembered_max; },
                 "addresses and authids; then who failed longest ago is forgotten", {}, {1, 10'000'000}},
            },
            {}, nullptr, false, true};
}

Table users_table() {
    return {"users", "realm.users", true,
            "Users of the realm. Credentials are what `heddle hash` prints, by reference (file:PATH, env:NAME), or as they are "
            "in a file that others cannot read.",
            {
                {"authid", Type::text, [](const Place& p) -> Field { return &p.user->authid; }, "the user's name", {}, {}, true, "kim"},
                {"role", Type::text, [](const Place& p) -> Field { return &p.user->role; },
                 "one of the realm's", {}, {}, true, "anonymous"},
                {"disabled", Type::flag, [](const Place& p) -> Field { return &p.user->disabled; }, "may not log in"},
                {"scram", Type::text, [](const Place& p) -> Field { return &p.user->scram; },
                 "verifier of the password, for scram and ticket: heddle hash scram"},
                {"ticket", Type::text, [](const Place& p) -> Field { return &p.user->ticket; }, "hash of the ticket: heddle hash ticket"},
                {"wampcra", Type::text, [](const Place& p) -> Field { return &p.user->wampcra; },
                 "derived key, which is worth the password: heddle hash cra; or the secret itself"},
                {"keys", Type::texts, [](const Place& p) -> Field { return &p.user->keys; },
                 "of cryptosign: Ed25519 public keys, 64 hexadecimal digits or as in .pub files"},
                {"certificates", Type::texts, [](const Place& p) -> Field { return &p.user->certificates; },
                 "of TLS clients: SHA-256 fingerprints, 64 hexadecimal digits"},
                {"token", Type::text, [](const Place& p) -> Field { return &p.user->token; }, "SHA-256 of a token of the router's"},
            },
            {}, rows_of<&Place::user>([](const Place& p) -> auto& { return p.realm->realm.users; }), false, true, true};
}

}  // namespace

std::vector<Key> auth_keys() {
    return {
        {"cryptosign_key", Type::text, [](const Place& p) -> Field { return &p.realm->cryptosign_key; },
         "our own Ed25519 key, for cryptosign clients that want to know who we are: file:PATH or env:NAME; made by heddle keygen"},
        {"cookie_age", Type::time, [](const Place& p) -> Field { return &p.realm->realm.auth.cookie_age; },
         "how long a browser is known by its cookie after a login", {}, {second, 365 * day}},
        {"cookies", Type::count, [](const Place& p) -> Field { return &p.realm->realm.auth.cookies_max; },
         "that somebody is logged in with; then the oldest goes", {}, {1, 10'000'000}},
        {"insecure_ticket", Type::flag, [](const Place& p) -> Field { return &p.realm->realm.auth.insecure_ticket; },
         "tickets, JWTs and tokens also without TLS beyond this machine, where anybody on the way can read them"},
    };
}

std::vector<Table> auth_tables() {
    return {jwt_table(), authenticator_table(), authorizer_table(), throttle_table(), users_table()};
}

}  // namespace heddle::config
