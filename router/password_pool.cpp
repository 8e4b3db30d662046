#include "router/password_pool.hpp"

#include <utility>

#include "realms/auth/digest.hpp"
#include "realms/auth/passwords.hpp"
#include "router/faults.hpp"

namespace heddle {

PasswordPool::PasswordPool(Faults& faults, std::size_t threads, std::size_t queue_max)
    : faults_(faults), queue_max_(queue_max) {
    try {
        while (threads_.size() < threads) threads_.emplace_back([this] { work(); });
    } catch (...) {
        stop();  // those that did start
        throw;
    }
}

void PasswordPool::stop() {
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
    wake_.notify_one();
    return true;
}

void PasswordPool::work() {
    std::unique_lock lock(mutex_);
    for (;;) {
        wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
        if (stopping_) return;
        Job job = std::move(queue_.front());
        queue_.pop_front();
        lock.unlock();
        do_job(job);
        job = {};
        lock.lock();
    }
}

/// A check that fails for another reason than the password lets nobody in.
void PasswordPool::do_job(Job& job) {
    bool good = false;
    faults_.guard("checking a password", [&] { good = auth::check_stored(job.stored, job.secret); });
    auth::wipe(job.secret);
    faults_.guard("the answer to a password", [&] { job.done(good); });
}

}  // namespace heddle
