#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "serializers/result.hpp"

/// WAMP-CRA (docs/design.md; the specification's "Challenge Response Authentication").
namespace heddle::auth {

/// What is known of a user's secret. `key` is what goes into the HMAC: the secret itself, or, where `salt` is not empty,
/// the base64 text of PBKDF2(secret, salt), as Autobahn's clients compute it. Either is worth the password.
struct CraSecret {
    std::string key;
    std::string salt;  // its characters are the salt, as clients take them
    std::uint32_t iterations = 0, keylen = 0;
};

inline constexpr std::uint32_t cra_iterations = 100'000;  // default of `heddle hash cra`: autobahn-js derives in JavaScript

/// The base64 text that serves as HMAC key.
std::string derive_cra_key(std::string_view secret, std::string_view salt, std::uint32_t iterations,
                           std::uint32_t keylen = 32);
CraSecret make_salted_cra(std::string_view secret, std::string_view salt, std::uint32_t iterations = cra_iterations);

/// One line: `cra$i=100000,l=32$<salt>$<key>`. What does not begin with `cra$` is an unsalted secret as it is.
/// Bounds: i 1000..10000000, l 16..64, salt 8..128 characters of base64.
Result<CraSecret> parse_cra(std::string_view text);
std::string print_cra(const CraSecret& secret);

struct CraChallenge {
    std::string_view authid, authrole, authprovider, nonce, timestamp;  // UTC, ISO 8601
    std::uint64_t session = 0;                                          // the one that WELCOME will tell
};
/// The text to be signed: JSON. Keep it: the signature is over its bytes.
std::string cra_challenge_text(const CraChallenge& challenge);

/// base64(HMAC-SHA256(key, challenge)).
std::string sign_cra(std::string_view key, std::string_view challenge);
bool check_cra(std::string_view key, std::string_view challenge, std::string_view signature);

/// What an unknown user is shown: salt and a key that nobody has, the same for each authid as long as `server_secret` is.
CraSecret fake_cra(std::string_view server_secret, std::string_view authid,
                   std::uint32_t iterations = cra_iterations);

}  // namespace heddle::auth
