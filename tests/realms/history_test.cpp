// Event history (advanced profile) of a realm: what is kept, and who may read it.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/realms/script.hpp"

namespace heddle::test {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::json;

HistoryRule rule_for(std::string_view uri, Match match = Match::exact) {
    HistoryRule rule;
    rule.match = match;
    rule.uri = uri;
    return rule;
}
class History : public testing::Test {
 protected:
    explicit History(RealmSettings settings = realm()) : play(settings) {
        for (const std::string peer : {"ann", "bob"}) {
            play.connect(peer);
            play.admit(peer, peer_roles(), {peer, "anonymous", "ticket", "static"});
            EXPECT_TRUE(play.next(peer).starts_with("WELCOME"));
        }
    }
    static Roles peer_roles() {
        Roles roles = all_roles();
        roles.add(Role::publisher, Feature::payload_passthru_mode);
        return roles;
    }
    static RealmSettings realm() {
        RealmSettings settings = open_realm();
        settings.histories = {rule_for("a.b"), rule_for("a.", Match::prefix)};
        return settings;
    }
    void publish(std::string_view topic, std::string_view args, PublishOptions options = {}) {
        play.send("ann", test::publish(++asked["ann"], topic, args, options));
    }
    /// The payload of the RESULT, or the error's URI.
    std::string ask(const std::string& peer, std::string_view args, std::string_view kwargs = {},
                    std::string_view procedure = "wamp.subscription.get_events") {
        play.send(peer, Call{{++asked[peer]}, {}, procedure, payload(args, kwargs)});
        const std::string line = play.next(peer);
        for (const std::string& head :
             {"RESULT " + std::to_string(asked[peer]) + " ", "ERROR 48 " + std::to_string(asked[peer]) + " "})
            if (line.starts_with(head)) return line.substr(head.size());
        return line;
    }
    Json events(std::string_view args, std::string_view kwargs = {}, const std::string& peer = "bob") {
        const std::string answer = ask(peer, args, kwargs);
        const Json list = Json::parse(answer, nullptr, false);
        EXPECT_TRUE(list.is_array() && list.size() == 1) << answer;
        return list.is_array() && list.size() == 1 ? list[0] : Json();
    }
    /// First arguments of the events, side by side.
    std::string firsts(std::string_view args, std::string_view kwargs = {}, const std::string& peer = "bob") {
        std::string all;
        for (const Json& event : events(args, kwargs, peer)) all += event["args"][0].dump();
        return all;
    }
    std::string named(std::string_view key, const Json& value) { return Json{{std::string(key), value}}.dump(); }

