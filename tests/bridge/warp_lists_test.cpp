#include <gtest/gtest.h>

#include <random>

#include "bridge/envelope.hpp"
#include "serializers/recon_text.hpp"
#include "tests/bridge/warp_script.hpp"

/// List lanes: docs/warp.md 3, README.md of the bridge.
namespace heddle::test {
namespace {

constexpr auto at = R"((node:"/com",lane:todo))";
std::string on(std::string_view kind, std::string_view rest = {}) {
    return "@" + std::string(kind) + at + std::string(rest);
}
RealmSettings lists(LaneRule rule = {Match::exact, "com.todo", LaneKind::list}) {
    return open_realm({std::move(rule)});
}

TEST(WarpLists, SyncGivesTheEntriesInOrder) {
    WarpScript s(lists());
    s.open("jane").join("pub");
    s.publish("pub", "com.todo", "[1]", false, R"({"$key":"a"})")
        .publish("pub", "com.todo", "[2]", false, R"({"$key":"b","$index":0})");
    s.publish("pub", "com.todo", R"([{"x":1}])", false, R"({"$key":7})");
    s.send("jane", on("sync")).receives("jane", on("linked")).receives("jane", on("event", "@clear"));
    s.receives("jane", on("event", "@update(index:0,key:b) 2")).receives("jane", on("event", "@update(index:1,key:a) 1"));
    s.receives("jane", on("event", "@update(index:2,key:7){x:1}")).receives("jane", on("synced")).silence("jane");
    s.send("jane", on("sync"))
        .receives("jane", on("event", "@clear"))
        .receives("jane", on("event", "@update(index:0,key:b) 2"));
    s.receives("jane", on("event", "@update(index:1,key:a) 1")).receives("jane", on("event", "@update(index:2,key:7){x:1}"));
    s.receives("jane", on("synced"));
}

TEST(WarpLists, AnEmptyListIsLinkedClearedAndSynced) {
    WarpScript s(lists());
    s.open("jane").send("jane", on("sync")).receives("jane", on("linked")).receives("jane", on("event", "@clear"));
    s.receives("jane", on("synced")).send("jane", on("link")).receives("jane", on("linked")).silence("jane");
}

TEST(WarpLists, CommandsChangeTheListForEverybody) {
    WarpScript s(lists());
    s.open("jane").open("mary").join("sub").subscribe("sub", "com.todo");
    s.send("mary", on("link")).receives("mary", on("linked"));
    const auto both = [&](const char* command, const char* frame, const char* event) {
        s.send("jane", on("command", command)).receives("mary", on("event", frame)).receives("sub", event);
    };
    both("@update(key:%2tnph4aj,index:0) y", "@update(index:0,key:%2tnph4aj) y",
         R"(EVENT ["y"] {"$key":"\u00002tnph4aj","$index":0})");
    both("@update(key:b,index:0){a:1}", "@update(index:0,key:b){a:1}", R"(EVENT [{"a":1}] {"$key":"b","$index":0})");
    both("@update(key:{k:1},index:2)2", "@update(index:2,key:{k:1}) 2", R"(EVENT [2] {"$key":{"k":1},"$index":2})");
    both("@update(key:b,index:0)3", "@update(index:0,key:b) 3", R"(EVENT [3] {"$key":"b","$index":0})");
    both("@move(key:{k:1},from:2,to:0)", "@move(from:2,to:0,key:{k:1})",
         R"(EVENT [] {"$moved":true,"$key":{"k":1},"$index":0,"$from":2})");
    both("@remove(key:b,index:1)", "@remove(index:1,key:b)", R"(EVENT [] {"$removed":true,"$key":"b","$index":1})");
    both("@clear", "@clear", R"(EVENT [] {"$removed":true})");
}

TEST(WarpLists, ThePublisherReceivesItAsWell) {
    WarpScript s(lists());
    s.open("jane").send("jane", on("link")).receives("jane", on("linked"));
    s.send("jane", on("command", "@update(index:0,key:k1)x")).receives("jane", on("event", "@update(index:0,key:k1) x"));
    s.send("jane", on("command", "@update(index:9,key:k2)y")).receives("jane", on("event", "@update(index:1,key:k2) y"));
}

TEST(WarpLists, APlaceStandsForTheEntryThere) {
    WarpScript s(lists());
    s.open("jane").send("jane", on("link")).receives("jane", on("linked"));
    for (const char* key : {"0", "1", "2"})
        s.send("jane", on("command", "@update(index:" + std::string(key) + ",key:k" + key + ")x"))
            .receives("jane", on("event", "@update(index:" + std::string(key) + ",key:k" + key + ") x"));
    s.send("jane", on("command", "@update(index:1)z")).receives("jane", on("event", "@update(index:1,key:k1) z"));
    s.send("jane", on("command", "@move(from:0,to:9)")).receives("jane", on("event", "@move(from:0,to:2,key:k0)"));
    s.send("jane", on("command", "@remove(index:1)")).receives("jane", on("event", "@remove(index:1,key:k2)"));
}

TEST(WarpLists, DropAndTakeCutBothEnds) {
    WarpScript s(lists());
    s.open("jane").send("jane", on("link")).receives("jane", on("linked"));
    for (const char* key : {"0", "1", "2", "3", "4"})
        s.send("jane", on("command", "@update(index:" + std::string(key) + ",key:k" + key + ")x"))
            .receives("jane", on("event", "@update(index:" + std::string(key) + ",key:k" + key + ") x"));
    s.send("jane", on("command", "@drop(2)"))
        .receives("jane", on("event", "@remove(index:1,key:k1)"))
        .receives("jane", on("event", "@remove(index:0,key:k0)"));
    s.send("jane", on("command", "@take(2)")).receives("jane", on("event", "@remove(index:2,key:k4)"));
    s.send("jane", on("command", "@drop(0)")).send("jane", on("command", "@take(5)")).silence("jane");
    s.send("jane", on("command", "@take(0)"))
        .receives("jane", on("event", "@clear"))
        .send("jane", on("command", "@clear"));
}

TEST(WarpLists, WhatMakesNoSenseChangesNothing) {
    WarpScript s(lists({Match::exact, "com.todo", LaneKind::list, 1}));
    s.open("jane").send("jane", on("link")).receives("jane", on("linked"));
    for (const char* body :
         {"@insert(index:0,key:k0)y", "@move(from:0,to:1)", "@move(key:k,from:0,to:1)", "@remove(index:0)",
          "@remove(key:k)", "@remove", "@move", "7", "@bogus", "@clear 5", "@drop(a)", "{}"})
        s.send("jane", on("command", body)).silence("jane");
    s.send("jane", on("command", "@update(index:0,key:k)x")).receives("jane", on("event", "@update(index:0,key:k) x"));
    for (const char* body : {"@move(key:k,from:0)", "@move(key:k,from:0,to:0)", "@remove(key:j)", "@remove(index:1)",
                             "@update(index:0,key:full)1"})
        s.send("jane", on("command", body)).silence("jane");
}

TEST(WarpLists, AMapOfTopicsLeavesListsOut) {
    WarpScript s(lists());
    s.open("jane").join("sub").subscribe("sub", "com.", Match::prefix);
    s.send("jane", R"(@sync(node:"/com",lane:topics))").receives("jane", R"(@linked(node:"/com",lane:topics))");
    s.receives("jane", R"(@event(node:"/com",lane:topics)@clear)").receives("jane", R"(@synced(node:"/com",lane:topics))");
    s.send("jane", on("command", "@update(index:0,key:k)x"))
        .silence("jane")
        .receives("sub", R"(EVENT com.todo ["x"] {"$key":"k","$index":0})");
}

/// What a Swim client makes of what it receives: by key, as @swim/client does.
class Copy {
 public:
    void receive(std::string_view frame) {
        EnvelopeReader reader;
        ASSERT_EQ(reader.read(frame), EnvelopeReader::Found::envelope) << frame;
        if (reader.envelope().kind == EnvelopeKind::synced) ++synced;
        if (reader.envelope().kind != EnvelopeKind::event) return;
        const recon::Items body = reader.envelope().body;
        const std::string_view tag = body.begin->text;
        if (tag == "clear") return ++starts, entries.clear();
        std::string key;
        std::size_t index = 0, to = 0;
        for (recon::Items slots = items_of(value_of(*body.begin)); !slots.empty(); slots = slots.rest()) {
            const std::string_view name = key_of(*slots.begin).text;
            const recon::Node& value = value_of_slot(*slots.begin);
            if (name == "key") key = value.text;
            if (name == "index" || name == "from") index = static_cast<std::size_t>(value.integer);
            if (name == "to") to = static_cast<std::size_t>(value.integer);
        }
        ByteBuffer value;
        if (tag == "update") put_body_of(body.rest(), value);
        const std::string entry = key + "=" + std::string(value.view());
        const bool known = index < entries.size() && entries[index].starts_with(key + "=");
        const auto place = [&](std::size_t i) { return entries.begin() + static_cast<std::ptrdiff_t>(i); };
        if (tag == "update") {
            ASSERT_LE(index, entries.size()) << frame;
            known ? void(entries[index] = entry) : void(entries.insert(place(index), entry));
            return;
        }
        ASSERT_TRUE(known) << frame;
        const std::string moved = entries[index];
        entries.erase(place(index));
        if (tag == "move") entries.insert(place(to), moved);
    }
    std::vector<std::string> entries;
    int synced = 0, starts = 0;

