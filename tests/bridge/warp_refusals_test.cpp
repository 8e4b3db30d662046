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

}  // namespace
}  // namespace heddle::test
