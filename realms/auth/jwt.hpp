#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "realms/accounts.hpp"
#include "realms/auth/jwt_keys.hpp"

/// JSON Web Tokens (RFC 7519) in the compact form of a signed text (RFC 7515), read as RFC 8725 advises.
namespace heddle::auth {

inline constexpr std::size_t jwt_bytes_max = 8 * 1024;

struct JwtClaims {
    std::string authid;              // JwtSettings::authid_claim
    std::vector<std::string> roles;  // JwtSettings::role_claim: one text or a list; without it JwtSettings::role
    std::int64_t expires = 0;        // Unix seconds; always there
};

/// Why a token was refused: static text, fit for log and metrics, nothing of the token in it. malformed, too_large,
/// bad_alg, crit, unknown_key, bad_signature, no_exp, expired, not_yet_valid, wrong_issuer, wrong_audience, no_subject,
/// no_role.
struct JwtRefusal {
    std::string_view reason;
};

/// `now`: Unix seconds. The signature is checked before any claim is looked at. A claim's name may lead into objects
/// ("realm_access.roles") where no claim has that very name. A token without `exp` is refused: it would be good for ever.
std::variant<JwtClaims, JwtRefusal> check_jwt(std::string_view token, const JwtKeys& keys, const JwtSettings& settings,
                                              std::int64_t now);

}  // namespace heddle::auth
