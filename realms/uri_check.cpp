#include "realms/uri_check.hpp"

#include <array>

namespace heddle {
namespace {

enum class Kind : std::uint8_t { refused, strict, loose, dot, lead };  // lead: first byte of a longer UTF-8 sequence

constexpr std::array<Kind, 256> make_kinds() {
    std::array<Kind, 256> kinds{};
    for (unsigned byte = 0; byte < 256; ++byte) {
        const bool strict = (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') || byte == '_';
        const bool space = (byte >= 0x09 && byte <= 0x0D) || (byte >= 0x1C && byte <= 0x20);
        Kind kind = strict ? Kind::strict : Kind::loose;
        if (space || byte == '#') kind = Kind::refused;
        if (byte == '.') kind = Kind::dot;
        if (byte == 0xC2 || byte == 0xE1 || byte == 0xE2 || byte == 0xE3) kind = Kind::lead;
        kinds[byte] = kind;
    }
    return kinds;
}
constexpr std::array<Kind, 256> kinds = make_kinds();

/// White space outside ASCII: U+0085, U+00A0, U+1680, U+2000..200A, U+2028, U+2029, U+202F, U+205F, U+3000.
bool starts_with_space(std::string_view text) {
    const auto byte = [&](std::size_t at) { return at < text.size() ? static_cast<unsigned char>(text[at]) : 0u; };
    const unsigned a = byte(0), b = byte(1), c = byte(2);
    if (a == 0xC2) return b == 0x85 || b == 0xA0;
    if (a == 0xE1) return b == 0x9A && c == 0x80;
    if (a == 0xE3) return b == 0x80 && c == 0x80;
    if (b == 0x80) return (c >= 0x80 && c <= 0x8A) || c == 0xA8 || c == 0xA9 || c == 0xAF;
    return b == 0x81 && c == 0x9F;
}

}  // namespace

bool valid_uri(std::string_view text, Match match, UriCheck check, const RealmLimits& limits) {
    if (text.size() > limits.uri_bytes_max) return false;
    std::size_t parts = 1;
    std::size_t part_begin = 0;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const Kind kind = kinds[static_cast<unsigned char>(text[at])];
        if (kind == Kind::strict) continue;
        if (kind == Kind::dot) {
            if (at == part_begin && match != Match::wildcard) return false;
            part_begin = at + 1;
            ++parts;
            continue;
        }
        if (kind == Kind::refused || check == UriCheck::strict) return false;
        if (kind == Kind::lead && starts_with_space(text.substr(at))) return false;
    }
    if (part_begin == text.size() && match == Match::exact) return false;
    return parts <= limits.uri_parts_max;
}

std::size_t unfit_character(std::string_view text) {
    if (text.empty()) return 0;
    const Kind kind = kinds[static_cast<unsigned char>(text.front())];
    if (kind == Kind::refused) return 1;
    if (kind != Kind::lead || !starts_with_space(text)) return 0;
    return static_cast<unsigned char>(text.front()) == 0xC2 ? 2 : 3;
}

bool reserved_uri(std::string_view text) {
    const auto below = [&](std::string_view root) {
        return text.starts_with(root) && (text.size() == root.size() || text[root.size()] == '.');
    };
    return below("wamp") || below("heddle");
}

}  // namespace heddle
