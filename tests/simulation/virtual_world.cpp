#include "tests/simulation/virtual_world.hpp"

#include <utility>

namespace heddle::sim {
namespace {

/// Far from the time of any machine, so that a timer of the kernel never rings for it. A multiple of a day.
constexpr TimePoint beginning{std::chrono::hours(24 * 365 * 150)};

class SeededEntropy final : public Entropy {
 public:
    explicit SeededEntropy(Dice dice) : dice_(dice) {}
    std::uint64_t next() override { return dice_.next(); }

 private:
    Dice dice_;
};

}  // namespace

void VirtualWorld::restart(std::uint64_t seed) {
    now_ = beginning;
    dice_ = Dice(seed);
    said_ = 0;
    agenda_ = {};
}

std::chrono::system_clock::time_point VirtualWorld::wall_clock() {
    constexpr std::chrono::hours some_day(24 * 365 * 56);
    return std::chrono::system_clock::time_point(some_day + (now_ - beginning));
}

std::unique_ptr<Entropy> VirtualWorld::entropy() { return std::make_unique<SeededEntropy>(dice_.split()); }

bool VirtualWorld::run_due() {
    bool ran = false;
    while (next() <= now_) {
        const Work work = std::move(const_cast<Entry&>(agenda_.top()).work);
        agenda_.pop();
        work();
        ran = true;
    }
    return ran;
}

}  // namespace heddle::sim
