#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "serializers/recon_tape.hpp"

namespace heddle {

/// What a WARP client shows to log in, as WAMP has it: one method, and the secret that AUTHENTICATE carries.
struct WarpCredentials {
    std::string_view method;  // "ticket", "jwt" or "token"; static text
    std::string authid;       // of ticket
    std::string secret;
};

/// The body of `@auth`: `{ticket:..,authid:..}`, `{jwt:..}`, `{token:..}`, in any order, or a bare text. A token of the
/// router's own making begins with `hdl_`; any other token, and a bare text, is taken for a JWT. Nothing where it is none of
/// these: other names, other kinds of values, nothing at all.
std::optional<WarpCredentials> credentials_of(recon::Items body);

}  // namespace heddle
