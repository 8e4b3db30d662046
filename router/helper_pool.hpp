#pragma once
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>

namespace heddle {

/// Threads for what may wait outside of the router: look-ups of users and groups, which may ask a
/// directory server. Made at start. Bounded: beyond `queue_max` it refuses. Any thread.
///
///   run(work) --> a thread of the pool: work() --> deliver()
class HelperPool {
 public:
    using Deliver = std::function<void()>;
    /// Runs without a lock and may take long, even longer than the pool lives: it must own all it uses.
    using Work = std::function<Deliver()>;

    HelperPool() : HelperPool(2, 64) {}
    HelperPool(std::size_t threads, std::size_t queue_max);
    /// What waits is dropped, and nothing is delivered from here on. Does not wait for work that is
    /// under way: a directory server that does not answer must not keep the router from ending.
    ~HelperPool();
    HelperPool(const HelperPool&) = delete;
    HelperPool& operator=(const HelperPool&) = delete;

    /// `work` is run on a thread of the pool, and then what it returned, which must be short (a post).
    /// False: the queue is full, and neither will be.
    bool run(Work work);

 private:
    struct State {
        explicit State(std::size_t max) : queue_max(max) {}
        const std::size_t queue_max;
        std::mutex mutex;
        std::condition_variable wake;
        std::deque<Work> queue;
        bool stopping = false;
    };
    static void work(const std::shared_ptr<State>& state);

    const std::shared_ptr<State> state_;  // shared with the threads, which may outlive this
};

}  // namespace heddle
