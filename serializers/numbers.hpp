#pragma once
#include <cstdint>
#include <string_view>

#include "serializers/token.hpp"

/// Numbers as text, the same in every place that needs them.
namespace heddle::numbers {

inline constexpr std::size_t text_max = 32;

/// Shortest digits that read back the same, without an exponent from 1e-5 to 1e16; a whole one keeps ".0". Finite only.
/// All return the length (<= text_max).
std::size_t put_real(double value, char* out);
std::size_t put_integer(std::int64_t value, char* out);
/// The same digits as put_real, quickly, for what has at most four behind the point and eleven before it; 0 for others.
std::size_t put_decimal(double value, char* out);
std::size_t put_unsigned(std::uint64_t value, char* out);

/// `text` is a JSON number. Beyond the range of double: an infinity or zero, as its sign and size say.
double parse_real(std::string_view text);
/// A token of kind integer, unsigned_integer, or real where 64 bits do not hold it. `text` is a JSON integer.
Token parse_integer(std::string_view text);

}  // namespace heddle::numbers
