#pragma once
#include <cstddef>
#include <functional>
#include <string>

#include "router/helper_pool.hpp"

namespace heddle {

/// Checks passwords against what is stored of them (realms/auth/passwords.hpp), which is slow on purpose, on threads of its
/// own. Bounded: beyond `queue_max` it refuses, and so does the login. What waits at the end is dropped without an answer.
/// Any thread.
class PasswordPool {
 public:
    using Done = std::function<void(bool good)>;

    /// Starts its threads. Throws std::system_error. `faults` outlives the pool.
    explicit PasswordPool(Faults& faults, std::size_t threads = 2, std::size_t queue_max = 64)
        : faults_(faults), pool_(faults, threads, queue_max) {}

    /// `done` is called on a thread of the pool. False: the queue is full, and it never will be.
    bool check(std::string stored, std::string secret, Done done);

 private:
    Faults& faults_;
    HelperPool pool_;
};

}  // namespace heddle
