#include "router/helper_pool.hpp"

#include <utility>

namespace heddle {

HelperPool::HelperPool(std::size_t threads, std::size_t queue_max) : queue_max_(queue_max) {
    for (std::size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { serve(); });
}

HelperPool::~HelperPool() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        queue_.clear();
    }
    wake_.notify_all();
    for (std::thread& thread : threads_) thread.join();
}

bool HelperPool::run(Work work) {
    {
        const std::lock_guard lock(mutex_);
        if (stopping_ || queue_.size() >= queue_max_) return false;
        queue_.push_back(std::move(work));
    }
    wake_.notify_one();
    return true;
}

void HelperPool::serve() {
    std::unique_lock lock(mutex_);
    for (;;) {
        wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
        if (stopping_) return;
        Work work = std::move(queue_.front());
        queue_.pop_front();
        lock.unlock();
        const Deliver deliver = work();
        work = nullptr;
        lock.lock();
        if (!stopping_ && deliver) deliver();  // under the lock: nothing is delivered once the end has begun
    }
}

}  // namespace heddle
