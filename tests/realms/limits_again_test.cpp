// Limits count what there is now: whatever was filled and given back may be filled again, as often as anybody likes.
#include <gtest/gtest.h>

#include "realms/held_calls.hpp"
#include "realms/lists.hpp"
#include "realms/retained.hpp"
#include "realms/testaments.hpp"
#include "tests/realms/login_play.hpp"
#include "tests/realms/meta_script.hpp"

namespace heddle::test {
namespace {

using namespace std::chrono_literals;

constexpr int rounds = 4;
constexpr const char* full = "heddle.error.limit_exceeded";

TEST(LimitsAgain, SubscriptionsOfASessionAndTopicsOfTheRealm) {
    RealmSettings settings = open_realm();
    settings.limits.subscriptions_max = 2;
    settings.limits.topics_max = 2;
    Script script(settings);
    script.join("ann").join("bob");
    std::uint64_t next = 1, id = 1;
    for (int round = 0; round < rounds; ++round, next += 5, id += 2) {
        script.send("ann", subscribe(next, "a")).expect("ann", subscribed(next, id));
        script.send("ann", subscribe(next + 1, "b")).expect("ann", subscribed(next + 1, id + 1));
        script.send("ann", subscribe(next + 2, "c")).expect("ann", error(32, next + 2, full));
        script.send("bob", subscribe(next, "c")).expect("bob", error(32, next, full));
        script.send("ann", unsubscribe(next + 3, id)).expect("ann", unsubscribed(next + 3));
        script.send("ann", unsubscribe(next + 4, id + 1)).expect("ann", unsubscribed(next + 4));
    }
}

TEST(LimitsAgain, RegistrationsOfASessionAndProceduresOfTheRealm) {
    RealmSettings settings = open_realm();
    settings.limits.registrations_max = 2;
    settings.limits.procedures_max = 2;
    Script script(settings);
    script.join("ann").join("bob");
    std::uint64_t next = 1, id = 1;
    for (int round = 0; round < rounds; ++round, next += 5, id += 2) {
        script.send("ann", register_(next, "a")).expect("ann", registered(next, id));
        script.send("ann", register_(next + 1, "b")).expect("ann", registered(next + 1, id + 1));
        script.send("ann", register_(next + 2, "c")).expect("ann", error(64, next + 2, full));
        script.send("bob", register_(next, "c")).expect("bob", error(64, next, full));
        script.send("ann", unregister(next + 3, id)).expect("ann", unregistered(next + 3));
        script.send("ann", unregister(next + 4, id + 1)).expect("ann", unregistered(next + 4));
    }
}

/// However a call ends, it gives back its place with the caller and with the callee.
TEST(LimitsAgain, OpenCallsHoweverTheyEnd) {
    RealmSettings settings = open_realm();
    settings.limits.calls_max = 2;
    settings.limits.invocations_max = 2;
    settings.limits.call_timeout = 10s;
    Script script(settings);
    const Roles cancelable = rpc_roles({Feature::call_canceling});
    script.join("ann", cancelable).join("bob", cancelable).send("bob", register_(1, "p"));
    script.expect("bob", registered(1, 1));
    for (std::uint64_t round = 0; round < rounds; ++round) {
        const std::uint64_t first = 3 * round + 1, second = first + 1, third = first + 2;
        const std::uint64_t asked = 2 * round + 1, again = asked + 1;  // invocations
        script.send("ann", call(first, "p")).expect("bob", invocation(asked, 1));
        script.send("ann", call(second, "p")).expect("bob", invocation(again, 1));
        script.send("ann", call(third, "p")).expect("ann", error(48, third, full));
        switch (round % 3) {
            case 0:
                script.send("bob", yield(asked)).expect("ann", result(first));
                script.send("bob", error(68, again, "a.b")).expect("ann", error(48, second, "a.b"));
                break;
            case 1:
                for (const std::uint64_t one : {first, second}) {
                    script.send("ann", cancel(one, CancelMode::killnowait));
                    script.expect("ann", error(48, one, "wamp.error.canceled"));
                }
                script.expect("bob", interrupt(asked)).expect("bob", interrupt(again));
                break;
            default:
                script.pass(10s).expect("bob", interrupt(asked)).expect("bob", interrupt(again));
                for (const std::uint64_t one : {first, second})
                    script.expect("ann", error(48, one, "wamp.error.timeout"));
        }
    }
}

TEST(LimitsAgain, InvocationsOfACalleeWhoseCallersLeave) {
    RealmSettings settings = open_realm();
    settings.limits.invocations_max = 2;
    Play play(settings);
    const auto join = [&](const std::string& peer) {
        play.connect(peer);
        play.send(peer, hello());
        play.next(peer);
    };
    join("bob");
    play.send("bob", register_(1, "p"));
    play.next("bob");
    for (int round = 0; round < rounds; ++round) {
        join("ann");
        for (std::uint64_t i = 1; i <= 2; ++i) {
            play.send("ann", call(i, "p"));
            EXPECT_TRUE(play.next("bob").starts_with("INVOCATION")) << round;
        }
        play.send("ann", call(3, "p"));
        EXPECT_EQ(play.next("ann"), Play::expected(error(48, 3, full)));
        play.lose("ann");
        EXPECT_EQ(play.counts().calls, 0u);
    }
}

TEST(LimitsAgain, SessionsOfTheRealmAndOfOneAuthid) {
    RealmSettings settings = login_realm({AuthMethod::token});
    settings.limits.authid_sessions_max = 2;
    settings.limits.sessions_max = 3;
    settings.limits.logins_max = 1;
    LoginPlay play(settings);
    const auto joins = [&](const std::string& peer) {
        play.connect(peer);
        play.hello(peer, {"token"}, "kim", R"({"token":")" + kims_token() + "\"}");
        return play.open(peer);
    };
    for (int round = 0; round < rounds; ++round) {
        EXPECT_TRUE(joins("a")) << round;
        EXPECT_TRUE(joins("b")) << round;
        EXPECT_FALSE(joins("c")) << round;
        round % 2 ? play.lose("a") : play.send("a", goodbye());
        EXPECT_TRUE(joins("c")) << round;
        for (const char* peer : {"a", "b", "c"}) play.lose(peer);
        EXPECT_EQ(play.realm().counts().sessions, 0u);
    }
}

TEST(LimitsAgain, LoginsThatWaitForAnAnswer) {
    RealmSettings settings = login_realm({AuthMethod::ticket});
    settings.limits.logins_max = 2;
    LoginPlay play(settings);
    const auto asks = [&](const std::string& peer) {
        play.connect(peer);
        play.hello(peer, {"ticket"}, "kim");
        return play.received(peer);
    };
    for (int round = 0; round < rounds; ++round) {
        EXPECT_EQ(asks("a"), "CHALLENGE ticket");
        EXPECT_EQ(asks("b"), "CHALLENGE ticket");
        EXPECT_EQ(asks("c"), "ABORT heddle.error.limit_exceeded");
        play.authenticate("a", "secret");
        if (!play.asked.empty()) play.verify();  // a ticket that was right is remembered for a while
        EXPECT_TRUE(play.open("a"));
        EXPECT_EQ(asks("c"), "CHALLENGE ticket");
        play.send("c", abort("wamp.close.normal"));
        round % 2 ? play.lose("b") : play.pass(10s);
        play.lose("a");
    }
}

TEST(LimitsAgain, TestamentsThatAreFlushed) {
    Testaments all;
    const Publish message{{}, {}, "will", payload("[1]", R"({"a":2})")};
    for (int round = 0; round < rounds; ++round) {
        for (const auto scope : {Testaments::Scope::detached, Testaments::Scope::destroyed}) all.add(scope, message);
        EXPECT_EQ(all.bytes(), 2 * Testaments::bytes_of(message));
        all.flush(Testaments::Scope::detached);
        EXPECT_EQ(all.bytes(), Testaments::bytes_of(message));
        EXPECT_EQ(all.count(), 1u);
        all.flush(Testaments::Scope::destroyed);
        EXPECT_EQ(all.bytes(), 0u);
        EXPECT_EQ(all.count(), 0u);
    }
}

TEST(LimitsAgain, PayloadsOfCallsThatMayGoElsewhere) {
    HeldCalls calls;
    for (int round = 0; round < rounds; ++round) {
        for (CallHandle call = 0; call < 3; ++call) {
            HeldCall held;
            held.payload = OwnedPayload(payload("[\"12345678\"]"));
            held.movable = true;
            calls.add(call, std::move(held));
        }
        EXPECT_EQ(calls.bytes(), 36u);
        calls.settle(1);
        EXPECT_EQ(calls.bytes(), 24u);
        EXPECT_TRUE(calls[1].settled);
        EXPECT_FALSE(calls[1].movable);
        for (CallHandle call = 0; call < 3; ++call) calls.erase(call);
        EXPECT_EQ(calls.bytes(), 0u);
        EXPECT_EQ(calls.size(), 0u);
    }
}

RetainedEvent retained(std::string_view args, bool lists = false) {
    RetainedEvent made{PublicationId{1}, OwnedPayload(payload(args)), nullptr, nullptr, {}};
    ReceiverLists some;
    some.eligible_authid = std::vector<std::string_view>{"kim"};
    if (lists) made.lists = std::make_unique<const OwnedReceiverLists>(some);
    return made;
}

TEST(LimitsAgain, RetainedEventsThatAreReplacedOrRemoved) {
    RetainedInMemory store({3, 1'000'000});
    for (int round = 0; round < rounds; ++round) {
        EXPECT_TRUE(store.put("a", retained("[1]"), "").event);
        EXPECT_TRUE(store.put("a", retained("[\"much longer than before\"]"), "").event);
        EXPECT_TRUE(store.put("a", retained("[2]", true), "").event);
        EXPECT_TRUE(store.put("b", retained("[3]"), "").event);
        EXPECT_EQ(store.events(), 3u);
        EXPECT_FALSE(store.put("c", retained("[4]"), "").event);
        EXPECT_TRUE(store.remove("a"));
        EXPECT_TRUE(store.remove("b"));
        EXPECT_EQ(store.events(), 0u);
        EXPECT_EQ(store.bytes(), 0u);
    }
}

TEST(LimitsAgain, EntriesOfListsThatAreReplacedRemovedOrCleared) {
    CountedEntropy entropy;
    Lists lists(1'000'000);
    const auto apply = [&](std::string_view args, std::string_view kwargs, std::size_t entries_max = 2) {
        ListOperation operation;
        EXPECT_TRUE(operation.read(payload(args, kwargs))) << kwargs;
        return lists.apply("l", operation, entries_max, {1}, entropy).fault;
    };
    using Fault = Lists::Fault;
    for (int round = 0; round < rounds; ++round) {
        EXPECT_EQ(apply("[1]", R"({"$key":"a"})"), Fault::none);
        EXPECT_EQ(apply("[\"much longer than before\"]", R"({"$key":"a"})"), Fault::none);
        EXPECT_EQ(apply("[1]", R"({"$key":"b"})"), Fault::none);
        EXPECT_EQ(apply("[1]", R"({"$key":"c"})"), Fault::full);
        EXPECT_EQ(apply("[]", R"({"$removed":true,"$key":"b"})"), Fault::none);
        EXPECT_EQ(apply("[1]", R"({"$key":"c"})"), Fault::none);
        EXPECT_EQ(lists.entries(), 2u);
        EXPECT_EQ(apply("[]", R"({"$removed":true})"), Fault::none);
        EXPECT_EQ(lists.entries(), 0u);
        EXPECT_EQ(lists.bytes(), 0u);
    }
}

}  // namespace
}  // namespace heddle::test
