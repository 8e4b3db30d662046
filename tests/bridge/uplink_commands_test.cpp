// What WAMP clients publish becomes commands of the remote lanes, and comes back as an echo that nobody receives twice.
#include <gtest/gtest.h>

#include "tests/bridge/uplink_play.hpp"
#include "tests/bridge/warp_script.hpp"

namespace heddle::test {
namespace {

using Frames = std::vector<std::string>;
using Kept = std::map<std::string, std::string>;

/// An open uplink to a value, a map, an event and a command lane, all linked and empty; ann receives everything, bob says.
class UplinkCommands : public testing::Test {
 protected:
    UplinkCommands()
        : UplinkCommands(uplink_to({value_lane("/u", "value"), map_lane_of("/u", "map"), event_lane("/u", "feed"),
                                    command_lane("/u", "publish")})) {}
    explicit UplinkCommands(UplinkSettings settings) : play(std::move(settings)) {
        play.join("ann");
        play.join("bob");
        play.subscribe("ann", "u.", Match::prefix);
        play.start();
        come_up();
    }
    void come_up() {
        play.open();
        play.frames();
        for (const char* lane : {"value", "map", "feed"})
            play.remote(std::string("@linked(node:\"/u\",lane:") + lane + ")");
        for (const char* lane : {"value", "map"}) play.remote(std::string("@synced(node:\"/u\",lane:") + lane + ")");
    }
    UplinkPlay play;
};

TEST_F(UplinkCommands, PublicationsGoToTheLaneOfTheirTopic) {
    play.publish("bob", "u.value", "[5]");
    play.publish("bob", "u.value", "[\"true\"]", {}, true);
    play.publish("bob", "u.map.a", "[{\"x\":1}]");
    play.publish("bob", "u.map.c%20d", "[null,9007199254740993]");
    play.publish("bob", "u.map.%n7", "[]", "{\"k\":[]}");
    play.publish("bob", "u.feed", "[\"two words\"]");
    play.publish("bob", "u.publish", "[[5]]");
    play.publish("bob", "u.other", "[1]");
    EXPECT_EQ(
        play.frames(),
        (Frames{"@command(node:\"/u\",lane:value) 5", "@command(node:\"/u\",lane:value)\"true\"",
                "@command(node:\"/u\",lane:map)@update(key:a){x:1}",
                "@command(node:\"/u\",lane:map)@update(key:\"c d\")@wamp(args:{@null,@int(\"9007199254740993\")})",
                "@command(node:\"/u\",lane:map)@update(key:7)@wamp(kwargs:{k:{}})",
                "@command(node:\"/u\",lane:feed)\"two words\"", "@command(node:\"/u\",lane:publish){{5}}"}));
}

TEST_F(UplinkCommands, RemovalsGoToo) {
    play.publish("bob", "u.map.a", "[1]", {}, true);
    play.publish("bob", "u.value", "[1]", {}, true);
    play.frames();
    play.publish("bob", "u.map.a", "[]", "{\"$removed\":true}");
    play.publish("bob", "u.value", "[]", "{\"$removed\":true}");
    EXPECT_EQ(play.frames(),
              (Frames{"@command(node:\"/u\",lane:map)@remove(key:a)", "@command(node:\"/u\",lane:value)"}));
    // Its echo finds nothing left to take away.
    for (int i = 0; i < 4; ++i) play.received("ann");
    play.remote("@event(node:\"/u\",lane:map)@remove(key:a)");
    play.remote("@event(node:\"/u\",lane:value)");
    EXPECT_EQ(play.received("ann"), "");
    play.publish("bob", "u.map.a", "[]", "{\"$removed\":true}");
    EXPECT_EQ(play.frames(), Frames{}) << "the map has it no more";
}

TEST_F(UplinkCommands, EchoIsNotPublishedAgain) {
    play.publish("bob", "u.value", "[5]", {}, true);
    play.publish("bob", "u.map.a", "[{\"x\":[1,2]}]", {}, true);
    play.received("ann"), play.received("ann");
    play.remote("@event(node:\"/u\",lane:value) 5");
    play.remote("@event(node:\"/u\",lane:map)@update(key:a) {x:{1,2}}");
    EXPECT_EQ(play.received("ann"), "");
    play.remote("@event(node:\"/u\",lane:value) 6");
    EXPECT_EQ(play.payload("ann"), "[6]") << "somebody else's value";
    EXPECT_EQ(play.frames().size(), 2u) << "what came from the lane does not go back";
    EXPECT_EQ(play.counts().echoes, 2u);
}

TEST_F(UplinkCommands, EchoIsKnownHoweverTheServerRewroteIt) {
    play.publish("bob", "u.value", "[1.0]", {}, true);
    play.publish("bob", "u.map.a", "[{\"x\":-0.0,\"y\":\"true\"}]", {}, true);
    play.received("ann"), play.received("ann");
    play.remote("@event(node:\"/u\",lane:value) 1");  // as Java writes it
    play.remote("@event(node:\"/u\",lane:map)@update(key:a){x:0,y:true}");
    EXPECT_EQ(play.received("ann"), "");
    play.remote("@event(node:\"/u\",lane:value) 1");  // said anew, by somebody
    EXPECT_EQ(play.payload("ann"), "[1]");
}

TEST_F(UplinkCommands, ForeignValueBetweenCommandAndEchoDoesNotStay) {
    play.publish("bob", "u.value", "[5]", {}, true);
    EXPECT_EQ(play.payload("ann"), "[5]");
    play.remote("@event(node:\"/u\",lane:value) 4");  // was under way
    EXPECT_EQ(play.payload("ann"), "[4]");
    play.remote("@event(node:\"/u\",lane:value) 5");
    EXPECT_EQ(play.payload("ann"), "[5]");
    EXPECT_EQ(play.kept("u."), (Kept{{"u.value", "[5]"}}));
}

TEST_F(UplinkCommands, CommandLaneTellsItsSenderOnce) {
    play.publish("bob", "u.feed", "[\"one\"]");
    play.publish("bob", "u.feed", "[1.0]");
    play.received("ann"), play.received("ann");
    play.remote("@event(node:\"/u\",lane:feed) one");
    play.remote("@event(node:\"/u\",lane:feed) 1");
    EXPECT_EQ(play.received("ann"), "");
    play.remote("@event(node:\"/u\",lane:feed) one");
    EXPECT_EQ(play.payload("ann"), "[\"one\"]") << "the second is somebody else's";
}

TEST_F(UplinkCommands, EchoThatNeverCameDoesNotSwallowALaterEvent) {
    play.publish("bob", "u.feed", "[\"one\"]");
    play.received("ann");
    play.pass(5s);
    play.remote("@event(node:\"/u\",lane:feed) one");
    EXPECT_EQ(play.payload("ann"), "[\"one\"]");
}

TEST_F(UplinkCommands, AnEchoIsNotExpectedOfTheNextConnection) {
    play.publish("bob", "u.value", "[1.0]", {}, true);
    play.publish("bob", "u.feed", "[\"one\"]");
    play.received("ann"), play.received("ann");
    play.lose();
    play.wait();
    play.open();
    play.remote("@linked(node:\"/u\",lane:value)");
    play.remote("@linked(node:\"/u\",lane:feed)");
    play.remote("@event(node:\"/u\",lane:value) 1");
    EXPECT_EQ(play.payload("ann"), "[1]") << "the server's own";
    play.remote("@event(node:\"/u\",lane:feed) one");
    EXPECT_EQ(play.payload("ann"), "[\"one\"]");
}

TEST_F(UplinkCommands, StateThatIsSaidAgainIsNoCommand) {
    play.remote("@event(node:\"/u\",lane:value) 5");
    play.publish("bob", "u.value", "[5]", {}, true);
    EXPECT_EQ(play.frames(), Frames{});
}

// ---- while the remote is away

TEST_F(UplinkCommands, NewestOfEachTopicWaitsForTheConnection) {
    play.lose();
    for (int i = 1; i <= 3; ++i) {
        play.publish("bob", "u.value", "[" + std::to_string(i) + "]", {}, true);
        play.publish("bob", "u.map.a", "[" + std::to_string(10 * i) + "]", {}, true);
        play.publish("bob", "u.feed", "[\"lost\"]");
        play.publish("bob", "u.publish", "[\"lost\"]");
    }
    play.publish("bob", "u.map.b", "[1]", {}, true);
    play.publish("bob", "u.map.b", "[]", "{\"$removed\":true}");
    EXPECT_EQ(play.counts().conflated, 5u);
    EXPECT_EQ(play.counts().dropped, 6u);
    play.wait();
    play.open();
    EXPECT_EQ(play.frames().size(), 3u) << "links first, and no command before its lane's snapshot is complete";
    while (play.received("ann") != "") continue;
    play.remote("@linked(node:\"/u\",lane:value)");
    play.remote("@event(node:\"/u\",lane:value) 99");
    play.remote("@linked(node:\"/u\",lane:map)");
    play.remote("@event(node:\"/u\",lane:map)@update(key:a) 99");
    play.remote("@event(node:\"/u\",lane:map)@update(key:c) 99");
    EXPECT_EQ(play.payload("ann"), "[99]") << "c; what waits overtakes the other two";
    EXPECT_EQ(play.received("ann"), "");
    play.remote("@synced(node:\"/u\",lane:map)");
    EXPECT_EQ(play.frames(), (Frames{"@command(node:\"/u\",lane:map)@update(key:a) 30",
                                     "@command(node:\"/u\",lane:map)@remove(key:b)"}));
    play.remote("@synced(node:\"/u\",lane:value)");
    EXPECT_EQ(play.frames(), (Frames{"@command(node:\"/u\",lane:value) 3"}));
    play.remote("@event(node:\"/u\",lane:value) 3");
    EXPECT_EQ(play.received("ann"), "");
    EXPECT_EQ(play.kept("u."), (Kept{{"u.map.a", "[30]"}, {"u.map.c", "[99]"}, {"u.value", "[3]"}}));
}

TEST_F(UplinkCommands, QueueIsBoundedAndTheOldestGivesWay) {
    UplinkSettings settings = uplink_to({map_lane_of("/u", "map")});
    settings.queue_bytes = 64;
    UplinkPlay small(settings);
    small.join("bob");
    small.start();
    for (int i = 0; i < 10; ++i) small.publish("bob", "u.map.k" + std::to_string(i), "[\"twelve bytes\"]", {}, true);
    EXPECT_EQ(small.counts().dropped, 8u);
    small.open();
    small.frames();
    small.remote("@event(node:\"/u\",lane:map)@update(key:k1) 1");
    small.remote("@synced(node:\"/u\",lane:map)");
    EXPECT_EQ(small.next(), "@sync(node:\"/u\",lane:map)") << "for those that were given up its own state counts";
    small.remote("@event(node:\"/u\",lane:map)@update(key:k1) 1");
    small.remote("@synced(node:\"/u\",lane:map)");
    EXPECT_EQ(small.frames(), (Frames{"@command(node:\"/u\",lane:map)@update(key:k8)\"twelve bytes\"",
                                      "@command(node:\"/u\",lane:map)@update(key:k9)\"twelve bytes\""}));
    EXPECT_EQ(small.kept("u."),
              (Kept{{"u.map.k1", "[1]"}, {"u.map.k8", "[\"twelve bytes\"]"}, {"u.map.k9", "[\"twelve bytes\"]"}}));
}

// ---- while the remote does not read

TEST_F(UplinkCommands, StalledRemoteFindsTheNewestOfEachTopic) {
    play.stall(100'000);
    for (int i = 0; i < 20'000; ++i) {
        play.publish("bob", "u.value", "[" + std::to_string(i) + "]");
        play.publish("bob", "u.map.k" + std::to_string(i % 10), "[" + std::to_string(i) + "]");
        play.received("ann"), play.received("ann");
    }
    EXPECT_EQ(play.frames(), Frames{});
    play.stall(0);
    const Frames frames = play.frames();
    EXPECT_EQ(frames.size(), 11u);
    EXPECT_NE(std::find(frames.begin(), frames.end(), "@command(node:\"/u\",lane:value) 19999"), frames.end());
    EXPECT_NE(std::find(frames.begin(), frames.end(), "@command(node:\"/u\",lane:map)@update(key:k9) 19999"),
              frames.end());
    EXPECT_EQ(play.counts().conflated, 40'000u - 11);
}

TEST_F(UplinkCommands, StalledRemoteOfAnEventLaneIsASlowConsumer) {
    play.stall(100'000);
    const std::string kilobyte(1'000, 'x');
    for (int i = 0; i < 1'100 && play.disconnects() == 0; ++i) play.publish("bob", "u.feed", "[\"" + kilobyte + "\"]");
    EXPECT_EQ(play.disconnects(), 1);
    EXPECT_NE(play.note("lost").find("slow_consumer"), std::string::npos);
    EXPECT_GT(play.counts().dropped, 1'000u);
    play.wait();
    come_up();
    play.publish("bob", "u.feed", "[1]");
    EXPECT_EQ(play.frames(), Frames{"@command(node:\"/u\",lane:feed) 1"});
}

TEST_F(UplinkCommands, LanesTakeTurns) {
    play.stall(100'000);
    for (int i = 0; i < 100; ++i) play.publish("bob", "u.feed", "[" + std::to_string(i) + "]");
    play.publish("bob", "u.value", "[1]");
    play.stall(0);
    const Frames frames = play.frames();
    const auto value = std::find(frames.begin(), frames.end(), "@command(node:\"/u\",lane:value) 1");
    EXPECT_LT(value - frames.begin(), 4);
    EXPECT_EQ(frames.size(), 101u);
}

TEST(UplinkWithoutCommands, SaysNothingAndStillKnowsWhatIsRetained) {
    UplinkLane lane = value_lane("/u", "value");
    lane.commands = false;
    UplinkPlay play(uplink_to({lane}));
    play.join("bob");
    play.start();
    play.open();
    play.frames();
    play.remote("@event(node:\"/u\",lane:value) 5");
    play.remote("@synced(node:\"/u\",lane:value)");
    play.publish("bob", "u.value", "[6]", {}, true);
    EXPECT_EQ(play.frames(), Frames{});
    play.lose();
    play.wait();
    play.open();
    play.remote("@event(node:\"/u\",lane:value) 5");
    EXPECT_EQ(play.kept("u."), (Kept{{"u.value", "[5]"}})) << "the lane's state counts";
}

/// Two servers with one topic between them: what one says reaches the other, once.
TEST(UplinkPair, ValueGoesRoundOnce) {
    UplinkPlay play(uplink_to({value_lane("/a", "v", "shared"), value_lane("/b", "v", "other")}));
    play.join("relay");  // stands for another uplink: receives `shared`, says `other`, and the other way round
    play.subscribe("relay", "shared");
    play.start();
    play.open();
    play.remote("@synced(node:\"/a\",lane:v)");
    play.remote("@synced(node:\"/b\",lane:v)");
    play.frames();
    play.remote("@event(node:\"/a\",lane:v) 1");
    EXPECT_EQ(play.payload("relay"), "[1]");
    play.publish("relay", "shared", "[1]", {}, true);
    EXPECT_EQ(play.frames(), Frames{}) << "the lane has it already";
}

}  // namespace
}  // namespace heddle::test
