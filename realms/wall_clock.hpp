#pragma once
#include <chrono>
#include <string>

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

 private:
    TimePoint at_{};
    Time wall_{};
};

}  // namespace heddle
