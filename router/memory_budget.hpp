#pragma once
#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace heddle {

/// What the memory that is taken asks for.
enum class MemoryLevel : std::uint8_t {
    normal,
    high,  // who sends is slowed down
    full,  // new sessions are refused, and connections for which most waits end
};

/// What the process takes of limits.memory (docs/limits.md, "Memory"), in bytes. Any thread, no locks.
///
///   messages   message_bytes(): in every form, wherever they wait or are kept, each once; known at any time
///   input      messages of which a part has come; workers report it with their turns
///   the rest   what else the allocator has given out, as of the last measurement, which MemoryTrim makes
///
/// What realms keep (`state`) is part of these, and may be half of the budget, so that it leaves room for traffic.
class MemoryBudget {
 public:
    void set_max(std::size_t max) { max_ = max; }
    std::size_t max() const { return max_; }

    void add_input(std::int64_t change) { input_.fetch_add(change, std::memory_order_relaxed); }
    void add_state(std::int64_t change) { state_.fetch_add(change, std::memory_order_relaxed); }
    /// The allocator has given out so much in all.
    void measured(std::size_t in_use);

    std::size_t used() const;
    std::size_t input() const { return positive(input_); }
    std::size_t state() const { return positive(state_); }
    std::size_t rest() const { return rest_; }

    /// With `before` being the last answer: a level is left only well below the mark at which it was entered.
    MemoryLevel level(MemoryLevel before) const;
    /// May what realms keep become more?
    bool room_for_state(bool before) const;
    /// How much of the way from `high` to the whole budget is taken: 0 to 1.
    double pressure() const;
    /// Bytes that have to go until `full` is left.
    std::size_t excess() const;

    /// The most that waits for one connection, as each worker found it last.
    void set_largest(std::uint32_t worker, std::size_t bytes) { largest_[worker % largest_.size()] = bytes; }
    std::size_t largest() const;

 private:
    static std::size_t positive(const std::atomic<std::int64_t>& number) {
        const std::int64_t now = number.load(std::memory_order_relaxed);
        return now > 0 ? static_cast<std::size_t>(now) : 0;
    }
    std::size_t part(unsigned percent) const { return max_ / 100 * percent; }

    std::atomic<std::size_t> max_ = SIZE_MAX;
    std::atomic<std::int64_t> input_ = 0, state_ = 0;
    std::atomic<std::size_t> rest_ = 0;
    std::array<std::atomic<std::size_t>, 256> largest_{};  // by worker: server.threads is at most so many
};

/// How fast a worker reads while memory is short: so many bytes for each look at the budget.
std::size_t reading_ration(double pressure);

/// Half of the memory of this machine, or of the container (cgroup, version 1 or 2) where that has less.
/// `root`: where /proc and /sys are, for tests.
std::size_t default_memory_budget(const char* root = "");

}  // namespace heddle
