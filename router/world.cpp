#include "router/world.hpp"

#include "router/entropy.hpp"

namespace heddle {
namespace {

class KernelWorld final : public World {
    TimePoint now() override { return std::chrono::steady_clock::now(); }
    std::chrono::system_clock::time_point wall_clock() override { return std::chrono::system_clock::now(); }
    std::unique_ptr<Entropy> entropy() override { return std::make_unique<KernelEntropy>(); }
};

}  // namespace

World& kernel_world() {
    static KernelWorld world;
    return world;
}

}  // namespace heddle
