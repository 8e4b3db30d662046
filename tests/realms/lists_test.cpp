#include "realms/lists.hpp"

#include <gtest/gtest.h>

#include <random>

#include "serializers/transcode.hpp"
#include "tests/realms/script.hpp"

/// Lists and what is said to them, without a realm around: realms/README.md, "Lists".
namespace heddle::test {
namespace {

using Kind = ListOperation::Kind;
using Fault = Lists::Fault;

std::string json(std::string_view msgpack) {
    ByteBuffer out;
    EXPECT_TRUE(msgpack.empty() || transcode(Encoding::msgpack, msgpack, Encoding::json, out));
    return std::string(out.view());
}

Payload payload(std::string_view args, std::string_view kwargs) { return {Encoding::json, args, kwargs}; }

TEST(ListOperations, TheReservedWordsSayWhatIsWanted) {
    struct {
        const char *args, *kwargs;
        Kind kind;
        const char* key;
        int index;
    } const cases[] = {
        {"[1]", "", Kind::put, "", -1},
        {"[1]", R"({"$index":2})", Kind::put, "", 2},
        {"[1]", R"({"$key":"k","$index":0})", Kind::put, R"("k")", 0},
        {"[1]", R"({"$key":null})", Kind::put, "", -1},
        {"[]", R"({"$moved":true,"$key":7,"$index":1,"$from":3})", Kind::move, "7", 1},
        {"", R"({"$removed":true,"$key":{"a":[1]}})", Kind::remove, R"({"a":[1]})", -1},
        {"[]", R"({"$index":4,"$removed":true})", Kind::remove, "", 4},
        {"[]", R"({"$removed":true})", Kind::clear, "", -1},
        {"", "", Kind::put, "", -1},
    };
    ListOperation operation;
    for (const auto& test : cases) {
        ASSERT_TRUE(operation.read(payload(test.args, test.kwargs))) << test.kwargs;
        EXPECT_EQ(operation.kind, test.kind) << test.kwargs;
        EXPECT_EQ(json(operation.key), test.key);
        EXPECT_EQ(operation.index ? static_cast<int>(*operation.index) : -1, test.index) << test.kwargs;
    }
}

TEST(ListOperations, WhatIsNotReservedIsTheValues) {
    ListOperation operation;
    ASSERT_TRUE(operation.read(payload(R"(["a",null])", R"({"x":{"$key":1},"$key":"k","y":[]})")));
    EXPECT_EQ(json(operation.value().args), R"(["a",null])");
    EXPECT_EQ(json(operation.value().kwargs), R"({"x":{"$key":1},"y":[]})");
    ASSERT_TRUE(operation.read(payload("[1]", R"({"$key":"k"})")));
    EXPECT_TRUE(operation.value().kwargs.empty());
}

TEST(ListOperations, ContradictionsAreRefused) {
    ListOperation operation;
    const std::string long_key(ListOperation::key_bytes_max, 'k');
    for (const std::string& kwargs :
         {std::string(R"({"$moved":true,"$removed":true,"$key":1,"$index":1})"),
          std::string(R"({"$moved":true,"$key":1})"), std::string(R"({"$moved":true,"$index":1})"),
          std::string(R"({"$removed":false})"), std::string(R"({"$removed":1})"), std::string(R"({"$index":-1})"),
          std::string(R"({"$index":"1"})"), std::string(R"({"$index":1.5})"), std::string(R"({"$removed":true,"x":1})"),
          R"({"$key":")" + long_key + R"("})"})
        EXPECT_FALSE(operation.read(payload("[]", kwargs))) << kwargs;
    EXPECT_FALSE(operation.read(payload("[1]", R"({"$removed":true})")));
    EXPECT_FALSE(operation.read(payload("[1]", R"({"$moved":true,"$key":1,"$index":1})")));
}

/// A list and the calls of a test.
struct Bench {
    CountedEntropy entropy;
    Lists lists;
    std::size_t entries_max = 100;
    ListOperation operation;
    Lists::Result last;

