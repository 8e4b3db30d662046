// What one user, one caller or one address may take of what all share.
#include <gtest/gtest.h>

#include "tests/realms/login_play.hpp"
#include "tests/realms/refused.hpp"

namespace heddle::test {
namespace {

using namespace std::chrono_literals;

PublishOptions retain(bool acknowledged) {
    PublishOptions options = acknowledged ? acknowledge() : PublishOptions();
    options.retain = true;
    return options;
}

TEST(RetainedShare, AUserHasItsShareOfTheEventsAndLeavesTheRestToOthers) {
    RealmSettings settings = open_realm();
    settings.limits.user_retained_events_max = 2;
    Script s{settings};
    s.admit("ann", "ann", all_roles()).admit("bob", "bob", all_roles()).admit("again", "ann", all_roles());
    s.send("ann", publish(1, "a", "[1]", retain(true))).expect("ann", published(1, 1));
    s.send("again", publish(1, "b", "[2]", retain(true))).expect("again", published(1, 2));
    s.send("ann", publish(2, "c", "[3]", retain(true))).expect("ann", error(16, 2, "heddle.error.limit_exceeded"));
    s.check(refused(Refusal::user_retained, 1));
    s.send("bob", publish(1, "c", "[4]", retain(true))).expect("bob", published(1, 3));
    s.send("ann", publish(3, "a", "[5]", retain(true))).expect("ann", published(3, 4));  // replaces its own
    s.send("bob", publish(2, "b", "[6]", retain(true))).expect("bob", published(2, 5));  // takes over ann's
    s.send("ann", publish(4, "d", "[7]", retain(true))).expect("ann", published(4, 6));
    s.send("ann", publish(5, "e", "[8]", retain(true))).expect("ann", error(16, 5, "heddle.error.limit_exceeded"));
    s.check([](Play& play) {
        EXPECT_EQ(play.counts().retained, 4u);
        EXPECT_EQ(play.counts().retained_refused, 2u);
    });
}

TEST(RetainedShare, ItIsBoundedInBytesToo) {
    RealmSettings settings = open_realm();
    settings.limits.user_retained_bytes_max = 1'000;
    Script s{settings};
    static const std::string text = "[\"" + std::string(300, 'x') + "\"]";
    s.admit("ann", "ann", all_roles()).admit("bob", "bob", all_roles());
    s.send("ann", publish(1, "a", text, retain(true))).expect("ann", published(1, 1));
    s.send("ann", publish(2, "b", text, retain(true))).expect("ann", error(16, 2, "heddle.error.limit_exceeded"));
    s.send("bob", publish(1, "b", text, retain(true))).expect("bob", published(1, 2));
}

TEST(RetainedShare, AnUnacknowledgedEventBeyondItIsDeliveredButNotRetained) {
    RealmSettings settings = open_realm();
    settings.limits.user_retained_events_max = 1;
    Script s{settings};
    s.admit("ann", "ann", all_roles()).join("sub").send("sub", subscribe(1, "b")).expect("sub", subscribed(1, 1));
    s.send("ann", publish(1, "a", "[1]", retain(false))).send("ann", publish(2, "b", "[2]", retain(false)));
    s.expect("sub", event(1, 1, "[2]"));
    s.check(refused(Refusal::user_retained, 1));
    s.check([](Play& play) { EXPECT_FALSE(play.realm().has_retained("b")); });
}

TEST(RetainedShare, ARefusedPublicationHappensForNobodyAndTakesNothingAway) {
    RealmSettings settings = open_realm();
    settings.limits.user_retained_bytes_max = 700;
    Script s{settings};
    static const std::string text = "[\"" + std::string(500, 'x') + "\"]";
    s.admit("ann", "ann", all_roles()).join("sub").send("sub", subscribe(1, "a")).expect("sub", subscribed(1, 1));
    s.send("ann", publish(1, "a", "[1]", retain(true))).expect("sub", event(1, 1, "[1]")).expect("ann", published(1, 1));
    s.send("ann", publish(2, "a", text, retain(true))).expect("ann", error(16, 2, "heddle.error.limit_exceeded"));
    s.expect_silence("sub");
    s.send("sub", subscribe(2, "a", with_retained())).expect("sub", subscribed(2, 1)).expect("sub", retained_event(1, 1, "[1]"));
}

TEST(RetainedShare, WhatIsRemovedIsFreeAgain) {
    RealmSettings settings = open_realm();
    settings.limits.user_retained_events_max = 1;
    Script s{settings};
    s.admit("ann", "ann", all_roles());
    s.send("ann", publish(1, "a", "[1]", retain(true))).expect("ann", published(1, 1));
    s.lose("ann").admit("next", "ann", all_roles());
    s.send("next", publish(1, "b", "[1]", retain(true))).expect("next", error(16, 1, "heddle.error.limit_exceeded"));
    s.send("next", Publish{{2}, acknowledge(), "a", payload({}, R"({"$removed":true})")}).expect("next", published(2, 2));
    s.send("next", publish(3, "b", "[1]", retain(true))).expect("next", published(3, 3));
}

TEST(CallerShare, OnceHalfIsTakenOneCallerGetsNoMoreThanItsShare) {
    RealmSettings settings = open_realm();
    settings.limits.invocations_max = 8;
    settings.limits.caller_invocations_max = 2;
    Script s{settings};
    s.join("ann").join("bob").join("cat").send("cat", register_(1, "p")).expect("cat", registered(1, 1));
    for (std::uint64_t n = 1; n <= 4; ++n) s.send("ann", call(n, "p")).expect("cat", invocation(n, 1));
    s.send("ann", call(5, "p")).expect("ann", error(48, 5, "heddle.error.limit_exceeded"));
    s.check(refused(Refusal::caller_invocations, 1));
    s.send("bob", call(1, "p")).expect("cat", invocation(5, 1)).send("bob", call(2, "p")).expect("cat", invocation(6, 1));
    s.send("bob", call(3, "p")).expect("bob", error(48, 3, "heddle.error.limit_exceeded"));
    s.send("cat", yield(1)).expect("ann", result(1)).send("cat", yield(2)).expect("ann", result(2));
    s.send("cat", yield(3)).expect("ann", result(3));
    s.send("ann", call(6, "p")).expect("cat", invocation(7, 1));
}

TEST(CallerShare, HalfOfAnOddNumberIsRoundedUp) {
    RealmSettings settings = open_realm();
    settings.limits.invocations_max = 3;
    settings.limits.caller_invocations_max = 1;
    Script s{settings};
    s.join("ann").join("cat").send("cat", register_(1, "p")).expect("cat", registered(1, 1));
    s.send("ann", call(1, "p")).expect("cat", invocation(1, 1)).send("ann", call(2, "p")).expect("cat", invocation(2, 1));
    s.send("ann", call(3, "p")).expect("ann", error(48, 3, "heddle.error.limit_exceeded"));
}

TEST(CallerShare, CallsToOthersDoNotCount) {
    RealmSettings settings = open_realm();
    settings.limits.invocations_max = 4;
    settings.limits.caller_invocations_max = 2;
    Script s{settings};
    s.join("ann").join("bob").join("cat").join("dan");
    s.send("cat", register_(1, "p")).expect("cat", registered(1, 1));
    s.send("dan", register_(1, "q")).expect("dan", registered(1, 2));
    s.send("ann", call(1, "q")).expect("dan", invocation(1, 2)).send("ann", call(2, "q")).expect("dan", invocation(2, 2));
    s.send("bob", call(1, "p")).expect("cat", invocation(1, 1)).send("bob", call(2, "p")).expect("cat", invocation(2, 1));
    s.send("ann", call(3, "p")).expect("cat", invocation(3, 1)).send("ann", call(4, "p")).expect("cat", invocation(4, 1));
}

struct Anonymous {
    Anonymous() : play(settings()) {}
    static RealmSettings settings() {
        RealmSettings realm = login_realm({AuthMethod::anonymous, AuthMethod::ticket});
        realm.anonymous_role = "guest";
        realm.limits.address_sessions_max = 2;
        return realm;
    }
    bool come(const std::string& peer, const std::string& address, bool exempt = false) {
        PeerFacts facts;
        facts.address = address;
        facts.transport = "ws";
        facts.exempt = exempt;
        play.connect(peer, facts);
        play.hello(peer, {"anonymous"});
        return play.open(peer);
    }
    LoginPlay play;
};

TEST(AnonymousSessions, AreBoundedForEachAddress) {
    Anonymous door;
    EXPECT_TRUE(door.come("a", "10.0.0.1"));
    EXPECT_TRUE(door.come("b", "10.0.0.1"));
    EXPECT_FALSE(door.come("c", "10.0.0.1"));
    EXPECT_TRUE(door.play.received("c").starts_with("ABORT heddle.error.limit_exceeded"));
    EXPECT_EQ(door.play.realm().tallies().refusals[Refusal::address_sessions], 1u);
    EXPECT_TRUE(door.come("d", "10.0.0.2"));
    door.play.lose("a");
    EXPECT_TRUE(door.come("e", "10.0.0.1"));
    EXPECT_FALSE(door.come("f", "10.0.0.1"));
}

TEST(AnonymousSessions, OfOneSlash64AreOfOneAddressAndSomeAddressesAreExempt) {
    Anonymous door;
    EXPECT_TRUE(door.come("a", "2001:db8::1"));
    EXPECT_TRUE(door.come("b", "2001:db8::2"));
    EXPECT_FALSE(door.come("c", "2001:db8::3"));
    EXPECT_TRUE(door.come("d", "2001:db8:0:1::3"));
    for (int i = 0; i < 5; ++i) {
        EXPECT_TRUE(door.come("e" + std::to_string(i), "127.0.0.1", true));
        EXPECT_TRUE(door.come("f" + std::to_string(i), ""));
    }
}

TEST(AnonymousSessions, KeepWhatTheirAddressMayAndNoMore) {
    RealmSettings settings = Anonymous::settings();
    settings.limits.user_retained_events_max = 1;
    settings.limits.address_sessions_max = 10;
    for (RoleSettings& role : settings.roles) role.permissions = open_realm().roles.front().permissions;
    LoginPlay play(settings);
    const auto keeps = [&](const std::string& peer, const std::string& address, const std::string& topic) {
        play.connect(peer, address);
        play.hello(peer, {"anonymous"});
        play.send(peer, publish(1, topic, "[1]", retain(false)));
        return play.realm().has_retained(topic);
    };
    EXPECT_TRUE(keeps("a", "10.0.0.1", "one"));
    EXPECT_FALSE(keeps("b", "10.0.0.1", "two"));
    EXPECT_TRUE(keeps("c", "10.0.0.2", "three"));
}

TEST(ThrottledAddress, AllOfOneSlash64AreOne) {
    RealmSettings settings = login_realm({AuthMethod::wampcra});
    settings.auth.throttle.attempts = 5;
    LoginPlay play(settings);
    const auto log_in = [&](const std::string& authid, const std::string& password, const std::string& address) {
        play.connect("a", address);
        play.hello("a", {"wampcra"}, authid);
        play.received("a");
        play.authenticate("a", password);
        return play.received("a");
    };
    for (int i = 0; i < 5; ++i)
        log_in("user" + std::to_string(i), "wrong", "2001:db8:0:7:" + std::to_string(i) + "::1");
    EXPECT_EQ(play.notes.back(), "wampcra unknown_user");
    log_in("user6", "wrong", "2001:db8:0:7:ffff::2");
    EXPECT_EQ(play.notes.back(), "wampcra throttled");
    log_in("user7", "wrong", "2001:db8:0:8::2");
    EXPECT_EQ(play.notes.back(), "wampcra unknown_user");
}

}  // namespace
}  // namespace heddle::test
