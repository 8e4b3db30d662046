// Meta lanes: what WARP clients read of the lanes and links of a realm.
#include <gtest/gtest.h>

#include <set>

#include "tests/bridge/warp_script.hpp"

namespace heddle::test {
namespace {

using namespace std::chrono_literals;

constexpr auto second = 1'000ms;

std::string meta_event(std::string_view node, std::string_view lane, std::string_view body) {
    return "@event(node:\"" + std::string(node) + "\",lane:" + std::string(lane) + ")" + std::string(body);
}
std::string on_host(std::string_view lane, std::string_view body) { return meta_event("swim:meta:host", lane, body); }

TEST(MetaLanes, NodesComeAndGo) {
    WarpScript s(meta_realm());
    s.open("eve").join("ann");
    s.subscribe("ann", "com.car.speed").publish("ann", "com.bus.at", "[7]", true);
    s.send("eve", "@sync(node:\"swim:meta:host\",lane:nodes)");
    s.receives("eve", "@linked(node:\"swim:meta:host\",lane:nodes)").receives("eve", on_host("nodes", "@clear"));
    s.receives("eve", on_host("nodes", "@update(key:\"/com/bus\"){nodeUri:\"/com/bus\",laneCount:1,linkCount:0}"));
    s.receives("eve", on_host("nodes", "@update(key:\"/com/car\"){nodeUri:\"/com/car\",laneCount:1,linkCount:0}"));
    s.receives("eve", "@synced(node:\"swim:meta:host\",lane:nodes)");
    s.subscribe("ann", "com.car.fuel").subscribe("ann", "org.x").pass(second);
    s.receives("eve", on_host("nodes", "@update(key:\"/com/car\"){nodeUri:\"/com/car\",laneCount:2,linkCount:0}"));
    s.receives("eve", on_host("nodes", "@update(key:\"/org\"){nodeUri:\"/org\",laneCount:1,linkCount:0}"));
    s.pass(second).silence("eve");
    s.lose("ann").pass(second);
    s.receives("eve", on_host("nodes", "@remove(key:\"/com/car\")"))
        .receives("eve", on_host("nodes", "@remove(key:\"/org\")"));
    s.send("eve", "@unlink(node:\"swim:meta:host\",lane:nodes)");
    s.receives("eve", "@unlinked(node:\"swim:meta:host\",lane:nodes)");
    s.join("bob").subscribe("bob", "a.b").pass(second).silence("eve");
}

TEST(MetaLanes, ChildNodesAndASearchAreLanesOfTheirOwn) {
    WarpScript s(meta_realm());
    s.open("eve").join("ann");
    for (const char* topic : {"com.car.7.speed", "com.car.8.speed", "com.car.speed", "org.x"})
        s.subscribe("ann", topic);
    s.send("eve", "@sync(node:\"swim:meta:host\",lane:\"nodes#/\")");
    s.receives("eve", "@linked(node:\"swim:meta:host\",lane:\"nodes#/\")").receives("eve", on_host("\"nodes#/\"", "@clear"));
    s.receives("eve", on_host("\"nodes#/\"", "@update(key:\"/com\"){nodeUri:\"/com\",childCount:1}"));
    s.receives("eve", on_host("\"nodes#/\"", "@update(key:\"/org\"){nodeUri:\"/org\",childCount:0}"));
    s.receives("eve", "@synced(node:\"swim:meta:host\",lane:\"nodes#/\")").pass(second);
    s.send("eve", "@sync(node:\"swim:meta:host\",lane:\"nodes#/com/car\")");
    s.receives("eve", "@linked(node:\"swim:meta:host\",lane:\"nodes#/com/car\")");
    s.receives("eve", on_host("\"nodes#/com/car\"", "@clear"));
    s.receives("eve", on_host("\"nodes#/com/car\"", "@update(key:\"/com/car/7\"){nodeUri:\"/com/car/7\",childCount:0}"));
    s.receives("eve", on_host("\"nodes#/com/car\"", "@update(key:\"/com/car/8\"){nodeUri:\"/com/car/8\",childCount:0}"));
    s.receives("eve", "@synced(node:\"swim:meta:host\",lane:\"nodes#/com/car\")").pass(second);
    s.send("eve", "@sync(node:\"swim:meta:host\",lane:\"nodes?q=org\")");
    s.receives("eve", "@linked(node:\"swim:meta:host\",lane:\"nodes?q=org\")");
    s.receives("eve", on_host("\"nodes?q=org\"", "@clear"));
    s.receives("eve", on_host("\"nodes?q=org\"", "@update(key:\"/org\"){nodeUri:\"/org\",laneCount:1,linkCount:0}"));
    s.receives("eve", "@synced(node:\"swim:meta:host\",lane:\"nodes?q=org\")");
}

TEST(MetaLanes, LanesOfANodeSayWhatTheyAre) {
    constexpr auto node = "swim:meta:node/%2fcom%2fcar";
    const auto event = [&](std::string_view body) { return meta_event(node, "lanes", body); };
    RealmSettings settings = meta_realm();
    settings.lanes = {{Match::exact, "com.car.log", LaneKind::event},
                      {Match::exact, "com.car.go", LaneKind::command},
                      {Match::exact, "com.car.parts", LaneKind::map}};
    WarpScript s(settings);
    s.open("eve").open("wes").join("ann");
    s.publish("ann", "com.car.speed", "[7]", true).subscribe("ann", "com.car.news").subscribe("ann", "com.car.log");
    s.offer("ann", "com.car.stop").subscribe("ann", "com.", Match::prefix).subscribe("ann", "com.car.", Match::prefix);
    s.subscribe("ann", "com.car.7.speed").subscribe("ann", "com.car.parts.", Match::prefix);
    s.subscribe("ann", "com.car.", Match::wildcard);
    s.send("wes", "@link(node:\"/com/car\",lane:go)").receives("wes", "@linked(node:\"/com/car\",lane:go)");
    s.send("wes", "@link(node:\"/com/car\",lane:speed)").receives("wes", "@linked(node:\"/com/car\",lane:speed)");
    s.send("eve", "@sync(node:\"swim:meta:node/%2fcom%2fcar\",lane:lanes)");
    s.receives("eve", "@linked(node:\"swim:meta:node/%2fcom%2fcar\",lane:lanes)").receives("eve", event("@clear"));
    const auto lane = [&](const std::string& key, const std::string& name, const std::string& type,
                          const std::string& links, const std::string& subscribers) {
        s.receives("eve", event("@update(key:" + key + "){laneUri:" + name + ",laneType:" + type + ",linkCount:" + links +
                             ",subscriberCount:" + subscribers + "}"));
    };
    lane("\"*\"", "\"*\"", "map", "0", "1");
    lane("go", "go", "command", "1", "0");
    lane("log", "log", "supply", "0", "1");
    lane("news", "news", "supply", "0", "1");
    lane("parts", "parts", "map", "0", "1");
    lane("speed", "speed", "value", "1", "1");
    lane("stop", "stop", "command", "0", "0");
    lane("topics", "topics", "map", "0", "1");
    s.receives("eve", "@synced(node:\"swim:meta:node/%2fcom%2fcar\",lane:lanes)");
    s.send("wes", "@unlink(node:\"/com/car\",lane:go)")
        .receives("wes", "@unlinked(node:\"/com/car\",lane:go)")
        .pass(second);
    s.receives("eve", event("@remove(key:go)"));
}

TEST(MetaLanes, PulseTellsCountsAndRatesOnceASecond) {
    WarpScript s(meta_realm());
    const auto host = [](int nodes, int lanes, int links, int rate, int count, int command_rate, int commands) {
        return on_host("pulse", "{nodeCount:" + std::to_string(nodes) + ",laneCount:" + std::to_string(lanes) +
                                    ",uplinks:{linkCount:" + std::to_string(links) +
                                    ",eventRate:" + std::to_string(rate) + ",eventCount:" + std::to_string(count) +
                                    ",commandRate:" + std::to_string(command_rate) +
                                    ",commandCount:" + std::to_string(commands) + "}}");
    };
    const std::string header = "(node:\"swim:meta:host\",lane:pulse)";
    s.open("eve").open("wes");
    s.send("eve", "@sync" + header).receives("eve", "@linked" + header);
    s.receives("eve", host(0, 0, 0, 0, 0, 0, 0)).receives("eve", "@synced" + header);
    s.send("wes", "@link(node:\"/a\",lane:b)").receives("wes", "@linked(node:\"/a\",lane:b)");
    for (int i = 0; i < 10; ++i)
        s.send("wes", "@command(node:\"/a\",lane:b) 7").receives("wes", "@event(node:\"/a\",lane:b) 7");
    s.silence("eve").pass(second).receives("eve", host(1, 1, 1, 10, 10, 10, 10));
    s.pass(second).receives("eve", host(1, 1, 1, 0, 10, 0, 10)).pass(second).silence("eve");
}

TEST(MetaLanes, PulsesOfANodeAndALane) {
    WarpScript s(meta_realm());
    const std::string node = "(node:\"swim:meta:node/%2fa\",lane:pulse)";
    const std::string lane = "(node:\"swim:meta:node/%2fa/lane/b\",lane:pulse)";
    s.open("eve").open("wes").join("ann").subscribe("ann", "a.c");
    s.send("wes", "@link(node:\"/a\",lane:b)").receives("wes", "@linked(node:\"/a\",lane:b)");
    s.send("eve", "@sync" + node).receives("eve", "@linked" + node);
    s.receives("eve", "@event" + node + "{laneCount:2,uplinks:{linkCount:1,eventRate:0,eventCount:0}}");
    s.receives("eve", "@synced" + node).pass(1ms);
    s.send("eve", "@sync" + lane).receives("eve", "@linked" + lane);
    s.receives("eve", "@event" + lane + "{uplink:{linkCount:1,eventRate:0,eventCount:0}}").receives("eve", "@synced" + lane);
}

TEST(MetaLanes, ALinkWithoutSyncReceivesWhatChangesFromThenOn) {
    WarpScript s(meta_realm());
    s.open("eve").join("ann").subscribe("ann", "a.b");
    s.send("eve", "@link(node:\"swim:meta:host\",lane:nodes)")
        .receives("eve", "@linked(node:\"swim:meta:host\",lane:nodes)");
    s.subscribe("ann", "c.d").pass(second);
    s.receives("eve", on_host("nodes", "@update(key:\"/c\"){nodeUri:\"/c\",laneCount:1,linkCount:0}"));
    s.send("eve", "@link(node:\"swim:meta:mesh\",lane:nodes)")
        .receives("eve", "@linked(node:\"swim:meta:host\",lane:nodes)");
    s.send("eve", "@sync(node:\"swim:meta:host\",lane:nodes)").receives("eve", on_host("nodes", "@clear"));
    s.receives("eve", on_host("nodes", "@update(key:\"/a\"){nodeUri:\"/a\",laneCount:1,linkCount:0}"));
    s.receives("eve", on_host("nodes", "@update(key:\"/c\"){nodeUri:\"/c\",laneCount:1,linkCount:0}"));
    s.receives("eve", "@synced(node:\"swim:meta:host\",lane:nodes)");
}

TEST(MetaLanes, NeedARuleThatNamesThem) {
    WarpScript closed(open_realm());
    closed.open("eve").send("eve", "@sync(node:\"swim:meta:host\",lane:nodes)");
    closed.receives("eve", "@unlinked(node:\"swim:meta:host\",lane:nodes)@notAuthorized");
    WarpScript some(meta_realm("swim.meta.node.com.car."));
    some.open("eve").send("eve", "@link(node:\"swim:meta:node/%2fcom%2fbus\",lane:lanes)");
    some.receives("eve", "@unlinked(node:\"swim:meta:node/%2fcom%2fbus\",lane:lanes)@notAuthorized");
    some.send("eve", "@link(node:\"swim:meta:node/%2fcom%2fcar%2f7\",lane:lanes)");
    some.receives("eve", "@linked(node:\"swim:meta:node/%2fcom%2fcar%2f7\",lane:lanes)");
}

TEST(MetaLanes, UnknownOnesAndCommandsToThem) {
    WarpScript s(meta_realm());
    s.open("eve").send("eve", "@sync(node:\"swim:meta:edge\",lane:nodes)");
    s.receives("eve", "@unlinked(node:\"swim:meta:edge\",lane:nodes)@nodeNotFound");
    s.send("eve", "@sync(node:\"swim:meta:host\",lane:traceLog)");
    s.receives("eve", "@unlinked(node:\"swim:meta:host\",lane:traceLog)@laneNotFound");
    s.send("eve", "@command(node:\"swim:meta:host\",lane:nodes)@clear").silence("eve");
    s.send("eve", "@unlink(node:\"swim:meta:host\",lane:nodes)").silence("eve");
}

TEST(MetaLanes, AreBounded) {
    WarpLimits limits;
    limits.links_max = 1;
    limits.map_entries_max = 3;
    WarpScript s(meta_realm(), limits);
    s.open("eve").join("ann");
    for (const char* topic : {"a.a", "b.b", "c.c"}) s.subscribe("ann", topic);
    s.send("eve", "@sync(node:\"swim:meta:host\",lane:nodes)");
    s.receives("eve", "@linked(node:\"swim:meta:host\",lane:nodes)").receives("eve", on_host("nodes", "@clear"));
    for (const std::string node : {"/a", "/b", "/c"})
        s.receives("eve",
                on_host("nodes", "@update(key:\"" + node + "\"){nodeUri:\"" + node + "\",laneCount:1,linkCount:0}"));
    s.receives("eve", "@synced(node:\"swim:meta:host\",lane:nodes)");
    s.send("eve", "@sync(node:\"swim:meta:host\",lane:pulse)");
    s.receives("eve", "@unlinked(node:\"swim:meta:host\",lane:pulse)@tooManyLinks");
    s.subscribe("ann", "d.d").pass(second);
    s.receives("eve", "@unlinked(node:\"swim:meta:host\",lane:nodes)@mapTooLarge").pass(second).silence("eve");
}

TEST(MetaLanes, AStalledReaderReceivesTheNewestStateAndNothingBetween) {
    WarpLimits limits;
    limits.window = 512;
    WarpPlay play(meta_realm(), limits);
    play.open("eve");
    play.join("ann");
    std::set<std::string> expected;
    const auto subscribe = [&](int i) {
        expected.insert("/n" + std::to_string(i));
        play.message("ann", Subscribe{{}, {}, "n" + std::to_string(i) + ".x"});
    };
    for (int i = 0; i < 200; ++i) subscribe(i);
    play.stall("eve", true);
    play.frame("eve", "@sync(node:\"swim:meta:host\",lane:nodes)");
    const std::size_t before = play.frames("eve").size();
    EXPECT_LT(before, 400u);
    for (int i = 200; i < 300; ++i) {
        subscribe(i);
        play.pass(second);
    }
    EXPECT_EQ(play.frames("eve").size(), before) << "nothing piles up";
    play.stall("eve", false);
    play.pass(second);
    std::set<std::string> known;
    std::size_t frames = 0;
    for (std::string line; !(line = play.next("eve")).empty(); ++frames) {
        const std::size_t at = line.find("nodeUri:\"");
        if (at != std::string::npos) known.insert(line.substr(at + 9, line.find('"', at + 9) - at - 9));
    }
    EXPECT_EQ(known, expected);
    EXPECT_LT(frames, 310u) << "each node once";
}

TEST(MetaLanes, OneLookServesAllReadersAndNobodyPaysWithoutReaders) {
    WarpPlay play(meta_realm());
    for (const char* reader : {"eve", "wes", "kim"}) {
        play.open(reader);
        play.frame(reader, "@sync(node:\"swim:meta:host\",lane:nodes)");
    }
    EXPECT_EQ(play.board().made(), 1u);
    play.pass(second);
    EXPECT_EQ(play.board().made(), 2u);
    play.lose("eve");
    play.frame("wes", "@unlink(node:\"swim:meta:host\",lane:nodes)");
    EXPECT_TRUE(play.board().holds_anything());
    play.lose("kim");
    EXPECT_FALSE(play.board().holds_anything());
    for (int i = 0; i < 10; ++i) play.pass(second);
    EXPECT_EQ(play.board().made(), 2u);
}

}  // namespace
}  // namespace heddle::test
