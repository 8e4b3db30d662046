#include "tests/simulation/runs.hpp"

#include <cinttypes>

#include "tests/simulation/simulation.hpp"

namespace heddle::sim {
namespace {

Verdict run(House& house, std::uint64_t seed, bool trace) { return Simulation(house, seed, trace).run(); }

void print_failure(std::FILE* to, std::uint64_t seed, const Verdict& verdict) {
    std::fprintf(to, "seed %" PRIu64 " failed: %s\nthe end of its trace:\n", seed, verdict.fault.c_str());
    for (const std::string& line : verdict.tail) std::fprintf(to, "  %s\n", line.c_str());
    std::fprintf(to, "to repeat it: simulation --seed %" PRIu64 " --trace\n", seed);
    std::fflush(to);  // who waits for thousands of seeds wants to read it now
}

}  // namespace

std::uint64_t run_seeds(std::uint64_t first, std::uint64_t count, std::FILE* to) {
    constexpr std::uint64_t repeat_each = 20, failures_max = 5;
    House house;
    std::uint64_t failed = 0;
    for (std::uint64_t seed = first; seed < first + count && failed < failures_max; ++seed) {
        Verdict verdict = run(house, seed, false);
        if (verdict.fault.empty() && seed % repeat_each == 0 && run(house, seed, false).trace_hash != verdict.trace_hash)
            verdict.fault = "a second run of the same seed had another trace";
        if (verdict.fault.empty()) continue;
        ++failed;
        print_failure(to, seed, verdict);
    }
    return failed;
}

bool replay(std::uint64_t seed, bool trace) {
    House house;
    const Verdict verdict = run(house, seed, trace);
    if (!verdict.fault.empty() && !trace) print_failure(stdout, seed, verdict);
    std::printf("seed %" PRIu64 ": %s, %" PRIu64 " lines, trace %016" PRIx64 "\n", seed,
                verdict.fault.empty() ? "nothing is wrong" : verdict.fault.c_str(), verdict.trace_lines, verdict.trace_hash);
    return verdict.fault.empty();
}

}  // namespace heddle::sim
