#include "router/back_pressure.hpp"

#include <gtest/gtest.h>

namespace heddle {
namespace {

using namespace std::chrono_literals;
using Senders = std::vector<ConnectionRef>;

constexpr ConnectionRef ann{0, 1, 1}, bob{1, 2, 5}, nobody{};
constexpr TimePoint start{std::chrono::hours(1)};

TEST(BackPressure, ASenderIsHeldOnceAndReleasedWhenTheBacklogHasDrained) {
    BackPressure pressure;
    EXPECT_TRUE(pressure.flowing());
    EXPECT_EQ(pressure.deadline(), TimePoint::max());
    EXPECT_TRUE(pressure.hold(ann, start, 0, 200ms));
    EXPECT_FALSE(pressure.hold(ann, start, 0, 200ms)) << "it is held already";
    EXPECT_TRUE(pressure.hold(bob, start + 50ms, 0, 200ms));
    EXPECT_FALSE(pressure.flowing());
    EXPECT_EQ(pressure.deadline(), start + 200ms);
    EXPECT_EQ(pressure.drained(), (Senders{ann, bob}));
    EXPECT_TRUE(pressure.flowing());
    EXPECT_EQ(pressure.deadline(), TimePoint::max());
    EXPECT_EQ(pressure.drained(), Senders{});
}

TEST(BackPressure, WhatNoConnectionSentHoldsNobody) {
    BackPressure pressure;
    EXPECT_FALSE(pressure.hold(nobody, start, 0, 200ms));
    EXPECT_TRUE(pressure.flowing());
    EXPECT_EQ(pressure.deadline(), TimePoint::max());
}

TEST(BackPressure, AReaderThatTakesAnythingKeepsItsSendersWaiting) {
    BackPressure pressure;
    pressure.hold(ann, start, 100, 200ms);
    for (int i = 1; i <= 10; ++i) {
        EXPECT_EQ(pressure.on_deadline(start + i * 200ms, 100 + i, 200ms), Senders{});
        EXPECT_EQ(pressure.deadline(), start + (i + 1) * 200ms);
        EXPECT_FALSE(pressure.stalled());
    }
    EXPECT_EQ(pressure.drained(), Senders{ann});
}

TEST(BackPressure, LessThanTheLeastIsNoProgress) {
    BackPressure pressure;
    pressure.hold(ann, start, 100, 200ms);
    EXPECT_EQ(pressure.on_deadline(start + 200ms, 1'100, 200ms, 1'000), Senders{});
    EXPECT_EQ(pressure.on_deadline(start + 400ms, 2'099, 200ms, 1'000), Senders{ann});
    EXPECT_TRUE(pressure.stalled());
}

TEST(BackPressure, AStalledReaderCostsItsSendersThePatienceOnce) {
    BackPressure pressure;
    pressure.hold(ann, start, 100, 200ms);
    pressure.hold(bob, start, 100, 200ms);
    EXPECT_EQ(pressure.on_deadline(start + 200ms, 100, 200ms), (Senders{ann, bob}));
    EXPECT_TRUE(pressure.stalled());
    EXPECT_EQ(pressure.deadline(), TimePoint::max());
    EXPECT_FALSE(pressure.hold(ann, start + 201ms, 100, 200ms)) << "not a second time";
    EXPECT_FALSE(pressure.hold(ann, start + 10s, 5'000, 200ms)) << "nor because it reads again, with most still waiting";
    EXPECT_EQ(pressure.drained(), Senders{});
    EXPECT_FALSE(pressure.stalled());
    EXPECT_TRUE(pressure.hold(ann, start + 20s, 9'000, 200ms)) << "it has caught up: from now on it counts again";
}

TEST(BackPressure, AReaderThatHadStalledBeforeHoldsNobody) {
    BackPressure pressure;
    pressure.stall();
    EXPECT_FALSE(pressure.hold(ann, start, 100, 200ms));
    EXPECT_FALSE(pressure.flowing());
    EXPECT_EQ(pressure.drained(), Senders{});
    EXPECT_TRUE(pressure.hold(ann, start, 100, 200ms));
}

TEST(BackPressure, BytesThatLeftBeforeTheFirstHoldAreNoProgress) {
    BackPressure pressure;
    pressure.hold(ann, start, 100, 200ms);
    pressure.drained();
    pressure.hold(ann, start + 1s, 500, 200ms);
    EXPECT_EQ(pressure.on_deadline(start + 1200ms, 500, 200ms), Senders{ann});
}

TEST(BackPressure, ManySendersAreAllReleased) {
    BackPressure pressure;
    std::uint32_t held = 0;
    for (int round = 0; round < 2; ++round)
        for (std::uint32_t i = 0; i < 500; ++i) held += pressure.hold({0, i, 1}, start, 0, 200ms) ? 1 : 0;
    EXPECT_GE(held, 500u);
    EXPECT_EQ(pressure.drained().size(), held) << "as often as they were held";
}

}  // namespace
}  // namespace heddle
