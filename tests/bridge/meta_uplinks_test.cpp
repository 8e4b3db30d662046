// Meta lanes `uplinks`: which links there are, of the host, a node and a lane.
#include <gtest/gtest.h>

#include "tests/bridge/warp_script.hpp"

namespace heddle::test {
namespace {

using namespace std::chrono_literals;

constexpr auto second = 1'000ms;

/// For what names sessions, which only the run knows.
class MetaUplinks : public testing::Test {
 protected:
    MetaUplinks() {
        play.open("eve");
        play.open("wes");
        play.frame("wes", "@link(node:\"/com/car\",lane:speed,prio:0.5,rate:2)");
        play.frame("wes", "@link(node:\"/com/car\",lane:topics)");
        while (!play.next("wes").empty()) {
        }
    }
    std::string key(const std::string& peer, const std::string& rest) {
        return "\"" + std::to_string(play.session(peer).value) + rest + "\"";
    }
    std::string record(const std::string& peer, const std::string& lane, const std::string& type,
                       const std::string& flow, int waiting = 0) {
        return key(peer, "/com/car/" + lane) + "){linkKey:" + key(peer, "/com/car/" + lane) +
               ",connected:true,remote:true,session:" + std::to_string(play.session(peer).value) +
               ",nodeUri:\"/com/car\",laneUri:" + lane + ",laneType:" + type + "," + flow +
               ",waiting:" + std::to_string(waiting) + "}";
    }
    WarpPlay play{meta_realm()};
};

TEST_F(MetaUplinks, OfTheHostANodeAndALane) {
    const std::string speed = record("wes", "speed", "supply", "prio:0.5,rate:2");
    const std::string topics = record("wes", "topics", "map", "prio:0,rate:0");
    const auto expect = [&](const std::string& node, std::vector<std::string> records) {
        const std::string header = "(node:\"" + node + "\",lane:uplinks)";
        play.frame("eve", "@sync" + header);
        EXPECT_EQ(play.next("eve"), "@linked" + header);
        EXPECT_EQ(play.next("eve"), "@event" + header + "@clear");
        for (const std::string& record : records)
            EXPECT_EQ(play.next("eve"), "@event" + header + "@update(key:" + record);
        EXPECT_EQ(play.next("eve"), "@synced" + header);
        EXPECT_EQ(play.next("eve"), "");
        play.pass(second);
        EXPECT_EQ(play.unheard(), "");
        for (int i = 0; i < 10; ++i) play.pass(1ms);  // looking has a budget: one lane after the other
    };
    expect("swim:meta:host", {speed, topics});
    expect("swim:meta:node/%2fcom%2fcar", {speed, topics});
    expect("swim:meta:node/%2fcom%2fcar/lane/speed", {speed});
    expect("swim:meta:node/%2fcom%2fcar/lane/~", {topics});
    expect("swim:meta:node/%2fcom%2fbus", {});
    play.lose("wes");
    play.pass(second);
    for (int i = 0; i < 10; ++i) play.pass(1ms);
    for (const char* lane : {"swim:meta:host", "swim:meta:node/%2fcom%2fcar", "swim:meta:node/%2fcom%2fcar/lane/speed",
                             "swim:meta:node/%2fcom%2fcar/lane/~"}) {
        bool removed = false;
        for (const SharedBytes& frame : play.frames("eve"))
            removed |= frame.view().starts_with("@event(node:\"" + std::string(lane) + "\",lane:uplinks)@remove(key:");
        EXPECT_TRUE(removed) << lane;
    }
}

TEST_F(MetaUplinks, ALinkThatWaitsSaysSo) {
    play.stall("wes", true);
    const std::string text(1'000, 'x');
    play.join("ann");
    for (int i = 0; i < 200; ++i) {
        PublishOptions options;
        options.retain = true;
        play.message("ann", Publish{{}, options, "com.car.speed", {Encoding::json, "[\"" + text + "\"]", {}}});
    }
    play.message("ann", Call{{}, {}, "heddle.link.list", {Encoding::json, {}, R"({"lane":"speed"})"}});
    const std::string page = play.next("ann");
    EXPECT_NE(page.find(R"("waiting":1,"events":200)"), std::string::npos) << page;
}

}  // namespace
}  // namespace heddle::test
