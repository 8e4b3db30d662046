#pragma once
#include <cstddef>
#include <string>

namespace heddle {

/// The text, or as much of its beginning as fits into `max` bytes together with a note of its length.
/// Never cuts a UTF-8 character in two.
std::string shortened(const std::string& text, std::size_t max);

}  // namespace heddle
