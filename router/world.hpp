#pragma once
#include <chrono>
#include <memory>

#include "realms/egress.hpp"
#include "realms/settings.hpp"

namespace heddle {

/// What a router takes from the machine beside bytes: the time, and random numbers. A simulation (tests/simulation) has a
/// world of its own, in which both come from a seed. Any thread.
class World {
 public:
    virtual ~World() = default;
    virtual TimePoint now() = 0;
    virtual std::chrono::system_clock::time_point wall_clock() = 0;
    /// A generator for one thread.
    virtual std::unique_ptr<Entropy> entropy() = 0;
};

/// The kernel's clocks and random numbers.
World& kernel_world();

}  // namespace heddle
