#pragma once
#include <cstddef>
#include <string_view>

#include "realms/settings.hpp"

namespace heddle {

/// Is `text` a URI (match exact) or a pattern that may stand in a request? WAMP section "URIs": loose refuses white
/// space (of Unicode) and '#'; strict leaves a-z, 0-9 and '_'. Empty parts stand for gaps, so only a wildcard may have
/// them; a prefix may end with a dot or be empty. Longer or of more parts than the limits say: no. The text is valid
/// UTF-8 already.
bool valid_uri(std::string_view text, Match match, UriCheck check, const RealmLimits& limits);

/// Bytes of the character that `text` begins with, if no component of a loose URI can hold it, dots apart: white space,
/// '#'. Otherwise 0.
std::size_t unfit_character(std::string_view text);

/// `wamp`, `heddle` and everything below them are the router's own: clients call and subscribe there, but do not publish
/// or register.
bool reserved_uri(std::string_view text);

}  // namespace heddle
