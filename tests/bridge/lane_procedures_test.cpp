// What meta lanes show, asked for by WAMP clients: heddle.node.list, heddle.lane.list, heddle.lane.get,
// heddle.link.list.
#include <gtest/gtest.h>

#include "tests/bridge/warp_script.hpp"

namespace heddle::test {
namespace {

constexpr auto second = std::chrono::milliseconds(1'000);

class LaneProceduresTest : public testing::Test {
 protected:
    LaneProceduresTest() {
        play.open("wes");
        play.join("ann");
        play.frame("wes", "@link(node:\"/com/car\",lane:speed,prio:0.5,rate:2)");
        play.frame("wes", "@link(node:\"/com\",lane:topics)");
        play.message("ann", Subscribe{{}, {}, "com.car.speed"});
        play.message("ann", Register{{}, {}, "com.car.stop"});
        PublishOptions options;
        options.retain = true;
        play.message("ann", Publish{{}, options, "com.bus.at", {Encoding::json, "[7]", {}}});
        while (!play.next("ann").empty()) {
        }
    }
    std::string ask(std::string_view procedure, std::string_view args = {}, std::string_view kwargs = {}) {
        play.pass(second);
        play.message("ann", Call{{}, {}, procedure, {Encoding::json, args, kwargs}});
        const std::string line = play.next("ann");
        return line.starts_with("RESULT [] ") ? line.substr(10) : line;
    }
    const std::string bad = "ERROR wamp.error.invalid_argument";
    const std::string bus = R"({"node":"/com/bus","lane":"at","kind":"value","uri":"com.bus.at","match":"exact",)"
                            R"("links":0,"subscribers":0,"retained":true,"callable":false})";
    const std::string speed =
        R"({"node":"/com/car","lane":"speed","kind":"event","uri":"com.car.speed","match":"exact",)"
        R"("links":1,"subscribers":2,"retained":false,"callable":false})";
    const std::string stop =
        R"({"node":"/com/car","lane":"stop","kind":"command","uri":"com.car.stop","match":"exact",)"
        R"("links":0,"subscribers":0,"retained":false,"callable":true})";
    const std::string topics = R"({"node":"/com","lane":"topics","kind":"map","uri":"com.","match":"prefix",)"
                               R"("links":1,"subscribers":1,"retained":false,"callable":false})";
    WarpPlay play{open_realm()};
};

TEST_F(LaneProceduresTest, LaneListIsInPages) {
    EXPECT_EQ(ask("heddle.lane.list"), "{\"items\":[" + topics + "," + bus + "," + speed + "," + stop + "]}");
    EXPECT_EQ(ask("heddle.lane.list", "[]", R"({"node":"com/car"})"), "{\"items\":[" + speed + "," + stop + "]}");
    EXPECT_EQ(ask("heddle.lane.list", "[]", R"({"limit":2})"),
              "{\"items\":[" + topics + "," + bus + "],\"next\":\"/com/bus at com.bus.at\"}");
    EXPECT_EQ(ask("heddle.lane.list", "[]", R"({"limit":2,"after":"/com/bus at com.bus.at"})"),
              "{\"items\":[" + speed + "," + stop + "]}");
    for (const char* wrong : {R"({"limit":0})", R"({"limit":1001})", R"({"limit":"2"})", R"({"after":1})",
                              R"({"node":1})", R"({"node":"//"})"})
        EXPECT_EQ(ask("heddle.lane.list", "[]", wrong), bad) << wrong;
    EXPECT_EQ(ask("heddle.lane.list", "[1]"), bad);
}

TEST_F(LaneProceduresTest, LaneGet) {
    EXPECT_EQ(ask("heddle.lane.get", R"(["/com/car","speed"])"), speed);
    EXPECT_EQ(ask("heddle.lane.get", R"(["/com","~"])"), topics);
    EXPECT_EQ(ask("heddle.lane.get", R"(["/com/bus","at"])"), bus);
    EXPECT_EQ(ask("heddle.lane.get", R"(["/com/car","nosuch"])"), "ERROR heddle.error.not_found");
    EXPECT_EQ(ask("heddle.lane.get", R"(["swim:meta:host","nodes"])"), "ERROR heddle.error.not_found");
    EXPECT_EQ(ask("heddle.lane.get", R"(["/com/car"])"), bad);
    EXPECT_EQ(ask("heddle.lane.get", R"([1,2])"), bad);
}

TEST_F(LaneProceduresTest, NodeList) {
    EXPECT_EQ(ask("heddle.node.list"),
              R"({"items":[{"node":"/com","lanes":1,"links":1},{"node":"/com/bus","lanes":1,"links":0},)"
              R"({"node":"/com/car","lanes":2,"links":1}]})");
    EXPECT_EQ(ask("heddle.node.list", "[]", R"({"limit":1,"after":"/com"})"),
              R"({"items":[{"node":"/com/bus","lanes":1,"links":0}],"next":"/com/bus"})");
    EXPECT_EQ(ask("heddle.node.list", "[1]"), bad);
}

TEST_F(LaneProceduresTest, LinkListComesAndGoesWithLinks) {
    const std::string id = std::to_string(play.session("wes").value);
    const std::string car = R"({"link":")" + id + R"(/com/car/speed","session":)" + id +
                            R"(,"node":"/com/car","lane":"speed","kind":"event","uri":"com.car.speed","match":"exact",)"
                            R"("prio":0.5,"rate":2.0,"waiting":0,"events":0})";
    const std::string map = R"({"link":")" + id + R"(/com/topics","session":)" + id +
                            R"(,"node":"/com","lane":"topics","kind":"map","uri":"com.","match":"prefix",)"
                            R"("prio":0.0,"rate":0.0,"waiting":0,"events":1})";
    EXPECT_EQ(ask("heddle.link.list"), "{\"items\":[" + car + "," + map + "]}");
    EXPECT_EQ(ask("heddle.link.list", "[]", R"({"node":"/com"})"), "{\"items\":[" + map + "]}");
    EXPECT_EQ(ask("heddle.link.list", "[]", R"({"lane":"speed"})"), "{\"items\":[" + car + "]}");
    EXPECT_EQ(ask("heddle.link.list", "[]", "{\"session\":" + id + ",\"limit\":1}"),
              "{\"items\":[" + car + "],\"next\":\"" + id + "/com/car/speed\"}");
    EXPECT_EQ(ask("heddle.link.list", "[]", R"({"session":1})"), "{\"items\":[]}");
    EXPECT_EQ(ask("heddle.link.list", "[]", R"({"session":"x"})"), bad);
    play.frame("wes", "@unlink(node:\"/com\",lane:topics)");
    EXPECT_EQ(ask("heddle.link.list"), "{\"items\":[" + car + "]}");
    play.lose("wes");
    EXPECT_EQ(ask("heddle.link.list"), "{\"items\":[]}");
}

TEST_F(LaneProceduresTest, AWarpClientMayCallThemToo) {
    play.frame("wes", "@link(node:\"/heddle/node\",lane:list)");
    while (!play.next("wes").empty()) {
    }
    play.pass(second);
    play.frame("wes", "@command(node:\"/heddle/node\",lane:list)@call(id:1)@wamp(kwargs:{limit:1})");
    EXPECT_EQ(
        play.next("wes"),
        "@event(node:\"/heddle/node\",lane:list)@result(id:1)@wamp(kwargs:{items:{{node:\"/com\",lanes:1,links:1}},"
        "next:\"/com\"})");
}

TEST(LaneProcedures, NeedThePermissionToCallThem) {
    WarpPlay play(guarded_realm("heddle."));
    play.join("ann");
    for (const LaneProcedures::Row& row : LaneProcedures::procedures()) {
        play.message("ann", Call{{}, {}, row.uri, {}});
        EXPECT_EQ(play.next("ann"), "ERROR wamp.error.not_authorized") << row.uri;
    }
}

TEST(LaneProcedures, TooManyLanesAreNotListed) {
    WarpLimits limits;
    limits.map_entries_max = 3;
    WarpPlay play(open_realm(), limits);
    play.join("ann");
    for (const char* topic : {"a.a", "b.b", "c.c", "d.d"}) play.message("ann", Subscribe{{}, {}, topic});
    play.message("ann", Call{{}, {}, "heddle.lane.list", {}});
    EXPECT_EQ(play.next("ann"), "ERROR heddle.error.limit_exceeded");
    play.message("ann", Call{{}, {}, "heddle.lane.list", {Encoding::json, "[]", R"({"node":"/b"})"}});
    EXPECT_NE(play.next("ann").find(R"("uri":"b.b")"), std::string::npos) << "but those of a node are";
}

}  // namespace
}  // namespace heddle::test
