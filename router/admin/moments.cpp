#include "router/admin/moments.hpp"

#include <chrono>
#include <cstdio>
#include <ctime>

#include "router/config/units.hpp"

namespace heddle::admin {

std::int64_t now_ms() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

std::string timestamp(std::int64_t unix_ms) {
    const std::int64_t fraction = ((unix_ms % 1000) + 1000) % 1000;
    const std::time_t seconds = static_cast<std::time_t>((unix_ms - fraction) / 1000);
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    char text[40];
    const std::size_t size = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
    return std::string(text, size) + "." + std::to_string(1000 + fraction).substr(1) + "Z";
}

std::optional<std::int64_t> parse_timestamp(std::string_view text) {
    std::string whole(text);
    if (whole.size() == 10) whole += "T00:00:00Z";
    int year = 0, month = 0, day = 0, hour = 0, minute = 0, fraction = 0, used = 0;
    double second = 0;
    if (std::sscanf(whole.c_str(), "%4d-%2d-%2dT%2d:%2d:%lfZ%n", &year, &month, &day, &hour, &minute, &second, &used) != 6 ||
        static_cast<std::size_t>(used) != whole.size())
        return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                           std::chrono::day(static_cast<unsigned>(day))};
    if (!date.ok() || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second >= 61) return std::nullopt;
    fraction = static_cast<int>(second * 1000 + 0.5);
    const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
    return ((days * 24 + hour) * 60 + minute) * 60'000 + fraction;
}

std::optional<std::int64_t> parse_length(std::string_view text) {
    const auto quantity = parse_quantity(std::string(text));
    if (!quantity || quantity->unit != Unit::time) return std::nullopt;
    return static_cast<std::int64_t>(quantity->value / 1000);  // of microseconds
}

}  // namespace heddle::admin
