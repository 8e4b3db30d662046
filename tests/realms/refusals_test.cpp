// Each refusal at a limit is counted, and nothing that is still within it (docs/limits.md).
#include <gtest/gtest.h>

#include "realms/held_messages.hpp"
#include "realms/testaments.hpp"
#include "serializers/codec.hpp"
#include "tests/realms/login_play.hpp"
#include "tests/realms/meta_script.hpp"
#include "tests/realms/refused.hpp"

namespace heddle::test {
namespace {

PublishOptions kept_and_told() {
    PublishOptions options = acknowledge();
    options.retain = true;
    return options;
}

TEST(Refusals, OfSubscriptionsTopicsAndUris) {
    RealmSettings settings = open_realm();
    settings.limits.subscriptions_max = 2;
    settings.limits.topics_max = 3;
    settings.limits.uri_bytes_max = 16;
    Script s{settings};
    s.join("ann").join("bob");
    s.send("ann", subscribe(1, "a")).expect("ann", subscribed(1, 1)).send("ann", subscribe(2, "b")).expect("ann", subscribed(2, 2));
    s.check(refused(Refusal::subscriptions, 0));
    s.send("ann", subscribe(3, "c")).expect("ann", error(32, 3, "heddle.error.limit_exceeded"));
    s.check(refused(Refusal::subscriptions, 1)).check(refused(Refusal::topics, 0));
    s.send("bob", subscribe(1, "c")).expect("bob", subscribed(1, 3));
    s.send("bob", subscribe(2, "d")).expect("bob", error(32, 2, "heddle.error.limit_exceeded"));
    s.check(refused(Refusal::topics, 1)).check(refused(Refusal::uri, 0));
    s.send("bob", publish(3, "a.b.c.d.e.f.g.h.i", "[]", acknowledge())).expect("bob", error(16, 3, "wamp.error.invalid_uri"));
    s.check(refused(Refusal::uri, 1));
}

TEST(Refusals, OfRegistrationsProceduresAndCalls) {
    RealmSettings settings = open_realm();
    settings.limits.registrations_max = 1;
    settings.limits.procedures_max = 2;
    settings.limits.calls_max = 2;
    settings.limits.invocations_max = 1;
    Script s{settings};
    s.join("ann").join("bob").join("cat");
    s.send("ann", register_(1, "a")).expect("ann", registered(1, 1));
    s.send("ann", register_(2, "b")).expect("ann", error(64, 2, "heddle.error.limit_exceeded"));
    s.check(refused(Refusal::registrations, 1));
    s.send("bob", register_(1, "b")).expect("bob", registered(1, 2));
    s.send("cat", register_(1, "c")).expect("cat", error(64, 1, "heddle.error.limit_exceeded"));
    s.check(refused(Refusal::procedures, 1));
    s.send("cat", call(2, "a")).expect("ann", invocation(1, 1)).send("cat", call(3, "a"));
    s.expect("cat", error(48, 3, "heddle.error.limit_exceeded")).check(refused(Refusal::invocations, 1));
    s.send("cat", call(4, "b")).expect("bob", invocation(1, 2)).send("cat", call(5, "b"));
    s.expect("cat", error(48, 5, "heddle.error.limit_exceeded")).check(refused(Refusal::calls, 1));
}

TEST(Refusals, OfSessionsAndOfRetainedEventsInAll) {
    RealmSettings settings = open_realm();
    settings.limits.sessions_max = 1;
    settings.limits.retained_events_max = 1;
    Script s{settings};
    s.join("ann").connect("bob").send("bob", hello()).expect("bob", abort("heddle.error.limit_exceeded"));
    s.expect_closed("bob", CloseReason::refused).check(refused(Refusal::sessions, 1));
    s.send("ann", publish(1, "a", "[1]", kept_and_told())).expect("ann", published(1, 1));
    s.send("ann", publish(2, "b", "[1]", kept_and_told())).expect("ann", error(16, 2, "heddle.error.limit_exceeded"));
    s.check(refused(Refusal::retained, 1));
}

TEST(Refusals, OfLogins) {
    RealmSettings settings = login_realm({AuthMethod::ticket, AuthMethod::wampcra});
    settings.limits.logins_max = 1;
    LoginPlay play(settings);
    play.connect("a");
    play.hello("a", {"ticket"}, "kim");
    play.connect("b");
    play.hello("b", {"ticket"}, "kim");
    EXPECT_EQ(play.realm().tallies().refusals[Refusal::logins], 1u);
    EXPECT_EQ(play.realm().tallies().refusals[Refusal::authid_sessions], 0u);
}

TEST(Refusals, OfSessionsOfAnAuthid) {
    RealmSettings settings = login_realm({AuthMethod::wampcra});
    settings.limits.authid_sessions_max = 1;
    LoginPlay play(settings);
    const auto log_in = [&](const std::string& peer) {
        play.connect(peer);
        play.hello(peer, {"wampcra"}, "kim");
        play.received(peer);
        play.authenticate(peer, cra_signature(play, peer));
        return play.received(peer);
    };
    EXPECT_TRUE(log_in("a").starts_with("WELCOME"));
    EXPECT_EQ(play.realm().tallies().refusals[Refusal::authid_sessions], 0u);
    EXPECT_TRUE(log_in("b").starts_with("ABORT heddle.error.limit_exceeded"));
    EXPECT_EQ(play.realm().tallies().refusals[Refusal::authid_sessions], 1u);
    play.lose("a");
    EXPECT_TRUE(log_in("c").starts_with("WELCOME"));
    EXPECT_EQ(play.realm().tallies().refusals[Refusal::authid_sessions], 1u);
}

TEST(Refusals, OfPayloadsOfCallsThatMayGoToAnotherCallee) {
    RealmSettings settings = open_realm();
    settings.limits.held_bytes_max = 5;
    const Roles rerouting = rpc_roles({Feature::call_reroute});
    const char* const unavailable = "wamp.error.unavailable";
    Script s{settings};
    s.join("ann", rerouting);
    for (const char* peer : {"bob", "cat"})
        s.join(peer, rerouting).send(peer, register_(1, "p", shared(Invoke::first))).expect(peer, registered(1, 1));
    s.send("ann", call(1, "p", "[777]")).expect("bob", invocation(1, 1, "[777]"));
    s.check(refused(Refusal::held_calls, 0));
    s.send("ann", call(2, "p", "[8]")).expect("bob", invocation(2, 1, "[8]"));
    s.check(refused(Refusal::held_calls, 1));
    s.send("bob", error(68, 1, unavailable)).expect("cat", invocation(1, 1, "[777]"));
    s.send("bob", error(68, 2, unavailable)).expect("ann", error(48, 2, "wamp.error.no_available_callee"));
    s.send("cat", yield(1)).expect("ann", result(1));
    s.send("ann", call(3, "p", "[999]")).expect("bob", invocation(3, 1, "[999]"));
    s.check(refused(Refusal::held_calls, 1));
}

TEST(Refusals, OfTestaments) {
    RealmSettings settings = MetaScript::powerful_realm();
    settings.limits.testaments_max = 1;
    MetaScript script(settings);
    script.join("ann").call("ann", 1, "wamp.session.add_testament", R"(["will",[1]])").receives("ann", "RESULT 1");
    script->check(refused(Refusal::testaments, 0));
    script.call("ann", 2, "wamp.session.add_testament", R"(["will",[2]])");
    script.receives("ann", "ERROR 48 2 heddle.error.limit_exceeded")->check(refused(Refusal::testaments, 1));
    script.call("ann", 3, "wamp.session.flush_testaments").receives("ann", "RESULT 3");
    script.call("ann", 4, "wamp.session.add_testament", R"(["will",[2]])").receives("ann", "RESULT 4");
    script->check(refused(Refusal::testaments, 1));
}

TEST(Refusals, OfBytesOfTestaments) {
    RealmSettings settings = MetaScript::powerful_realm();
    settings.limits.testament_bytes_max = Testaments::bytes_of(Publish{{1}, {}, "will", {Encoding::msgpack, "\x91\x01", {}}});
    MetaScript script(settings);
    script.join("ann").call("ann", 1, "wamp.session.add_testament", R"(["will",["x"]])");
    script.receives("ann", "ERROR 48 1 heddle.error.limit_exceeded")->check(refused(Refusal::testaments, 1));
    script.call("ann", 2, "wamp.session.add_testament", R"(["will",[1]])").receives("ann", "RESULT 2");
    script->check(refused(Refusal::testaments, 1));
}

RealmSettings realm_with_a_list() {
    RealmSettings settings = open_realm();
    settings.lanes = {{Match::exact, "todo", LaneKind::list}};
    return settings;
}
Message put(std::uint64_t request, std::string_view args, std::string_view key, PublishOptions options = acknowledge()) {
    return Publish{{request}, options, "todo", payload(args, key)};
}

TEST(Refusals, OfEntriesOfAList) {
    RealmSettings settings = realm_with_a_list();
    settings.limits.list_entries_max = 1;
    Script s{settings};
    s.join("ann").send("ann", put(1, "[1]", R"({"$key":"a"})")).expect("ann", published(1, 1));
    s.send("ann", put(2, "[2]", R"({"$key":"a"})")).expect("ann", published(2, 2)).check(refused(Refusal::lists, 0));
    s.send("ann", put(3, "[3]", R"({"$key":"b"})")).expect("ann", error(16, 3, "heddle.error.limit_exceeded"));
    s.check(refused(Refusal::lists, 1)).send("ann", put(4, "[3]", R"({"$key":"b"})", {})).expect_silence("ann");
    s.check(refused(Refusal::lists, 2)).send("ann", put(5, "[]", R"({"$removed":true,"$key":"c"})"));
    s.expect("ann", error(16, 5, "wamp.error.invalid_argument")).check(refused(Refusal::lists, 2));
}

TEST(Refusals, OfBytesOfLists) {
    Play measured(realm_with_a_list());
    measured.connect("ann");
    measured.send("ann", hello());
    measured.send("ann", put(1, "[1]", R"({"$key":"a"})"));
    RealmSettings settings = realm_with_a_list();
    settings.limits.list_bytes_max = measured.counts().list_bytes;
    Script s{settings};
    s.join("ann").send("ann", put(1, R"(["x"])", R"({"$key":"a"})")).expect("ann", error(16, 1, "heddle.error.limit_exceeded"));
    s.check(refused(Refusal::lists, 1));
    s.send("ann", put(2, "[1]", R"({"$key":"a"})")).expect("ann", published(2, 1)).check(refused(Refusal::lists, 1));
    s.send("ann", put(3, R"(["x"])", R"({"$key":"a"})")).expect("ann", error(16, 3, "heddle.error.limit_exceeded"));
    s.check(refused(Refusal::lists, 2));
}

/// A realm that asks the procedure com.may about everything, and ann in it.
struct Asking {
    Asking() : play(settings()) {
        play.connect("ann");
        play.send("ann", hello());
        play.next("ann");
    }
    static RealmSettings settings() {
        RealmSettings realm = open_realm();
        realm.roles = {{"anonymous", {}, 0}};
        realm.auth.authorizer = "com.may";
        return realm;
    }
    void expect_refused(std::uint64_t times) {
        EXPECT_EQ(play.realm().tallies().refusals[Refusal::authorizer_backlog], times);
        EXPECT_EQ(play.next("ann"), times ? "ABORT heddle.error.limit_exceeded" : "");
        EXPECT_EQ(play.next("ann"), times ? "CLOSED backlog" : "");
    }
    Play play;
};

TEST(Refusals, OfMessagesBehindOneThatTheAuthorizerIsAskedAbout) {
    Asking door;
    for (std::uint64_t i = 1; i <= HeldMessages::messages_max; ++i) door.play.send("ann", publish(i, "com.a"));
    door.expect_refused(0);
    door.play.send("ann", publish(HeldMessages::messages_max + 1, "com.a"));
    door.expect_refused(1);
}

TEST(Refusals, OfBytesBehindWhatTheAuthorizerIsAskedAbout) {
    for (const std::size_t beyond : {0u, 1u}) {
        Asking door;
        const auto sized = [&](std::uint64_t request, std::size_t bytes) {
            ByteBuffer encoded;
            encode(publish(request, "com.a", "[\"\"]"), Encoding::json, encoded);
            const std::string text = "[\"" + std::string(bytes - encoded.view().size(), 'x') + "\"]";
            door.play.send("ann", publish(request, "com.a", text));
        };
        sized(1, 1'000);
        sized(2, HeldMessages::bytes_max - 1'000 + beyond);
        door.expect_refused(beyond);
    }
}

}  // namespace
}  // namespace heddle::test
