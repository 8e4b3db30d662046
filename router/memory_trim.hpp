#pragma once
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <thread>

namespace heddle {

class Log;
class MemoryBudget;

/// Decides when freed memory is worth giving back. malloc keeps what was freed for the next one who asks, so after a flood
/// the process would stay as large as it ever was. Sans clock and sans allocator: the thread below and the tests feed it.
class TrimRule {
 public:
    static constexpr std::size_t worth = std::size_t{8} << 20;  // bytes

    /// `resident`: bytes of the process in memory; `in_use`: bytes that malloc gave out and did not get back. True: give back
    /// what is free, then call `trimmed`.
    bool due(std::size_t resident, std::size_t in_use);
    void trimmed(std::size_t resident, std::size_t in_use) { least_ = beyond(resident, in_use); }

 private:
    static std::size_t beyond(std::size_t resident, std::size_t in_use) { return resident > in_use ? resident - in_use : 0; }
    std::size_t least_ = ~std::size_t{0};  // resident, but not in use: code, stacks, holes that cannot be given back
};

/// A thread of its own that looks once a second, and less often while it finds nothing and memory is not short; no event
/// loop waits for it. Tells the budget what the allocator has given out. Lives from construction to destruction.
class MemoryTrim {
 public:
    MemoryTrim(Log& log, MemoryBudget& budget);
    ~MemoryTrim();
    MemoryTrim(const MemoryTrim&) = delete;
    MemoryTrim& operator=(const MemoryTrim&) = delete;

 private:
    void run();
    bool look();

    Log& log_;
    MemoryBudget& budget_;
    TrimRule rule_;
    std::mutex mutex_;
    std::condition_variable ended_;
    bool end_ = false;
    std::thread thread_;  // last: it uses the others
};

}  // namespace heddle