    Play play;
    std::map<std::string, std::uint64_t> asked;
};

TEST_F(History, BeginsBeforeAnybodySubscribesAndItsIdStays) {
    publish("a.b", "[1]");
    EXPECT_EQ(ask("bob", R"(["a.b"])", {}, "wamp.subscription.lookup"), "[1]");
    EXPECT_EQ(firsts("[1]"), "1");
    play.send("bob", subscribe(++asked["bob"], "a.b"));
    EXPECT_EQ(play.next("bob"), Play::expected(subscribed(asked["bob"], 1)));
    play.send("bob", unsubscribe(++asked["bob"], 1));
    EXPECT_EQ(play.next("bob"), Play::expected(unsubscribed(asked["bob"])));
    publish("a.b", "[2]");
    EXPECT_EQ(firsts("[1]"), "12");
    EXPECT_EQ(play.counts().subscriptions, 0u) << "nobody holds one";
}

/// What a lost or broken connection causes happens when it is lost, not when its realm was last spoken to.
TEST_F(History, TestamentsHaveTheTimeOfTheEnd) {
    for (const bool violated : {false, true}) {
        const std::string peer = violated ? "cat" : "dan";
        play.connect(peer);
        play.admit(peer, peer_roles(), {peer, "anonymous", "ticket", "static"});
        EXPECT_TRUE(play.next(peer).starts_with("WELCOME"));
        EXPECT_TRUE(ask(peer, R"(["a.b",["will"],{}])", {}, "wamp.session.add_testament").starts_with("RESULT"));
        play.wait(1h);
        violated ? play.violate(peer, CloseReason::slow_consumer) : play.lose(peer);
    }
    const Json kept = events("[1]");
    ASSERT_EQ(kept.size(), 2u);
    EXPECT_EQ(kept[0]["timestamp"], "1970-01-01T02:00:00.000Z");
    EXPECT_EQ(kept[1]["timestamp"], "1970-01-01T03:00:00.000Z");
}

TEST_F(History, TestamentsOutliveAShortAge) {
    RealmSettings settings = realm();
    for (HistoryRule& rule : settings.histories) rule.age_max = 10s;
    play.apply(settings);
    EXPECT_TRUE(ask("ann", R"(["a.b",["will"],{}])", {}, "wamp.session.add_testament").starts_with("RESULT"));
    play.wait(60s);
    play.lose("ann");
    play.wait(5s);
    EXPECT_EQ(firsts("[1]"), "\"will\"");
}

TEST_F(History, TellsWhatTheEventWas) {
    PublishOptions options = test::named();
    options.extras = extras({{"_trace", "{\"a\":[1]}"}});
    play.send("ann", Message(Publish{{++asked["ann"]}, options, "a.b", payload("[1,{\"b\":null}]", "{\"k\":2}")}));
    Json event = events("[1]").at(0);
    EXPECT_TRUE(event["publication"].is_number_unsigned());
    event.erase("publication");
    const Json due = {{"timestamp", "1970-01-01T01:00:00.000Z"},
                      {"subscription", 1},
                      {"details",
                       {{"publisher", play.session("ann")},
                        {"publisher_authid", "ann"},
                        {"publisher_authrole", "anonymous"},
                        {"_trace", {{"a", {1}}}}}},
                      {"args", {1, {{"b", nullptr}}}},
                      {"kwargs", {{"k", 2}}}};
    EXPECT_EQ(event, due);
    EXPECT_EQ(events("[2]").at(0)["details"]["topic"], "a.b") << "subscribers to a pattern are told the topic";
}

TEST_F(History, OfAPatternHasAllItsTopicsAndOneOfThemIfAsked) {
    publish("a.b", "[1]");
    publish("a.c", "[2]");
    publish("b.c", "[3]");
    EXPECT_EQ(firsts("[1]"), "1");
    EXPECT_EQ(firsts("[2]"), "12");
    EXPECT_EQ(firsts("[2]", R"({"topic":"a.c"})"), "2");
}

TEST_F(History, IsReadInBothDirectionsUpToALimit) {
    for (const char* args : {"[1]", "[2]", "[3]"}) publish("a.b", args);
    EXPECT_EQ(firsts("[1]", R"({"reverse":true})"), "321");
    EXPECT_EQ(firsts("[1]", R"({"limit":2})"), "12");
    EXPECT_EQ(firsts("[1,2]", R"({"reverse":true})"), "32");
    EXPECT_EQ(ask("bob", "[1,0]"), "[[]]");
}

TEST_F(History, IsReadBetweenTimes) {
    for (const char* args : {"[0]", "[1]", "[2]"}) {
        publish("a.b", args);
        play.pass(1s);
    }
    const std::string one = "1970-01-01T01:00:01.000Z";
    EXPECT_EQ(firsts("[1]", named("from_time", one)), "12");
    EXPECT_EQ(firsts("[1]", named("after_time", one)), "2");
    EXPECT_EQ(firsts("[1]", named("before_time", one)), "0");
    EXPECT_EQ(firsts("[1]", named("until_time", one)), "01");
    EXPECT_EQ(firsts("[1]", named("from_time", "1970-01-01T02:00:01+01:00")), "12");
    EXPECT_EQ(ask("bob", "[1]", named("from_time", "yesterday")), "wamp.error.invalid_argument");
}

TEST_F(History, IsReadBetweenPublicationsByPlaceAndNotById) {
    for (const char* args : {"[0]", "[1]", "[2]", "[3]"}) publish("a.b", args);
    const Json all = events("[1]");
    const Json one = all.at(1)["publication"];
    EXPECT_EQ(firsts("[1]", named("from_publication", one)), "123");
    EXPECT_EQ(firsts("[1]", named("after_publication", one)), "23");
    EXPECT_EQ(firsts("[1]", named("before_publication", one)), "0");
    EXPECT_EQ(firsts("[1]", named("until_publication", one)), "01");
    EXPECT_EQ(firsts("[1]", named("before_publication", all.at(0)["publication"])), "");
    EXPECT_EQ(ask("bob", "[1]", named("after_publication", 12345)), "wamp.error.invalid_argument");
}

TEST_F(History, NeverHasEventsForSomeSessions) {
    ReceiverLists lists;
    lists.exclude = {{1}};
    publish("a.b", "[1]", with_lists(lists));
    lists.exclude.reset();
    lists.eligible = {{play.session("bob")}};
    publish("a.b", "[2]", with_lists(lists));
    EXPECT_EQ(ask("bob", "[1]"), "[[]]");
    EXPECT_EQ(play.counts().history_events, 0u);
}

TEST_F(History, ShowsEventsWithListsToThoseTheyNameWheneverTheyCome) {
    ReceiverLists lists;
    lists.eligible_authid = {"bob"};
    publish("a.b", "[1]", with_lists(lists));
    lists = {};
    lists.exclude_authrole = {"anonymous"};
    publish("a.b", "[2]", with_lists(lists));
    publish("a.b", "[3]");
    EXPECT_EQ(firsts("[1]"), "13");
    EXPECT_EQ(firsts("[1]", {}, "ann"), "3");
}

TEST_F(History, RefusesWhatItIsNotAskedProperly) {
    play.send("bob", subscribe(++asked["bob"], "c"));
    play.next("bob");
    EXPECT_EQ(ask("bob", "[3]"), "wamp.error.history_unavailable");
    EXPECT_EQ(ask("bob", "[4]"), "wamp.error.no_such_subscription");
    EXPECT_EQ(ask("bob", "[]"), "wamp.error.invalid_argument");
    EXPECT_EQ(ask("bob", "[1]", R"({"reverse":1})"), "wamp.error.invalid_argument");
    EXPECT_EQ(ask("bob", "[1]", R"({"limit":-1})"), "wamp.error.invalid_argument");
    EXPECT_EQ(ask("bob", "[1]", R"({"topic":1})"), "wamp.error.invalid_argument");
}

TEST_F(History, HasARetainedEventOnce) {
    publish("a.b", "[1]", retain());
    play.send("bob", subscribe(++asked["bob"], "a.b", with_retained()));
    play.next("bob");
    EXPECT_TRUE(play.next("bob").starts_with("EVENT"));
    EXPECT_EQ(firsts("[1]"), "1");
}

class BoundedHistory : public History {
 protected:
    BoundedHistory() : History(bounded()) {}
    static RealmSettings bounded() {
        RealmSettings settings = realm();
        settings.histories[0].events_max = 2;
        settings.histories[0].age_max = 10s;
        settings.limits.history_answer_max = 3;
        settings.roles[0].permissions.push_back({Match::exact, "a.secret", {}, actions({Action::subscribe})});
        return settings;
    }
};

TEST_F(BoundedHistory, ForgetsTheOldest) {
    for (const char* args : {"[1]", "[2]", "[3]"}) publish("a.b", args);
    EXPECT_EQ(firsts("[1]"), "23");
    play.pass(10s + 1ms);
    EXPECT_EQ(ask("bob", "[1]"), "[[]]");
}

TEST_F(BoundedHistory, IsOnlyForThoseWhoMaySubscribe) {
    publish("a.secret", "[1]");
    EXPECT_EQ(ask("bob", "[2]"), "wamp.error.not_authorized") << "the pattern holds what is denied";
}

TEST_F(BoundedHistory, IsReadInPieces) {
    RealmSettings settings = bounded();
    settings.roles[0].permissions.pop_back();
    Play all(settings);
    std::uint64_t request = 0;
    all.connect("ann");
    all.send("ann", hello());
    all.next("ann");
    for (const char* args : {"[1]", "[2]", "[3]", "[4]", "[5]"}) all.send("ann", test::publish(++request, "a.x", args));
    const auto read = [&](const Json& kwargs) {
        all.send("ann", Call{{++request}, {}, "wamp.subscription.get_events", payload("[2]", kwargs.dump())});
        const std::string line = all.next("ann");
        return Json::parse(line.substr(line.find('[')), nullptr, false).at(0);
    };
    const Json first = read(Json::object());
    ASSERT_EQ(first.size(), 3u);
    const Json rest = read({{"after_publication", first[2]["publication"]}});
    ASSERT_EQ(rest.size(), 2u);
    EXPECT_EQ(rest[1]["args"], Json({5}));
    EXPECT_EQ(read({{"after_publication", rest[1]["publication"]}}), Json::array());
}

}  // namespace
}  // namespace heddle::test
