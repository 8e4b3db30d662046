#pragma once
#include <cstdint>
#include <cstdio>

namespace heddle::sim {

/// Runs these seeds, every twentieth of them twice to see that it repeats itself. Prints each failure, with the end of its
/// trace and how to repeat it. Returns how many failed.
std::uint64_t run_seeds(std::uint64_t first, std::uint64_t count, std::FILE* to);

/// Runs one seed and prints its verdict, and the whole trace if asked to. True: nothing is wrong.
bool replay(std::uint64_t seed, bool trace);

}  // namespace heddle::sim
