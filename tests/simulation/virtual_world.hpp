#pragma once
#include <cstdint>
#include <functional>
#include <queue>
#include <utility>
#include <vector>

#include "router/world.hpp"
#include "tests/simulation/dice.hpp"

namespace heddle::sim {

/// Time that passes only when nothing is left to do at the present moment, and random numbers from a seed. What is to
/// happen stands in one queue: by time, and what has the same time in the order in which it was said.
class VirtualWorld final : public World {
 public:
    using Work = std::function<void()>;

    /// Begins anew: what was to happen is forgotten.
    void restart(std::uint64_t seed);

    TimePoint now() override { return now_; }
    std::chrono::system_clock::time_point wall_clock() override;
    std::unique_ptr<Entropy> entropy() override;

    void at(TimePoint when, Work work) { agenda_.push({when, ++said_, std::move(work)}); }
    void after(std::chrono::microseconds delay, Work work) { at(now_ + delay, std::move(work)); }
    /// TimePoint::max(): nothing is to happen.
    TimePoint next() const { return agenda_.empty() ? TimePoint::max() : agenda_.top().when; }
    /// Runs what is due. False: nothing was.
    bool run_due();
    /// The router has something to do.
    void stir() { stirred_ = true; }
    /// Whether that was said since the last question.
    bool take_stirred() { return std::exchange(stirred_, false); }
    void move_to(TimePoint when) { now_ = std::max(now_, when); }

 private:
    struct Entry {
        TimePoint when;
        std::uint64_t order;
        Work work;
        bool operator<(const Entry& other) const {  // std::priority_queue has the greatest first
            return when != other.when ? when > other.when : order > other.order;
        }
    };
    TimePoint now_{};
    Dice dice_{0};
    std::uint64_t said_ = 0;
    bool stirred_ = false;
    std::priority_queue<Entry> agenda_;
};

}  // namespace heddle::sim
