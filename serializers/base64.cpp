#include "serializers/base64.hpp"

#include <array>
#include <cstdint>

namespace heddle::base64 {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<std::int8_t, 256> make_values() {
    std::array<std::int8_t, 256> table{};
    for (auto& entry : table) entry = -1;
    for (std::size_t i = 0; i < alphabet.size(); ++i)
        table[static_cast<unsigned char>(alphabet[i])] = static_cast<std::int8_t>(i);
    return table;
}
constexpr auto values = make_values();

std::uint32_t byte(char c) { return static_cast<unsigned char>(c); }

void encode_to(std::string_view bytes, char* out) {
    std::size_t i = 0;
    for (; i + 3 <= bytes.size(); i += 3) {
        const std::uint32_t triple = byte(bytes[i]) << 16 | byte(bytes[i + 1]) << 8 | byte(bytes[i + 2]);
        for (unsigned shift : {18u, 12u, 6u, 0u}) *out++ = alphabet[triple >> shift & 63];
    }
    const std::size_t left = bytes.size() - i;
    if (left == 0) return;
    const std::uint32_t triple = byte(bytes[i]) << 16 | (left == 2 ? byte(bytes[i + 1]) << 8 : 0);
    *out++ = alphabet[triple >> 18 & 63];
    *out++ = alphabet[triple >> 12 & 63];
    *out++ = left == 2 ? alphabet[triple >> 6 & 63] : '=';
    *out++ = '=';
}

std::size_t encoded_size(std::string_view bytes) { return (bytes.size() + 2) / 3 * 4; }

}  // namespace

void encode(std::string_view bytes, ByteBuffer& out) { encode_to(bytes, out.extend(encoded_size(bytes))); }

std::string encode(std::string_view bytes) {
    std::string out(encoded_size(bytes), '\0');
    encode_to(bytes, out.data());
    return out;
}

bool decode(std::string_view text, std::string& out) {
    out.clear();
    if (text.size() % 4 != 0) return false;
    std::size_t padding = 0;
    if (!text.empty() && text.back() == '=') padding = text[text.size() - 2] == '=' ? 2 : 1;
    const std::size_t digits = text.size() - padding;
    out.reserve(text.size() / 4 * 3);
    std::uint32_t bits = 0;
    unsigned held = 0;
    for (std::size_t i = 0; i < digits; ++i) {
        const int value = values[static_cast<unsigned char>(text[i])];
        if (value < 0) return false;
        bits = bits << 6 | static_cast<std::uint32_t>(value);
        held += 6;
        if (held >= 8) {
            held -= 8;
            out.push_back(static_cast<char>(bits >> held & 0xFF));
        }
    }
    // Bits that belong to no byte are zero in what an encoder writes: one text for each sequence of bytes.
    return (bits & ((1u << held) - 1)) == 0;
}

}  // namespace heddle::base64
