#include "router/password_pool.hpp"

#include <utility>

#include "realms/auth/digest.hpp"
#include "realms/auth/passwords.hpp"

namespace heddle {

PasswordPool::PasswordPool(std::size_t threads, std::size_t queue_max) : threads_max_(threads), queue_max_(queue_max) {}

PasswordPool::~PasswordPool() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        for (Job& job : queue_) auth::wipe(job.secret);
        queue_.clear();
    }
    wake_.notify_all();
    for (std::thread& thread : threads_) thread.join();
}

bool PasswordPool::check(std::string stored, std::string secret, Done done) {
    const std::lock_guard lock(mutex_);
    if (stopping_ || queue_.size() >= queue_max_) {
        auth::wipe(secret);
        return false;
    }
    queue_.push_back({std::move(stored), std::move(secret), std::move(done)});
    if (idle_ < queue_.size() && threads_.size() < threads_max_) threads_.emplace_back([this] { work(); });
    wake_.notify_one();
    return true;
}

void PasswordPool::work() {
    std::unique_lock lock(mutex_);
    for (;;) {
        ++idle_;
        wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
        --idle_;
        if (stopping_) return;
        Job job = std::move(queue_.front());
        queue_.pop_front();
        lock.unlock();
        const bool good = auth::check_stored(job.stored, job.secret);
        auth::wipe(job.secret);
        job.done(good);
        job = {};
        lock.lock();
    }
}

}  // namespace heddle
