#pragma once
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

/// UTF-8 as RFC 3629 has it: no overlong forms, no surrogates, nothing above U+10FFFF.
namespace heddle::utf8 {

/// Length of the well-formed multi-byte sequence at `at`; 0 if there is none.
inline std::size_t sequence(const char* at, const char* end) {
    const auto* p = reinterpret_cast<const unsigned char*>(at);
    const std::size_t left = static_cast<std::size_t>(end - at);
    const auto continues = [&](std::size_t i) { return (p[i] & 0xC0) == 0x80; };
    if (left < 2 || p[0] < 0xC2 || p[0] > 0xF4 || !continues(1)) return 0;
    if (p[0] < 0xE0) return 2;
    if (left < 3 || !continues(2)) return 0;
    if (p[0] < 0xF0) {
        if (p[0] == 0xE0 && p[1] < 0xA0) return 0;  // overlong
        if (p[0] == 0xED && p[1] > 0x9F) return 0;  // surrogate
        return 3;
    }
    if (left < 4 || !continues(3)) return 0;
    if (p[0] == 0xF0 && p[1] < 0x90) return 0;  // overlong
    if (p[0] == 0xF4 && p[1] > 0x8F) return 0;  // above U+10FFFF
    return 4;
}

inline constexpr std::uint64_t ones = 0x0101010101010101u;
inline constexpr std::uint64_t highs = 0x8080808080808080u;

inline std::uint64_t load8(const char* at) {
    std::uint64_t word;
    std::memcpy(&word, at, sizeof word);
    if constexpr (std::endian::native == std::endian::big) word = __builtin_bswap64(word);
    return word;
}

/// The first byte that breaks the rules, or `end`.
inline const char* first_invalid(const char* at, const char* end) {
    while (at != end) {
        while (end - at >= 8 && (load8(at) & highs) == 0) at += 8;
        if (at == end) break;
        if (static_cast<signed char>(*at) >= 0) {
            ++at;
            continue;
        }
        const std::size_t length = sequence(at, end);
        if (length == 0) return at;
        at += length;
    }
    return end;
}

inline bool valid(std::string_view text) {
    const char* end = text.data() + text.size();
    return first_invalid(text.data(), end) == end;
}

/// Writes a code point (not a surrogate, at most U+10FFFF) and returns its length, 1..4.
inline std::size_t put(std::uint32_t point, char* out) {
    const auto byte = [](std::uint32_t value) { return static_cast<char>(value & 0xFF); };
    const auto tail = [&](unsigned shift) { return byte(0x80 | (point >> shift & 0x3F)); };
    if (point < 0x80) {
        out[0] = byte(point);
        return 1;
    }
    if (point < 0x800) {
        out[0] = byte(0xC0 | point >> 6), out[1] = tail(0);
        return 2;
    }
    if (point < 0x10000) {
        out[0] = byte(0xE0 | point >> 12), out[1] = tail(6), out[2] = tail(0);
        return 3;
    }
    out[0] = byte(0xF0 | point >> 18), out[1] = tail(12), out[2] = tail(6), out[3] = tail(0);
    return 4;
}

}  // namespace heddle::utf8
