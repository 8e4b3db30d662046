#include "realms/calls.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace heddle {
namespace {

TEST(HandleTable, AgreesWithAMapThroughInsertsAndErasesWithClashingHashes) {
    for (unsigned seed = 0; seed < 100; ++seed) {
        std::mt19937 random(seed);
        HandleTable table;
        std::map<std::uint32_t, std::uint64_t> plain;  // handle -> hash
        for (std::uint32_t step = 0; step < 600; ++step) {
            const bool grow = random() % 100 < (step < 300 ? 70 : 30);
            if (grow || plain.empty()) {
                const std::uint64_t hash =
                    random() % 24 + (random() % 2) * 0x1000000000;  // many share cells, some share tags
                table.insert(hash, step);
                plain[step] = hash;
            } else {
                auto at = plain.begin();
                std::advance(at, random() % plain.size());
                table.erase(at->second, at->first);
                plain.erase(at);
            }
            ASSERT_EQ(table.size(), plain.size());
            for (const auto& [handle, hash] : plain)
                ASSERT_EQ(table.find(hash, [&, wanted = handle](std::uint32_t h) { return h == wanted; }), handle)
                    << "seed " << seed;
            ASSERT_EQ(table.find(random() % 24, [](std::uint32_t) { return false; }), HandleTable::none);
        }
    }
}

TEST(HandleTable, FindsEverythingWhileItGrowsAndShrinksAgain) {
    HandleTable table;
    auto hash = [](std::uint32_t handle) { return handle * 0x9E3779B97F4A7C15u >> 20; };
    auto has = [&](std::uint32_t wanted) {
        return table.find(hash(wanted), [&](std::uint32_t handle) { return handle == wanted; }) == wanted;
    };
    constexpr std::uint32_t count = 5000;  // 16384 cells, and back to those it keeps
    for (std::uint32_t round = 0; round < 2; ++round) {
        for (std::uint32_t handle = 0; handle < count; ++handle) table.insert(hash(handle), handle);
        for (std::uint32_t handle = 0; handle < count; ++handle) ASSERT_TRUE(has(handle)) << handle;
        for (std::uint32_t handle = 0; handle < count; ++handle) {
            table.erase(hash(handle), handle);
            ASSERT_FALSE(has(handle)) << handle;
            if (handle + 1 < count) {
                ASSERT_TRUE(has(handle + 1)) << handle;
                ASSERT_TRUE(has(count - 1)) << handle;
            }
        }
        ASSERT_EQ(table.size(), 0u);
    }
}

struct Owners {
    CallList made[3], taken[3];
};

OpenCall make_call(std::uint32_t caller, std::uint64_t request, std::uint32_t callee, std::uint64_t invocation) {
    OpenCall call;
    call.caller = {caller, 1};
    call.request = {request};
    call.callee = {callee, 1};
    call.invocation = {invocation};
    call.deadline = TimePoint::max();
    return call;
}

TEST(Calls, AreFoundByCalleeAndInvocationAndByCallerAndRequest) {
    Calls calls;
    Owners o;
    const CallHandle a = calls.add(make_call(0, 7, 1, 1), o.made[0], o.taken[1]);
    const CallHandle b = calls.add(make_call(0, 8, 2, 1), o.made[0], o.taken[2]);
    EXPECT_EQ(calls.find_invocation({1, 1}, {1}), a);
    EXPECT_EQ(calls.find_invocation({2, 1}, {1}), b);
    EXPECT_EQ(calls.find_invocation({0, 1}, {1}), no_call);
    EXPECT_EQ(calls.find_invocation({1, 2}, {1}), no_call) << "another generation";
    EXPECT_EQ(calls.find_request({0, 1}, {8}), b);
    EXPECT_EQ(o.made[0].size, 2u);
    calls.finish(a, o.made[0], o.taken[1]);
    EXPECT_EQ(calls.find_invocation({1, 1}, {1}), no_call);
    EXPECT_EQ(o.made[0].first, b);
    EXPECT_EQ(o.taken[1].first, no_call);
    EXPECT_EQ(calls.size(), 1u);
}

TEST(Calls, TheOldestDeadlineComesFirstWhicheverEndsBefore) {
    Calls calls;
    Owners o;
    std::vector<CallHandle> handles;
    for (std::uint64_t n = 1; n <= 3; ++n) {
        OpenCall call = make_call(0, n, 1, n);
        call.deadline = TimePoint(std::chrono::seconds(n));
        handles.push_back(calls.add(call, o.made[0], o.taken[1]));
    }
    calls.add(make_call(0, 4, 1, 4), o.made[0], o.taken[1]);  // waits for ever
    EXPECT_EQ(calls.first_due(), handles[0]);
    calls.finish(handles[1], o.made[0], o.taken[1]);
    EXPECT_EQ(calls.first_due(), handles[0]);
    calls.finish(handles[0], o.made[0], o.taken[1]);
    EXPECT_EQ(calls.first_due(), handles[2]);
    calls.finish(handles[2], o.made[0], o.taken[1]);
    EXPECT_EQ(calls.first_due(), no_call);
}

TEST(Calls, TimeoutsOfTheirOwnStandInOrderAmongTheRest) {
    using std::chrono::seconds;
    Calls calls;
    Owners o;
    const auto add = [&](std::uint64_t n, int deadline, bool timed) {
        OpenCall call = make_call(0, n, 1, n);
        call.deadline = TimePoint(seconds(deadline));
        call.patience = seconds(10);
        call.timed = timed;
        return calls.add(call, o.made[0], o.taken[1]);
    };
    const CallHandle a = add(1, 20, false), b = add(2, 5, true), c = add(3, 30, false), d = add(4, 25, true);
    EXPECT_EQ(calls.first_due(), b);
    calls.renew(b, TimePoint(seconds(12)));  // 22 now
    EXPECT_EQ(calls.first_due(), a);
    calls.renew(a, TimePoint(seconds(22)));  // 32
    EXPECT_EQ(calls.first_due(), b);
    calls.finish(b, o.made[0], o.taken[1]);
    EXPECT_EQ(calls.first_due(), d);
    OpenCall as = calls[c];
    as.callee = {2, 1};
    as.invocation = {9};
    as.deadline = TimePoint(seconds(24));
    as.timed = true;
    calls.move(c, as, o.taken[1], o.taken[2]);
    EXPECT_EQ(calls.first_due(), c);
    EXPECT_EQ(calls.find_invocation({1, 1}, {3}), no_call);
    EXPECT_EQ(calls.find_invocation({2, 1}, {9}), c);
    EXPECT_EQ(calls.find_request({0, 1}, {3}), c);
    EXPECT_EQ(o.taken[2].first, c);
    calls.finish(c, o.made[0], o.taken[2]);
    calls.finish(d, o.made[0], o.taken[1]);
    EXPECT_EQ(calls.first_due(), a);
    calls.finish(a, o.made[0], o.taken[1]);
    EXPECT_EQ(calls.first_due(), no_call);
    EXPECT_EQ(calls.size(), 0u);
}

}  // namespace
}  // namespace heddle
