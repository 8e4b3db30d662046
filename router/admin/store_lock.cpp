#include "router/admin/store_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <stdexcept>

namespace heddle::admin {
namespace {

[[noreturn]] void refuse(const std::string& path, const std::string& why) {
    throw std::runtime_error("cannot lock the store with " + path + ": " + why);
}

/// Beside the database itself, not beside a symbolic link to it: two names of one store share a lock.
std::string lock_path_of(const std::string& store) {
    std::error_code failed;
    const std::filesystem::path real = std::filesystem::canonical(store, failed);
    return (failed ? store : real.string()) + ".lock";
}

/// "process 1234", as the process that has the lock wrote it.
std::string holder_of(int descriptor) {
    char text[24];
    const ssize_t size = ::pread(descriptor, text, sizeof text, 0);
    std::string number;
    for (ssize_t i = 0; i < size && text[i] >= '0' && text[i] <= '9'; ++i) number += text[i];
    return number.empty() ? "another process" : "process " + number;
}

}  // namespace

StoreLock::StoreLock(const std::string& path) {
    if (path == ":memory:") return;
    const std::string lock_path = lock_path_of(path);
    descriptor_ = ::open(lock_path.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
    if (descriptor_ < 0) refuse(lock_path, std::strerror(errno));
    if (::flock(descriptor_, LOCK_EX | LOCK_NB) != 0) {
        const int error = errno;
        const std::string holder = holder_of(descriptor_);
        ::close(descriptor_);
        if (error != EWOULDBLOCK) refuse(lock_path, std::strerror(error));
        throw std::runtime_error("the store " + path + " is in use by " + holder +
                                 ", which is another heddle: stop that one first, or give this one a file of "
                                 "its own (key store.path)");
    }
    // The number is for the message above only; a full disk must not keep the router from starting.
    const std::string number = std::to_string(::getpid()) + "\n";
    if (::ftruncate(descriptor_, 0) == 0)
        (void)!::pwrite(descriptor_, number.data(), number.size(), 0);
}

StoreLock::~StoreLock() {
    if (descriptor_ < 0) return;
    (void)!::ftruncate(descriptor_, 0);
    ::close(descriptor_);
}

}  // namespace heddle::admin
