#include "router/memory_budget.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "serializers/bytes.hpp"
#include "tests/router/temp_folder.hpp"

namespace heddle {
namespace {

constexpr std::size_t mib = std::size_t{1} << 20;

/// A budget of which so much is taken.
class Taken {
 public:
    explicit Taken(std::size_t max) { budget.set_max(max); }
    const MemoryBudget& operator()(std::size_t bytes) {
        budget.measured(bytes);
        return budget;
    }
    MemoryBudget budget;
};

TEST(MemoryBudget, LevelsAreEnteredAtTheirMarksAndLeftBelowThem) {
    Taken taken(1'000 * mib);
    using enum MemoryLevel;
    EXPECT_EQ(taken(749 * mib).level(normal), normal);
    EXPECT_EQ(taken(751 * mib).level(normal), high);
    EXPECT_EQ(taken(701 * mib).level(high), high);
    EXPECT_EQ(taken(699 * mib).level(high), normal);
    EXPECT_EQ(taken(899 * mib).level(high), high);
    EXPECT_EQ(taken(901 * mib).level(high), full);
    EXPECT_EQ(taken(901 * mib).level(normal), full);
    EXPECT_EQ(taken(851 * mib).level(full), full);
    EXPECT_EQ(taken(849 * mib).level(full), high);
    EXPECT_EQ(taken(699 * mib).level(full), normal);
    EXPECT_EQ(taken(5'000 * mib).level(full), full);
}

TEST(MemoryBudget, WhatRealmsKeepMayBeHalfOfIt) {
    Taken taken(1'000 * mib);
    taken.budget.add_state(499 * static_cast<std::int64_t>(mib));
    EXPECT_TRUE(taken.budget.room_for_state(true));
    EXPECT_FALSE(taken.budget.room_for_state(false)) << "there is room again from 45 % on";
    taken.budget.add_state(2 * static_cast<std::int64_t>(mib));
    EXPECT_FALSE(taken.budget.room_for_state(true));
    taken.budget.add_state(-52 * static_cast<std::int64_t>(mib));
    EXPECT_TRUE(taken.budget.room_for_state(false));
}

TEST(MemoryBudget, PressureGrowsFromTheFirstMarkToTheWholeBudgetAndReadingShrinksWithIt) {
    Taken taken(1'000 * mib);
    EXPECT_EQ(taken(600 * mib).pressure(), 0);
    EXPECT_NEAR(taken(850 * mib).pressure(), 0.5, 0.01);
    EXPECT_NEAR(taken(999 * mib).pressure(), 1, 0.01);
    EXPECT_EQ(taken(2'000 * mib).pressure(), 1);
    EXPECT_EQ(reading_ration(0), 256u << 10);
    EXPECT_EQ(reading_ration(1), 8u << 10) << "nobody is stopped for good";
    EXPECT_LT(reading_ration(0.6), reading_ration(0.5));
}

TEST(MemoryBudget, TheExcessIsWhatHasToGo) {
    Taken taken(1'000 * mib);
    EXPECT_EQ(taken(800 * mib).excess(), 0u);
    EXPECT_NEAR(static_cast<double>(taken(950 * mib).excess()), 100.0 * mib, 1.0 * mib);
}

TEST(MemoryBudget, MessagesCountAtOnceAndWhenTheyAreGoneNoLonger) {
    MemoryBudget budget;
    budget.set_max(1'000 * mib);
    budget.measured(100 * mib);
    const std::size_t before = budget.used();
    ByteBuffer buffer(40 * mib);
    EXPECT_NEAR(static_cast<double>(budget.used() - before), 40.0 * mib, 0.1 * mib);
    budget.measured(140 * mib);
    EXPECT_NEAR(static_cast<double>(budget.used() - before), 40.0 * mib, 0.1 * mib) << "the allocator has them as well";
    { const SharedBytes gone = buffer.freeze(); }
    EXPECT_NEAR(static_cast<double>(budget.used()), static_cast<double>(before), 0.1 * mib);
}

TEST(MemoryBudget, InputCountsAsItIsReported) {
    MemoryBudget budget;
    budget.measured(0);
    const std::size_t before = budget.used();
    budget.add_input(5'000);
    EXPECT_EQ(budget.input(), 5'000u);
    EXPECT_EQ(budget.used(), before + 5'000);
    budget.add_input(-6'000);
    EXPECT_EQ(budget.input(), 0u) << "one worker reports before the other";
}

TEST(MemoryBudget, TheLargestBacklogIsThatOfAnyWorker) {
    MemoryBudget budget;
    budget.set_largest(0, 10);
    budget.set_largest(3, 30);
    EXPECT_EQ(budget.largest(), 30u);
    budget.set_largest(3, 5);
    EXPECT_EQ(budget.largest(), 10u);
}

class DefaultBudget : public ::testing::Test {
 protected:
    void write(const std::string& file, const std::string& text) {
        const std::filesystem::path path = std::filesystem::path(folder.path()) / file.substr(1);
        std::filesystem::create_directories(path.parent_path());
        std::ofstream(path) << text;
    }
    std::size_t budget() const { return default_memory_budget(folder.path().c_str()); }
    test::TempFolder folder;
};

TEST_F(DefaultBudget, IsHalfOfTheMachine) {
    write("/proc/meminfo", "MemFree:  1 kB\nMemTotal:       2048000 kB\n");
    EXPECT_EQ(budget(), 1024'000u << 10);
}

TEST_F(DefaultBudget, IsHalfOfTheContainerWhereThatHasLess) {
    write("/proc/meminfo", "MemTotal: 2048000 kB\n");
    write("/sys/fs/cgroup/memory.max", "max\n");
    EXPECT_EQ(budget(), 1024'000u << 10);
    write("/sys/fs/cgroup/memory.max", "536870912\n");
    EXPECT_EQ(budget(), 256 * mib);
}

TEST_F(DefaultBudget, LooksAtTheGroupsThatTheProcessIsIn) {
    write("/proc/meminfo", "MemTotal: 2048000 kB\n");
    write("/proc/self/cgroup", "0::/system.slice/heddle.service\n");
    write("/sys/fs/cgroup/system.slice/heddle.service/memory.max", "max\n");
    write("/sys/fs/cgroup/system.slice/memory.max", "134217728\n");
    EXPECT_EQ(budget(), 64 * mib);
}

TEST_F(DefaultBudget, KnowsTheFirstVersionOfControlGroups) {
    write("/proc/meminfo", "MemTotal: 2048000 kB\n");
    write("/proc/self/cgroup", "9:memory:/docker/1\n0::/\n");
    write("/sys/fs/cgroup/memory/docker/1/memory.limit_in_bytes", "268435456\n");
    EXPECT_EQ(budget(), 128 * mib);
    write("/sys/fs/cgroup/memory/docker/1/memory.limit_in_bytes", "9223372036854771712\n");
    EXPECT_EQ(budget(), 1024'000u << 10);
}

TEST(ThisMachine, HasMemory) { EXPECT_GT(default_memory_budget(), 16 * mib); }

}  // namespace
}  // namespace heddle
