// Pairs of features that each work alone.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "realms/id_sequence.hpp"
#include "realms/retained.hpp"
#include "tests/realms/login_play.hpp"
#include "tests/realms/meta_script.hpp"

namespace heddle::test {
namespace {

void join(Play& play, const std::string& peer) {
    play.connect(peer);
    play.send(peer, hello());
    EXPECT_TRUE(play.next(peer).starts_with("WELCOME"));
}

// ---- histories

TEST(HistoriesAnd, MetaEventsOfASubscriptionThatOutlivesItsSubscribers) {
    RealmSettings settings = open_realm();
    settings.histories.push_back({Match::exact, "a"});
    Play play(settings);
    for (const char* peer : {"ann", "bob"}) join(play, peer);
    play.send("ann", subscribe(1, "wamp.subscription.on_delete"));
    play.send("ann", subscribe(2, "wamp.subscription.on_unsubscribe"));
    for (int i = 0; i < 2; ++i) EXPECT_TRUE(play.next("ann").starts_with("SUBSCRIBED"));
    for (std::uint64_t round = 0; round < 3; ++round) {
        play.send("bob", subscribe(2 * round + 1, "a"));
        EXPECT_EQ(play.next("bob"), Play::expected(subscribed(2 * round + 1, 1)));
        play.send("bob", unsubscribe(2 * round + 2, 1));
        EXPECT_TRUE(play.next("bob").starts_with("UNSUBSCRIBED"));
        EXPECT_TRUE(play.next("ann").starts_with("EVENT subscription=3 ")) << "on_unsubscribe";
        EXPECT_EQ(play.next("ann"), "") << "the history keeps the subscription: there is no on_delete";
    }
    EXPECT_EQ(play.counts().subscriptions, 2u) << "those that somebody holds";
}

TEST(HistoriesAnd, TopicsThatNoPatternReaches) {
    RealmSettings settings = open_realm();
    settings.histories.push_back({Match::prefix, "swim."});
    for (const char* topic : {"swim.meta.x", "swim.other"}) {
        Play play(settings);
        join(play, "ann");
        for (std::uint64_t i = 1; i <= 2; ++i) play.send("ann", publish(i, topic, "[1]"));
        play.send("ann", Call{{3}, {}, "wamp.subscription.get_events", payload("[1]")});
        const std::string line = play.next("ann");
        const std::size_t told = nlohmann::json::parse(line.substr(line.find('['))).at(0).size();
        EXPECT_EQ(told, topic == std::string("swim.other") ? 2u : 0u);
    }
}

// ---- retained events

TEST(RetentionAnd, ListsOfReceiversWhereThereIsNoRoom) {
    RetainedInMemory store({1, 1'000'000});
    const auto event = [](bool lists) {
        RetainedEvent made{PublicationId{1}, OwnedPayload(payload("[1]")), nullptr, nullptr, {}};
        ReceiverLists some;
        some.eligible = std::vector<std::uint64_t>{1};
        if (lists) made.lists = std::make_unique<const OwnedReceiverLists>(some);
        return made;
    };
    EXPECT_TRUE(store.put("a", event(false), "").event);
    const std::size_t bytes = store.bytes();
    EXPECT_FALSE(store.put("a", event(true), "").event);
    EXPECT_TRUE(store.has("a")) << "without room nothing changes: the broker decides what becomes of the topic";
    EXPECT_EQ(store.events(), 1u);
    EXPECT_EQ(store.bytes(), bytes);
}

TEST(RetentionAnd, TheRemovalOfAnEventForSome) {
    RetainedInMemory store({10, 1'000'000});
    const auto event = [](bool lists) {
        RetainedEvent made{PublicationId{1}, OwnedPayload(payload("[1]")), nullptr, nullptr, {}};
        if (lists) made.lists = std::make_unique<const OwnedReceiverLists>(ReceiverLists{});
        return made;
    };
    EXPECT_TRUE(store.put("a", event(true), "").first);
    EXPECT_FALSE(store.put("a", event(false), "").first) << "replaces the one with lists, which was older";
    EXPECT_EQ(store.events(), 1u);
    EXPECT_FALSE(store.put("a", event(true), "").first);
    EXPECT_EQ(store.events(), 2u);
    EXPECT_TRUE(store.remove("a"));
    EXPECT_FALSE(store.remove("a"));
    EXPECT_EQ(store.events() + store.bytes(), 0u);
}

// ---- testaments

TEST(TestamentsAnd, ReceiverListsThatOutliveTheCallThatBroughtThem) {
    Play play(open_realm());
    for (const char* peer : {"ann", "cat", "dan"}) join(play, peer);
    for (const char* peer : {"cat", "dan"}) {
        for (const char* topic : {"will", "last"}) play.send(peer, subscribe(1, topic));
        for (int i = 0; i < 2; ++i) EXPECT_TRUE(play.next(peer).starts_with("SUBSCRIBED"));
    }
    const auto leave = [&](const char* topic, const std::string& name, const char* peer) {
        const std::string options =
            R"({"publish_options":{"eligible_authid":[")" + name + "\",\"" + play.authid(peer) + "\"]}}";
        const std::string args = "[\"" + std::string(topic) + "\",[1]]";
        play.send("ann", Call{{1}, {}, "wamp.session.add_testament", payload(args, options)});
        EXPECT_TRUE(play.next("ann").starts_with("RESULT"));
    };
    // The second call uses the memory again that the first has left, and names somebody else in the same place.
    leave("will", std::string(400, 'x'), "cat");
    leave("last", std::string(400, 'y'), "dan");
    play.lose("ann");
    EXPECT_TRUE(play.next("cat").starts_with("EVENT subscription=1"));
    EXPECT_EQ(play.next("cat"), "");
    EXPECT_TRUE(play.next("dan").starts_with("EVENT subscription=2"));
    EXPECT_EQ(play.next("dan"), "");
}

// ---- calls

TEST(CallsAnd, AnErrorOfAnotherTypeForAnOpenInvocation) {
    for (const std::uint64_t type : {16u, 32u, 34u, 48u, 64u, 66u}) {
        Script s;
        s.join("ann").join("bob").send("bob", register_(1, "p")).expect("bob", registered(1, 1));
        s.send("ann", call(1, "p")).expect("bob", invocation(1, 1));
        s.send("bob", error(type, 1, "a.b")).expect_violation("bob").expect("ann", error(48, 1, "wamp.error.canceled"));
    }
}

TEST(CallsAnd, StreamsThatBeginWithAnyIdWhereIdsAreTolerant) {
    const Roles streaming = rpc_roles({Feature::progressive_call_invocations, Feature::progressive_call_results,
                                       Feature::call_canceling});
    InvocationDetails more;
    more.progress = true;
    for (const std::uint64_t id : {std::uint64_t{7}, id_max}) {
        Script s;
        s.join("ann", streaming).join("bob", streaming).send("bob", register_(1, "p")).expect("bob", registered(1, 1));
        s.send("ann", call(id, "p", "[1]", unfinished())).expect("bob", invocation_with(1, 1, more, "[1]"));
        s.send("ann", call(id, "p", "[2]")).expect("bob", invocation(1, 1, "[2]"));
        s.send("bob", yield(1)).expect("ann", result(id));
    }
}

TEST(CallsAnd, InvocationIdsThatBeginAgain) {
    IdSequence ids(id_max - 1);
    EXPECT_FALSE(ids.used({id_max}));
    EXPECT_EQ(ids.take().value, id_max);
    EXPECT_TRUE(ids.used({id_max}));
    EXPECT_FALSE(ids.used({0}));
    EXPECT_EQ(ids.take().value, 1u);
    EXPECT_TRUE(ids.used({id_max})) << "each id was used once";
    EXPECT_FALSE(ids.used({0})) << "but for 0, which is no id";
    ids.untake();
    EXPECT_EQ(ids.take().value, 1u) << "the callee did not see the one before";
    EXPECT_EQ(ids.take().value, 2u);
    ids.untake();
    EXPECT_EQ(ids.take().value, 2u);
}

// ---- sessions that leave, and sessions that are not listed

TEST(MetaAnd, ASessionBetweenGoodbyeAndItsAnswer) {
    MetaScript script;
    script.join("ann").join("bob");
    script->check([](Play& play) { play.kick("bob", "com.app.enough"); });
    script->expect("bob", Goodbye{"bye", "com.app.enough"});
    script.call("ann", 1, "wamp.session.get", "[@bob]").receives("ann", "ERROR 48 1 wamp.error.no_such_session");
    script.call("ann", 2, "wamp.session.count").receives("ann", "RESULT 2 [1]");
    script.call("ann", 3, "wamp.session.list").receives("ann", "RESULT 3 [[@ann]]");
    script.call("ann", 4, "wamp.session.kill", "[@bob]").receives("ann", "ERROR 48 4 wamp.error.no_such_session");
    script->send("bob", goodbye("wamp.close.goodbye_and_out")).expect_closed("bob", CloseReason::killed);
}

/// An HTTP request has a session, which no list shows and no meta event tells of.
TEST(MetaAnd, ASessionThatIsOnlyPassing) {
    RealmSettings settings = login_realm({AuthMethod::token});
    settings.anonymous_role = "guest";
    settings.limits.authid_sessions_max = 1;
    for (RoleSettings& role : settings.roles) role.permissions.push_back({Match::prefix, "wamp.", {0xf}, {}});
    LoginPlay play(settings);
    const auto log_in = [&](const std::string& peer, bool passing) {
        PeerFacts facts;
        facts.secure = true;
        facts.passing = passing;
        play.connect(peer, facts);
        play.hello(peer, {"token"}, "kim", R"({"token":")" + kims_token() + "\"}");
        EXPECT_EQ(play.received(peer), "WELCOME kim operator token static") << peer;
    };
    play.connect("ann");
    play.hello("ann", {"anonymous"});
    EXPECT_TRUE(play.received("ann").starts_with("WELCOME"));
    play.send("ann", subscribe(1, "wamp.session.on_join"));
    play.send("ann", subscribe(2, "wamp.session.on_leave"));
    for (int i = 0; i < 2; ++i) EXPECT_EQ(play.received("ann"), "SUBSCRIBED");
    for (int round = 0; round < 3; ++round) {
        for (const char* peer : {"one", "two"}) log_in(peer, true);  // they do not count for authid_sessions_max
        play.send("ann", Call{{3}, {}, "wamp.session.count", payload("[]")});
        EXPECT_EQ(play.received("ann"), "RESULT [1]");
        const std::string id = std::to_string(play.session("one").value);
        play.send("ann", Call{{4}, {}, "wamp.session.kill", payload("[" + id + "]")});
        EXPECT_EQ(play.received("ann"), "ERROR") << "there is no such session";
        for (const char* peer : {"one", "two"}) play.lose(peer);
        EXPECT_EQ(play.received("ann"), "") << "neither on_join nor on_leave";
    }
    log_in("kim", false);
    EXPECT_EQ(play.received("ann"), "EVENT") << "on_join";
    play.lose("kim");
    EXPECT_EQ(play.received("ann"), "EVENT") << "on_leave";
}

}  // namespace
}  // namespace heddle::test
