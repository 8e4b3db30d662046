// Topics that a lane rule makes lists: every publication is an operation, every event tells it on.
#include <gtest/gtest.h>

#include "serializers/uris.hpp"
#include "tests/realms/script.hpp"

namespace heddle::test {
namespace {

RealmSettings realm_with_lists(std::size_t entries_max = 0) {
    RealmSettings settings = open_realm();
    settings.lanes = {{Match::exact, "todo", LaneKind::list, entries_max}, {Match::prefix, "list.", LaneKind::list}};
    return settings;
}

Message put(std::uint64_t request, std::string_view args, std::string_view kwargs, PublishOptions options = {},
            std::string_view topic = "todo") {
    return Publish{{request}, options, topic, payload(args, kwargs)};
}

Message told(std::uint64_t publication, std::string_view args, std::string_view kwargs, std::uint64_t subscription = 1,
             std::string_view topic = {}, bool retained = false) {
    Event made;
    made.subscription = {subscription};
    made.publication = {publication};
    made.payload = payload(args, kwargs);
    made.details.topic = topic;
    made.details.retained = retained;
    return made;
}

TEST(ListTopics, SubscribersReceiveWhatWasDoneAndWhere) {
    Script s(realm_with_lists());
    s.join("ann").join("bob").send("bob", subscribe(1, "todo")).expect("bob", subscribed(1, 1));
    s.send("ann", put(1, R"(["tea"])", R"({"$key":"a"})"))
        .expect("bob", told(1, R"(["tea"])", R"({"$key":"a","$index":0})"));
    s.send("ann", put(2, R"(["milk"])", R"({"$key":"b"})"))
        .expect("bob", told(2, R"(["milk"])", R"({"$key":"b","$index":1})"));
    s.send("ann", put(3, R"(["cake"])", R"({"by":"ann","$index":0,"$key":7})"))
        .expect("bob", told(3, R"(["cake"])", R"({"$key":7,"$index":0,"by":"ann"})"));
    s.send("ann", put(4, R"(["mint tea"])", R"({"$key":"a","$index":9})"))
        .expect("bob", told(4, R"(["mint tea"])", R"({"$key":"a","$index":1})"));
    s.send("ann", put(5, {}, R"({"$moved":true,"$key":"b","$index":0})"))
        .expect("bob", told(5, {}, R"({"$moved":true,"$key":"b","$index":0,"$from":2})"));
    s.send("ann", put(6, "[]", R"({"$removed":true,"$index":1})"))
        .expect("bob", told(6, {}, R"({"$removed":true,"$key":7,"$index":1})"));
    s.send("ann", put(7, "[]", R"({"$removed":true})")).expect("bob", told(7, {}, R"({"$removed":true})"));
}

TEST(ListTopics, WhatChangesNothingIsNotTold) {
    Script s(realm_with_lists());
    s.join("ann").join("bob").send("bob", subscribe(1, "todo")).expect("bob", subscribed(1, 1));
    s.send("ann", put(1, {}, R"({"$removed":true})", acknowledge()))
        .expect("ann", published(1, 1))
        .expect_silence("bob");
    s.send("ann", put(2, "[1]", R"({"$key":"a"})")).expect("bob", told(2, "[1]", R"({"$key":"a","$index":0})"));
    s.send("ann", put(3, {}, R"({"$moved":true,"$key":"a","$index":0})", acknowledge()))
        .expect("ann", published(3, 3))
        .expect_silence("bob");
}

TEST(ListTopics, ALaterSubscriberGetsTheEntriesInOrder) {
    Script s(realm_with_lists());
    s.join("ann");
    for (const auto& [request, kwargs] :
         {std::pair<int, const char*>{1, R"({"$key":"a"})"}, {2, R"({"$key":"b","$index":0})"}, {3, R"({"$key":"c"})"}})
        s.send("ann", put(static_cast<std::uint64_t>(request), "[1]", kwargs));
    s.join("bob").send("bob", subscribe(1, "todo", with_retained())).expect("bob", subscribed(1, 1));
    s.expect("bob", told(1, "[1]", R"({"$key":"b","$index":0})", 1, {}, true));
    s.expect("bob", told(2, "[1]", R"({"$key":"a","$index":1})", 1, {}, true));
    s.expect("bob", told(3, "[1]", R"({"$key":"c","$index":2})", 1, {}, true));
    s.send("bob", subscribe(2, "list.", with_retained(Match::prefix)))
        .expect("bob", subscribed(2, 2))
        .expect_silence("bob");
    s.send("ann", put(4, "[4]", R"({"$key":4})", {}, "list.x"));
    s.expect("bob", told(4, "[4]", R"({"$key":4,"$index":0})", 2, "list.x"));
    s.join("cat").send("cat", subscribe(1, "list.", with_retained(Match::prefix))).expect("cat", subscribed(1, 2));
    s.expect("cat", told(4, "[4]", R"({"$key":4,"$index":0})", 2, "list.x", true));
}

TEST(ListTopics, ThePublisherReceivesTheReasonOfARefusedOperation) {
    Script s(realm_with_lists(1));
    s.join("ann").join("bob").send("bob", subscribe(1, "todo")).expect("bob", subscribed(1, 1));
    std::uint64_t request = 0;
    const auto refused = [&](std::string_view args, const char* kwargs, std::string_view error_uri) {
        ++request;
        s.send("ann", put(request, args, kwargs, acknowledge())).expect("ann", error(16, request, error_uri));
        s.send("ann", put(++request, args, kwargs)).expect_silence("ann");
    };
    refused({}, R"({"$removed":true,"$key":"a"})", uri::invalid_argument);
    refused({}, R"({"$moved":true,"$key":"a","$index":0})", uri::invalid_argument);
    refused("[1]", R"({"$index":1})", uri::invalid_argument);
    refused("[1]", R"({"$removed":true})", uri::invalid_argument);
    s.send("ann", put(++request, "[1]", R"({"$key":"a"})")).expect("bob", told(1, "[1]", R"({"$key":"a","$index":0})"));
    refused("[2]", R"({"$key":"b"})", uri::limit_exceeded);
    PublishOptions for_some = with_lists(ReceiverLists{});
    s.send("ann", put(++request, "[2]", R"({"$key":"a"})", for_some)).expect_silence("bob");
    for_some.acknowledge = true;
    ++request;
    s.send("ann", put(request, "[2]", R"({"$key":"a"})", for_some))
        .expect("ann", error(16, request, uri::invalid_argument));
}

TEST(ListTopics, AnEntryWithoutAKeyGetsOneThatAllSubscribersReceive) {
    Script s(realm_with_lists());
    s.join("ann").join("bob").send("bob", subscribe(1, "todo")).expect("bob", subscribed(1, 1));
    s.send("ann", put(1, "[1]", {}, include_me()));
    s.check([](Play& play) {
        const std::string received = play.next("bob");
        if (received.empty()) return;  // lost on purpose
        EXPECT_NE(received.find(R"([1] {"$key":")"), std::string::npos) << received;
        EXPECT_NE(received.find(R"(","$index":0})"), std::string::npos) << received;
    });
}

TEST(ListTopics, AListNeedsThePermissionToPublish) {
    RealmSettings settings = open_realm();
    settings.lanes = {{Match::exact, "todo", LaneKind::list}};
    PermissionRule rule{Match::exact, "todo", {}, {}};
    rule.deny.add(Action::publish);
    settings.roles[0].permissions.push_back(rule);
    Script s(settings);
    s.join("ann").send("ann", put(1, "[1]", {}, acknowledge())).expect("ann", error(16, 1, uri::not_authorized));
    s.check([](Play& play) { EXPECT_EQ(play.realm().list_size("todo"), 0u); });
}

TEST(ListTopics, TheBridgeReadsAListFromAnyPlace) {
    Play play(realm_with_lists());
    play.connect("ann");
    play.send("ann", hello());
    for (std::uint64_t i = 1; i <= 5; ++i) play.send("ann", put(i, "[" + std::to_string(i) + "]", {}));
    EXPECT_EQ(play.realm().list_size("todo"), 5u);
    std::size_t expected = 2;
    play.realm().read_list("todo", 2, [&](const Realm::ListItem& item) {
        EXPECT_EQ(item.index, expected);
        EXPECT_EQ(play.realm().list_place("todo", item.key), expected);
        return ++expected < 4;
    });
    EXPECT_EQ(expected, 4u);
    EXPECT_EQ(play.counts().list_entries, 5u);
    EXPECT_GT(play.counts().list_bytes, 0u);
    EXPECT_EQ(play.counts().retained, 0u);
    std::vector<std::string> kept;
    play.send("ann", put(6, "[1]", {}, retain(), "a"));
    play.send("ann", put(7, "[1]", {}, {}, "list.a"));
    play.realm().each_retained({}, [&](std::string_view topic) { return kept.emplace_back(topic), kept.size() < 2; });
    EXPECT_EQ(kept, (std::vector<std::string>{"a", "list.a"}));
}

}  // namespace
}  // namespace heddle::test
