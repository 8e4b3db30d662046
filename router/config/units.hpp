#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Numbers with units, as people write them in the configuration and on the command line.
namespace heddle {

enum class Unit : std::uint8_t { none, size, time, rate };

/// "1.5MiB" in the base unit of its kind: bytes, microseconds, or hundredths of a thing per hour.
struct Quantity {
    Unit unit = Unit::none;
    std::uint64_t value = 0;
};

/// Sizes B kB KiB MB MiB GB GiB, times us ms s m h d, rates /s /m /h; a plain number has no unit. Nothing where the
/// text is no number, the unit is unknown, or the value does not come out whole in its base unit.
std::optional<Quantity> parse_quantity(std::string_view text);

/// Digits and nothing else, at most 2^64-1: no sign, no space, no exponent. For numbers without a unit from outside;
/// std::stoull and its kin take more than anybody means.
std::optional<std::uint64_t> parse_whole(std::string_view text);

/// A time span for a flag such as --timeout; a unit is due.
std::optional<std::chrono::microseconds> parse_time(std::string_view text);

std::string format_size(std::uint64_t bytes);             // the largest unit that divides it: 1048576 is "1MiB"
std::string format_time(std::chrono::microseconds span);  // 90000 ms is "90s"
std::string_view units_of(Unit unit);                     // "B KiB MiB GiB (also kB MB GB)"
std::string_view name_of(Unit unit);                      // "size"

}  // namespace heddle
