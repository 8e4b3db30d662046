#pragma once
#include <functional>

#include "router/metrics/snapshot.hpp"

namespace heddle {
struct Site;
class Worker;
}  // namespace heddle

namespace heddle::metrics {

/// Asks every worker for what it counted, each on its own thread. `done` runs in a turn of `home`, which is asking.
/// It waits for the slowest worker: whoever must not wait gives up by itself.
void collect(Worker& home, std::function<void(Snapshot)> done);

}  // namespace heddle::metrics
