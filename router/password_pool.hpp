#pragma once
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace heddle {

class Faults;

/// Checks passwords against what is stored of them (realms/auth/passwords.hpp), which is slow on purpose, on threads of its
/// own. Bounded: beyond `queue_max` it says so, and whoever wanted to log in is refused. Any thread.
class PasswordPool {
 public:
    using Done = std::function<void(bool good)>;

    /// Starts its threads: one that could not be had later, in the middle of a login, would be a fault of the router.
    /// Throws std::system_error. `faults` outlives the pool.
    explicit PasswordPool(Faults& faults, std::size_t threads = 2, std::size_t queue_max = 64);
    /// What waits is dropped without an answer; what is being checked is waited for.
    ~PasswordPool() { stop(); }
    PasswordPool(const PasswordPool&) = delete;
    PasswordPool& operator=(const PasswordPool&) = delete;

    /// `done` is called on a thread of the pool. False: the queue is full, and it never will be.
    bool check(std::string stored, std::string secret, Done done);

 private:
    struct Job {
        std::string stored, secret;
        Done done;
    };
    void work();
    void stop();

    void do_job(Job& job);

    Faults& faults_;
    const std::size_t queue_max_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Job> queue_;
    bool stopping_ = false;
    std::vector<std::thread> threads_;
};

}  // namespace heddle
