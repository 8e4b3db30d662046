// The uplink's session, connection and links: what it says and when, and that nothing is waited for without an end.
#include <gtest/gtest.h>

#include "tests/bridge/uplink_play.hpp"
#include "tests/bridge/warp_script.hpp"

namespace heddle::test {
namespace {

using Frames = std::vector<std::string>;
using Kept = std::map<std::string, std::string>;

TEST(Uplink, LinksArePipelinedBehindTheCredentials) {
    UplinkSettings settings = uplink_to({value_lane("/unit/1", "value"), map_lane_of("/unit/1", "map"),
                                         event_lane("/unit/1", "feed"), command_lane("/unit/1", "publish")});
    settings.credentials = {{"token", "abc"}, {"user name", "x y"}};
    UplinkPlay play(settings);
    play.start();
    EXPECT_TRUE(play.connecting());
    EXPECT_EQ(play.frames(), Frames{});
    play.open();
    EXPECT_EQ(play.frames(), (Frames{"@auth{token:abc,\"user name\":\"x y\"}", "@sync(node:\"/unit/1\",lane:value)",
                                     "@sync(node:\"/unit/1\",lane:map)", "@link(node:\"/unit/1\",lane:feed)"}));
    play.remote("@authed");
    play.remote("@linked(node:\"/unit/1\",lane:feed)");
    EXPECT_EQ(play.note("linked"), "uplink.linked /unit/1 feed");
}

TEST(Uplink, ValueLaneIsARetainedTopic) {
    UplinkPlay play(uplink_to({value_lane("/unit/1", "value")}));
    play.join("ann");
    play.subscribe("ann", "unit.1.value");
    play.start();
    play.open();
    play.remote("@linked(node:\"/unit/1\",lane:value)");
    play.remote("@event(node:\"/unit/1\",lane:value) 5");
    play.remote("@synced(node:\"/unit/1\",lane:value)");
    EXPECT_EQ(play.payload("ann"), "[5]");
    play.remote("@event(node:\"/unit/1\",lane:value){a:1,b:{x}}");
    EXPECT_EQ(play.payload("ann"), "[{\"a\":1,\"b\":[\"x\"]}]");
    EXPECT_EQ(play.kept("unit."), (Kept{{"unit.1.value", "[{\"a\":1,\"b\":[\"x\"]}]"}}));
    play.remote("@event(node:\"/unit/1\",lane:value)");
    EXPECT_EQ(play.payload("ann"), "[] {\"$removed\":true}");
    EXPECT_EQ(play.kept("unit."), Kept{});
}

TEST(Uplink, LaneThatWasNeverSetKeepsTheTopicEmpty) {
    UplinkPlay play(uplink_to({value_lane("/unit/2", "value")}));
    play.start();
    play.open();
    play.remote("@linked(node:\"/unit/2\",lane:value)");
    play.remote("@event(node:\"/unit/2\",lane:value)");
    play.remote("@synced(node:\"/unit/2\",lane:value)");
    EXPECT_EQ(play.kept("unit."), Kept{});
    EXPECT_EQ(play.counts().publications, 0u);
}

TEST(Uplink, EventLaneIsATopicThatKeepsNothing) {
    UplinkPlay play(uplink_to({event_lane("/unit/1", "feed", "plant.feed")}));
    play.join("ann");
    play.subscribe("ann", "plant.feed");
    play.start();
    play.open();
    play.remote("@linked(node:\"/unit/1\",lane:feed)");
    play.remote("@event(node:\"/unit/1\",lane:feed) one");
    play.remote("@event(node:\"/unit/1\",lane:feed) one");
    EXPECT_EQ(play.payload("ann"), "[\"one\"]");
    EXPECT_EQ(play.payload("ann"), "[\"one\"]");
    EXPECT_EQ(play.kept("plant."), Kept{});
}

TEST(Uplink, KeysOfAMapAreTopics) {
    UplinkPlay play(uplink_to({map_lane_of("/unit/1", "map")}));
    play.join("ann");
    play.subscribe("ann", "unit.1.map.", Match::prefix);
    play.start();
    play.open();
    play.remote("@linked(node:\"/unit/1\",lane:map)");
    play.remote("@synced(node:\"/unit/1\",lane:map)");
    play.remote("@event(node:\"/unit/1\",lane:map)@update(key:a) 1");
    play.remote("@event(node:\"/unit/1\",lane:map)@update(key:\"c d\"){x:1}");
    play.remote("@event(node:\"/unit/1\",lane:map)@update(key:7) \"two words\"");
    EXPECT_EQ(
        play.kept("unit.1.map."),
        (Kept{{"unit.1.map.a", "[1]"}, {"unit.1.map.c%20d", "[{\"x\":1}]"}, {"unit.1.map.%n7", "[\"two words\"]"}}));
    for (int i = 0; i < 3; ++i) EXPECT_NE(play.received("ann"), "");
    play.remote("@event(node:\"/unit/1\",lane:map)@remove(key:a)");
    EXPECT_EQ(play.payload("ann"), "[] {\"$removed\":true}");
    play.remote("@event(node:\"/unit/1\",lane:map)@remove(key:a)");
    play.remote("@event(node:\"/unit/1\",lane:map)@remove(key:nokey)");
    play.remote("@event(node:\"/unit/1\",lane:map)@bogus(1)");
    play.remote("@event(node:\"/unit/1\",lane:map) 7");
    EXPECT_EQ(play.received("ann"), "");
    play.remote("@event(node:\"/unit/1\",lane:map)@clear");
    EXPECT_EQ(play.payload("ann"), "[] {\"$removed\":true}");
    EXPECT_EQ(play.payload("ann"), "[] {\"$removed\":true}");
    EXPECT_EQ(play.kept("unit."), Kept{});
}

TEST(Uplink, DropAndTakeAskForTheMapOnceMore) {
    UplinkPlay play(uplink_to({map_lane_of("/unit/1", "map")}));
    play.start();
    play.open();
    play.remote("@linked(node:\"/unit/1\",lane:map)");
    play.remote("@event(node:\"/unit/1\",lane:map)@update(key:a) 1");
    play.remote("@event(node:\"/unit/1\",lane:map)@update(key:b) 2");
    play.remote("@synced(node:\"/unit/1\",lane:map)");
    play.frames();
    play.remote("@event(node:\"/unit/1\",lane:map)@drop(1)");
    EXPECT_EQ(play.frames(), Frames{"@sync(node:\"/unit/1\",lane:map)"});
    play.remote("@event(node:\"/unit/1\",lane:map)@update(key:b) 2");
    EXPECT_EQ(play.kept("unit.").size(), 2u);
    // Once more while the answer is still coming: what it said so far may be gone again.
    play.remote("@event(node:\"/unit/1\",lane:map)@take(0)");
    play.remote("@synced(node:\"/unit/1\",lane:map)");
    EXPECT_EQ(play.frames(), Frames{"@sync(node:\"/unit/1\",lane:map)"});
    EXPECT_EQ(play.kept("unit.").size(), 2u);
    play.remote("@synced(node:\"/unit/1\",lane:map)");
    EXPECT_EQ(play.kept("unit."), Kept{});
}

TEST(Uplink, SweepRemovesWhatWentWhileTheConnectionWasAway) {
    UplinkPlay play(uplink_to({map_lane_of("/unit/1", "map"), value_lane("/unit/1", "value")}));
    play.join("ann");
    play.start();
    play.open();
    for (const char* key : {"a", "b", "c"})
        play.remote(std::string("@event(node:\"/unit/1\",lane:map)@update(key:") + key + ") 1");
    play.remote("@synced(node:\"/unit/1\",lane:map)");
    play.remote("@event(node:\"/unit/1\",lane:value) 5");
    play.remote("@synced(node:\"/unit/1\",lane:value)");
    play.lose();
    EXPECT_EQ(play.kept("unit.").size(), 4u) << "what was retained stays while nobody knows better";
    play.subscribe("ann", "unit.", Match::prefix);
    play.wait();
    play.open();
    play.remote("@linked(node:\"/unit/1\",lane:map)");
    play.remote("@event(node:\"/unit/1\",lane:map)@update(key:b) 1");
    play.remote("@event(node:\"/unit/1\",lane:map)@update(key:c) 2");
    play.remote("@event(node:\"/unit/1\",lane:map)@update(key:d) 3");
    EXPECT_EQ(play.payload("ann"), "[2]") << "b is as it was, and nobody is told again";
    EXPECT_EQ(play.payload("ann"), "[3]");
    EXPECT_EQ(play.received("ann"), "");
    play.remote("@synced(node:\"/unit/1\",lane:map)");
    EXPECT_EQ(play.payload("ann"), "[] {\"$removed\":true}");
    play.remote("@linked(node:\"/unit/1\",lane:value)");
    play.remote("@synced(node:\"/unit/1\",lane:value)");
    EXPECT_EQ(play.kept("unit."), (Kept{{"unit.1.map.b", "[1]"}, {"unit.1.map.c", "[2]"}, {"unit.1.map.d", "[3]"}}));
}

TEST(Uplink, SnapshotThatBeginsWithClearTakesNothingAway) {
    UplinkPlay play(uplink_to({map_lane_of("/plant", "topics")}));  // as heddle itself has it
    play.join("ann");
    play.start();
    play.open();
    play.remote("@event(node:\"/plant\",lane:topics)@update(key:a) 1");
    play.remote("@synced(node:\"/plant\",lane:topics)");
    play.lose();
    play.wait();
    play.open();
    play.subscribe("ann", "plant.", Match::prefix);
    play.remote("@linked(node:\"/plant\",lane:topics)");
    play.remote("@event(node:\"/plant\",lane:topics)@clear");
    play.remote("@event(node:\"/plant\",lane:topics)@update(key:a) 1");
    play.remote("@synced(node:\"/plant\",lane:topics)");
    EXPECT_EQ(play.received("ann"), "");
    EXPECT_EQ(play.kept("plant."), (Kept{{"plant.a", "[1]"}}));
}

TEST(Uplink, LaneIsFoundHoweverTheAnswerSpellsIt) {
    UplinkPlay play(uplink_to({value_lane("unit/a%2Fb", "value", "x")}));
    play.start();
    play.open();
    EXPECT_EQ(play.next(), "@sync(node:\"unit/a%2Fb\",lane:value)");
    play.remote("@event(node:\"/unit/a%2fb\",lane:value) 5");
    EXPECT_EQ(play.kept("x"), (Kept{{"x", "[5]"}}));
    play.remote("@event(node:\"/other\",lane:value) 6");
    EXPECT_EQ(play.counts().publications, 1u);
}

// ---- time

TEST(Uplink, DelaysBetweenAttemptsGrowFromARandomFirst) {
    std::set<std::chrono::milliseconds> firsts;
    for (std::uint64_t seed = 1; seed <= 20; ++seed) {
        UplinkPlay play(uplink_to({value_lane("/a", "b")}), open_realm(), seed);
        play.start();
        play.lose("refused");
        auto delay = play.wait();
        EXPECT_GE(delay, 500ms);
        EXPECT_LT(delay, 1'500ms);
        firsts.insert(delay);
        for (int attempt = 0; attempt < 8; ++attempt) {
            EXPECT_TRUE(play.connecting());
            play.lose("refused");
            const auto expected = std::min<std::chrono::milliseconds>(delay * 180 / 100, 30s);
            delay = play.wait();
            EXPECT_EQ(delay, expected);
        }
        EXPECT_EQ(delay, 30s);
    }
    EXPECT_GT(firsts.size(), 15u);
}

TEST(Uplink, ConnectionThatHeldBeginsANewSeriesOfAttempts) {
    UplinkPlay play(uplink_to({value_lane("/a", "b")}));
    play.start();
    for (int i = 0; i < 6; ++i) play.lose(), play.wait();
    play.open();
    play.pass(1s);
    play.lose();
    EXPECT_GT(play.wait(), 5s) << "a server that hangs up at once is no better than none";
    play.open();
    for (int i = 0; i < 20; ++i) {
        play.pass(1s);
        play.remote("@synced(node:\"/a\",lane:b)");
    }
    play.lose();
    EXPECT_LT(play.wait(), 1'500ms);
}

TEST(Uplink, ConnectionThatDoesNotOpenIsGivenUp) {
    UplinkSettings settings = uplink_to({value_lane("/a", "b")});
    settings.connect = 250ms;
    UplinkPlay play(settings);
    play.start();
    EXPECT_EQ(play.wait(), 250ms);
    EXPECT_EQ(play.disconnects(), 1);
    EXPECT_FALSE(play.connecting());
    EXPECT_NE(play.note("lost").find("no connection in time"), std::string::npos);
    play.wait();
    EXPECT_TRUE(play.connecting());
}

TEST(Uplink, LinkThatIsNotAnsweredIsAskedForAgainLaterAndLater) {
    UplinkSettings settings = uplink_to({value_lane("/a", "b")});
    settings.link = 100ms;
    UplinkPlay play(settings);
    play.start();
    play.open();
    auto before = 0ms;
    for (int attempt = 0; attempt < 4; ++attempt) {
        EXPECT_EQ(play.next(), "@sync(node:\"/a\",lane:b)");
        EXPECT_EQ(play.wait(), 100ms);
        EXPECT_TRUE(play.note("unanswered").starts_with("uplink.unanswered /a b retry="));
        const auto delay = play.wait();
        EXPECT_GT(delay, before);
        before = delay;
    }
    play.remote("@linked(node:\"/a\",lane:b)");
    play.remote("@synced(node:\"/a\",lane:b)");
    EXPECT_EQ(play.uplink().next_deadline(), TimePoint::max());
    EXPECT_EQ(play.disconnects(), 0) << "other lanes of this server may do";
}

TEST(Uplink, LongSnapshotIsNoSilence) {
    UplinkSettings settings = uplink_to({map_lane_of("/a", "b")});
    settings.link = 100ms;
    UplinkPlay play(settings);
    play.start();
    play.open();
    play.remote("@linked(node:\"/a\",lane:b)");
    for (int i = 0; i < 10; ++i) {
        play.pass(60ms);
        play.remote("@event(node:\"/a\",lane:b)@update(key:" + std::string(1, char('a' + i)) + ") 1");
    }
    EXPECT_EQ(play.frames().size(), 1u);
    EXPECT_EQ(play.wait(), 100ms);
    EXPECT_TRUE(play.note("unanswered").starts_with("uplink.unanswered /a b"));
}

TEST(Uplink, RefusedLinkIsTriedAgainUpToABound) {
    UplinkPlay play(uplink_to({value_lane("/a", "b"), value_lane("/c", "d")}));
    play.start();
    play.open();
    play.frames();
    play.remote("@synced(node:\"/c\",lane:d)");
    auto delay = 0ms;
    for (int i = 0; i < 10; ++i) {
        play.remote("@unlinked(node:\"/a\",lane:b)@nodeNotFound");
        EXPECT_TRUE(play.note("unlinked").starts_with("uplink.unlinked /a b @nodeNotFound retry="));
        delay = play.wait();
        EXPECT_EQ(play.next(), "@sync(node:\"/a\",lane:b)");
    }
    EXPECT_EQ(delay, 30s);
    play.remote("@linked(node:\"/a\",lane:b)");
    play.remote("@event(node:\"/a\",lane:b) 1");
    play.remote("@synced(node:\"/a\",lane:b)");
    EXPECT_EQ(play.kept("a."), (Kept{{"a.b", "[1]"}}));
}

}  // namespace
}  // namespace heddle::test
