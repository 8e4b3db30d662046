#include "realms/auth/jwt.hpp"

#include <algorithm>

#include "realms/auth/json_fields.hpp"
#include "realms/auth/text.hpp"

namespace heddle::auth {
namespace {

/// Empty: the signature is right.
std::string_view check_signature(const JsonFields& header, std::string_view signed_text, std::string_view signature,
                                 const JwtKeys& keys) {
    if (header.has("crit")) return "crit";  // we know no extension, so none can be understood
    const auto name = header.text("alg");
    const auto algorithm = name ? jwt_algorithm(*name) : std::nullopt;
    if (!algorithm) return "bad_alg";
    if (keys.fitting(*algorithm, std::nullopt).empty()) return "bad_alg";  // keys are for one algorithm each
    if (header.has("kid") && !header.text("kid")) return "malformed";
    const auto candidates = keys.fitting(*algorithm, header.text("kid"));
    if (candidates.empty()) return "unknown_key";
    for (const JwtKey* key : candidates)
        if (key->checks(signed_text, signature)) return {};
    return "bad_signature";
}

/// A claim by its name, or by a path of names joined with dots.
std::optional<std::vector<std::string>> claim(const JsonFields& claims, std::string_view name) {
    if (claims.has(name)) return claims.texts(name);
    for (std::size_t dot = name.find('.'); dot != name.npos; dot = name.find('.', dot + 1)) {
        const auto inner = claims.object(name.substr(0, dot));
        if (!inner) continue;
        if (auto found = claim(*inner, name.substr(dot + 1))) return found;
    }
    return std::nullopt;
}

std::string_view check_times(const JsonFields& claims, const JwtSettings& settings, std::int64_t now) {
    const std::int64_t leeway = settings.leeway.count() / 1000;
    if (!claims.has("exp")) return "no_exp";
    const auto expires = claims.seconds("exp");
    // 2^53: what JSON writers can name exactly; beyond, sums below could overflow.
    constexpr std::int64_t far = std::int64_t{1} << 53;
    if (!expires || *expires > far || *expires < -far) return "malformed";
    if (now >= *expires + leeway) return "expired";
    if (!claims.has("nbf")) return {};
    const auto from = claims.seconds("nbf");
    if (!from || *from > far || *from < -far) return "malformed";
    return now + leeway < *from ? "not_yet_valid" : std::string_view();
}

std::string_view check_names(const JsonFields& claims, const JwtSettings& settings) {
    if (!settings.issuer.empty() && claims.text("iss") != settings.issuer) return "wrong_issuer";
    if (!settings.audience.empty()) {
        const auto audiences = claims.texts("aud");
        if (!audiences || std::find(audiences->begin(), audiences->end(), settings.audience) == audiences->end())
            return "wrong_audience";
    }
    return {};
}

}  // namespace

std::variant<JwtClaims, JwtRefusal> check_jwt(std::string_view token, const JwtKeys& keys, const JwtSettings& settings,
                                              std::int64_t now) {
    if (token.size() > jwt_bytes_max) return JwtRefusal{"too_large"};
    const auto parts = split(token, '.');
    if (parts.size() != 3) return JwtRefusal{"malformed"};
    const auto header_text = from_base64url(parts[0]), claims_text = from_base64url(parts[1]);
    const auto signature = from_base64url(parts[2]);
    if (!header_text || !claims_text || !signature) return JwtRefusal{"malformed"};
    const auto header = JsonFields::read(*header_text);
    if (!header) return JwtRefusal{"malformed"};
    const std::string_view signed_text = token.substr(0, parts[0].size() + 1 + parts[1].size());
    if (auto reason = check_signature(*header, signed_text, *signature, keys); !reason.empty())
        return JwtRefusal{reason};
    const auto claims = JsonFields::read(*claims_text);
    if (!claims) return JwtRefusal{"malformed"};
    if (auto reason = check_times(*claims, settings, now); !reason.empty()) return JwtRefusal{reason};
    if (auto reason = check_names(*claims, settings); !reason.empty()) return JwtRefusal{reason};

    JwtClaims out;
    const auto who = claim(*claims, settings.authid_claim);
    if (!who || who->size() != 1 || who->front().empty()) return JwtRefusal{"no_subject"};
    out.authid = who->front();
    if (!settings.role_claim.empty())
        if (auto roles = claim(*claims, settings.role_claim)) out.roles = std::move(*roles);
    if (out.roles.empty() && !settings.role.empty()) out.roles.push_back(settings.role);
    if (out.roles.empty()) return JwtRefusal{"no_role"};
    out.expires = *claims->seconds("exp");
    return out;
}

}  // namespace heddle::auth
