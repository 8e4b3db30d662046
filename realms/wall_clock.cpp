#include "realms/wall_clock.hpp"

#include <cstdio>

namespace heddle {

std::string WallClock::text(TimePoint moment) const {
    using namespace std::chrono;
    const auto wall = time_point_cast<milliseconds>(wall_ + duration_cast<system_clock::duration>(moment - at_));
    const auto day = floor<days>(wall);
    const year_month_day date(day);
    const auto ms = (wall - day).count();
    char text[64];
    std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                  static_cast<int>(ms / 3'600'000), static_cast<int>(ms / 60'000 % 60),
                  static_cast<int>(ms / 1'000 % 60), static_cast<int>(ms % 1'000));
    return text;
}

}  // namespace heddle
