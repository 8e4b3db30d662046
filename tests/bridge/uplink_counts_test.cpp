// What an uplink counts and remembers: full, emptied and filled again, and across @unlinked and lost connections.
#include <gtest/gtest.h>

#include "tests/bridge/uplink_play.hpp"

namespace heddle::test {
namespace {

using Kept = std::map<std::string, std::string>;
using Frames = std::vector<std::string>;

constexpr auto linked = R"(@linked(node:"/u",lane:map))";
constexpr auto synced = R"(@synced(node:"/u",lane:map))";
constexpr auto unlinked = R"(@unlinked(node:"/u",lane:map))";
std::string update(const std::string& key, const std::string& body) {
    return "@event(node:\"/u\",lane:map)@update(key:" + key + ") " + body;
}
std::string removal_of(const std::string& key) { return "@event(node:\"/u\",lane:map)@remove(key:" + key + ")"; }
std::string text_of(char fill, int number) { return "[\"" + std::string(100, fill) + std::to_string(number) + "\"]"; }

UplinkSettings to_map() {
    UplinkSettings settings = uplink_to({map_lane_of("/u", "map")});
    settings.lanes[0].commands = true;
    return settings;
}
/// An uplink to one empty map, linked and synced, and bob who publishes.
struct Table {
    explicit Table(UplinkSettings settings = to_map()) : play(std::move(settings)) {
        play.join("bob");
        play.start();
        play.open();
        play.remote(linked);
        play.remote(synced);
        play.frames();
    }
    UplinkPlay play;
};

TEST(UplinkCounts, WhatTheServerLostWhileItWasUnlinkedIsTakenAway) {
    Table t;
    for (const char* key : {"a", "b"}) t.play.remote(update(key, "1"));
    t.play.remote(unlinked);
    t.play.frames();
    t.play.wait();
    EXPECT_EQ(t.play.frames(), Frames{R"(@sync(node:"/u",lane:map))"});
    for (const std::string& line : {std::string(linked), update("a", "1"), std::string(synced)}) t.play.remote(line);
    EXPECT_EQ(t.play.kept("u."), (Kept{{"u.map.a", "[1]"}}));
}

TEST(UplinkCounts, WhatTheServerLostWithTheConnectionIsTakenAway) {
    Table t;
    for (const char* key : {"a", "b"}) t.play.remote(update(key, "1"));
    t.play.lose();
    EXPECT_EQ(t.play.kept("u."), (Kept{{"u.map.a", "[1]"}, {"u.map.b", "[1]"}})) << "the newest that is known";
    t.play.wait();
    t.play.open();
    for (const std::string& line : {std::string(linked), update("a", "1"), std::string(synced)}) t.play.remote(line);
    EXPECT_EQ(t.play.kept("u."), (Kept{{"u.map.a", "[1]"}}));
}

TEST(UplinkCounts, ALaneThatWasLinkedBeginsItsRetriesAnew) {
    Table t;
    std::chrono::milliseconds longest{0};
    for (int i = 0; i < 12; ++i) {
        t.play.remote(unlinked);
        longest = std::max(longest, t.play.wait());
        t.play.remote(linked);
        t.play.remote(synced);
    }
    EXPECT_LE(longest, 2s);
    for (int i = 0; i < 12; ++i) {
        t.play.remote(unlinked);
        longest = std::max(longest, t.play.wait());
    }
    EXPECT_EQ(longest, 30s) << "without a success in between the delays grow to their bound";
}

TEST(UplinkCounts, CommandsThatWereReplacedDoNotCountAnyMore) {
    UplinkSettings settings = to_map();
    settings.queue_bytes = 2'000;
    Table t(settings);
    t.play.stall(100'000);
    for (int i = 0; i < 100; ++i) {
        t.play.publish("bob", "u.map.a", text_of('x', i), {}, true);
        t.play.publish("bob", "u.map.b", text_of('y', i), {}, true);
    }
    EXPECT_EQ(t.play.counts().dropped, 0u);
    EXPECT_EQ(t.play.counts().conflated, 198u);
    t.play.stall(0);
    EXPECT_EQ(t.play.frames().size(), 2u);
}

TEST(UplinkCounts, CommandsThatWereSentDoNotCountAnyMore) {
    for (const LaneKind kind : {LaneKind::map, LaneKind::event}) {
        UplinkSettings settings = uplink_to({kind == LaneKind::map ? map_lane_of("/u", "map") : event_lane("/u", "map")});
        settings.queue_bytes = 600;
        Table t(settings);
        for (int round = 0; round < 20; ++round) {
            t.play.stall(100'000);
            for (int i = 0; i < 4; ++i)
                t.play.publish("bob", kind == LaneKind::map ? "u.map.k" + std::to_string(i) : "u.map", text_of('x', round));
            t.play.stall(0);
            EXPECT_EQ(t.play.frames().size(), 4u) << round;
        }
        EXPECT_EQ(t.play.counts().dropped, 0u);
        EXPECT_EQ(t.play.disconnects(), 0);
    }
}

TEST(UplinkCounts, CommandsThatWereLostWithTheConnectionDoNotCountAnyMore) {
    UplinkSettings settings = uplink_to({event_lane("/u", "map")});
    settings.queue_bytes = 600;
    Table t(settings);
    for (int round = 0; round < 10; ++round) {
        t.play.stall(100'000);
        for (int i = 0; i < 4; ++i) t.play.publish("bob", "u.map", text_of('x', i));
        EXPECT_EQ(t.play.disconnects(), 0) << round;
        t.play.lose();
        EXPECT_EQ(t.play.counts().dropped, 4u * (static_cast<unsigned>(round) + 1));
        t.play.wait();
        t.play.open();
        t.play.remote(linked);
        t.play.frames();
    }
}

TEST(UplinkCounts, TheOldestCommandsAreGivenUpUpToTheVeryByte) {
    // A topic "u.map.k0" and its body: a space and the text without quotes, which Recon needs for no word.
    const std::size_t one = std::string("u.map.k0").size() + 1 + 101;
    for (const std::size_t missing : {0u, 1u}) {
        UplinkSettings settings = to_map();
        settings.queue_bytes = 3 * one - missing;
        Table t(settings);
        t.play.stall(100'000);
        for (int i = 0; i < 3; ++i) t.play.publish("bob", "u.map.k" + std::to_string(i), text_of('x', i), {}, true);
        EXPECT_EQ(t.play.counts().dropped, missing);
    }
}

TEST(UplinkCounts, KeysThatTheServerRemovedMakeRoomForOthers) {
    UplinkSettings settings = to_map();
    settings.entries_max = 3;
    Table t(settings);
    for (int i = 0; i < 12; ++i) {
        const std::string key = "k" + std::to_string(i);
        t.play.remote(update(key, std::to_string(i)));
        EXPECT_EQ(t.play.kept("u."), (Kept{{"u.map." + key, "[" + std::to_string(i) + "]"}}));
        t.play.remote(removal_of(key));
        EXPECT_EQ(t.play.kept("u."), Kept{});
    }
    EXPECT_EQ(t.play.note("trouble"), "");
}

TEST(UplinkCounts, KeysThatWereRemovedHereMakeRoomForOthers) {
    UplinkSettings settings = to_map();
    settings.entries_max = 3;
    Table t(settings);
    for (int i = 0; i < 12; ++i) {
        const std::string topic = "u.map.k" + std::to_string(i);
        t.play.publish("bob", topic, "[1]", {}, true);
        t.play.publish("bob", topic, "[]", "{\"$removed\":true}");
        EXPECT_EQ(t.play.frames().size(), 2u) << i;
    }
    EXPECT_EQ(t.play.counts().dropped, 0u);
}

TEST(UplinkCounts, AMapHasAsManyKeysAsItMay) {
    UplinkSettings settings = to_map();
    settings.entries_max = 3;
    Table t(settings);
    for (int i = 0; i < 4; ++i) t.play.remote(update("k" + std::to_string(i), "1"));
    EXPECT_EQ(t.play.kept("u.").size(), 3u);
    EXPECT_EQ(t.play.note("trouble"), "uplink.trouble /u map more keys than entries_max");
    t.play.publish("bob", "u.map.other", "[1]", {}, true);
    EXPECT_EQ(t.play.counts().dropped, 1u);
    t.play.remote(removal_of("k0"));
    t.play.publish("bob", "u.map.other", "[1]", {}, true);
    EXPECT_EQ(t.play.counts().dropped, 1u);
}

}  // namespace
}  // namespace heddle::test
