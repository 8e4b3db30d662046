#include "router/http_login.hpp"

#include "router/http_text.hpp"
#include "serializers/base64.hpp"
#include "serializers/utf8.hpp"

namespace heddle {
namespace {

constexpr std::string_view token_prefix = "hdl_";

Result<HttpLogin> basic(std::string_view text) {  // RFC 7617
    std::string pair;
    if (!base64::decode(text, pair)) return Error{"header Authorization: what follows Basic is not base64", 0};
    const std::size_t colon = pair.find(':');
    if (colon == std::string::npos) return Error{"header Authorization: there is no colon between authid and ticket", 0};
    if (!utf8::valid(pair) || pair.find('\0') != std::string::npos)
        return Error{"header Authorization: authid and ticket must be UTF-8", 0};
    HttpLogin login{"ticket", pair.substr(0, colon), pair.substr(colon + 1), {}};
    if (login.authid.empty()) return Error{"header Authorization: the authid before the colon is missing", 0};
    return login;
}

/// RFC 6750, 2.1.
Result<HttpLogin> bearer(std::string_view token) {
    if (token.empty()) return Error{"header Authorization: there is nothing after Bearer", 0};
    for (const char c : token)
        if (c <= ' ' || c >= 127) return Error{"header Authorization: what follows Bearer is no token", 0};
    return HttpLogin{token.starts_with(token_prefix) ? "token" : "jwt", {}, std::string(token), {}};
}

}  // namespace

Result<HttpLogin> login_in(std::string_view authorization) {
    const std::string_view text = without_outer_space(authorization);
    if (text.empty()) return HttpLogin{};
    const std::size_t space = text.find(' ');
    const std::string_view scheme = text.substr(0, space);
    const std::string_view rest = space == std::string_view::npos ? std::string_view() : without_outer_space(text.substr(space));
    if (same_ignoring_case(scheme, "Basic")) return basic(rest);
    if (same_ignoring_case(scheme, "Bearer")) return bearer(rest);
    return Error{"header Authorization: Basic and Bearer are taken, nothing else", 0};
}

}  // namespace heddle
