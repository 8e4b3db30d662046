#pragma once
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "serializers/utf8.hpp"

/// Which characters Recon identifiers are made of (docs/warp.md 1.2).
namespace heddle::recon {

namespace detail {

enum : std::uint8_t { starts_word = 1, continues_word = 2 };

/// What is no ASCII has 0 here.
inline constexpr std::array<std::uint8_t, 256> ascii = [] {
    std::array<std::uint8_t, 256> table{};
    for (std::size_t c = 0; c < 128; ++c) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        const bool more = (c >= '0' && c <= '9') || c == '-';
        table[c] = static_cast<std::uint8_t>(letter ? starts_word | continues_word : more ? continues_word : 0);
    }
    return table;
}();

struct Range {
    std::uint32_t first, last;
};

inline constexpr Range start_ranges[] = {
    {0xC0, 0xD6},     {0xD8, 0xF6},     {0xF8, 0x2FF},    {0x370, 0x37D},   {0x37F, 0x1FFF},  {0x200C, 0x200D},
    {0x2070, 0x218F}, {0x2C00, 0x2FEF}, {0x3001, 0xD7FF}, {0xF900, 0xFDCF}, {0xFDF0, 0xFFFD}, {0x10000, 0xEFFFF},
};
inline constexpr Range part_ranges[] = {{0xB7, 0xB7}, {0x300, 0x36F}, {0x203F, 0x2040}};

template <std::size_t N>
constexpr bool in_any(const Range (&ranges)[N], std::uint32_t point) {
    for (const Range& range : ranges)
        if (point >= range.first && point <= range.last) return true;
    return false;
}

/// The code point at `at` (a multi-byte one), and its length.
inline std::uint32_t point_at(const char* at, std::size_t length) {
    const auto* p = reinterpret_cast<const unsigned char*>(at);
    std::uint32_t point = p[0] & (0x7Fu >> length);
    for (std::size_t i = 1; i < length; ++i) point = point << 6 | (p[i] & 0x3Fu);
    return point;
}

}  // namespace detail

/// Length of the identifier character at `at`, 0 if there is none. The text is UTF-8; anything else is no character.
inline std::size_t word_character(const char* at, const char* end, bool first) {
    if (at == end) return 0;
    const auto byte = static_cast<unsigned char>(*at);
    if (byte < 0x80) return detail::ascii[byte] & (first ? detail::starts_word : detail::continues_word) ? 1 : 0;
    const std::size_t length = utf8::sequence(at, end);
    if (length == 0) return 0;
    const std::uint32_t point = detail::point_at(at, length);
    if (detail::in_any(detail::start_ranges, point)) return length;
    return !first && detail::in_any(detail::part_ranges, point) ? length : 0;
}

/// One past the identifier that begins at `at`; `at` itself if none does.
inline const char* word_end(const char* at, const char* end) {
    bool first = true;
    for (;;) {
        if (!first)  // nearly all there is, so it gets a loop of its own
            while (at != end && detail::ascii[static_cast<unsigned char>(*at)] != 0) ++at;
        const std::size_t length = word_character(at, end, first);
        if (length == 0) return at;
        at += length;
        first = false;
    }
}

/// Steps over what may stand between `quote`s as it is, eight bytes at a time while there are so many.
inline const char* plain_run(const char* at, const char* end, char quote) {
    const std::uint64_t quotes = utf8::ones * static_cast<unsigned char>(quote);
    const auto zero_byte = [](std::uint64_t word) { return (word - utf8::ones) & ~word & utf8::highs; };
    for (; end - at >= 8; at += 8) {
        const std::uint64_t word = utf8::load8(at);
        const std::uint64_t control = (word - utf8::ones * 0x20) & ~word & utf8::highs;
        const std::uint64_t found = control | zero_byte(word ^ quotes) | zero_byte(word ^ utf8::ones * '\\');
        // A borrow marks only bytes above the first one that is meant.
        if (found != 0) return at + std::countr_zero(found) / 8;
    }
    while (at != end && *at != quote && *at != '\\' && static_cast<unsigned char>(*at) >= 0x20) ++at;
    return at;
}

/// Whether `text` can stand without quotes and is still a text when read again.
inline bool is_plain_word(std::string_view text) {
    const char* end = text.data() + text.size();
    return !text.empty() && word_end(text.data(), end) == end && text != "true" && text != "false";
}

}  // namespace heddle::recon
