#pragma once
#include "router/metrics/snapshot.hpp"

namespace heddle::metrics {

/// What the kernel says of this process: CPU time, memory, descriptors, start. The rest of the snapshot is others'.
ProcessSnapshot look_at_process();

/// Of this process in memory; 0 where the kernel does not say.
std::uint64_t resident_bytes();

}  // namespace heddle::metrics
