#pragma once
#include <string>
#include <string_view>

/// The escapes that several texts share: hexadecimal digits, and URIs' percent encoding of bytes.
namespace heddle {

/// 0..15, or -1 for what is no hexadecimal digit.
constexpr int hex_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/// Appends "%2e" for a dot: lower case, since Swim's JavaScript and Java write it so whatever they read.
inline void percent_encode(char c, std::string& out) {
    constexpr char digits[] = "0123456789abcdef";
    out += '%';
    out += digits[static_cast<unsigned char>(c) >> 4];
    out += digits[c & 15];
}

/// Appends what `text` stands for ("%41" is "A"). False where an escape is broken; `out` then holds what came before
/// it.
inline bool percent_decode(std::string_view text, std::string& out) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != '%') {
            out += text[i];
            continue;
        }
        if (text.size() - i < 3 || hex_value(text[i + 1]) < 0 || hex_value(text[i + 2]) < 0) return false;
        out += static_cast<char>(hex_value(text[i + 1]) << 4 | hex_value(text[i + 2]));
        i += 2;
    }
    return true;
}

}  // namespace heddle
