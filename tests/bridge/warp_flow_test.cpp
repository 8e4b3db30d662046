#include <gtest/gtest.h>

#include <random>

#include "tests/bridge/warp_script.hpp"

/// What a link receives when its socket does not take it: docs/warp.md 3 (backpressure) and 6.2, bridge/README.md "Flow".
namespace heddle::test {
namespace {

constexpr auto value = R"((node:"/com/car",lane:speed))";
constexpr auto map = R"((node:"/com/car",lane:topics))";
std::string frame(std::string_view kind, std::string_view at, std::string_view rest = {}) {
    return "@" + std::string(kind) + std::string(at) + std::string(rest);
}
std::string event(std::string_view at, std::string_view rest) { return frame("event", at, rest); }
std::string list_of(int number) { return "[" + std::to_string(number) + "]"; }

TEST(WarpFlow, AStalledValueLinkHasOneFrameOnItsWayAndThenReceivesTheNewest) {
    WarpPlay play(open_realm());
    play.open("jane");
    play.join("pub");
    play.frame("jane", frame("sync", value));
    while (!play.next("jane").empty()) continue;
    play.stall("jane", true);
    PublishOptions retain;
    retain.retain = true;
    for (int i = 1; i <= 20'000; ++i)
        play.message("pub", Publish{{}, retain, "com.car.speed", {Encoding::json, list_of(i), {}}});
    EXPECT_EQ(play.next("jane"), event(value, " 1"));
    EXPECT_EQ(play.next("jane"), "") << "one frame is on its way, the rest is one pending state";
    play.stall("jane", false);
    EXPECT_EQ(play.next("jane"), event(value, " 20000"));
    EXPECT_EQ(play.next("jane"), "");
}

TEST(WarpFlow, AStalledMapLinkHasOneFrameAKeyOnItsWayAndThenReceivesTheNewestOfEach) {
    WarpPlay play(open_realm());
    play.open("jane");
    play.join("pub");
    play.frame("jane", frame("sync", map));
    while (!play.next("jane").empty()) continue;
    play.stall("jane", true);
    PublishOptions retain;
    retain.retain = true;
    for (int i = 0; i < 20'000; ++i) {
        const std::string topic = "com.car.k" + std::to_string(i % 10);
        play.message("pub", Publish{{}, retain, topic, {Encoding::json, list_of(i), {}}});
    }
    for (int i = 0; i < 10; ++i)
        EXPECT_EQ(play.next("jane"), event(map, "@update(key:k" + std::to_string(i) + ") " + std::to_string(i)));
    EXPECT_EQ(play.next("jane"), "");
    play.stall("jane", false);
    for (int i = 0; i < 10; ++i)
        EXPECT_EQ(play.next("jane"),
                  event(map, "@update(key:k" + std::to_string(i) + ") " + std::to_string(19'990 + i)));
    EXPECT_EQ(play.next("jane"), "");
}

TEST(WarpFlow, WhatWasRemovedMeanwhileIsToldAsRemoved) {
    WarpScript s;
    s.open("jane").open("mary").join("pub");
    for (const char* at : {map, value}) s.send("jane", frame("link", at)).receives("jane", frame("linked", at));
    s.stall("jane");
    s.publish("pub", "com.car.speed", "[1]", true).receives("jane", event(value, " 1"));
    s.receives("jane", event(map, "@update(key:speed) 1"));
    s.publish("pub", "com.car.speed", "[2]", true);
    s.send("mary", frame("command", map, "@remove(key:speed)")).silence("jane");
    s.stall("jane", false).receives("jane", event(value, "")).receives("jane", event(map, "@remove(key:speed)"));
}

TEST(WarpFlow, AnEventThatItsTopicDoesNotKeepKeepsItsPlace) {
    WarpScript s;
    s.open("jane").join("pub").send("jane", frame("link", value)).receives("jane", frame("linked", value)).stall("jane");
    s.publish("pub", "com.car.speed", "[1]", true).receives("jane", event(value, " 1"));
    s.publish("pub", "com.car.speed", "[2]", true).publish("pub", "com.car.speed", R"(["jolt"])");
    s.publish("pub", "com.car.speed", "[3]", true).silence("jane");
    s.stall("jane", false).receives("jane", event(value, " jolt")).receives("jane", event(value, " 3"));
}

TEST(WarpFlow, AnEventLaneReceivesEveryEventAndEndsNamedWhenTooManyWait) {
    WarpScript s(open_realm({{Match::prefix, "com.", LaneKind::event, 0, 3}}), {.window = 32});
    s.open("jane").join("pub").send("jane", frame("link", value)).receives("jane", frame("linked", value)).stall("jane");
    s.publish("pub", "com.car.speed", "[0]", true).receives("jane", event(value, " 0"));
    for (int i = 1; i <= 3; ++i) s.publish("pub", "com.car.speed", list_of(i), true).silence("jane");
    s.stall("jane", false);
    for (int i = 1; i <= 3; ++i) s.receives("jane", event(value, " " + std::to_string(i)));
    s.stall("jane");
    s.publish("pub", "com.car.speed", "[0]").receives("jane", event(value, " 0"));
    for (int i = 1; i <= 3; ++i) s.publish("pub", "com.car.speed", list_of(i)).silence("jane");
    s.publish("pub", "com.car.speed", "[4]").receives("jane", "CLOSED slow_consumer");
}

TEST(WarpFlow, WaitingEventsOfAConnectionAreBoundedInBytes) {
    WarpScript s(open_realm(), {.window = 16, .waiting_bytes_max = 900});
    s.open("jane").join("pub");
    for (const char* lane : {"a", "b"}) {
        const std::string at = R"((node:"/com",lane:)" + std::string(lane) + ")";
        s.send("jane", frame("link", at)).receives("jane", frame("linked", at));
    }
    s.stall("jane").publish("pub", "com.a", "[1]").receives("jane", R"(@event(node:"/com",lane:a) 1)");
    const std::string long_text = "[\"" + std::string(400, 'x') + "\"]";
    s.publish("pub", "com.a", long_text).silence("jane");
    s.publish("pub", "com.b", long_text).silence("jane");  // beyond the limit by one frame
    s.publish("pub", "com.b", "[2]").receives("jane", "CLOSED slow_consumer");
}

/// jane stalls with a link to `com.a`, for which the first event is on its way and every other one waits.
void stall_with_link(WarpPlay& play) {
    play.open("jane");
    play.join("pub");
    play.frame("jane", R"(@link(node:"/com",lane:a))");
    play.stall("jane", true);
}

void publish_some(WarpPlay& play, int count, std::size_t bytes) {
    const std::string args = "[\"" + std::string(bytes, 'x') + "\"]";
    for (int i = 0; i < count; ++i) play.message("pub", Publish{{}, {}, "com.a", {Encoding::json, args, {}}});
}

TEST(WarpFlow, ASessionIsCrowdedFromAQuarterOfItsFramesOnUntilTheyHaveLeft) {
    WarpPlay play(open_realm(), {.window = 16, .waiting_max = 40});
    stall_with_link(play);
    publish_some(play, 11, 4);
    EXPECT_FALSE(play.crowded("jane")) << "ten of forty frames wait";
    publish_some(play, 1, 4);
    EXPECT_TRUE(play.crowded("jane"));
    play.stall("jane", false);
    EXPECT_FALSE(play.crowded("jane"));
}

TEST(WarpFlow, ASessionIsCrowdedFromAQuarterOfItsBytesOnUntilTheyHaveLeft) {
    WarpPlay play(open_realm(), {.window = 16, .waiting_bytes_max = 8'000});
    stall_with_link(play);
    publish_some(play, 2, 1'500);
    EXPECT_FALSE(play.crowded("jane"));
    publish_some(play, 1, 1'500);
    EXPECT_TRUE(play.crowded("jane"));
    play.gulp("jane");
    EXPECT_TRUE(play.crowded("jane")) << "more than an eighth still waits";
    play.stall("jane", false);
    EXPECT_FALSE(play.crowded("jane"));
}

TEST(WarpFlow, ASessionWhoseCrowdedLinkIsGoneIsNotCrowded) {
    WarpPlay play(open_realm(), {.window = 16, .waiting_bytes_max = 8'000});
    stall_with_link(play);
    publish_some(play, 4, 1'500);
    EXPECT_TRUE(play.crowded("jane"));
    play.frame("jane", R"(@unlink(node:"/com",lane:a))");
    EXPECT_FALSE(play.crowded("jane"));
}

TEST(WarpFlow, ASyncIsPacedByTheSocketAndMissesNothing) {
    WarpPlay play(open_realm(), {.window = 200});
    play.open("jane");
    play.join("pub");
    PublishOptions retain;
    retain.retain = true;
    const auto set = [&](const std::string& key, int number) {
        play.message("pub", Publish{{}, retain, "com.car." + key, {Encoding::json, list_of(number), {}}});
    };
    for (int i = 100; i < 200; ++i) set("k" + std::to_string(i), i);
    play.stall("jane", true);
    play.frame("jane", frame("sync", map));
    EXPECT_LT(play.frames("jane").size(), 10u) << "the rest waits for the socket";
    set("k100", 1);  // told already
    set("k199", 2);  // the sync will come to it
    set("k300", 3);  // behind its end
    play.message("pub", Publish{{}, {}, "com.car.k150", {Encoding::json, R"([])", R"({"$removed":true})"}});
    play.message("pub", Publish{{}, {}, "com.car.k100", {Encoding::json, R"([])", R"({"$removed":true})"}});
    play.stall("jane", false);
    EXPECT_EQ(play.next("jane"), frame("linked", map));
    EXPECT_EQ(play.next("jane"), event(map, "@clear"));
    std::map<std::string, std::string> seen;
    bool synced = false;
    for (std::string line = play.next("jane"); !line.empty(); line = play.next("jane")) {
        if (line == frame("synced", map)) {
            synced = true;
            EXPECT_EQ(seen.size(), 100u);
            continue;
        }
        const std::size_t key = line.find("key:") + 4, end = line.find(')', key);
        const std::string name = line.substr(key, end - key);
        if (line.find("@remove") != std::string::npos) {
            EXPECT_TRUE(synced);
            seen.erase(name);
        } else {
            seen[name] = line.substr(end + 1);
        }
    }
    EXPECT_TRUE(synced);
    EXPECT_EQ(seen.size(), 99u);
    EXPECT_FALSE(seen.contains("k100") || seen.contains("k150"));
    EXPECT_EQ(seen["k199"], " 2");
    EXPECT_EQ(seen["k300"], " 3");
}

TEST(WarpFlow, TheHigherPrioSpeaksFirst) {
    WarpScript s(open_realm(), {.window = 64});
    s.open("jane").join("pub");
    const auto at = [](std::string_view lane) { return "(node:\"/com\",lane:" + std::string(lane) + ")"; };
    for (const auto& [lane, prio] :
         std::vector<std::pair<std::string, std::string>>{{"a", ""}, {"b", "0.5"}, {"c", "2"}})
        s.send("jane", "@link(node:\"/com\",lane:" + lane + (prio.empty() ? "" : ",prio:" + prio) + ")")
            .receives("jane", "@linked(node:\"/com\",lane:" + lane + (prio.empty() ? "" : ",prio:" + prio) + ")");
    s.stall("jane");
    for (int i = 0; i < 3; ++i) s.publish("pub", "com.a", list_of(i));
    for (int i = 0; i < 3; ++i) s.receives("jane", event(at("a"), " " + std::to_string(i)));
    s.publish("pub", "com.a", "[7]").publish("pub", "com.b", "[8]").publish("pub", "com.c", "[9]").silence("jane");
    s.stall("jane", false).receives("jane", event(at("c"), " 9")).receives("jane", event(at("b"), " 8"));
    s.receives("jane", event(at("a"), " 7"));
}

TEST(WarpFlow, ARateLimitsTheEventsOfALink) {
    using namespace std::chrono_literals;
    for (const bool retain : {true, false}) {
        WarpScript s;
        s.open("jane").join("pub").send("jane", R"(@link(node:"/com/car",lane:speed,rate:2))");
        s.receives("jane", R"(@linked(node:"/com/car",lane:speed,rate:2))");
        s.publish("pub", "com.car.speed", "[1]", retain).receives("jane", event(value, " 1"));
        s.publish("pub", "com.car.speed", "[2]", retain).publish("pub", "com.car.speed", "[3]", retain).silence("jane");
        s.pass(499ms).silence("jane").pass(1ms).receives("jane", event(value, " 3")).pass(5s).silence("jane");
        s.publish("pub", "com.car.speed", "[4]", retain).receives("jane", event(value, " 4"));
        s.publish("pub", "com.car.speed", "[5]", retain).silence("jane");
        s.send("jane", frame("unlink", value)).receives("jane", frame("unlinked", value)).pass(1s).silence("jane");
    }
}

TEST(WarpFlow, ARateHoldsBackNoSync) {
    using namespace std::chrono_literals;
    WarpScript s;
    s.open("jane").join("pub");
    for (const char* key : {"a", "b"}) s.publish("pub", std::string("com.car.") + key, "[1]", true);
    s.send("jane", R"(@sync(node:"/com/car",lane:topics,rate:1))");
    s.receives("jane", R"(@linked(node:"/com/car",lane:topics,rate:1))").receives("jane", event(map, "@clear"));
    s.receives("jane", event(map, "@update(key:a) 1")).receives("jane", event(map, "@update(key:b) 1"));
    s.receives("jane", frame("synced", map));
    s.publish("pub", "com.car.a", "[2]", true).receives("jane", event(map, "@update(key:a) 2"));
    s.publish("pub", "com.car.b", "[2]", true).publish("pub", "com.car.a", "[3]", true).silence("jane");
    s.pass(1s).receives("jane", event(map, "@update(key:b) 2")).silence("jane");
    s.pass(1s).receives("jane", event(map, "@update(key:a) 3")).silence("jane");
}

// Whatever stalls and whatever changes: a map link ends with what the topics keep, a value link with the newest value.
TEST(WarpFlowProperty, AfterAnyStallsALinkEndsWithTheState) {
    for (std::uint32_t seed = 1; seed <= 300 && !testing::Test::HasFailure(); ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        std::mt19937 random(seed);
        const auto chance = [&](int one_in) { return random() % static_cast<unsigned>(one_in) == 0; };
        WarpPlay play(open_realm(), {.window = 40 + random() % 400});
        play.open("jane");
        play.join("pub");
        std::map<std::string, std::string> kept, seen;
        std::string newest;
        play.frame("jane", frame("sync", map));
        play.frame("jane", R"(@sync(node:"/com/car",lane:k3))");
        for (int step = 0; step < 200; ++step) {
            const std::string key = "k" + std::to_string(random() % 12);
            const std::string topic = "com.car." + key, args = list_of(step);
            Publish change{{}, {}, topic, {Encoding::json, R"([])", R"({"$removed":true})"}};
            if (chance(4)) {
                kept.erase(key);
            } else {
                change.options.retain = true;
                change.payload = {Encoding::json, args, {}};
                kept[key] = " " + std::to_string(step);
            }
            play.message("pub", change);
            if (chance(10)) play.stall("jane", chance(2));
            if (chance(40)) play.frame("jane", frame("sync", map));
        }
        play.stall("jane", false);
        std::string received;
        for (std::string line = play.next("jane"); !line.empty(); line = play.next("jane")) {
            received += line + "\n";
            const std::size_t at = line.find("@", 1);
            if (line.starts_with(R"(@event(node:"/com/car",lane:k3))")) {
                newest = line.substr(line.find(')') + 1);
            } else if (line.find("@clear") != std::string::npos) {
                seen.clear();
            } else if (at != std::string::npos) {
                const std::size_t key = line.find("key:") + 4, end = line.find(')', key);
                const std::string name = line.substr(key, end - key);
                if (line.compare(at, 7, "@remove") == 0)
                    seen.erase(name);
                else
                    seen[name] = line.substr(end + 1);
            }
        }
        EXPECT_EQ(seen, kept) << received;
        EXPECT_EQ(newest, kept.contains("k3") ? kept["k3"] : "");
    }
}

}  // namespace
}  // namespace heddle::test
