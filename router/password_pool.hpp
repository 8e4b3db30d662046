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

/// Checks passwords against what is stored of them (realms/auth/passwords.hpp), which is slow on purpose, on threads of its
/// own. Bounded: beyond `queue_max` it says so, and whoever wanted to log in is refused. Any thread.
class PasswordPool {
 public:
    using Done = std::function<void(bool good)>;

    PasswordPool() : PasswordPool(2, 64) {}
    PasswordPool(std::size_t threads, std::size_t queue_max);
    /// What waits is dropped without an answer; what is being checked is waited for.
    ~PasswordPool();
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

    const std::size_t threads_max_, queue_max_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Job> queue_;
    std::size_t idle_ = 0;
    bool stopping_ = false;
    std::vector<std::thread> threads_;  // come with the first jobs: most routers never need them
};

}  // namespace heddle
