#include "router/config/units.hpp"

#include <array>
#include <charconv>
#include <limits>

namespace heddle {
namespace {

struct UnitName {
    std::string_view name;
    Unit unit;
    std::uint64_t factor;  // in the base unit
};
constexpr std::uint64_t kib = 1024;
constexpr std::array<UnitName, 17> unit_names{{
    {"B", Unit::size, 1},
    {"kB", Unit::size, 1'000},
    {"KiB", Unit::size, kib},
    {"MB", Unit::size, 1'000'000},
    {"MiB", Unit::size, kib* kib},
    {"GB", Unit::size, 1'000'000'000},
    {"GiB", Unit::size, kib* kib* kib},
    {"us", Unit::time, 1},
    {"ms", Unit::time, 1'000},
    {"s", Unit::time, 1'000'000},
    {"m", Unit::time, 60'000'000},
    {"h", Unit::time, 3'600'000'000},
    {"d", Unit::time, 86'400'000'000},
    {"/s", Unit::rate, 360'000},
    {"/m", Unit::rate, 6'000},
    {"/h", Unit::rate, 100},
    {"", Unit::none, 1},
}};

constexpr std::size_t fraction_digits_max = 6;
constexpr std::uint64_t value_max = std::numeric_limits<std::uint64_t>::max();

/// Digits, perhaps with a fraction, times `factor`; nothing if that is not whole or does not fit.
std::optional<std::uint64_t> scaled(std::string_view whole, std::string_view fraction, std::uint64_t factor) {
    std::uint64_t value = 0;
    for (char c : whole) {
        auto digit = static_cast<std::uint64_t>(c - '0');
        if (value > (value_max - digit) / 10) return std::nullopt;
        value = value * 10 + digit;
    }
    if (factor != 0 && value > value_max / factor) return std::nullopt;
    value *= factor;
    while (fraction.ends_with('0')) fraction.remove_suffix(1);
    if (fraction.size() > fraction_digits_max) return std::nullopt;
    std::uint64_t part = factor,
                  divisor = 1;  // factor * digits / 10^count, which fits: factors end at days in microseconds
    std::uint64_t digits = 0;
    for (char c : fraction) {
        digits = digits * 10 + static_cast<std::uint64_t>(c - '0');
        divisor *= 10;
    }
    part *= digits;
    if (part % divisor != 0 || value > value_max - part / divisor) return std::nullopt;  // finer than the base unit
    value += part / divisor;
    return value;
}

std::string format_in(std::uint64_t value, Unit unit) {
    if (value == 0) return unit == Unit::size ? "0B" : "0s";
    const UnitName* best = nullptr;
    for (const UnitName& name : unit_names) {
        bool decimal_size = name.unit == Unit::size && name.factor % 10 == 0;
        if (name.unit != unit || decimal_size || value % name.factor != 0) continue;
        if (!best || name.factor > best->factor) best = &name;
    }
    // 60s reads better than 1m, 90s than 90000ms; days only from two on.
    if (unit == Unit::time && best->factor > 1'000'000 && value / best->factor < 2) {
        const UnitName* smaller = best;
        for (const UnitName& name : unit_names) {
            if (name.unit == unit && name.factor < best->factor) smaller = &name;
        }
        best = smaller;
    }
    return std::to_string(value / best->factor) + std::string(best->name);
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::optional<std::uint64_t> parse_whole(std::string_view text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (text.empty() || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return number;
}

std::optional<Quantity> parse_quantity(std::string_view text) {
    std::size_t at = 0;
    while (at < text.size() && is_digit(text[at])) ++at;
    std::string_view whole = text.substr(0, at), fraction;
    if (whole.empty()) return std::nullopt;
    if (at < text.size() && text[at] == '.') {
        std::size_t begin = ++at;
        while (at < text.size() && is_digit(text[at])) ++at;
        fraction = text.substr(begin, at - begin);
        if (fraction.empty()) return std::nullopt;
    }
    for (const UnitName& name : unit_names) {
        if (name.name != text.substr(at)) continue;
        auto value = scaled(whole, fraction, name.factor);
        if (!value) return std::nullopt;
        return Quantity{name.unit, *value};
    }
    return std::nullopt;
}

std::optional<std::chrono::microseconds> parse_time(std::string_view text) {
    auto quantity = parse_quantity(text);
    constexpr auto most = static_cast<std::uint64_t>(std::chrono::microseconds::max().count());
    if (!quantity || quantity->unit != Unit::time || quantity->value > most) return std::nullopt;
    return std::chrono::microseconds(static_cast<std::int64_t>(quantity->value));
}

std::string format_size(std::uint64_t bytes) { return format_in(bytes, Unit::size); }
std::string format_time(std::chrono::microseconds span) {
    return format_in(static_cast<std::uint64_t>(span.count()), Unit::time);
}

std::string_view units_of(Unit unit) {
    switch (unit) {
        case Unit::size:
            return "B KiB MiB GiB (also kB MB GB)";
        case Unit::time:
            return "us ms s m h d";
        case Unit::rate:
            return "/s /m /h";
        case Unit::none:
            return "none";
    }
    return "";
}

std::string_view name_of(Unit unit) {
    constexpr std::string_view names[] = {"count", "size", "time", "rate"};
    return names[static_cast<std::size_t>(unit)];
}

}  // namespace heddle