 private:
    static void put_body_of(recon::Items items, ByteBuffer& out) { recon::put_record(items, out); }
};

// However slow a reader is, and whatever happens while it is told of the list: it ends with the same list, and what
// waits for it is bounded.
TEST(WarpLists, ASlowReaderEndsWithTheSameList) {
    std::size_t entries = 0;
    int starts = 0;
    for (unsigned seed = 1; seed <= 30; ++seed) {
        std::mt19937 random(seed);
        WarpLimits limits;
        limits.window = 300;
        limits.waiting_max = 6;
        WarpPlay play(lists(), limits);
        play.open("slow");
        play.open("quick");
        play.stall("slow", true);
        Copy slow, quick;
        play.frame("quick", on("sync"));
        play.frame("slow", on(seed % 2 ? "sync" : "link"));
        const auto listen = [&] {
            for (std::string frame; !(frame = play.next("quick")).empty();) quick.receive(frame);
            for (std::string frame; !(frame = play.next("slow")).empty();) slow.receive(frame);
        };
        for (int step = 0; step < 600; ++step) {
            const auto number = [&](unsigned below) { return std::to_string(random() % below); };
            std::string command = "@update(key:k" + number(20) + ",index:" + number(20) + ")" + number(100);
            switch (random() % 8) {
                case 0:
                    command = "@remove(index:" + number(20) + ")";
                    break;
                case 1:
                case 2:
                    command = "@move(from:" + number(20) + ",to:" + number(20) + ")";
                    break;
                case 3:
                    if (random() % 20 == 0) command = "@clear";
                    break;
                default:
                    break;
            }
            play.frame("quick", on("command", command));
            if (random() % 3 == 0) play.gulp("slow");
            if (random() % 100 == 0) play.frame("slow", on("sync"));
            listen();
        }
        play.stall("slow", false);
        listen();
        std::vector<std::string> truth;
        play.realm().read_list("com.todo", 0,
                               [&](const Realm::ListItem& item) { return truth.emplace_back(item.key), true; });
        ASSERT_EQ(quick.entries.size(), truth.size());
        for (std::size_t i = 0; i < truth.size(); ++i)
            ASSERT_TRUE(quick.entries[i].starts_with(truth[i].substr(1) + "=")) << "seed " << seed;  // a short text
        ASSERT_EQ(slow.entries, quick.entries) << "seed " << seed;
        entries += truth.size();
        starts += slow.starts;
    }
    EXPECT_GT(entries, 100u);
    EXPECT_GT(starts, 100) << "nobody fell so far behind that the list was told anew";
}

}  // namespace
}  // namespace heddle::test
