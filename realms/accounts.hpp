#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

/// Who may log in to a realm, and how. Plain values; secrets are here only as what checks them (realms/auth).
namespace heddle {

/// Ways to log in. `scram` is `wamp-scram` on the wire (and `scram`, as Crossbar spells it); `token`: a secret that the
/// router made (`hdl_..`); `local`: a Unix socket whose peer's user id the listener trusts.
enum class AuthMethod : std::uint8_t { anonymous, ticket, wampcra, scram, cryptosign, tls, cookie, jwt, token, local };
inline constexpr std::size_t auth_method_count = 10;
struct AuthMethods {
    std::uint16_t bits = 0;  // bit per AuthMethod
    bool has(AuthMethod method) const { return bits >> static_cast<unsigned>(method) & 1u; }
    void add(AuthMethod method) { bits = static_cast<std::uint16_t>(bits | 1u << static_cast<unsigned>(method)); }
};

/// One user. Texts of credentials have the forms that `heddle hash` prints; empty: the user has none of that kind.
struct UserSettings {
    std::string authid, role;
    bool disabled = false;
    std::string ticket;                     // Argon2id hash: "$argon2id$.."
    std::string scram;                      // verifier, which serves as a ticket's, too
    std::string wampcra;                    // derived key: worth the password
    std::vector<std::string> keys;          // of cryptosign: Ed25519 public keys, 64 hexadecimal digits
    std::vector<std::string> certificates;  // of TLS clients: SHA-256 of the certificate, 64 hexadecimal digits
    std::string token;                      // SHA-256 of a token, 64 hexadecimal digits
    std::int64_t expires = 0;               // Unix seconds; 0: never
    std::vector<std::string> realms;        // of an administrator: which realms; empty: all
};

struct JwtSettings {
    std::string keys;  // PEM public key, or a JWKS, or the secret of HS256: a file, absolute
    std::string issuer, audience;     // empty: any
    std::string role_claim = "role";  // empty: `role` below for everybody
    std::string authid_claim = "sub";
    std::string role;                         // where the token names none; empty: such a token is refused
    std::chrono::milliseconds leeway{30'000}; // for clocks that differ
};

/// Failed attempts of one address, and of one authid.
struct ThrottleSettings {
    std::size_t attempts = 5;  // within `window`; then it is blocked for `block`, doubling up to `block_max`
    std::chrono::milliseconds window{60'000}, block{60'000}, block_max{900'000};
    std::size_t remembered_max = 100'000;  // addresses and authids
};

struct AuthSettings {
    AuthMethods methods;
    JwtSettings jwt;
    std::string jwt_keys;       // what JwtSettings::keys holds: the router reads it, realms read no files
    std::string authenticator;  // procedure that is asked about users the realm does not know; empty: none
    std::chrono::milliseconds authenticator_timeout{5'000};
    std::string authorizer;  // procedure that is asked where no rule of the role speaks; empty: none
    std::chrono::milliseconds authorizer_timeout{5'000};
    std::chrono::milliseconds authorizer_cache{0};  // how long its answers hold where they do not say it; 0: not at all
    bool insecure_ticket = false;                   // tickets (and tokens) also in the open, beyond this machine
    std::chrono::milliseconds cookie_age{86'400'000};
    std::size_t cookies_max = 10'000;  // that somebody is logged in with; then the oldest goes
    std::string router_key;            // Ed25519 seed, 32 bytes: cryptosign clients may ask who we are; empty: we cannot say
    ThrottleSettings throttle;
    std::string mock_key;  // 32 random bytes that stay the same: what unknown users are shown is derived from it
};

}  // namespace heddle
