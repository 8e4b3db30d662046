#pragma once
#include <cstddef>

/// JSON (RFC 8259) grammar over raw bytes, without values: what the reader steps with and what checks a payload slice.
namespace heddle::json {

/// Where a scan ended. `at` is one past the scanned thing, or the offending byte when `what` is set.
struct Scan {
    const char* at = nullptr;
    const char* what = nullptr;
    bool plain = true;  // strings: no escapes inside; numbers: an integer
    bool failed() const { return what != nullptr; }
};

const char* skip_space(const char* at, const char* end);
/// From the byte after the opening quote; `at` is then one past the closing quote.
Scan string(const char* at, const char* end);
Scan number(const char* at, const char* end);
/// One value of any kind, containers nested at most `depth` deep. Leading space is skipped.
Scan value(const char* at, const char* end, std::size_t depth);

}  // namespace heddle::json
