#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace heddle {

/// The four forms in which a value can stand on a wire.
enum class Encoding : std::uint8_t { json, msgpack, cbor, recon };
inline constexpr std::size_t encoding_count = 4;

constexpr std::string_view name_of(Encoding encoding) {
    constexpr std::string_view names[] = {"json", "msgpack", "cbor", "recon"};
    return names[static_cast<std::size_t>(encoding)];
}

/// Containers may be nested this deep in a payload, and not deeper, in every encoding.
inline constexpr std::size_t depth_max = 128;

}  // namespace heddle
