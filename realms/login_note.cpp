#include "realms/login_note.hpp"

#include <iterator>

namespace heddle {

std::string_view name_of(LoginResult result) {
    constexpr std::string_view names[] = {"ok",        "bad_proof", "unknown_user", "disabled",      "expired", "throttled",
                                          "no_method", "refused",   "timed_out",    "authenticator", "busy",    "gone"};
    static_assert(std::size(names) == login_result_count);
    return names[static_cast<std::size_t>(result)];
}

std::string_view name_of(AuthMethod method) {
    constexpr std::string_view names[] = {"anonymous", "ticket", "wampcra", "scram", "cryptosign",
                                          "tls",       "cookie", "jwt",     "token", "local"};
    static_assert(std::size(names) == auth_method_count);
    return names[static_cast<std::size_t>(method)];
}

}  // namespace heddle
