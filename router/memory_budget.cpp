#include "router/memory_budget.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>

#include "serializers/bytes.hpp"

namespace heddle {
namespace {

// Parts of the budget, in percent: where a level is entered, and where it is left again.
constexpr unsigned high_at = 75, high_until = 70;
constexpr unsigned full_at = 90, full_until = 85;
constexpr unsigned state_at = 50, state_until = 45;

constexpr std::size_t ration_max = 256 << 10, ration_min = 8 << 10;  // bytes for each look

constexpr std::size_t no_limit = std::size_t{1} << 62;  // cgroup version 1 writes a number like this for "none"

/// The number that a file begins with; `no_limit` where there is none.
std::size_t number_in(const std::string& file) {
    std::ifstream in(file);
    std::size_t number = 0;
    return in >> number ? number : no_limit;
}

/// Of /proc/meminfo, in bytes.
std::size_t memory_of_machine(const std::string& root) {
    std::ifstream in(root + "/proc/meminfo");
    std::string name;
    std::size_t kib = 0;
    for (std::string line; std::getline(in, line);)
        if (std::istringstream(line) >> name >> kib && name == "MemTotal:") return kib << 10;
    return no_limit;
}

/// Of the control groups that this process is in, and of those around them: lines like "0::/system.slice/heddle.service".
std::size_t memory_of_container(const std::string& root) {
    const std::string mounted = root + "/sys/fs/cgroup";
    std::size_t least = std::min(number_in(mounted + "/memory.max"), number_in(mounted + "/memory/memory.limit_in_bytes"));
    std::ifstream in(root + "/proc/self/cgroup");
    for (std::string line; std::getline(in, line);) {
        const bool second = line.starts_with("0::/");
        const std::size_t at = second ? 3 : line.find(":memory:/");
        if (at == std::string::npos) continue;
        const std::string file = second ? "/memory.max" : "/memory.limit_in_bytes";
        std::string group = line.substr(second ? at : at + std::string(":memory:").size());
        for (; group.size() > 1; group.resize(group.rfind('/')))
            least = std::min(least, number_in(mounted + (second ? "" : "/memory") + group + file));
    }
    return least;
}

}  // namespace

void MemoryBudget::measured(std::size_t in_use) {
    const std::size_t known = message_bytes() + input();
    rest_ = in_use > known ? in_use - known : 0;
}

std::size_t MemoryBudget::used() const { return message_bytes() + input() + rest_; }

MemoryLevel MemoryBudget::level(MemoryLevel before) const {
    const std::size_t now = used();
    if (now >= part(before == MemoryLevel::full ? full_until : full_at)) return MemoryLevel::full;
    if (now >= part(before == MemoryLevel::normal ? high_at : high_until)) return MemoryLevel::high;
    return MemoryLevel::normal;
}

bool MemoryBudget::room_for_state(bool before) const { return state() < part(before ? state_at : state_until); }

double MemoryBudget::pressure() const {
    const std::size_t from = part(high_until), now = used();
    if (now <= from) return 0;
    return std::min(1.0, static_cast<double>(now - from) / static_cast<double>(max_ - from));
}

std::size_t MemoryBudget::excess() const {
    const std::size_t now = used(), least = part(full_until);
    return now > least ? now - least : 0;
}

std::size_t MemoryBudget::largest() const {
    std::size_t most = 0;
    for (const auto& bytes : largest_) most = std::max(most, bytes.load(std::memory_order_relaxed));
    return most;
}

std::size_t reading_ration(double pressure) {
    return ration_min + static_cast<std::size_t>((1 - pressure) * static_cast<double>(ration_max - ration_min));
}

std::size_t default_memory_budget(const char* root) {
    return std::min(memory_of_machine(root), memory_of_container(root)) / 2;
}

}  // namespace heddle
