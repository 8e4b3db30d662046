// Syncs and rates of value links, also where the socket cuts a sync in two: bridge/README.md, "Flow".
#include <gtest/gtest.h>

#include <random>

#include "tests/bridge/warp_script.hpp"

namespace heddle::test {
namespace {

using namespace std::chrono_literals;

constexpr auto value = R"((node:"/com/car",lane:speed))";
std::string frame(std::string_view kind, std::string_view at, std::string_view rest = {}) {
    return "@" + std::string(kind) + std::string(at) + std::string(rest);
}
std::string event(std::string_view rest) { return frame("event", value, rest); }

TEST(WarpSync, AValueThatChangesBetweenTheStateAndSyncedIsTold) {
    const std::string text(100, 'x');
    WarpScript s(open_realm(), {.window = 64});
    s.open("jane").join("pub").publish("pub", "com.car.speed", "[\"" + text + "\"]", true);
    s.send("jane", frame("link", value)).receives("jane", frame("linked", value));
    s.stall("jane").send("jane", frame("sync", value)).receives("jane", event(" " + text)).silence("jane");
    s.publish("pub", "com.car.speed", "[2]", true).silence("jane");
    s.stall("jane", false).receives("jane", frame("synced", value)).receives("jane", event(" 2"));
}

TEST(WarpSync, AValueThatChangesBeforeTheStateIsToldOnce) {
    WarpScript s(open_realm(), {.window = 30});
    s.open("jane").join("pub").send("jane", frame("link", value)).receives("jane", frame("linked", value)).stall("jane");
    s.publish("pub", "com.car.speed", "[1]", true).receives("jane", event(" 1"));
    s.send("jane", frame("sync", value));
    for (const char* args : {"[2]", "[3]"}) s.publish("pub", "com.car.speed", args, true);
    s.silence("jane").stall("jane", false).receives("jane", event(" 3")).receives("jane", frame("synced", value));
    s.publish("pub", "com.car.speed", "[4]", true).receives("jane", event(" 4"));
}

TEST(WarpSync, AnEventThatIsNotKeptComesBetweenTwoStates) {
    WarpScript s(open_realm(), {.window = 30});
    s.open("jane").join("pub").send("jane", frame("link", value)).receives("jane", frame("linked", value)).stall("jane");
    s.publish("pub", "com.car.speed", "[1]", true).receives("jane", event(" 1"));
    s.send("jane", frame("sync", value)).publish("pub", "com.car.speed", "[\"jolt\"]");
    s.publish("pub", "com.car.speed", "[2]", true).silence("jane").stall("jane", false);
    s.receives("jane", event(" 2")).receives("jane", frame("synced", value)).receives("jane", event(" jolt"));
    s.receives("jane", event(" 2"));
}

TEST(WarpSync, ASyncRightBehindSyncedIsAnsweredWhileAnEventStillWaits) {
    WarpPlay play(open_realm(), {.window = 30});
    play.open("jane");
    play.join("pub");
    play.frame("jane", frame("link", value));
    EXPECT_EQ(play.next("jane"), frame("linked", value));
    play.stall("jane", true);
    play.message("pub", Publish{{}, {}, "com.car.speed", {Encoding::json, "[1]", {}}});
    EXPECT_EQ(play.next("jane"), event(" 1"));
    play.frame("jane", frame("sync", value));
    play.message("pub", Publish{{}, {}, "com.car.speed", {Encoding::json, "[2]", {}}});
    play.gulp("jane");
    EXPECT_EQ(play.next("jane"), frame("synced", value));
    EXPECT_EQ(play.next("jane"), "");
    play.frame("jane", frame("sync", value));
    play.stall("jane", false);
    EXPECT_EQ(play.next("jane"), event(" 2"));
    EXPECT_EQ(play.next("jane"), frame("synced", value));
}

TEST(WarpSync, SyncsThatComeWhileOneWaitsGetItsAnswer) {
    WarpScript s(open_realm(), {.window = 30});
    s.open("jane").join("pub").send("jane", frame("link", value)).receives("jane", frame("linked", value)).stall("jane");
    s.publish("pub", "com.car.speed", "[1]", true).receives("jane", event(" 1"));
    for (int i = 0; i < 3; ++i) s.send("jane", frame("sync", value));
    s.silence("jane").stall("jane", false).receives("jane", event(" 1")).receives("jane", frame("synced", value));
    s.silence("jane").send("jane", frame("sync", value)).receives("jane", event(" 1"));
    s.receives("jane", frame("synced", value));
}

TEST(WarpSync, ASyncOfAMapThatBeginsAnewWhileOneIsUnderWayEndsOnce) {
    const std::string map = R"((node:"/com/car",lane:topics))";
    WarpScript s(open_realm(), {.window = 80});
    s.open("jane").join("pub");
    for (const char* key : {"a", "b", "c"}) s.publish("pub", std::string("com.car.") + key, "[1]", true);
    s.send("jane", frame("link", map)).receives("jane", frame("linked", map)).stall("jane");
    s.send("jane", frame("sync", map)).receives("jane", frame("event", map, "@clear"));
    s.receives("jane", frame("event", map, "@update(key:a) 1")).silence("jane").send("jane", frame("sync", map));
    s.silence("jane").stall("jane", false).receives("jane", frame("event", map, "@clear"));
    for (const char* key : {"a", "b", "c"})
        s.receives("jane", frame("event", map, "@update(key:" + std::string(key) + ") 1"));
    s.receives("jane", frame("synced", map));
}

TEST(WarpRate, HoldsBackNoSyncOfAValue) {
    WarpScript s;
    s.open("jane").join("pub").send("jane", R"(@link(node:"/com/car",lane:speed,rate:1))");
    s.receives("jane", R"(@linked(node:"/com/car",lane:speed,rate:1))");
    s.publish("pub", "com.car.speed", "[1]", true).receives("jane", event(" 1"));
    s.send("jane", frame("sync", value));
    s.receives("jane", event(" 1")).receives("jane", frame("synced", value));
}

TEST(WarpRate, CountsFromAValueThatWasHeldBack) {
    for (const bool retain : {true, false}) {
        WarpScript s;
        s.open("jane").join("pub").send("jane", R"(@link(node:"/com/car",lane:speed,rate:2))");
        s.receives("jane", R"(@linked(node:"/com/car",lane:speed,rate:2))");
        s.publish("pub", "com.car.speed", "[1]", retain).receives("jane", event(" 1"));
        s.publish("pub", "com.car.speed", "[2]", retain).silence("jane").pass(500ms).receives("jane", event(" 2"));
        s.publish("pub", "com.car.speed", "[3]", retain).silence("jane").pass(499ms).silence("jane");
        s.pass(1ms).receives("jane", event(" 3"));
    }
}

/// Syncs at random times, stalls, gulps: each sync that is answered ends in @synced, and the last thing that the link
/// receives is what the topic keeps. Events that are not kept come in order and none is missing.
TEST(WarpSyncProperty, AValueLinkEndsWithTheStateHoweverItsSyncsAreCut) {
    for (std::uint32_t seed = 1; seed <= 300 && !testing::Test::HasFailure(); ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        std::mt19937 random(seed);
        const auto chance = [&](unsigned one_in) { return random() % one_in == 0; };
        WarpPlay play(open_realm(), {.window = 20 + random() % 120});
        play.open("jane");
        play.join("pub");
        play.frame("jane", frame("link", value));
        EXPECT_EQ(play.next("jane"), frame("linked", value));
        std::string kept, jolts, received_jolts, received, last_state = "none";
        std::size_t asked = 0, answered = 0;
        bool changed = false;
        const auto listen = [&] {
            for (std::string line = play.next("jane"); !line.empty(); line = play.next("jane")) {
                received += line + "\n";
                if (line == frame("synced", value)) {
                    ++answered;
                } else if (line.find("jolt") != std::string::npos) {
                    received_jolts += line.substr(line.find("jolt"));
                } else {
                    last_state = line.substr(event("").size());
                }
            }
        };
        for (int step = 0; step < 120; ++step) {
            const std::string args = "[" + std::to_string(step) + "]";
            if (chance(3)) {
                PublishOptions retain;
                retain.retain = true;
                play.message("pub", Publish{{}, retain, "com.car.speed", {Encoding::json, args, {}}});
                kept = " " + std::to_string(step);
                changed = true;
            }
            if (chance(8)) {
                const std::string jolt = "jolt" + std::to_string(step);
                play.message("pub", Publish{{}, {}, "com.car.speed", {Encoding::json, "[\"" + jolt + "\"]", {}}});
                jolts += jolt;
            }
            if (chance(6)) play.frame("jane", frame("sync", value)), ++asked;
            if (chance(7)) play.stall("jane", chance(2));
            if (chance(4)) play.gulp("jane");
            if (chance(5)) listen();
        }
        play.stall("jane", false);
        listen();
        EXPECT_LE(answered, asked) << received;
        EXPECT_EQ(answered > 0, asked > 0) << received;
        EXPECT_EQ(received_jolts, jolts) << received;
        EXPECT_EQ(last_state, changed ? kept : "none") << received;
        // Whatever happened, a sync now is answered at once.
        play.frame("jane", frame("sync", value));
        if (changed) {
            EXPECT_EQ(play.next("jane"), event(kept));
        }
        EXPECT_EQ(play.next("jane"), frame("synced", value));
        EXPECT_EQ(play.next("jane"), "");
    }
}

}  // namespace
}  // namespace heddle::test
