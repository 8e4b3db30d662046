// Several callees for one procedure, and procedures by pattern (advanced profile).
#include <gtest/gtest.h>

#include <set>

#include "tests/realms/script.hpp"

namespace heddle::test {
namespace {

/// Registers "p" for each peer in turn, all as registration 1.
Script& share(Script& s, Invoke invoke, std::initializer_list<const char*> peers) {
    s.join("ann");
    for (const char* peer : peers)
        s.join(peer).send(peer, register_(1, "p", shared(invoke))).expect(peer, registered(1, 1));
    return s;
}

TEST(SharedRegistration, FirstAndLastMeanTheOrderOfRegistering) {
    Script first, last;
    share(first, Invoke::first, {"bob", "cat", "dan"});
    first.send("ann", call(1, "p"))
        .expect("bob", invocation(1, 1))
        .send("ann", call(2, "p"))
        .expect("bob", invocation(2, 1));
    first.send("bob", unregister(2, 1))
        .expect("bob", unregistered(2))
        .send("ann", call(3, "p"))
        .expect("cat", invocation(1, 1));
    share(last, Invoke::last, {"bob", "cat", "dan"});
    last.send("ann", call(1, "p"))
        .expect("dan", invocation(1, 1))
        .lose("dan")
        .expect("ann", error(48, 1, "wamp.error.canceled"));
    last.send("ann", call(2, "p")).expect("cat", invocation(1, 1));
}

TEST(SharedRegistration, RoundrobinTakesTurns) {
    Script s;
    share(s, Invoke::roundrobin, {"bob", "cat", "dan"});
    s.send("ann", call(1, "p"))
        .expect("bob", invocation(1, 1))
        .send("ann", call(2, "p"))
        .expect("cat", invocation(1, 1));
    s.send("ann", call(3, "p"))
        .expect("dan", invocation(1, 1))
        .send("ann", call(4, "p"))
        .expect("bob", invocation(2, 1));
}

TEST(SharedRegistration, RoundrobinKeepsItsTurnWhenCalleesLeave) {
    Script before, itself, end;
    share(before, Invoke::roundrobin, {"bob", "cat", "dan"});
    before.send("ann", call(1, "p")).expect("bob", invocation(1, 1)).send("bob", yield(1)).expect("ann", result(1));
    before.lose("bob").send("ann", call(2, "p")).expect("cat", invocation(1, 1));
    share(itself, Invoke::roundrobin, {"bob", "cat", "dan"});
    itself.send("ann", call(1, "p")).expect("bob", invocation(1, 1));
    itself.lose("cat").send("ann", call(2, "p")).expect("dan", invocation(1, 1));
    share(end, Invoke::roundrobin, {"bob", "cat", "dan"});
    end.send("ann", call(1, "p"))
        .expect("bob", invocation(1, 1))
        .send("ann", call(2, "p"))
        .expect("cat", invocation(1, 1));
    end.lose("dan").send("ann", call(3, "p")).expect("bob", invocation(2, 1));
}

TEST(SharedRegistration, RandomReachesEverybodyInTheEnd) {
    Play play(open_realm());
    play.connect("ann");
    play.send("ann", hello());
    const std::vector<std::string> callees = {"bob", "cat", "dan"};
    for (const std::string& peer : callees) {
        play.connect(peer);
        play.send(peer, hello());
        play.send(peer, register_(1, "p", shared(Invoke::random)));
        play.next(peer);
        play.next(peer);
    }
    std::map<std::string, int> taken;
    for (std::uint64_t request = 1; request <= 300; ++request) {
        play.send("ann", call(request, "p"));
        int reached = 0;
        for (const std::string& peer : callees)
            if (!play.next(peer).empty()) {
                ++taken[peer];
                ++reached;
            }
        EXPECT_EQ(reached, 1);
    }
    for (const std::string& peer : callees) EXPECT_GT(taken[peer], 50) << peer;
}

TEST(SharedRegistration, ThePolicyOfTheFirstBindsTheRest) {
    for (Invoke first : {Invoke::single, Invoke::first, Invoke::last, Invoke::roundrobin, Invoke::random})
        for (Invoke second : {Invoke::single, Invoke::first, Invoke::last, Invoke::roundrobin, Invoke::random}) {
            Script s;
            s.join("ann").join("bob").send("ann", register_(1, "p", shared(first))).expect("ann", registered(1, 1));
            s.send("bob", register_(1, "p", shared(second)));
            if (first == second && first != Invoke::single)
                s.expect("bob", registered(1, 1));
            else
                s.expect("bob", error(64, 1, "wamp.error.procedure_already_exists"));
        }
}

TEST(SharedRegistration, TheSameSessionTwiceIsRefused) {
    Script s;
    share(s, Invoke::roundrobin, {"bob"});
    s.send("bob", register_(2, "p", shared(Invoke::roundrobin)))
        .expect("bob", error(64, 2, "wamp.error.procedure_already_exists"));
}

TEST(SharedRegistration, EndsWithItsLastCallee) {
    Script s;
    share(s, Invoke::roundrobin, {"bob", "cat"});
    s.lose("bob").check([](Play& play) { EXPECT_EQ(play.counts().registrations, 1u); });
    s.lose("cat").check([](Play& play) { EXPECT_EQ(play.counts().registrations, 0u); });
    s.send("ann", register_(1, "p")).expect("ann", registered(1, 2));
}

TEST(PatternRegistration, TheInvocationNamesTheProcedureThatWasCalled) {
    Script s;
    s.join("ann").join("bob");
    s.send("bob", register_(1, "app.", registered_as(Match::prefix))).expect("bob", registered(1, 1));
    s.send("bob", register_(2, "dev..set", registered_as(Match::wildcard))).expect("bob", registered(2, 2));
    s.send("bob", register_(3, "app.x")).expect("bob", registered(3, 3));
    s.send("ann", call(1, "app.y")).expect("bob", invocation(1, 1, "", "app.y"));
    s.send("ann", call(2, "dev.7.set", "[1]")).expect("bob", invocation(2, 2, "[1]", "dev.7.set"));
    s.send("ann", call(3, "app.x")).expect("bob", invocation(3, 3));
    s.send("ann", call(4, "dev.7.get")).expect("ann", error(48, 4, "wamp.error.no_such_procedure"));
    s.check([](Play& play) {
        EXPECT_TRUE(play.realm().has_procedure("app.anything"));
        EXPECT_FALSE(play.realm().has_procedure("dev.7.get"));
    });
}

TEST(PatternRegistration, AtMostOneCalleeIsCalledHoweverManyPatternsFit) {
    Script s;
    s.join("ann").join("bob").join("cat").join("dan");
    s.send("bob", register_(1, "a.b.c")).expect("bob", registered(1, 1));
    s.send("cat", register_(1, "a.", registered_as(Match::prefix))).expect("cat", registered(1, 2));
    s.send("dan", register_(1, "a..c", registered_as(Match::wildcard))).expect("dan", registered(1, 3));
    s.send("ann", call(1, "a.b.c")).expect("bob", invocation(1, 1));
    s.send("bob", unregister(2, 1))
        .expect("bob", unregistered(2))
        .send("ann", call(2, "a.b.c"))
        .expect("cat", invocation(1, 2, "", "a.b.c"));
    s.send("cat", unregister(2, 2))
        .expect("cat", unregistered(2))
        .send("ann", call(3, "a.b.c"))
        .expect("dan", invocation(1, 3, "", "a.b.c"));
}

}  // namespace
}  // namespace heddle::test
