#pragma once
#include <string>

namespace heddle::admin {

/// Keeps a second router away from a store. It holds an exclusive flock() on the file `<store>.lock`
/// beside the database; the kernel releases that lock when the process ends, however it ends. The
/// file itself stays and holds the process id of the router that has the lock, or nothing.
/// Programs that read the database while the router runs are not affected.
class StoreLock {
 public:
    /// Takes the lock for the database at `path`, which must exist unless it is ":memory:" (no lock
    /// then). Throws std::runtime_error with a sentence that names the process that has it.
    explicit StoreLock(const std::string& path);
    /// Releases the lock and empties the file.
    ~StoreLock();
    StoreLock(const StoreLock&) = delete;
    StoreLock& operator=(const StoreLock&) = delete;

 private:
    int descriptor_ = -1;
};

}  // namespace heddle::admin
