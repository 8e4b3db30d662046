#include <gtest/gtest.h>

#include "tests/bridge/warp_script.hpp"

/// Prefixes and wildcards as map lanes: docs/warp.md 6.2.
namespace heddle::test {
namespace {

constexpr auto at = R"((node:"/com/car",lane:topics))";
std::string on(std::string_view kind, std::string_view rest = {}) {
    return "@" + std::string(kind) + at + std::string(rest);
}

TEST(WarpMaps, SyncClearsThenGivesEachRetainedTopicUnderThePrefix) {
    WarpScript s;
    s.open("jane").join("pub");
    s.publish("pub", "com.car.7.speed", "[70]", true).publish("pub", "com.car.8", R"([{"x":1}])", true);
    s.publish("pub", "com.cars.9", "[1]", true)
        .publish("pub", "com.car", "[2]", true)
        .publish("pub", "com.car.9", "[3]");
    s.send("jane", on("sync")).receives("jane", on("linked")).receives("jane", on("event", "@clear"));
    s.receives("jane", on("event", R"(@update(key:"7.speed") 70)")).receives("jane", on("event", R"(@update(key:"8"){x:1})"));
    s.receives("jane", on("synced")).silence("jane");
    s.publish("pub", "com.car.abc", R"(["on"])").receives("jane", on("event", "@update(key:abc) on"));
    s.publish("pub", "com.cars.9", "[2]").publish("pub", "com.car", "[4]").silence("jane");
}

TEST(WarpMaps, ALinkedMapReceivesChangesOnlyUntilItSyncs) {
    WarpScript s;
    s.open("jane").join("pub").publish("pub", "com.car.a", "[1]", true);
    s.send("jane", on("link")).receives("jane", on("linked")).silence("jane");
    s.publish("pub", "com.car.b", "[2]", true).receives("jane", on("event", "@update(key:b) 2"));
    for (int i = 0; i < 2; ++i) {
        s.send("jane", on("sync")).receives("jane", on("event", "@clear")).receives("jane", on("event", "@update(key:a) 1"));
        s.receives("jane", on("event", "@update(key:b) 2")).receives("jane", on("synced"));
    }
}

TEST(WarpMaps, AnEmptyMapIsLinkedClearedAndSynced) {
    WarpScript s;
    s.open("jane").send("jane", R"(@sync(node:"/",lane:"~"))").receives("jane", R"(@linked(node:"/",lane:"~"))");
    s.receives("jane", R"(@event(node:"/",lane:"~")@clear)").receives("jane", R"(@synced(node:"/",lane:"~"))");
    s.join("pub").publish("pub", "top", "[1]").receives("jane", R"(@event(node:"/",lane:"~")@update(key:top) 1)");
}

TEST(WarpMaps, OfAllTopicsHaveNoMetaEvents) {
    WarpScript s;
    s.open("jane").send("jane", R"(@link(node:"/",lane:"~"))").receives("jane", R"(@linked(node:"/",lane:"~"))");
    s.join("pub").silence("jane").subscribe("pub", "top").silence("jane");
    s.publish("pub", "top", "[1]").receives("jane", R"(@event(node:"/",lane:"~")@update(key:top) 1)").lose("pub").silence("jane");
}

TEST(WarpMaps, AWildcardIsKeyedByWhatStandsForItsGaps) {
    WarpScript s;
    s.open("jane").join("pub").publish("pub", "com.7.speed", "[70]", true).publish("pub", "com.7.fuel", "[1]", true);
    s.send("jane", R"(@sync(node:"/com/*",lane:speed))").receives("jane", R"(@linked(node:"/com/*",lane:speed))");
    s.receives("jane", R"(@event(node:"/com/*",lane:speed)@clear)")
        .receives("jane", R"(@event(node:"/com/*",lane:speed)@update(key:"7") 70)");
    s.receives("jane", R"(@synced(node:"/com/*",lane:speed))");
    s.publish("pub", "com.8.speed", "[80]").receives("jane", R"(@event(node:"/com/*",lane:speed)@update(key:"8") 80)");
    s.send("jane", R"(@link(node:"/*/b",lane:"*"))").receives("jane", R"(@linked(node:"/*/b",lane:"*"))");
    s.publish("pub", "a.b.c", "[1]").receives("jane", R"(@event(node:"/*/b",lane:"*")@update(key:"a.c") 1)");
    s.send("jane", R"(@link(node:"/com/*",lane:topics))")
        .receives("jane", R"(@unlinked(node:"/com/*",lane:topics)@nodeNotFound)");
}

TEST(WarpMaps, ARuleMayMakeAMapOfATopic) {
    WarpScript s(open_realm({{Match::exact, "com.car", LaneKind::map}}));
    s.open("jane").join("pub").publish("pub", "com.car.7", "[70]", true);
    s.send("jane", R"(@sync(node:"/com",lane:car))").receives("jane", R"(@linked(node:"/com",lane:car))");
    s.receives("jane", R"(@event(node:"/com",lane:car)@clear)")
        .receives("jane", R"(@event(node:"/com",lane:car)@update(key:"7") 70)");
    s.receives("jane", R"(@synced(node:"/com",lane:car))");
    s.subscribe("pub", "com.car.8").send("jane", R"(@command(node:"/com",lane:car)@update(key:8) 1)");
    s.silence("pub").receives("jane", R"(@event(node:"/com",lane:car)@update(key:8) 1)");
    s.send("jane", R"(@command(node:"/com",lane:car)@update(key:"8") 1)");
    s.receives("pub", "EVENT [1]").receives("jane", R"(@event(node:"/com",lane:car)@update(key:"8") 1)");
}

TEST(WarpMaps, UpdateAndRemoveOfAnEntryReachEverybody) {
    WarpScript s;
    s.open("jane").open("mary").join("sub").subscribe("sub", "com.car.", Match::prefix);
    s.send("jane", on("link")).receives("jane", on("linked")).send("mary", on("link")).receives("mary", on("linked"));
    s.send("mary", R"(@link(node:"/com/car",lane:k))").receives("mary", R"(@linked(node:"/com/car",lane:k))");
    s.send("jane", on("command", "@update(key:k){a:1,b:{x,y}}"));
    s.receives("sub", R"(EVENT com.car.k [{"a":1,"b":["x","y"]}])");
    s.receives("jane", on("event", "@update(key:k){a:1,b:{x,y}}"))
        .receives("mary", R"(@event(node:"/com/car",lane:k){a:1,b:{x,y}})");
    s.receives("mary", on("event", "@update(key:k){a:1,b:{x,y}}"));
    s.send("jane", on("command", "@remove(key:k)"));
    s.receives("sub", R"(EVENT com.car.k [] {"$removed":true})").receives("jane", on("event", "@remove(key:k)"));
    s.receives("mary", R"(@event(node:"/com/car",lane:k))").receives("mary", on("event", "@remove(key:k)"));
    s.send("mary", on("sync")).receives("mary", on("event", "@clear")).receives("mary", on("synced"));
    s.send("jane", on("command", "@remove(key:k)")).silence("jane");  // gone already
}

TEST(WarpMaps, ARemovalIsNotKeptWhereARuleKeepsEachEvent) {
    WarpScript s(open_realm({{Match::prefix, "com.", LaneKind::value}}));
    s.open("jane").send("jane", on("command", "@update(key:k)1")).send("jane", on("command", "@remove(key:k)"));
    s.send("jane", on("sync"))
        .receives("jane", on("linked"))
        .receives("jane", on("event", "@clear"))
        .receives("jane", on("synced"));
}

TEST(WarpMaps, OtherCommandsAndKeysThatAreNoneChangeNothing) {
    WarpScript s;
    s.open("jane").join("pub").publish("pub", "com.car.a", "[1]", true);
    s.send("jane", on("link")).receives("jane", on("linked"));
    for (const char* body :
         {"@drop", "@take(a)", "@drop(-1)", "@clear 5", "@drop(1.5)", "@bogus(1)", "7", "@update", "@update(a)1",
          "@update(key:)1", "@remove", "@remove(key:)", "@remove(key:\"#\")", "@insert(index:0,key:k)y"})
        s.send("jane", on("command", body)).silence("jane");
    s.send("jane", on("sync"))
        .receives("jane", on("event", "@clear"))
        .receives("jane", on("event", "@update(key:a) 1"))
        .receives("jane", on("synced"));
}

TEST(WarpMaps, EntriesOfAWildcardArePublishedWhereTheyBelong) {
    WarpScript s;
    s.open("jane").join("sub").subscribe("sub", "com.", Match::prefix);
    s.send("jane", R"(@command(node:"/com/*",lane:speed)@update(key:"7") 70)").receives("sub", "EVENT com.7.speed [70]");
    s.send("jane", R"(@command(node:"/com/*",lane:"*")@update(key:"a.b") 1)").receives("sub", "EVENT com.a.b [1]");
    s.send("jane", R"(@command(node:"/com/*",lane:speed)@update(key:"7.8") 70)")
        .receives("sub", "EVENT com.7%2e8.speed [70]");
    s.send("jane", R"(@command(node:"/com/*",lane:"*")@update(key:"a") 1)").silence("sub");
}

TEST(WarpMaps, AKeyOfAnyKindIsTheClientsOwnAgain) {
    WarpScript s;
    s.open("jane")
        .join("sub")
        .subscribe("sub", "com.car.", Match::prefix)
        .send("jane", on("link"))
        .receives("jane", on("linked"));
    for (const auto& [key, topic] : std::initializer_list<std::pair<std::string, std::string>>{
             {"5", "%n5"}, {"\"a b\"", "a%20b"}, {"{x:1}", "%r{x:1}"}, {"true", "%rtrue"}, {"\"50%\"", "50%25"}}) {
        s.send("jane", on("command", "@update(key:" + key + ")1"))
            .receives("jane", on("event", "@update(key:" + key + ") 1"));
        s.receives("sub", "EVENT com.car." + topic + " [1]");
        s.send("jane", on("command", "@remove(key:" + key + ")"))
            .receives("jane", on("event", "@remove(key:" + key + ")"));
        s.receives("sub", "EVENT com.car." + topic + R"( [] {"$removed":true})");
    }
    s.join("pub").publish("pub", "com.car.50%", "[2]").receives("jane", on("event", "@update(key:@topic(\"50%\")) 2"));
    s.receives("sub", "EVENT com.car.50% [2]");
}

std::string update(int key) { return "@update(key:\"" + std::to_string(key) + "\") " + std::to_string(key); }
std::string removed(int key) { return "@remove(key:\"" + std::to_string(key) + "\")"; }

TEST(WarpMaps, ClearDropAndTakeRemoveEntryByEntry) {
    WarpScript s;
    s.open("jane").open("mary").join("sub").subscribe("sub", "com.car.", Match::prefix);
    s.send("mary", on("link")).receives("mary", on("linked"));
    const auto fill = [&] {
        for (int i = 1; i <= 4; ++i) {
            const std::string key = std::to_string(i);
            s.send("jane", on("command", "@update(key:\"" + key + "\")" + key)).receives("mary", on("event", update(i)));
            s.receives("sub", "EVENT com.car." + key + " [" + key + "]");
        }
    };
    const auto gone = [&](int i) {
        s.receives("mary", on("event", removed(i)))
            .receives("sub", "EVENT com.car." + std::to_string(i) + R"( [] {"$removed":true})");
    };
    fill();
    s.send("jane", on("command", "@drop(1)"));
    gone(1);
    s.send("jane", on("command", "@take(2)"));
    gone(4);
    s.send("jane", on("command", "@drop(0)")).send("jane", on("command", "@take(7)")).silence("mary");
    fill();
    s.send("jane", on("command", "@clear"));
    for (int i = 1; i <= 4; ++i) gone(i);
    s.send("jane", on("command", "@clear")).silence("mary").silence("sub");
    s.send("mary", on("sync")).receives("mary", on("event", "@clear")).receives("mary", on("synced"));
}

TEST(WarpMaps, ClearTakesWhatTheClientMayRemove) {
    WarpScript s(guarded_realm("com.car.closed"));
    s.open("jane").join("sub").subscribe("sub", "com.car.open.", Match::prefix);
    s.join("pub").publish("pub", "com.car.open.a", "[1]", true).receives("sub", "EVENT com.car.open.a [1]");
    s.publish("pub", "com.car.closed.a", "[1]", true);
    s.send("jane", on("command", "@clear")).receives("sub", R"(EVENT com.car.open.a [] {"$removed":true})").silence("sub");
}

TEST(WarpMaps, AnEntryLimitOfARuleCountsForItsMap) {
    for (const LaneRule& rule :
         {LaneRule{Match::exact, "com.car", LaneKind::map, 2}, LaneRule{Match::prefix, "com.", LaneKind::map, 2}}) {
        WarpScript s(open_realm({rule}));
        s.open("jane").join("pub");
        for (const char* key : {"a", "b", "c"}) s.publish("pub", std::string("com.car.") + key, "[1]", true);
        s.send("jane", R"(@sync(node:"/com",lane:car))").receives("jane", R"(@linked(node:"/com",lane:car))");
        s.receives("jane", R"(@event(node:"/com",lane:car)@clear)")
            .receives("jane", R"(@event(node:"/com",lane:car)@update(key:a) 1)");
        s.receives("jane", R"(@event(node:"/com",lane:car)@update(key:b) 1)")
            .receives("jane", R"(@unlinked(node:"/com",lane:car)@mapTooLarge)");
        // Nobody can see more than two, so no more go at once.
        s.send("jane", on("command", "@clear")).join("sub").subscribe("sub", "com.car.", Match::prefix, true);
        s.receives("sub", "EVENT com.car.c [1]");
    }
}

TEST(WarpMaps, AMapBeyondItsLimitEndsWithAReason) {
    WarpScript s(open_realm(), {.map_entries_max = 2});
    s.open("jane").join("pub");
    s.send("jane", on("link")).receives("jane", on("linked"));
    for (const char* key : {"a", "b", "a"})
        s.publish("pub", std::string("com.car.") + key, "[1]", true)
            .receives("jane", on("event", "@update(key:" + std::string(key) + ") 1"));
    s.publish("pub", "com.car.c", "[1]", true).receives("jane", on("unlinked", "@mapTooLarge"));
    s.publish("pub", "com.car.a", "[1]").silence("jane");
    s.send("jane", on("sync")).receives("jane", on("linked")).receives("jane", on("event", "@clear"));
    s.receives("jane", on("event", "@update(key:a) 1"))
        .receives("jane", on("event", "@update(key:b) 1"))
        .receives("jane", on("unlinked", "@mapTooLarge"));
    s.publish("pub", "com.car.a", "[1]").silence("jane");
}

TEST(WarpMaps, ARemovedEntryMakesRoomForAnother) {
    WarpScript s(open_realm(), {.map_entries_max = 1});
    s.open("jane").send("jane", on("link")).receives("jane", on("linked"));
    s.send("jane", on("command", "@update(key:a)1")).receives("jane", on("event", "@update(key:a) 1"));
    s.send("jane", on("command", "@remove(key:a)")).receives("jane", on("event", "@remove(key:a)"));
    s.send("jane", on("command", "@update(key:b)1")).receives("jane", on("event", "@update(key:b) 1"));
}

// An ended link must not stay a subscription of the realm for as long as the client says nothing.
TEST(WarpMaps, TheRealmLearnsOfAnEndedMapAtOnce) {
    WarpPlay play(open_realm(), {.map_entries_max = 0});
    play.open("jane");
    play.join("pub");
    play.frame("jane", on("link"));
    EXPECT_EQ(play.realm().counts().subscriptions, 1u);
    PublishOptions retain;
    retain.retain = true;
    play.message("pub", Publish{{}, retain, "com.car.a", {Encoding::json, "[1]", {}}});
    EXPECT_EQ(play.realm().counts().subscriptions, 0u);
    play.frame("jane", on("sync"));
    EXPECT_EQ(play.realm().counts().subscriptions, 0u) << "still too many";
}

}  // namespace
}  // namespace heddle::test
