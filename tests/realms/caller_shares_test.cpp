// What one user may have open at a busy callee, over whatever sessions.
#include <gtest/gtest.h>

#include "tests/realms/login_play.hpp"
#include "tests/realms/script.hpp"

namespace heddle::test {
namespace {

constexpr auto full = "heddle.error.limit_exceeded";

RealmSettings with_room(std::size_t calls, std::size_t share) {
    RealmSettings settings = open_realm();
    settings.limits.invocations_max = calls;
    settings.limits.caller_invocations_max = share;
    return settings;
}

/// ann has two sessions, bob one; cat answers calls of `p`.
Script& gather(Script& s) {
    s.admit("ann", "ann", all_roles()).admit("too", "ann", all_roles()).admit("bob", "bob", all_roles());
    return s.join("cat").send("cat", register_(1, "p")).expect("cat", registered(1, 1));
}

TEST(CallerShare, SessionsOfOneUserHaveOneShare) {
    Script s{with_room(4, 2)};
    gather(s).send("ann", call(1, "p")).expect("cat", invocation(1, 1));
    s.send("too", call(1, "p")).expect("cat", invocation(2, 1));
    s.send("ann", call(2, "p")).expect("ann", error(48, 2, full));
    s.send("too", call(2, "p")).expect("too", error(48, 2, full));
    s.check([](Play& play) { EXPECT_EQ(play.realm().tallies().refusals[Refusal::caller_invocations], 2u); });
    s.send("bob", call(1, "p")).expect("cat", invocation(3, 1));
    s.send("cat", yield(1)).expect("ann", result(1)).send("too", call(3, "p")).expect("cat", invocation(4, 1));
    s.send("cat", yield(3)).expect("bob", result(1)).send("ann", call(3, "p")).expect("ann", error(48, 3, full));
}

TEST(CallerShare, WhatALostSessionHadOpenIsFreeForTheUsersOthers) {
    Script s{with_room(4, 2)};
    gather(s).send("ann", call(1, "p")).expect("cat", invocation(1, 1));
    s.send("ann", call(2, "p")).expect("cat", invocation(2, 1));
    s.send("bob", call(1, "p")).expect("cat", invocation(3, 1));
    s.send("too", call(1, "p")).expect("too", error(48, 1, full)).lose("ann");
    s.send("bob", call(2, "p")).expect("cat", invocation(4, 1));
    s.send("too", call(2, "p")).expect("cat", invocation(5, 1)).send("too", call(3, "p")).expect("cat", invocation(6, 1));
    s.send("cat", yield(3)).expect("bob", result(1)).send("too", call(4, "p")).expect("too", error(48, 4, full));
}

TEST(CallerShare, ACalleeThatWasBusyBeforeIsCountedAnew) {
    Script s{with_room(4, 1)};
    gather(s).send("ann", call(1, "p")).expect("cat", invocation(1, 1));
    s.send("too", call(1, "p")).expect("cat", invocation(2, 1));
    s.send("ann", call(2, "p")).expect("ann", error(48, 2, full));
    s.send("cat", yield(1)).expect("ann", result(1)).send("cat", yield(2)).expect("too", result(1));
    s.send("bob", call(1, "p")).expect("cat", invocation(3, 1)).send("bob", call(2, "p")).expect("cat", invocation(4, 1));
    s.send("bob", call(3, "p")).expect("bob", error(48, 3, full));
    s.send("too", call(2, "p")).expect("cat", invocation(5, 1)).send("ann", call(3, "p")).expect("ann", error(48, 3, full));
}

/// How many calls of `p` each of these users has open in the end, when one after the other calls as often as it may.
std::vector<std::uint64_t> shares_of(const RealmSettings& settings, const std::vector<std::string>& users) {
    Play play(settings);
    play.connect("callee");
    play.send("callee", hello());
    play.send("callee", register_(1, "p"));
    std::vector<std::uint64_t> counts;
    for (const std::string& user : users) {
        play.connect(user);
        play.admit(user, all_roles(), {user, "anonymous", "ticket", "static"});
        play.next(user);
        std::uint64_t count = 0;
        do {
            play.send(user, call(++count, "p"));
        } while (play.next(user).empty());
        counts.push_back(count - 1);
    }
    return counts;
}

TEST(CallerShare, AUserHasAsManyAsAreFreeOrElseItsShare) {
    using Counts = std::vector<std::uint64_t>;
    EXPECT_EQ(shares_of(with_room(9, 1), {"ann", "bob", "dan", "eve", "fay"}), (Counts{5, 2, 1, 1, 0}));
    EXPECT_EQ(shares_of(with_room(20, 3), {"ann", "bob", "dan", "eve"}), (Counts{10, 5, 3, 2}));
    EXPECT_EQ(shares_of(with_room(4, 4), {"ann", "bob"}), (Counts{4, 0}));
}

TEST(CallerShare, ACallThatIsHandedOnCountsWhereItGoes) {
    const Roles rerouting = rpc_roles({Feature::call_reroute});
    Script s{with_room(4, 2)};
    s.admit("ann", "ann", rerouting).admit("bob", "bob", rerouting);
    for (const char* peer : {"cat", "dan"})
        s.join(peer, rerouting).send(peer, register_(1, "p", shared(Invoke::first))).expect(peer, registered(1, 1));
    s.send("dan", register_(2, "q")).expect("dan", registered(2, 2));
    s.send("ann", call(1, "q")).expect("dan", invocation(1, 2)).send("ann", call(2, "q")).expect("dan", invocation(2, 2));
    s.send("ann", call(3, "p")).expect("cat", invocation(1, 1)).send("cat", error(68, 1, "wamp.error.unavailable"));
    s.expect("ann", error(48, 3, "wamp.error.no_available_callee"));
    s.send("bob", call(1, "p")).expect("cat", invocation(2, 1)).send("cat", error(68, 2, "wamp.error.unavailable"));
    s.expect("dan", invocation(3, 1)).send("bob", call(2, "q")).expect("dan", invocation(4, 2));
    s.send("dan", yield(1)).expect("ann", result(1));
    s.send("bob", call(3, "q")).expect("bob", error(48, 3, full));
    s.send("dan", error(68, 4, "com.app.no")).expect("bob", error(48, 2, "com.app.no"));
    s.send("bob", call(4, "q")).expect("dan", invocation(5, 2));
}

TEST(CallerShare, AnonymousCallersOfOneAddressAreOneUser) {
    RealmSettings settings = login_realm({AuthMethod::anonymous});
    settings.anonymous_role = "guest";
    settings.limits.invocations_max = 4;
    settings.limits.caller_invocations_max = 2;
    for (RoleSettings& role : settings.roles) role.permissions = open_realm().roles.front().permissions;
    LoginPlay play(settings);
    const auto come = [&](const std::string& peer, const std::string& address) {
        play.connect(peer, address);
        play.hello(peer, {"anonymous"});
        play.received(peer);
    };
    come("cat", "10.0.0.9");
    play.send("cat", register_(1, "p"));
    const auto calls = [&](const std::string& peer, const std::string& address) {
        come(peer, address);
        play.send(peer, call(1, "p"));
        return play.received(peer).empty();
    };
    EXPECT_TRUE(calls("a", "10.0.0.1"));
    EXPECT_TRUE(calls("b", "10.0.0.1"));
    EXPECT_FALSE(calls("c", "10.0.0.1"));
    EXPECT_TRUE(calls("d", "10.0.0.2"));
}

}  // namespace
}  // namespace heddle::test
