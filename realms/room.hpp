#pragma once
#include <algorithm>
#include <cstddef>
#include <limits>

namespace heddle {

/// What the process has memory left for (docs/limits.md, "Memory").
struct Room {
    bool sessions = true;  // false: no new ones
    bool state = true;     // false: what a realm keeps may change, but not grow
    bool operator==(const Room&) const = default;
};

/// How many bytes of something may be kept. While there is no room for more, that is what was kept when room ran out.
class ByteBound {
 public:
    explicit ByteBound(std::size_t max) : max_(max) {}
    std::size_t now() const { return std::min(max_, frozen_at_); }
    void set_max(std::size_t max) { max_ = max; }
    /// `used`: bytes that are kept at the moment.
    void let_grow(bool yes, std::size_t used) { frozen_at_ = yes ? unlimited : std::min(used, frozen_at_); }
    bool frozen() const { return frozen_at_ != unlimited; }

 private:
    static constexpr std::size_t unlimited = std::numeric_limits<std::size_t>::max();
    std::size_t max_, frozen_at_ = unlimited;
};

}  // namespace heddle
