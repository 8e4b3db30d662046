#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace heddle::admin {

std::int64_t now_ms();  // Unix milliseconds
/// "2026-11-21T10:16:22.410Z".
std::string timestamp(std::int64_t unix_ms);
/// The other way: a date and time as RFC 3339 has them, with or without a fraction, or a date alone ("2026-11-21").
std::optional<std::int64_t> parse_timestamp(std::string_view text);
/// "90d", "1500ms": a length of time in milliseconds.
std::optional<std::int64_t> parse_length(std::string_view text);

}  // namespace heddle::admin
