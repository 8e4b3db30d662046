#include "router/metrics/process.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

namespace heddle::metrics {
namespace {

double seconds(const timeval& time) { return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6; }

/// proc(5), /proc/[pid]/stat: field 22 is the start in clock ticks since boot.
double start_time() {
    std::ifstream stat("/proc/self/stat");
    std::string text{std::istreambuf_iterator<char>(stat), {}};
    const std::size_t name_end = text.rfind(')');
    if (name_end == std::string::npos) return 0;
    std::istringstream rest(text.substr(name_end + 1));
    std::string field;
    for (int i = 3; i < 22; ++i) rest >> field;
    double ticks = 0;
    rest >> ticks;
    std::ifstream uptime("/proc/stat");
    double boot = 0;
    for (std::string word; uptime >> word;)
        if (word == "btime") uptime >> boot;
    return boot + ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
}

}  // namespace

std::uint64_t resident_bytes() {
    std::ifstream statm("/proc/self/statm");
    std::uint64_t all = 0, pages = 0;
    statm >> all >> pages;
    return pages * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

ProcessSnapshot look_at_process() {
    ProcessSnapshot process;
    process.version = HEDDLE_VERSION;
    rusage usage{};
    if (getrusage(RUSAGE_SELF, &usage) == 0) process.cpu_seconds = seconds(usage.ru_utime) + seconds(usage.ru_stime);
    process.started = start_time();
    process.resident_bytes = resident_bytes();
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd", ignored)) {
        (void)entry;
        ++process.open_descriptors;
    }
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) process.descriptors_max = limit.rlim_cur;
    return process;
}

}  // namespace heddle::metrics
