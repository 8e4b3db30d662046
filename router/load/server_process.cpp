#include "router/load/server_process.hpp"

#include <unistd.h>

#include <cstring>
#include <fstream>
#include <string>

namespace heddle::load {

Result<ServerProcess> ServerProcess::find(pid_t pid) {
    ServerProcess process;
    process.pid_ = pid;
    int error = clock_getcpuclockid(pid, &process.clock_);
    if (error != 0) return Error{"cannot measure process " + std::to_string(pid) + ": " + std::strerror(error)};
    return process;
}

std::int64_t ServerProcess::cpu() const {
    timespec used{};
    if (clock_gettime(clock_, &used) != 0) return 0;
    return std::int64_t{used.tv_sec} * 1'000'000'000 + used.tv_nsec;
}

std::size_t ServerProcess::resident_bytes() const {
    auto folder = "/proc/" + std::to_string(pid_);
    std::ifstream rollup(folder + "/smaps_rollup");
    for (std::string line; std::getline(rollup, line);)
        if (line.starts_with("Rss:")) return std::stoul(line.substr(4)) * 1024;
    std::size_t total = 0, resident = 0;
    std::ifstream(folder + "/statm") >> total >> resident;
    return resident * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
}

}  // namespace heddle::load
