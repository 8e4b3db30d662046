#pragma once
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace heddle {

class Faults;

/// Threads for what takes long: look-ups of users and groups, which may ask a directory server, and checks of passwords.
/// Made at start: one that could not be had later would be a fault of the router. Bounded: beyond `queue_max` it refuses.
/// Work that throws is a fault that is caught, and delivers nothing. Any thread.
///
///   run(work) --> a thread of the pool: work() --> deliver()
class HelperPool {
 public:
    using Deliver = std::function<void()>;
    /// Runs without a lock and may take long. Must own all it uses: who asked may be gone by then.
    using Work = std::function<Deliver()>;

    /// Throws std::system_error. `faults` outlives the pool.
    explicit HelperPool(Faults& faults, std::size_t threads = 2, std::size_t queue_max = 64);
    /// What waits is dropped, nothing is delivered from here on, and what is under way is waited for.
    ~HelperPool() { stop(); }
    HelperPool(const HelperPool&) = delete;
    HelperPool& operator=(const HelperPool&) = delete;

    /// `work` is run on a thread of the pool, and then what it returned, which must be short (a post).
    /// False: the queue is full, and neither will be.
    bool run(Work work);

 private:
    void serve();
    void stop();

    Faults& faults_;
    const std::size_t queue_max_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Work> queue_;
    bool stopping_ = false;
    std::vector<std::thread> threads_;  // last: they use all of the above
};

}  // namespace heddle
