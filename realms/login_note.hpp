#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "realms/accounts.hpp"

namespace heddle {

/// How an attempt to log in ended. Clients are told less: unknown, disabled and blocked users look like a wrong password.
enum class LoginResult : std::uint8_t {
    ok,
    bad_proof,      // password, signature, ticket, token or certificate of nobody, or of somebody else
    unknown_user,   // nobody has this authid, or he has no credential for this method
    disabled,
    expired,        // the user, or his JWT
    throttled,      // too many failures before: not even looked at
    no_method,      // none that the client offers applies
    refused,        // what the client asked for cannot be: a channel binding, too many sessions
    timed_out,      // no AUTHENTICATE, or no answer about it, in time
    authenticator,  // the dynamic authenticator denied, failed, or talked nonsense
    busy,           // too many attempts at once
    gone,           // the client went, or broke the protocol, before it was decided
};
inline constexpr std::size_t login_result_count = 12;
std::string_view name_of(LoginResult result);
std::string_view name_of(AuthMethod method);  // as on the wire and in the configuration; of scram: "scram"

struct LoginNote {
    AuthMethod method = AuthMethod::anonymous;
    LoginResult result = LoginResult::ok;
    std::string_view authid;  // of a user that the realm knows; what strangers claim may be a password in the wrong place
    std::string_view from;    // PeerFacts::address
    std::string_view why;     // static text with more about the result, like "bad_signature" of a JWT; may be empty
};

}  // namespace heddle
