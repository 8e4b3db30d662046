#include "router/admin/moments.hpp"

#include <chrono>

#include "realms/wall_clock.hpp"
#include "router/config/units.hpp"

namespace heddle::admin {

std::int64_t now_ms() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

std::string timestamp(std::int64_t unix_ms) { return date_text(unix_ms); }

std::optional<std::int64_t> parse_timestamp(std::string_view text) {
    constexpr std::size_t date_alone = 10;  // "2026-11-21"
    std::string whole(text);
    if (whole.size() == date_alone) whole += "T00:00:00Z";
    return read_date(whole);
}

std::optional<std::int64_t> parse_length(std::string_view text) {
    const auto quantity = parse_quantity(std::string(text));
    if (!quantity || quantity->unit != Unit::time) return std::nullopt;
    return static_cast<std::int64_t>(quantity->value / 1000);  // of microseconds
}

}  // namespace heddle::admin
