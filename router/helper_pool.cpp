#include "router/helper_pool.hpp"

#include <utility>

#include "router/faults.hpp"

namespace heddle {

HelperPool::HelperPool(Faults& faults, std::size_t threads, std::size_t queue_max)
    : faults_(faults), queue_max_(queue_max) {
    try {
        while (threads_.size() < threads) threads_.emplace_back([this] { serve(); });
    } catch (...) {
        stop();  // those that did start
        throw;
    }
}

void HelperPool::stop() {
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
        Deliver deliver;
        faults_.guard("work of a helper thread", [&] { deliver = work(); });
        work = nullptr;
        lock.lock();
        // Under the lock: nothing is delivered once the end has begun.
        if (!stopping_ && deliver) faults_.guard("the answer of a helper thread", deliver);
    }
}

}  // namespace heddle
