#include "router/descriptors.hpp"

#include <dirent.h>
#include <sys/resource.h>

#include <algorithm>
#include <memory>

namespace heddle {

std::size_t open_descriptors() {
    const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir("/proc/self/fd"), ::closedir);
    if (!folder) return 0;
    std::size_t count = 0;
    while (const dirent* entry = ::readdir(folder.get())) count += entry->d_name[0] != '.';
    return count - 1;  // the folder itself
}

std::size_t raise_descriptor_limit(std::size_t wanted) {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return wanted;
    const rlim_t raised = std::min<rlim_t>(wanted, limit.rlim_max);
    if (raised <= limit.rlim_cur) return static_cast<std::size_t>(limit.rlim_cur);
    const rlimit next{raised, limit.rlim_max};
    return static_cast<std::size_t>(::setrlimit(RLIMIT_NOFILE, &next) == 0 ? raised : limit.rlim_cur);
}

std::size_t connections_within(std::size_t limit, std::size_t open, const DescriptorReserve& reserve) {
    const std::size_t available = limit > open ? limit - open : 0;
    const std::size_t kept = std::min(reserve.sum(), available / 2);
    return std::max<std::size_t>(available - kept, 1);
}

}  // namespace heddle
