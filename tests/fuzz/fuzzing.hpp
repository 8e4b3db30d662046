#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

/// What the fuzz targets share.
namespace heddle::fuzzing {

/// Ends the program, which makes the input a finding, if a property does not hold.
inline void demand(bool holds, std::string_view what) {
    if (holds) return;
    std::fprintf(stderr, "broken: %.*s\n", static_cast<int>(what.size()), what.data());
    std::abort();
}

/// Takes the first line off the front of `rest`. It is a block of its own, so that a read past its end is seen.
inline std::string line_of(std::string_view& rest) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    std::string line(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return line;
}

/// The sizes of the pieces that bytes come in, as one byte of the input chooses them: 0 is all at once, 1 is byte by
/// byte, others are pieces of changing sizes up to 64 bytes.
class Cuts {
 public:
    explicit Cuts(std::uint8_t choice) : choice_(choice), state_(choice) {}
    std::size_t next() {
        if (choice_ < 2) return choice_ == 0 ? ~std::size_t{0} : 1;
        state_ = state_ * 1664525u + 1013904223u;
        return (state_ >> 20) % 64 + 1;
    }

 private:
    std::uint8_t choice_;
    std::uint32_t state_;
};

}  // namespace heddle::fuzzing
