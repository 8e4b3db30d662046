#pragma once
#include <toml++/toml.h>

#include <cstddef>
#include <optional>
#include <string_view>

#include "router/config/mistakes.hpp"

namespace heddle::config {

inline constexpr std::size_t toml_bytes_max = 16 << 20;

/// Parses TOML from outside; nothing, and an error in `mistakes`, if `text` is not valid. This is the only place of the
/// router that lets toml++ parse: the library bounds values inside each other, but not the tables that dotted keys and
/// headers make (`a.a.a...`), and its recursion would overflow the stack. So length and nesting are checked first.
/// Never throws; any thread.
std::optional<toml::table> parse_toml(std::string_view text, Mistakes& mistakes);

}  // namespace heddle::config
