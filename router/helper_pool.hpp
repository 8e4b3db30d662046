#pragma once
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace heddle {

/// Threads for what may wait outside of the router: look-ups of users and groups, which may ask a
/// directory server. Made at start. Bounded: beyond `queue_max` it refuses. Any thread.
///
///   run(work) --> a thread of the pool: work() --> deliver()
class HelperPool {
 public:
    using Deliver = std::function<void()>;
    /// Runs without a lock and may take long. Must own all it uses: who asked may be gone by then.
    using Work = std::function<Deliver()>;

    HelperPool() : HelperPool(2, 64) {}
    HelperPool(std::size_t threads, std::size_t queue_max);
    /// What waits is dropped, nothing is delivered from here on, and what is under way is waited for.
    ~HelperPool();
    HelperPool(const HelperPool&) = delete;
    HelperPool& operator=(const HelperPool&) = delete;

    /// `work` is run on a thread of the pool, and then what it returned, which must be short (a post).
    /// False: the queue is full, and neither will be.
    bool run(Work work);

 private:
    void serve();

    const std::size_t queue_max_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::deque<Work> queue_;
    bool stopping_ = false;
    std::vector<std::thread> threads_;  // last: they use all of the above
};

}  // namespace heddle
