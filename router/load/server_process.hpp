#pragma once
#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <ctime>

#include "serializers/result.hpp"

namespace heddle::load {

/// What the measured router's process has used so far. One process with all its threads, also those that ended; not its
/// children.
class ServerProcess {
 public:
    static Result<ServerProcess> find(pid_t pid);
    /// User and system time in nanoseconds, from the kernel's CPU clock of that process.
    std::int64_t cpu() const;
    /// Resident memory, exact (smaps_rollup) where we may read that, else nearly (statm). 0: the process is gone.
    std::size_t resident_bytes() const;
    pid_t pid() const { return pid_; }

 private:
    pid_t pid_ = 0;
    clockid_t clock_{};
};

}  // namespace heddle::load
