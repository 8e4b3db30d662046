#pragma once
#include <cstdint>

namespace heddle::sim {

/// Random numbers that are the same with every standard library (splitmix64).
class Dice {
 public:
    explicit Dice(std::uint64_t seed) : state_(seed) {}
    std::uint64_t next() {
        std::uint64_t z = state_ += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
    /// Less than `n`, which is at least 1.
    std::uint64_t below(std::uint64_t n) { return next() % n; }
    /// Both ends included.
    std::int64_t between(std::int64_t low, std::int64_t high) {
        return low + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(high - low + 1)));
    }
    bool percent(unsigned chance) { return below(100) < chance; }
    /// A generator of its own, which depends on this one's state only.
    Dice split() { return Dice(next()); }

 private:
    std::uint64_t state_;
};

}  // namespace heddle::sim
