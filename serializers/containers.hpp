#pragma once
#include <cassert>
#include <cstddef>
#include <cstdint>

#include "serializers/encoding.hpp"

namespace heddle {

/// Containers announce how many elements (or pairs) they will hold where that is known; the binary forms fix it up at
/// the end otherwise.
inline constexpr std::size_t unknown_count = static_cast<std::size_t>(-1);

namespace detail {

/// The containers a binary writer is inside of: where each header stands and how many elements (or pairs) it got so
/// far.
class OpenContainers {
 public:
    struct Container {
        std::size_t header;
        std::uint32_t count;
        bool map;
        bool counted;  // the header says the right count already
    };

    /// One element (in maps: one value; keys are not counted).
    void add() {
        if (depth_ != 0 && depth_ <= max) ++open_[depth_ - 1].count;
    }
    void push(std::size_t header, bool map, bool counted) {
        assert(depth_ < max && "readers stop at depth_max");
        if (depth_ < max) open_[depth_] = {header, 0, map, counted};
        ++depth_;
    }
    Container pop() {
        assert(depth_ > 0);
        --depth_;
        return depth_ < max ? open_[depth_] : Container{0, 0, false, true};
    }

 private:
    static constexpr std::size_t max = depth_max + 8;  // what readers let through, wrapped a few times

    std::size_t depth_ = 0;
    Container open_[max];
};

}  // namespace detail
}  // namespace heddle
