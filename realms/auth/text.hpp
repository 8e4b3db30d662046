#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// How bytes and numbers are written in credentials. base64 with padding is serializers/base64.hpp.
namespace heddle::auth {

std::string to_hex(std::string_view bytes);  // lower case
/// Nothing where a character is no hexadecimal digit or their number is odd.
std::optional<std::string> from_hex(std::string_view text);

/// RFC 4648 section 5, without padding.
std::string to_base64url(std::string_view bytes);
std::optional<std::string> from_base64url(std::string_view text);

/// Padded or not (PHC texts, as Argon2 writes them, are not).
std::optional<std::string> from_base64(std::string_view text);
std::string to_base64_unpadded(std::string_view bytes);

/// Decimal digits only, no sign, no leading zero but "0" itself.
std::optional<std::uint32_t> to_number(std::string_view text);
std::vector<std::string_view> split(std::string_view text, char at);
/// Without spaces, tabs and line ends at both sides.
std::string_view trimmed(std::string_view text);

}  // namespace heddle::auth