    explicit Bench(std::size_t bytes_max = 1 << 20) : lists(bytes_max) {}
    Fault say(std::string_view args, std::string_view kwargs, std::string_view topic = "l") {
        EXPECT_TRUE(operation.read(payload(args, kwargs))) << kwargs;
        last = lists.apply(topic, operation, entries_max, PublicationId{1}, entropy);
        return last.fault;
    }
    std::string keys(std::string_view topic = "l") {
        std::string out;
        lists.walk(topic, 0, [&](std::size_t, const ListEntry& entry) {
            out += (out.empty() ? "" : " ") + json(entry.key) + ":" + json(entry.value.view().args);
            return true;
        });
        return out;
    }
};

TEST(Lists, EntriesComeMoveChangeAndGo) {
    Bench bench;
    EXPECT_EQ(bench.say("[1]", R"({"$key":"a"})"), Fault::none);
    EXPECT_EQ(bench.say("[2]", R"({"$key":"b","$index":1})"), Fault::none);
    EXPECT_EQ(bench.say("[3]", R"({"$key":"c","$index":0})"), Fault::none);
    EXPECT_EQ(bench.last.change.kind, ListChange::Kind::inserted);
    EXPECT_EQ(bench.keys(), R"("c":[3] "a":[1] "b":[2])");
    EXPECT_EQ(bench.say("[4]", R"({"$key":"b","$index":0})"), Fault::none);  // known: stays where it is
    EXPECT_EQ(bench.last.change.kind, ListChange::Kind::updated);
    EXPECT_EQ(bench.last.change.index, 2u);
    EXPECT_EQ(bench.say("[]", R"({"$moved":true,"$key":"b","$index":0})"), Fault::none);
    EXPECT_EQ(bench.keys(), R"("b":[4] "c":[3] "a":[1])");
    EXPECT_EQ(bench.say("[]", R"({"$moved":true,"$key":"b","$index":1})"), Fault::none);
    EXPECT_EQ(bench.keys(), R"("c":[3] "b":[4] "a":[1])");
    EXPECT_EQ(bench.say("[]", R"({"$moved":true,"$key":"b","$index":1})"), Fault::none);
    EXPECT_EQ(bench.last.change.kind, ListChange::Kind::none);
    EXPECT_EQ(bench.say("[]", R"({"$removed":true,"$index":0})"), Fault::none);
    EXPECT_EQ(json(bench.last.change.key), R"("c")");
    EXPECT_EQ(bench.say("[]", R"({"$removed":true,"$key":"a"})"), Fault::none);
    EXPECT_EQ(bench.last.change.index, 1u);
    EXPECT_EQ(bench.keys(), R"("b":[4])");
    EXPECT_EQ(bench.say("[]", R"({"$removed":true})"), Fault::none);
    EXPECT_EQ(bench.last.change.kind, ListChange::Kind::cleared);
    EXPECT_EQ(bench.lists.lists(), 0u);
    EXPECT_EQ(bench.lists.bytes(), 0u);
    EXPECT_EQ(bench.say("[]", R"({"$removed":true})"), Fault::none);
    EXPECT_EQ(bench.last.change.kind, ListChange::Kind::none);
}

TEST(Lists, WhoBringsNoKeyGetsOne) {
    Bench bench;
    for (int i = 0; i < 50; ++i) ASSERT_EQ(bench.say("[1]", i % 2 ? R"({"$index":0})" : ""), Fault::none);
    EXPECT_EQ(bench.lists.size("l"), 50u);
    const std::string key(bench.last.change.key);
    EXPECT_EQ(bench.lists.place("l", key), 0u);
    EXPECT_EQ(json(key).size(), 12u);
}

TEST(Lists, BadOperationsChangeNothing) {
    Bench bench;
    EXPECT_EQ(bench.say("[]", R"({"$moved":true,"$key":"a","$index":0})"), Fault::no_such_key);
    EXPECT_EQ(bench.say("[]", R"({"$removed":true,"$key":"a"})"), Fault::no_such_key);
    EXPECT_EQ(bench.say("[]", R"({"$removed":true,"$index":0})"), Fault::no_such_index);
    EXPECT_EQ(bench.say("[1]", R"({"$index":1})"), Fault::no_such_index);
    EXPECT_EQ(bench.lists.lists(), 0u);
    bench.say("[1]", R"({"$key":"a"})");
    EXPECT_EQ(bench.say("[]", R"({"$moved":true,"$key":"a","$index":1})"), Fault::no_such_index);
    EXPECT_EQ(bench.say("[]", R"({"$moved":true,"$key":"b","$index":0})"), Fault::no_such_key);
    EXPECT_EQ(bench.say("[]", R"({"$removed":true,"$index":1})"), Fault::no_such_index);
    EXPECT_EQ(bench.say("[2]", R"({"$key":"b","$index":2})"), Fault::no_such_index);
    EXPECT_EQ(bench.say("[2]", R"({"$index":9223372036854775807})"), Fault::no_such_index);
    EXPECT_EQ(bench.keys(), R"("a":[1])");
}

TEST(Lists, EntriesAndBytesAreBounded) {
    Bench bench;
    bench.entries_max = 2;
    bench.say("[1]", R"({"$key":"a"})");
    bench.say("[1]", R"({"$key":"b"})");
    EXPECT_EQ(bench.say("[1]", ""), Fault::full);
    EXPECT_EQ(bench.say("[2]", R"({"$key":"b"})"), Fault::none);
    EXPECT_EQ(bench.say("[1]", "", "other"), Fault::none);

    Bench small(1000);
    EXPECT_EQ(small.say("[\"" + std::string(2000, 'x') + "\"]", ""), Fault::full);
    EXPECT_EQ(small.lists.lists(), 0u);
    EXPECT_EQ(small.say("[1]", R"({"$key":"a"})"), Fault::none);
    EXPECT_EQ(small.say("[\"" + std::string(900, 'x') + "\"]", R"({"$key":"a"})"), Fault::full);
    EXPECT_EQ(small.keys(), R"("a":[1])");
    EXPECT_EQ(small.say("[\"" + std::string(500, 'x') + "\"]", R"({"$key":"a"})"), Fault::none);
    EXPECT_EQ(small.say("[1]", ""), Fault::full);
    EXPECT_EQ(small.say("[1]", R"({"$key":"a"})"), Fault::none);
    EXPECT_EQ(small.say("[1]", ""), Fault::none);
    small.say("[]", R"({"$removed":true})");
    EXPECT_EQ(small.lists.bytes(), 0u);
}

TEST(Lists, TopicsAreFoundByPattern) {
    Bench bench;
    for (const char* topic : {"a.x.b", "a.y.b", "a.y.c", "b"}) bench.say("[1]", "", topic);
    const auto found = [&](Match match, std::string_view uri) {
        std::string out;
        bench.lists.topics({match, uri}, [&](std::string_view topic) { out += std::string(topic) + " "; });
        return out;
    };
    EXPECT_EQ(found(Match::exact, "b"), "b ");
    EXPECT_EQ(found(Match::exact, "a"), "");
    EXPECT_EQ(found(Match::prefix, "a."), "a.x.b a.y.b a.y.c ");
    EXPECT_EQ(found(Match::wildcard, "a..b"), "a.x.b a.y.b ");
    EXPECT_EQ(found(Match::prefix, ""), "a.x.b a.y.b a.y.c b ");
}

// Whoever receives the events and does the same to a copy has the same list, and no byte is lost from the account.
TEST(Lists, EventsAreEnoughToKeepACopy) {
    std::mt19937 random(11);
    Bench bench;
    bench.entries_max = 12;
    Lists copy(1 << 20);
    CountedEntropy no_keys_needed(99);
    ListOperation told;
    int changes = 0;
    for (int round = 0; round < 20'000; ++round) {
        const auto number = [&](unsigned below) { return std::to_string(random() % below); };
        const std::string key = R"("$key":"k)" + number(14) + R"(")", index = R"("$index":)" + number(13);
        std::string args = "[]", kwargs;
        switch (random() % 12) {
            case 0:
                kwargs = R"({"$removed":true,)" + key + "}";
                break;
            case 1:
                kwargs = R"({"$removed":true,)" + index + "}";
                break;
            case 2:
            case 3:
                kwargs = R"({"$moved":true,)" + key + "," + index + "}";
                break;
            case 4:
                kwargs = random() % 8 ? "" : R"({"$removed":true})";
                break;
            case 5:
                args = "[" + number(100) + "]";
                break;
            default:
                args = "[" + number(100) + "]";
                kwargs = R"({"own":)" + number(9) + "," + key + "," + index + "}";
        }
        bench.say(args, kwargs);
        const ListChange& change = bench.last.change;
        if (bench.last.fault != Fault::none || change.kind == ListChange::Kind::none) continue;
        ++changes;
        ByteBuffer event;
        put_list_kwargs(change, event);
        ASSERT_TRUE(told.read({Encoding::msgpack, change.value.args, event.view()}));
        ASSERT_EQ(copy.apply("l", told, 100, PublicationId{1}, no_keys_needed).fault, Fault::none);
        const auto text = [](const Lists& lists) {
            std::string out;
            lists.walk("l", 0, [&](std::size_t, const ListEntry& entry) {
                const Payload value = entry.value.view();
                out += json(entry.key) + json(value.args) + json(value.kwargs) + "\n";
                return true;
            });
            return out;
        };
        ASSERT_EQ(text(copy), text(bench.lists)) << "after " << args << kwargs;
        ASSERT_EQ(copy.bytes(), bench.lists.bytes());
        ASSERT_EQ(copy.entries(), bench.lists.size("l"));
    }
    EXPECT_GT(changes, 5'000);
}

TEST(Lists, AnEventSaysWhatWasDone) {
    Bench bench;
    const auto told = [&] {
        ByteBuffer event;
        put_list_kwargs(bench.last.change, event);
        ListOperation operation;
        ListChange change;
        EXPECT_TRUE(
            read_list_event({Encoding::msgpack, bench.last.change.value.args, event.view()}, operation, change));
        EXPECT_EQ(change.index, bench.last.change.index);
        EXPECT_EQ(change.from, bench.last.change.from);
        EXPECT_EQ(change.key, bench.last.change.key);
        return json(event.view());
    };
    bench.say("[1]", R"({"x":1,"$key":"a"})");
    EXPECT_EQ(told(), R"({"$key":"a","$index":0,"x":1})");
    bench.say("[1]", R"({"$key":5})");
    EXPECT_EQ(told(), R"({"$key":5,"$index":1})");
    bench.say("[]", R"({"$moved":true,"$key":5,"$index":0})");
    EXPECT_EQ(told(), R"({"$moved":true,"$key":5,"$index":0,"$from":1})");
    bench.say("[]", R"({"$removed":true,"$key":"a"})");
    EXPECT_EQ(told(), R"({"$removed":true,"$key":"a","$index":1})");
    bench.say("[]", R"({"$removed":true})");
    EXPECT_EQ(told(), R"({"$removed":true})");
}

}  // namespace
}  // namespace heddle::test
