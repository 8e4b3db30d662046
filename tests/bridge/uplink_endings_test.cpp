// How an uplink ends, is refused, and goes on when something is not as it should be.
#include <gtest/gtest.h>

#include "tests/bridge/uplink_play.hpp"
#include "tests/bridge/warp_script.hpp"

namespace heddle::test {
namespace {

using Kept = std::map<std::string, std::string>;

TEST(Uplink, RefusedCredentialsEndTheConnectionAndAreSaid) {
    UplinkSettings settings = uplink_to({value_lane("/a", "b")});
    settings.credentials = {{"token", "secret-of-the-plant"}};
    UplinkPlay play(settings);
    play.start();
    play.open();
    play.remote("@deauthed@denied");
    EXPECT_EQ(play.disconnects(), 1);
    EXPECT_NE(play.note("lost").find("the server refused the credentials: @denied"), std::string::npos);
    for (const std::string& note : play.notes()) EXPECT_EQ(note.find("secret"), std::string::npos);
    play.wait();
    EXPECT_TRUE(play.connecting());
}

TEST(Uplink, FramesThatCannotBeReadOrAreNotAServersAreIgnored) {
    UplinkPlay play(uplink_to({value_lane("/a", "b")}));
    play.start();
    play.open();
    for (const char* frame :
         {"garbage", "@nosuch(node:\"/a\",lane:b)", "@command(node:\"/a\",lane:b) 1", "@sync(node:\"/a\",lane:b)",
          "@event(node:\"/a\",lane:b){", "@event(node:\"/a\",lane:b) 1 + 2", ""})
        play.remote(frame);
    EXPECT_EQ(play.kept(""), Kept{});
    EXPECT_EQ(play.counts().unreadable, 3u);
    EXPECT_NE(play.note("unreadable"), "");
    EXPECT_EQ(std::count(play.notes().begin(), play.notes().end(), play.note("unreadable")), 1);
    play.remote("@event(node:\"/a\",lane:b) 3");
    EXPECT_EQ(play.kept("a."), (Kept{{"a.b", "[3]"}})) << "one value that is an expression does not end the others";
    EXPECT_EQ(play.disconnects(), 0);
}

TEST(Uplink, ShutdownEndsTheConnectionAndAllAttempts) {
    for (const bool open : {true, false}) {
        UplinkPlay play(uplink_to({value_lane("/a", "b")}));
        play.start();
        if (open)
            play.open();
        else
            play.lose();
        play.shut_down();
        EXPECT_EQ(play.note("stopped"), "uplink.stopped wamp.close.system_shutdown");
        EXPECT_EQ(play.note("lost").empty(), open) << "an end that was asked for is no loss";
        EXPECT_EQ(play.uplink().next_deadline(), TimePoint::max());
        play.pass(60s);
        EXPECT_FALSE(play.connecting());
        EXPECT_FALSE(play.uplink().is_open());
        EXPECT_EQ(play.realm().counts().sessions, 0u);
    }
}

TEST(Uplink, SessionThatWasKilledJoinsAgainLater) {
    UplinkPlay play(uplink_to({value_lane("/a", "b")}));
    play.join("ann");
    play.start();
    play.open();
    play.kill();
    EXPECT_EQ(play.disconnects(), 1);
    EXPECT_EQ(play.realm().counts().sessions, 1u);
    play.wait();
    play.open();
    EXPECT_EQ(play.realm().counts().sessions, 2u);
    play.frames();
    play.remote("@synced(node:\"/a\",lane:b)");
    play.publish("ann", "a.b", "[1]");
    EXPECT_EQ(play.next(), "@command(node:\"/a\",lane:b) 1");
}

TEST(Uplink, RealmThatLetsItNotInIsAskedAgain) {
    RealmSettings closed = open_realm();
    closed.anonymous_role.clear();
    UplinkPlay play(uplink_to({value_lane("/a", "b")}), closed);
    play.start();
    EXPECT_FALSE(play.connecting());
    EXPECT_TRUE(play.note("refused").starts_with("uplink.refused wamp.error.no_matching_auth_method retry="));
    const auto first = play.wait();
    EXPECT_GT(play.wait(), first);
}

TEST(Uplink, PermissionsOfItsRoleApply) {
    UplinkPlay play(uplink_to({value_lane("/a", "b"), value_lane("/forbidden", "b")}), guarded_realm("forbidden."));
    play.start();
    EXPECT_EQ(play.note("denied"), "uplink.denied /forbidden b subscribe: wamp.error.not_authorized");
    play.open();
    play.remote("@event(node:\"/a\",lane:b) 1");
    play.remote("@event(node:\"/forbidden\",lane:b) 1");
    play.remote("@event(node:\"/forbidden\",lane:b) 2");
    EXPECT_EQ(play.note("trouble"), "uplink.trouble /forbidden b publish: wamp.error.not_authorized");
    EXPECT_EQ(std::count(play.notes().begin(), play.notes().end(), play.note("trouble")), 1);
    EXPECT_EQ(play.kept("a."), (Kept{{"a.b", "[1]"}}));
    EXPECT_EQ(play.counts().publications, 1u);
}

TEST(Uplink, KeysOfAMapAreBounded) {
    UplinkSettings settings = uplink_to({map_lane_of("/a", "m")});
    settings.entries_max = 2;
    UplinkPlay play(settings);
    play.start();
    play.open();
    for (const char* key : {"a", "b", "c"})
        play.remote(std::string("@event(node:\"/a\",lane:m)@update(key:") + key + ") 1");
    EXPECT_EQ(play.kept("a.").size(), 2u);
    EXPECT_EQ(play.note("trouble"), "uplink.trouble /a m more keys than entries_max");
}

}  // namespace
}  // namespace heddle::test
