#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "realms/settings.hpp"

namespace heddle {

/// Turns moments into dates, from one moment of which the host said both. Without that, TimePoint{} is 1970.
class WallClock {
 public:
    using Time = std::chrono::system_clock::time_point;
    void set(TimePoint at, Time wall) {
        at_ = at;
        wall_ = wall;
    }
    /// ISO 8601 in UTC with milliseconds: "2026-11-21T10:12:04.118Z".
    std::string text(TimePoint moment) const;
    /// Since 1970, in UTC.
    std::int64_t milliseconds(TimePoint moment) const;

 private:
    TimePoint at_{};
    Time wall_{};
};

/// A moment, in milliseconds since 1970, as `WallClock::text` writes it.
std::string date_text(std::int64_t milliseconds);
/// The same backwards, from any RFC 3339 date and time; digits below a millisecond are cut off.
std::optional<std::int64_t> read_date(std::string_view text);

}  // namespace heddle
