#include "realms/auth/saslprep.hpp"

#include <cstdint>
#include <span>

#include "serializers/utf8.hpp"

namespace heddle::auth {
namespace {

struct Range {
    std::uint32_t from, to;
};

// RFC 3454: C.1.2 (spaces), B.1 (commonly mapped to nothing), and the prohibited tables C.2 to C.9.
constexpr Range spaces[] = {{0xA0, 0xA0},     {0x1680, 0x1680}, {0x2000, 0x200B},
                            {0x202F, 0x202F}, {0x205F, 0x205F}, {0x3000, 0x3000}};
constexpr Range nothing[] = {{0xAD, 0xAD},     {0x34F, 0x34F},   {0x1806, 0x1806}, {0x180B, 0x180D},
                             {0x200C, 0x200D}, {0x2060, 0x2060}, {0xFE00, 0xFE0F}, {0xFEFF, 0xFEFF}};
constexpr Range prohibited[] = {
    {0x00, 0x1F},       {0x7F, 0x9F},     {0x340, 0x341},     {0x6DD, 0x6DD},      {0x70F, 0x70F},
    {0x180E, 0x180E},   {0x200E, 0x200F}, {0x2028, 0x202E},   {0x2061, 0x2063},    {0x206A, 0x206F},
    {0x2FF0, 0x2FFB},   {0xE000, 0xF8FF}, {0xFDD0, 0xFDEF},   {0xFFF9, 0xFFFF},    {0x1D173, 0x1D17A},
    {0xE0001, 0xE0001}, {0xE0020, 0xE007F}, {0xF0000, 0xFFFFF}, {0x100000, 0x10FFFF}};

bool in(std::span<const Range> ranges, std::uint32_t point) {
    for (const Range& range : ranges)
        if (point >= range.from && point <= range.to) return true;
    return false;
}

std::uint32_t point_at(const char* at, std::size_t length) {
    const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(at[i])); };
    if (length == 1) return byte(0);
    std::uint32_t point = byte(0) & (0x7Fu >> length);
    for (std::size_t i = 1; i < length; ++i) point = point << 6 | (byte(i) & 0x3F);
    return point;
}

}  // namespace

Result<std::string> saslprep(std::string_view text) {
    if (!utf8::valid(text)) return Error{"the text is not UTF-8"};
    std::string out;
    const char *at = text.data(), *end = at + text.size();
    while (at != end) {
        const std::size_t length = static_cast<signed char>(*at) >= 0 ? 1 : utf8::sequence(at, end);
        const std::uint32_t point = point_at(at, length);
        const bool last_of_plane = (point & 0xFFFE) == 0xFFFE;
        if (in(spaces, point)) {
            out += ' ';
        } else if (!in(nothing, point)) {
            if (in(prohibited, point) || last_of_plane)
                return Error{"control and other invisible characters are not allowed",
                             static_cast<std::size_t>(at - text.data())};
            out.append(at, length);
        }
        at += length;
    }
    return out;
}

}  // namespace heddle::auth
