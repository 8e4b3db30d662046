// What one worker does about limits.memory (router/memory_budget.hpp, docs/limits.md "Memory").
#include <algorithm>
#include <utility>
#include <vector>

#include "router/worker.hpp"

namespace heddle {
namespace {

constexpr std::chrono::milliseconds between_looks{10};
constexpr std::chrono::milliseconds between_endings{50};  // what was ended has to be gone before more is ended
constexpr std::size_t backlog_worth = 64 << 10;  // ending a connection for which less waits would free too little

}  // namespace

/// Before a handler, each 10 ms at most. Reports what this worker holds, and does what the level of the whole process asks
/// for.
void Worker::look_at_memory() {
    memory_.look_at = now_ + between_looks;
    report_memory();
    const MemoryBudget& budget = site_.memory;
    const MemoryLevel before = std::exchange(memory_.level, budget.level(memory_.level));
    memory_.ration = memory_.level == MemoryLevel::normal ? unrationed : reading_ration(budget.pressure());
    const Room room{memory_.level != MemoryLevel::full, budget.room_for_state(memory_.room.state)};
    if (room != memory_.room) {
        memory_.room = room;
        for (const auto& host : hosts_) host->set_room(room);
    }
    if ((memory_.level == MemoryLevel::full) != (before == MemoryLevel::full))
        site_.admission.set_memory_full(memory_.level == MemoryLevel::full);
    if (index_ == 0 && memory_.level != before) log_memory();
    if (memory_.level != MemoryLevel::normal) {
        if (now_ >= memory_.look_at_backlogs) look_at_backlogs();
    } else if (before != MemoryLevel::normal) {
        site_.memory.set_largest(index_, 0);  // nobody here is to be compared with until there is another look
    }
}

void Worker::report_memory() {
    std::int64_t state = 0;
    for (const auto& host : hosts_) state += static_cast<std::int64_t>(host->realm().state_bytes());
    if (state != memory_.reported_state) site_.memory.add_state(state - std::exchange(memory_.reported_state, state));
    if (memory_.input != memory_.reported_input)
        site_.memory.add_input(memory_.input - std::exchange(memory_.reported_input, memory_.input));
}

void Worker::log_memory() {
    constexpr std::string_view names[] = {"normal", "high", "full"};
    const auto level = static_cast<std::size_t>(memory_.level);
    log().write(level == 0 ? LogLevel::info : LogLevel::warn, "memory.level",
                {{"level", names[level]},
                 {"used", std::uint64_t{site_.memory.used()}},
                 {"limit", std::uint64_t{site_.memory.max()}},
                 {"messages", std::uint64_t{message_bytes()}},
                 {"input", std::uint64_t{site_.memory.input()}},
                 {"state", std::uint64_t{site_.memory.state()}}});
}

/// For whom does most wait, here or in a realm of this worker? Where memory is full these connections end, until this
/// worker's share of what is too much has gone; none for which less than half of the most waits that any worker knows of.
void Worker::look_at_backlogs() {
    memory_.look_at_backlogs = now_ + between_endings;
    std::vector<std::pair<std::size_t, ConnectionRef>> waiting;
    const auto note = [&](ConnectionRef connection, std::size_t bytes) {
        if (bytes >= backlog_worth) waiting.emplace_back(bytes, connection);
    };
    each_transport([&](const Transport& transport) {
        if (!transport.administers()) note(transport.self(), transport.backlog());
    });
    for (const auto& host : hosts_) host->each_backlog(note);
    std::sort(waiting.begin(), waiting.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    site_.memory.set_largest(index_, waiting.empty() ? 0 : waiting.front().first);
    if (memory_.level != MemoryLevel::full) return;
    const std::size_t least = site_.memory.largest() / 2, share = site_.memory.excess() / site_.workers.size();
    std::size_t freed = 0;
    for (const auto& [bytes, connection] : waiting) {
        if (bytes < least || freed > share) break;
        close(connection, CloseReason::memory_full);
        freed += bytes;
    }
}

}  // namespace heddle
