#include "router/helper_pool.hpp"

#include <thread>
#include <utility>

namespace heddle {

HelperPool::HelperPool(std::size_t threads, std::size_t queue_max) : state_(std::make_shared<State>(queue_max)) {
    for (std::size_t i = 0; i < threads; ++i) std::thread([state = state_] { work(state); }).detach();
}

HelperPool::~HelperPool() {
    {
        const std::lock_guard lock(state_->mutex);
        state_->stopping = true;
        state_->queue.clear();
    }
    state_->wake.notify_all();
}

bool HelperPool::run(Work work) {
    {
        const std::lock_guard lock(state_->mutex);
        if (state_->stopping || state_->queue.size() >= state_->queue_max) return false;
        state_->queue.push_back(std::move(work));
    }
    state_->wake.notify_one();
    return true;
}

void HelperPool::work(const std::shared_ptr<State>& state) {
    std::unique_lock lock(state->mutex);
    for (;;) {
        state->wake.wait(lock, [&] { return state->stopping || !state->queue.empty(); });
        if (state->stopping) return;
        Work work = std::move(state->queue.front());
        state->queue.pop_front();
        lock.unlock();
        Deliver deliver = work();
        work = nullptr;
        lock.lock();
        if (!state->stopping && deliver) deliver();  // under the lock: the destructor waits for it
        if (state->stopping) return;
    }
}

}  // namespace heddle
