#pragma once
#include <cstddef>
#include <string_view>

namespace heddle {

/// Bytes of the control character at `at` in UTF-8 text, which a terminal might take for a command: C0 and DEL have one,
/// U+0080 to U+009F (C2 80 to C2 9F) two. 0 where another character stands.
inline std::size_t control_character_at(std::string_view text, std::size_t at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (byte < 0x20 || byte == 0x7F) return 1;
    const bool two = byte == 0xC2 && at + 1 < text.size() && (static_cast<unsigned char>(text[at + 1]) & 0xE0) == 0x80;
    return two ? 2 : 0;
}

}  // namespace heddle
