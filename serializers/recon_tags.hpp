#pragma once
#include <string_view>

/// How values that one side has and the other has not are marked (docs/warp.md 6.3).
namespace heddle::recon {

// In Recon, for WAMP values.
inline constexpr std::string_view null_tag = "null";     // @null
inline constexpr std::string_view dict_tag = "dict";     // @dict: a map without entries
inline constexpr std::string_view integer_tag = "int";   // @int("9223372036854775807"): beyond what JavaScript holds
inline constexpr std::string_view real_tag = "num";      // @num(nan), @num(inf), @num("-inf")
inline constexpr std::string_view payload_tag = "wamp";  // @wamp(args:{..},kwargs:{..})

// In WAMP, for Recon values: the only key of a map.
inline constexpr std::string_view foreign_key = "$recon";    // canonical text
inline constexpr std::string_view integer_key = "$int";      // digits beyond 64 bits
inline constexpr std::string_view removed_key = "$removed";  // of kwargs alone: the topic keeps no event any more

}  // namespace heddle::recon
