#pragma once
#include <string>
#include <string_view>

#include "realms/egress.hpp"

/// The cookie by which browsers are known again. What it is worth a realm knows (AuthMethod::cookie); here it is only text.
namespace heddle {

/// Its name, and the pages that it is for. The console has one of its own: logging in there outlives what other pages of
/// this host do.
struct CookiePlace {
    std::string_view name = "heddle", path = "/";
};
CookiePlace cookie_place(std::string_view target);

/// 128 random bits, 32 hexadecimal digits.
std::string make_cookie(Entropy& entropy);

/// The value of ours in a `Cookie` header. Empty where there is none, where it is not of our making, or where two of the
/// name differ: then somebody planted one, and nobody knows which.
std::string cookie_in(std::string_view header, CookiePlace place = {});

/// The value of a `Set-Cookie` header: for this host alone, for its own pages alone, out of reach of scripts, until the
/// browser ends.
std::string set_cookie(std::string_view value, bool secure, CookiePlace place = {});

}  // namespace heddle
