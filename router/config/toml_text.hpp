#pragma once
#include <stdexcept>

namespace heddle::config {

/// What an assertion of toml++ becomes: some malformed texts reach one. By default the library ends the process there, and
/// where NDEBUG is defined it takes the assertion for true, which is undefined behaviour.
[[noreturn]] inline void fail_toml_assertion() { throw std::logic_error("an assertion of toml++ does not hold"); }

}  // namespace heddle::config

#pragma push_macro("NDEBUG")
#undef NDEBUG
#define TOML_ASSERT(expr) ((expr) ? static_cast<void>(0) : ::heddle::config::fail_toml_assertion())
#include <toml++/toml.h>
#pragma pop_macro("NDEBUG")

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
