#include "router/memory_trim.hpp"

#include <malloc.h>

#include <algorithm>

#include "router/log.hpp"
#include "router/memory_budget.hpp"
#include "router/metrics/process.hpp"

namespace heddle {
namespace {

using std::chrono::seconds;
constexpr seconds look_often{1}, look_seldom{8};  // between two looks: counting what is in use takes malloc's locks

std::size_t resident() { return static_cast<std::size_t>(metrics::resident_bytes()); }

#if defined(__GLIBC__)
std::size_t bytes_in_use() {
    const struct mallinfo2 info = ::mallinfo2();
    return info.uordblks + info.hblkhd;
}
void give_back() { ::malloc_trim(0); }
#else  // other allocators give back by themselves
std::size_t bytes_in_use() { return resident(); }
void give_back() {}
#endif

}  // namespace

bool TrimRule::due(std::size_t resident, std::size_t in_use) {
    const std::size_t now = beyond(resident, in_use);
    least_ = std::min(least_, now);
    return now - least_ >= worth;
}

MemoryTrim::MemoryTrim(Log& log, MemoryBudget& budget) : log_(log), budget_(budget) {
    budget_.measured(bytes_in_use());
    thread_ = std::thread([this] { run(); });
}

MemoryTrim::~MemoryTrim() {
    {
        const std::lock_guard lock(mutex_);
        end_ = true;
    }
    ended_.notify_one();
    thread_.join();
}

void MemoryTrim::run() {
    seconds pause = look_often;
    std::unique_lock lock(mutex_);
    while (!ended_.wait_for(lock, pause, [this] { return end_; })) {
        lock.unlock();
        const bool gave_back = look();
        pause = gave_back || budget_.used() > budget_.max() / 2 ? look_often : std::min(pause * 2, look_seldom);
        lock.lock();
    }
}

/// True: something was given back.
bool MemoryTrim::look() {
    const std::size_t before = resident(), in_use = bytes_in_use();
    budget_.measured(in_use);
    if (!rule_.due(before, in_use)) return false;
    give_back();
    const std::size_t after = resident();
    rule_.trimmed(after, bytes_in_use());
    if (log_.wants(LogLevel::debug))
        log_.write(LogLevel::debug, "memory.returned", {{"bytes", std::uint64_t{before - std::min(before, after)}}});
    return true;
}

}  // namespace heddle
