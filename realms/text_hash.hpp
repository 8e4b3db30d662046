#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace heddle {

/// Lets maps with text keys be searched by a view, without making a string.
struct TextHash {
    using is_transparent = void;
    // Not noexcept on purpose: libstdc++ then keeps the hash in the node, and walking a bucket hashes nothing anew.
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

template <class Value>
using TextMap = std::unordered_map<std::string, Value, TextHash, std::equal_to<>>;

}  // namespace heddle
