#pragma once
#include <cstdint>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace heddle {

/// A hash of short texts, such as topics: 16 bytes at a time, each pair multiplied into what came before. No UTF-8 text
/// holds the constants, so none can make a factor zero by itself.
inline std::uint64_t hash_text(std::string_view text) {
    constexpr std::uint64_t first = 0x9E3779B97F4A7C15u, second = 0xD6E8FEB86659FD93u;
    const auto load = [](const char* at, std::size_t bytes) {
        std::uint64_t word = 0;
        std::memcpy(&word, at, bytes);
        return word;
    };
    const auto mix = [](std::uint64_t a, std::uint64_t b) {
        const auto product = static_cast<unsigned __int128>(a) * b;
        return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
    };
    std::uint64_t hash = mix(text.size() ^ first, second);
    const char* at = text.data();
    std::size_t left = text.size();
    for (; left > 16; at += 16, left -= 16) hash = mix(load(at, 8) ^ first, load(at + 8, 8) ^ hash);
    if (left >= 8) return mix(load(at, 8) ^ second, load(at + left - 8, 8) ^ hash);
    if (left >= 4) return mix(load(at, 4) ^ second, load(at + left - 4, 4) ^ hash);
    return mix((left > 0 ? load(at, 1) | load(at + left / 2, 1) << 8 | load(at + left - 1, 1) << 16 : 0) ^ second,
               hash ^ first);
}

/// Lets maps with text keys be searched by a view, without making a string.
struct TextHash {
    using is_transparent = void;
    // Not noexcept on purpose: libstdc++ then keeps the hash in the node, and walking a bucket hashes nothing anew.
    std::size_t operator()(std::string_view text) const { return hash_text(text); }
};

template <class Value>
using TextMap = std::unordered_map<std::string, Value, TextHash, std::equal_to<>>;

}  // namespace heddle
