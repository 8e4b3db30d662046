#include "realms/wall_clock.hpp"

#include <cstdio>

namespace heddle {

std::int64_t WallClock::milliseconds(TimePoint moment) const {
    using namespace std::chrono;
    const auto wall = floor<std::chrono::milliseconds>(wall_ + duration_cast<system_clock::duration>(moment - at_));
    return wall.time_since_epoch().count();
}

std::string WallClock::text(TimePoint moment) const { return date_text(milliseconds(moment)); }

std::string date_text(std::int64_t milliseconds) {
    using namespace std::chrono;
    const sys_time<std::chrono::milliseconds> wall{std::chrono::milliseconds(milliseconds)};
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

namespace {

/// Takes characters and numbers off the front of a text; `good` until something was not there.
struct DateReader {
    std::string_view rest;
    bool good = true;

    bool take(std::string_view any_of) {
        const bool there = !rest.empty() && any_of.find(rest.front()) != std::string_view::npos;
        if (there) rest.remove_prefix(1);
        return there;
    }
    void must(std::string_view any_of) { good = good && take(any_of); }
    int number(std::size_t digits, int most) {
        int value = 0;
        for (; digits > 0; --digits) {
            if (rest.empty() || rest.front() < '0' || rest.front() > '9') return good = false, 0;
            value = value * 10 + (rest.front() - '0');
            rest.remove_prefix(1);
        }
        good = good && value <= most;
        return value;
    }
    bool at_digit() const { return !rest.empty() && rest.front() >= '0' && rest.front() <= '9'; }
    /// Of a fraction, as milliseconds.
    int fraction() {
        int value = 0, scale = 100;
        good = good && at_digit();
        for (; at_digit(); scale /= 10, rest.remove_prefix(1)) value += (rest.front() - '0') * scale;
        return value;
    }
};

}  // namespace

std::optional<std::int64_t> read_date(std::string_view text) {
    using namespace std::chrono;
    DateReader in{text};
    const int year_number = in.number(4, 9999);
    in.must("-");
    const int month_number = in.number(2, 12);
    in.must("-");
    const int day_number = in.number(2, 31);
    in.must("Tt ");
    const int hour = in.number(2, 23);
    in.must(":");
    const int minute = in.number(2, 59);
    in.must(":");
    const int second = in.number(2, 60);  // 60: a leap second
    const int fraction = in.good && in.take(".") ? in.fraction() : 0;
    int offset = 0;
    if (!in.take("Zz")) {
        const int sign = in.take("-") ? -1 : 1;
        if (sign == 1) in.must("+");
        offset = in.number(2, 23) * 60;
        in.must(":");
        offset = sign * (offset + in.number(2, 59));
    }
    const year_month_day date(year(year_number), month(static_cast<unsigned>(month_number)),
                              day(static_cast<unsigned>(day_number)));
    if (!in.good || !in.rest.empty() || !date.ok()) return std::nullopt;
    const auto days_ms = duration_cast<milliseconds>(sys_days(date).time_since_epoch()).count();
    return days_ms + ((hour * 60 + minute - offset) * 60 + second) * 1'000ll + fraction;
}

}  // namespace heddle
