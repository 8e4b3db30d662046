// The remote side played from recordings of real servers (tests/data/warp-captures), and losing it at every step.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "bridge/envelope.hpp"
#include "tests/bridge/uplink_play.hpp"
#include "tests/bridge/warp_script.hpp"

namespace heddle::test {
namespace {

using nlohmann::json;
using Kept = std::map<std::string, std::string>;

/// What the server said to one connection of a capture, or to all (0), in order.
std::vector<std::string> said(const std::string& capture, int connection) {
    std::ifstream file(std::string(HEDDLE_TEST_DATA) + "/warp-captures/" + capture + ".jsonl");
    EXPECT_TRUE(file) << capture;
    std::vector<std::string> frames;
    for (std::string text; std::getline(file, text);) {
        const json line = json::parse(text);
        if ((connection == 0 || line.value("conn", 0) == connection) && line["dir"] == "s2c" &&
            line.value("kind", "") == "text")
            frames.push_back(line["data"]);
    }
    EXPECT_FALSE(frames.empty()) << capture << " " << connection;
    return frames;
}

UplinkSettings unit_one() {
    return uplink_to({value_lane("/unit/1", "value"), map_lane_of("/unit/1", "map"), event_lane("/unit/1", "feed"),
                      event_lane("/unit/1", "publish"), value_lane("/unit/2", "value"),
                      value_lane("/nosuch/1", "value")});
}

class UplinkCaptures : public testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Servers, UplinkCaptures, testing::Values("java-server-probe", "rust-server-probe"));

TEST_P(UplinkCaptures, ValueLane) {
    UplinkPlay play(unit_one());
    play.join("ann");
    play.subscribe("ann", "unit.1.value");
    play.start();
    play.open();
    for (const std::string& frame : said(GetParam(), 1)) play.remote(frame);
    EXPECT_EQ(play.payload("ann"), "[5]");
    EXPECT_EQ(play.payload("ann"), "[\"hello\"]");
    const bool java = std::string_view(GetParam()).starts_with("java");
    const std::string last = java ? "[{\"a\":1,\"b\":[\"x\"]}]" : "[\"hello\"]";  // Rust could not read the markup
    EXPECT_EQ(play.kept("unit."), (Kept{{"unit.1.value", last}}));
    // Nobody had asked for the unlink that the recording ends with.
    EXPECT_TRUE(play.note("unlinked").starts_with("uplink.unlinked /unit/1 value"));
}

TEST_P(UplinkCaptures, ValueThatWasNeverSet) {
    UplinkPlay play(unit_one());
    play.start();
    play.open();
    for (const std::string& frame : said(GetParam(), 2)) play.remote(frame);
    EXPECT_EQ(play.kept("unit."), Kept{});
    EXPECT_EQ(play.note("linked"), "uplink.linked /unit/2 value");
}

TEST_P(UplinkCaptures, Map) {
    UplinkPlay play(unit_one());
    play.start();
    play.open();
    play.frames();
    bool whole = true;
    for (const std::string& frame : said(GetParam(), 3)) {
        if (frame.find("@drop") != std::string::npos) {
            whole = false;
            EXPECT_EQ(play.kept("unit."), (Kept{{"unit.1.map.b", "[2]"}, {"unit.1.map.c%20d", "[{\"x\":1}]"}}));
            play.remote(frame);
            EXPECT_EQ(play.next(), "@sync(node:\"/unit/1\",lane:map)");
            play.remote("@event(node:\"/unit/1\",lane:map)@update(key:\"c d\"){x:1}");
            play.remote("@synced(node:\"/unit/1\",lane:map)");
            EXPECT_EQ(play.kept("unit."), (Kept{{"unit.1.map.c%20d", "[{\"x\":1}]"}}));
            continue;
        }
        play.remote(frame);
    }
    play.remote("@synced(node:\"/unit/1\",lane:map)");  // the answer to @take, and the one after it
    play.remote("@synced(node:\"/unit/1\",lane:map)");
    const Kept two{{"unit.1.map.b", "[2]"}, {"unit.1.map.c%20d", "[{\"x\":1}]"}};
    EXPECT_EQ(play.kept("unit."), whole ? two : Kept{}) << "Java's ends with @clear; Rust fell silent before";
}

TEST_P(UplinkCaptures, Feed) {
    UplinkPlay play(unit_one());
    play.join("ann");
    play.subscribe("ann", "unit.1.feed");
    play.start();
    play.open();
    for (const std::string& frame : said(GetParam(), 4)) play.remote(frame);
    EXPECT_EQ(play.payload("ann"), "[\"one\"]");
    EXPECT_EQ(play.payload("ann"), "[\"two words\"]");
    EXPECT_EQ(play.received("ann"), "");
    EXPECT_TRUE(play.note("linked").starts_with("uplink.linked /unit/1 "));
}

TEST(UplinkCapture, JavaSaysWhichNodeItDoesNotKnowAndWhoIsAuthed) {
    UplinkPlay play(unit_one());
    play.start();
    play.open();
    for (const std::string& frame : said("java-server-probe", 5)) play.remote(frame);
    EXPECT_TRUE(play.note("unlinked").starts_with("uplink.unlinked /nosuch/1 value @nodeNotFound retry="));
    for (const std::string& frame : said("java-server-probe", 7))
        if (frame == "@authed") play.remote(frame);
    EXPECT_EQ(play.note("authed"), "uplink.authed");
    EXPECT_TRUE(play.uplink().is_open());
}

/// All lanes that a recording speaks of, each as what its name says.
UplinkSettings lanes_of(const std::vector<std::string>& frames) {
    UplinkSettings settings = uplink_to({});
    std::set<std::string> seen;
    EnvelopeReader reader;
    for (const std::string& frame : frames) {
        if (reader.read(frame) != EnvelopeReader::Found::envelope || !has_lane(reader.envelope().kind)) continue;
        const std::string node(reader.envelope().node), lane(reader.envelope().lane);
        if (!seen.insert(node + " " + lane).second) continue;
        const std::string topic = "recorded." + std::to_string(seen.size());
        settings.lanes.push_back(lane == "map"     ? map_lane_of(node, lane, topic)
                                 : lane == "value" ? value_lane(node, lane, topic)
                                                   : event_lane(node, lane, topic));
    }
    return settings;
}

TEST(UplinkCapture, EveryRecordingIsTakenToItsEnd) {
    for (const char* capture : {"java-server-probe", "rust-server-probe", "rust-server-probe2",
                                "java-server-payload-forms", "rust-server-payload-forms", "js-client-java-server"}) {
        const std::vector<std::string> frames = said(capture, 0);
        UplinkPlay play(lanes_of(frames));
        play.start();
        play.open();
        for (const std::string& frame : frames) {
            if (frame.starts_with("@deauthed")) continue;
            play.remote(frame);
            EXPECT_TRUE(play.uplink().is_open()) << capture << ": " << frame;
        }
        EXPECT_GT(play.counts().publications, 5u) << capture;
    }
}

// ---- losing the remote

struct Step {
    std::string frame;  // of the remote; or else a publication
    std::string topic = {}, args = {};
};

/// Whenever the connection goes, the next snapshot makes the realm equal to the remote again.
TEST(UplinkLosses, RealmEqualsTheRemoteAfterEachReconnect) {
    const std::string map = "(node:\"/u\",lane:map)", value = "(node:\"/u\",lane:value)";
    const std::vector<Step> script = {
        {{}, "u.value", "[0]"},
        {"@linked" + value},
        {"@event" + value + " 1"},
        {"@synced" + value},
        {"@linked" + map},
        {"@event" + map + "@clear"},
        {"@event" + map + "@update(key:a) 1"},
        {"@event" + map + "@update(key:b) 2"},
        {"@synced" + map},
        {{}, "u.value", "[7]"},
        {"@event" + value + " 7"},
        {"@event" + map + "@update(key:c) 3"},
        {{}, "u.map.d", "[4]"},
        {"@event" + map + "@update(key:d) 4"},
        {"@event" + map + "@remove(key:a)"},
        {"@event" + map + "@drop(1)"},
        {{}, "u.map.b", "[9]"},
        {"@event" + map + "@clear"},
        {"@event" + map + "@update(key:e) 5"},
    };
    for (std::size_t lost_at = 0; lost_at <= script.size(); ++lost_at) {
        UplinkPlay play(uplink_to({value_lane("/u", "value"), map_lane_of("/u", "map")}));
        play.join("bob");
        play.start();
        play.open();
        // A publication that the remote was not told of waits, and is newer than what the remote has.
        Kept waiting;
        for (std::size_t i = 0; i < lost_at; ++i) {
            if (script[i].topic.empty())
                play.remote(script[i].frame);
            else
                play.publish("bob", script[i].topic, waiting[script[i].topic] = script[i].args, {}, true);
            for (const std::string& frame : play.frames())
                if (frame.starts_with("@command"))
                    waiting.erase(frame.find("lane:value") != std::string::npos
                                      ? "u.value"
                                      : "u.map." + frame.substr(frame.find("key:") + 4, 1));
        }
        play.lose();
        play.wait();
        play.open();
        const std::vector<std::string> asked = play.frames();
        ASSERT_EQ(asked, (std::vector<std::string>{"@sync" + value, "@sync" + map})) << lost_at;
        for (const std::string& frame :
             {"@linked" + map, "@event" + map + "@update(key:x) 10", "@event" + map + "@update(key:b) 20",
              "@synced" + map, "@linked" + value, "@event" + value + " 30", "@synced" + value})
            play.remote(frame);
        // A remote takes commands and tells them back.
        for (const std::string& command : play.frames()) play.remote("@event" + command.substr(8));
        Kept expected{{"u.map.b", "[20]"}, {"u.map.x", "[10]"}, {"u.value", "[30]"}};
        for (const auto& [topic, args] : waiting) expected[topic] = args;
        EXPECT_EQ(play.kept("u."), expected) << "lost before step " << lost_at;
    }
}

TEST(UplinkLosses, SessionAndSubscriptionsSurviveAndEndWithTheRealm) {
    UplinkPlay play(uplink_to({value_lane("/u", "value"), map_lane_of("/u", "map")}));
    play.start();
    for (int i = 0; i < 50; ++i) {
        if (i % 2 == 0) play.open();
        play.lose();
        play.wait();
    }
    EXPECT_EQ(play.realm().counts().sessions, 1u);
    EXPECT_EQ(play.realm().counts().subscriptions, 2u);
    play.shut_down();
    EXPECT_EQ(play.realm().counts().sessions, 0u);
    EXPECT_EQ(play.realm().counts().subscriptions, 0u);
}

}  // namespace
}  // namespace heddle::test
