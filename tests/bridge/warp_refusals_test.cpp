// What WARP clients are refused at a limit is counted.
#include <gtest/gtest.h>

#include "tests/bridge/warp_script.hpp"

namespace heddle::test {
namespace {

std::uint64_t refused(WarpPlay& play, Refusal limit) { return play.realm().tallies().refusals[limit]; }

TEST(WarpRefusals, OfLinks) {
    WarpPlay play(open_realm(), {.links_max = 1});
    play.open("jane");
    play.frame("jane", R"(@link(node:"/com",lane:a))");
    EXPECT_EQ(refused(play, Refusal::links), 0u);
    play.frame("jane", R"(@link(node:"/com",lane:b))");
    EXPECT_EQ(refused(play, Refusal::links), 1u);
}

/// Links to meta lanes and to others count together, whichever came first.
TEST(WarpRefusals, OfLinksBesideLinksToMetaLanes) {
    const std::string meta = R"((node:"swim:meta:host",lane:nodes))", own = R"((node:"/com",lane:a))";
    for (const bool meta_first : {true, false}) {
        WarpPlay play(meta_realm(), {.links_max = 1});
        play.open("jane");
        play.frame("jane", "@link" + (meta_first ? meta : own));
        EXPECT_EQ(play.next("jane"), "@linked" + (meta_first ? meta : own));
        EXPECT_EQ(refused(play, Refusal::links), 0u);
        play.frame("jane", "@link" + (meta_first ? own : meta));
        EXPECT_EQ(play.next("jane"), "@unlinked" + (meta_first ? own : meta) + "@tooManyLinks");
        EXPECT_EQ(refused(play, Refusal::links), 1u);
    }
}

TEST(WarpRefusals, OfMapEntries) {
    WarpPlay play(open_realm(), {.map_entries_max = 1});
    play.open("jane");
    play.join("pub");
    play.frame("jane", R"(@link(node:"/com/car",lane:topics))");
    PublishOptions retained;
    retained.retain = true;
    play.message("pub", Publish{{1}, retained, "com.car.a", {Encoding::json, "[1]", {}}});
    EXPECT_EQ(refused(play, Refusal::map_entries), 0u);
    play.message("pub", Publish{{2}, retained, "com.car.b", {Encoding::json, "[1]", {}}});
    EXPECT_EQ(refused(play, Refusal::map_entries), 1u);
}

TEST(WarpRefusals, OfEventFramesThatWait) {
    WarpPlay play(open_realm(), {.window = 1, .waiting_max = 2});
    play.open("jane");
    play.join("pub");
    play.frame("jane", R"(@link(node:"/com",lane:a))");
    play.stall("jane", true);
    std::uint64_t request = 0;
    while (play.next("jane").find("CLOSED") == std::string::npos && request < 20)
        play.message("pub", Publish{{++request}, {}, "com.a", {Encoding::json, "[1]", {}}});
    EXPECT_EQ(refused(play, Refusal::event_frames), 1u);
}

TEST(WarpRefusals, OfCallsThatWait) {
    WarpPlay play(open_realm(), {.calls_max = 1});
    const std::string lane = R"((node:"/com",lane:proc))";
    play.join("callee");
    play.message("callee", Register{{1}, {}, "com.proc"});
    play.next("callee");
    play.open("jane");
    play.frame("jane", "@link" + lane);
    EXPECT_EQ(play.next("jane"), "@linked" + lane);
    play.frame("jane", "@command" + lane + "@call(id:1)1");
    EXPECT_EQ(play.next("callee"), "INVOCATION [1]");
    EXPECT_EQ(refused(play, Refusal::warp_calls), 0u);
    play.frame("jane", "@command" + lane + "@call(id:2)1");
    EXPECT_EQ(refused(play, Refusal::warp_calls), 1u);
    EXPECT_EQ(play.next("jane"), "@event" + lane + R"(@error(id:2,uri:"heddle.error.limit_exceeded"))");
    EXPECT_EQ(play.next("callee"), "");
    play.frame("jane", "@command" + lane + " 3");  // wants no result
    EXPECT_EQ(play.next("callee"), "INVOCATION [3]");
    EXPECT_EQ(refused(play, Refusal::warp_calls), 1u);
}

/// A realm that asks the procedure com.may whether somebody may link com.a.
RealmSettings asking_realm() {
    RealmSettings settings = open_realm();
    settings.roles.front().permissions.clear();
    settings.auth.authorizer = "com.may";
    return settings;
}

TEST(WarpRefusals, OfFramesThatWaitForTheAuthorizer) {
    const std::string frame = R"(@command(node:"/com",lane:a)1)";
    for (const WarpLimits& limits : {WarpLimits{.held_max = 2}, WarpLimits{.held_bytes_max = 2 * frame.size()}}) {
        WarpPlay play(asking_realm(), limits);
        play.open("jane");
        play.frame("jane", R"(@link(node:"/com",lane:a))");
        for (int i = 0; i < 2; ++i) play.frame("jane", frame);
        EXPECT_EQ(refused(play, Refusal::warp_backlog), 0u);
        EXPECT_EQ(play.next("jane"), "");
        play.frame("jane", frame);
        EXPECT_EQ(refused(play, Refusal::warp_backlog), 1u);
        EXPECT_EQ(play.next("jane"), "CLOSED backlog");
    }
}

}  // namespace
}  // namespace heddle::test
