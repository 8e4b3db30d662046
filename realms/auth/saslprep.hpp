#pragma once
#include <string>
#include <string_view>

#include "serializers/result.hpp"

/// RFC 4013 (SASLprep) but for normalization: no library of Debian's basics has NFKC without dragging in much more.
namespace heddle::auth {

/// Non-ASCII spaces become spaces, what commonly maps to nothing goes, prohibited characters (controls, private use,
/// non-characters, bidirectional marks, tags) are an error; ASCII stays as it is. Text must be UTF-8. A password whose
/// characters have several spellings must be typed in the spelling it was made with.
Result<std::string> saslprep(std::string_view text);

}  // namespace heddle::auth
