#pragma once
#include <string>
#include <string_view>

#include "serializers/result.hpp"

namespace heddle {

/// Who an HTTP request says it is by. It becomes a HELLO and an AUTHENTICATE: the realm decides.
struct HttpLogin {
    std::string_view method;  // "ticket", "jwt", "token": static text. Empty: what the connection shows by itself, or nobody
    std::string authid, secret;
    std::string role;  // not empty: the router has made sure itself (a signed query) of `authid`, who has this role
};

/// What the header `Authorization` says: `Basic` (authid and ticket), `Bearer` (a token of the router's making, `hdl_..`,
/// or a JWT). The error never holds any of it.
Result<HttpLogin> login_in(std::string_view authorization);

}  // namespace heddle
