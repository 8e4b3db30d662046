#include <gtest/gtest.h>

#include <set>

#include "tests/realms/script.hpp"

/// wamp specification, "Call Re-Routing": who answers `wamp.error.unavailable` hands the call on.
namespace heddle::test {
namespace {

using namespace std::chrono_literals;

const char* const unavailable = "wamp.error.unavailable";
const char* const exhausted = "wamp.error.no_available_callee";

Roles rerouting() {
    return rpc_roles({Feature::call_reroute, Feature::call_canceling, Feature::progressive_call_results,
                      Feature::progressive_call_invocations, Feature::call_timeout});
}
/// ann calls; the others share `p` as registration 1.
Script& share(Script& s, Invoke policy, std::initializer_list<const char*> callees) {
    s.join("ann", rerouting());
    for (const char* peer : callees)
        s.join(peer, rerouting()).send(peer, register_(1, "p", shared(policy))).expect(peer, registered(1, 1));
    return s;
}

TEST(Rerouting, FirstAsksTheOneThatRegisteredNext) {
    Script s;
    share(s, Invoke::first, {"bob", "cat", "dan"})
        .send("ann", call(1, "p", "[7]"))
        .expect("bob", invocation(1, 1, "[7]"));
    s.send("bob", error(68, 1, unavailable)).expect("cat", invocation(1, 1, "[7]")).expect_silence("ann");
    s.send("cat", error(68, 1, unavailable)).expect("dan", invocation(1, 1, "[7]"));
    s.send("dan", yield(1, "[8]")).expect("ann", result(1, "[8]"));
    s.send("ann", call(2, "p")).expect("bob", invocation(2, 1));  // it is not held against bob
}

TEST(Rerouting, LastAsksTheOneThatRegisteredBefore) {
    Script s;
    share(s, Invoke::last, {"bob", "cat", "dan"}).send("ann", call(1, "p")).expect("dan", invocation(1, 1));
    s.send("dan", error(68, 1, unavailable)).expect("cat", invocation(1, 1));
    s.send("cat", error(68, 1, unavailable)).expect("bob", invocation(1, 1)).send("bob", yield(1));
    s.expect("ann", result(1));
}

TEST(Rerouting, RoundrobinAsksTheNextInTheQueue) {
    Script s;
    share(s, Invoke::roundrobin, {"bob", "cat", "dan"}).send("ann", call(1, "p")).expect("bob", invocation(1, 1));
    s.send("ann", call(2, "p")).expect("cat", invocation(1, 1)).send("bob", error(68, 1, unavailable));
    s.expect("dan", invocation(1, 1)).send("dan", error(68, 1, unavailable)).expect("cat", invocation(2, 1));
    s.send("ann", call(3, "p")).expect("dan", invocation(2, 1)).send("cat", yield(2)).expect("ann", result(1));
}

TEST(Rerouting, RandomAsksEachOnceUntilOneAnswers) {
    Play play(open_realm());
    const std::vector<std::string> callees = {"bob", "cat", "dan", "eve"};
    play.connect("ann");
    play.send("ann", hello("realm1", rerouting()));
    play.next("ann");
    for (const std::string& peer : callees) {
        play.connect(peer);
        play.send(peer, hello("realm1", rerouting()));
        play.send(peer, register_(1, "p", shared(Invoke::random)));
        play.next(peer), play.next(peer);
    }
    std::map<std::string, std::uint64_t> invoked;
    std::set<std::vector<std::string>> orders;
    for (std::uint64_t request = 1; request <= 100; ++request) {
        play.send("ann", call(request, "p"));
        std::vector<std::string> order;
        for (std::size_t round = 0; round < callees.size(); ++round)
            for (const std::string& peer : callees) {
                if (play.next(peer).empty()) continue;
                order.push_back(peer);
                play.send(peer, error(68, ++invoked[peer], unavailable));
            }
        EXPECT_EQ(std::set<std::string>(order.begin(), order.end()).size(), 4u);
        EXPECT_EQ(order.size(), 4u);
        EXPECT_EQ(play.next("ann"), "ERROR 48 " + std::to_string(request) + " " + exhausted);
        orders.insert(order);
    }
    EXPECT_GT(orders.size(), 8u) << "hardly random";
}

TEST(Rerouting, EndsWhenNobodyIsLeft) {
    Script s;
    share(s, Invoke::first, {"bob", "cat"}).send("ann", call(1, "p")).expect("bob", invocation(1, 1));
    s.send("bob", error(68, 1, unavailable)).expect("cat", invocation(1, 1)).send("cat", error(68, 1, unavailable));
    s.expect("ann", error(48, 1, exhausted)).send("bob", yield(1)).send("cat", yield(1)).expect_silence("ann");
}

TEST(Rerouting, OfASingleCalleeFails) {
    Script single, shared_by_one;
    single.join("ann", rerouting())
        .join("bob", rerouting())
        .send("bob", register_(1, "p"))
        .expect("bob", registered(1, 1));
    single.send("ann", call(1, "p")).expect("bob", invocation(1, 1)).send("bob", error(68, 1, unavailable));
    single.expect("ann", error(48, 1, exhausted));
    share(shared_by_one, Invoke::roundrobin, {"bob"}).send("ann", call(1, "p")).expect("bob", invocation(1, 1));
    shared_by_one.send("bob", error(68, 1, unavailable)).expect("ann", error(48, 1, exhausted));
}

TEST(Rerouting, NeedsACalleeThatAnnouncedIt) {
    Script s;
    s.join("ann").join("bob").join("cat", rerouting());
    s.send("bob", register_(1, "p", shared(Invoke::first))).expect("bob", registered(1, 1));
    s.send("cat", register_(1, "p", shared(Invoke::first))).expect("cat", registered(1, 1));
    s.send("ann", call(1, "p")).expect("bob", invocation(1, 1)).send("bob", error(68, 1, unavailable));
    s.expect("ann", error(48, 1, unavailable)).expect_silence("cat");
    s.check([](Play& play) { EXPECT_EQ(play.counts().calls, 0u); });
}

TEST(Rerouting, MayEndAtACalleeThatDidNot) {
    Script s;
    s.join("ann").join("bob", rerouting()).join("cat");
    s.send("bob", register_(1, "p", shared(Invoke::first))).expect("bob", registered(1, 1));
    s.send("cat", register_(1, "p", shared(Invoke::first))).expect("cat", registered(1, 1));
    s.send("ann", call(1, "p")).expect("bob", invocation(1, 1)).send("bob", error(68, 1, unavailable));
    s.expect("cat", invocation(1, 1)).send("cat", error(68, 1, unavailable)).expect("ann", error(48, 1, unavailable));
}

TEST(Rerouting, OtherErrorsPass) {
    Script s;
    share(s, Invoke::first, {"bob", "cat"}).send("ann", call(1, "p")).expect("bob", invocation(1, 1));
    s.send("bob", error(68, 1, "com.app.bad", "[1]")).expect("ann", error(48, 1, "com.app.bad", "[1]"));
    s.expect_silence("cat");
}

TEST(Rerouting, PassesOverThoseWhoLeftAndThoseWhoCannotTakeIt) {
    RealmSettings settings = open_realm();
    settings.limits.invocations_max = 1;
    Script s{settings};
    share(s, Invoke::first, {"bob", "cat", "dan", "eve"})
        .send("dan", register_(2, "d"))
        .expect("dan", registered(2, 2));
    s.send("ann", call(1, "d")).expect("dan", invocation(1, 2)).takes("eve", 5).join("fay", rerouting());
    s.send("fay", register_(1, "p", shared(Invoke::first))).expect("fay", registered(1, 1));
    s.send("ann", call(2, "p", "[12345]")).expect("bob", invocation(1, 1, "[12345]")).lose("cat");
    s.send("bob", error(68, 1, unavailable)).expect("fay", invocation(1, 1, "[12345]"));
    s.send("fay", yield(1)).expect("ann", result(2)).takes("eve", 500).send("bob", unregister(2, 1));
    s.expect("bob", unregistered(2)).send("dan", yield(1)).expect("ann", result(1));
    s.send("ann", call(3, "p")).expect("dan", invocation(2, 1)).send("dan", error(68, 2, unavailable));
    s.expect("eve", invocation(1, 1));  // its sequence has no gap
}

TEST(Rerouting, EndsWithTheRegistration) {
    Script s;
    share(s, Invoke::first, {"bob", "cat"}).send("ann", call(1, "p")).expect("bob", invocation(1, 1)).lose("cat");
    s.send("bob", unregister(2, 1)).expect("bob", unregistered(2)).join("dan", rerouting());
    s.send("dan", register_(1, "q")).expect("dan", registered(1, 2)).send("bob", error(68, 1, unavailable));
    s.expect("ann", error(48, 1, exhausted)).expect_silence("dan");
}

TEST(Rerouting, IsOverOnceSomethingHasPassed) {
    Script progress, more;
    share(progress, Invoke::first, {"bob", "cat"}).send("ann", call(1, "p", "", with_progress()));
    progress.expect("bob", progressive_invocation(1, 1)).send("bob", yield(1, "[1]", true));
    progress.expect("ann", result(1, "[1]", true)).send("bob", error(68, 1, unavailable));
    progress.expect("ann", error(48, 1, unavailable)).expect_silence("cat");

    InvocationDetails details;
    details.progress = true;
    share(more, Invoke::first, {"bob", "cat"}).send("ann", call(1, "p", "[1]", unfinished()));
    more.expect("bob", invocation_with(1, 1, details, "[1]")).send("bob", error(68, 1, unavailable));
    more.expect("cat", invocation_with(1, 1, details, "[1]")).send("ann", call(1, "p", "[2]"));
    more.expect("cat", invocation(1, 1, "[2]")).send("cat", error(68, 1, unavailable));
    more.expect("ann", error(48, 1, unavailable)).expect_silence("bob");
}

TEST(Rerouting, DoesNotBringACanceledCallBackToLife) {
    Script s;
    share(s, Invoke::first, {"bob", "cat"}).send("ann", call(1, "p")).expect("bob", invocation(1, 1));
    s.send("ann", cancel(1, CancelMode::kill)).expect("bob", interrupt(1, CancelMode::kill));
    s.send("bob", error(68, 1, unavailable)).expect("ann", error(48, 1, unavailable)).expect_silence("cat");
}

TEST(Rerouting, TakesTheCancelAndTheTimeoutAlong) {
    Script s;
    share(s, Invoke::first, {"bob", "cat"}).send("ann", call(1, "p", "", in_time(100))).expect("bob", invocation(1, 1));
    s.pass(60ms)
        .send("bob", error(68, 1, unavailable))
        .expect("cat", invocation(1, 1))
        .pass(39ms)
        .expect_silence("ann");
    s.pass(1ms).expect("cat", interrupt(1)).expect("ann", error(48, 1, "wamp.error.timeout")).expect_silence("bob");
    s.send("ann", call(2, "p")).expect("bob", invocation(2, 1)).send("bob", error(68, 2, unavailable));
    s.expect("cat", invocation(2, 1)).send("ann", cancel(2, CancelMode::killnowait)).expect("cat", interrupt(2));
    s.expect("ann", error(48, 2, "wamp.error.canceled")).expect_silence("bob");
}

/// A call that another callee has now began before some that the realm lets wait as long.
TEST(Rerouting, DoesNotWaitBehindCallsThatBeganLater) {
    RealmSettings settings = open_realm();
    settings.limits.call_timeout = 100ms;
    Script s{settings};
    share(s, Invoke::first, {"bob", "cat"}).send("ann", call(1, "p")).expect("bob", invocation(1, 1)).pass(60ms);
    s.send("ann", call(2, "p")).expect("bob", invocation(2, 1));
    s.send("bob", error(68, 1, unavailable)).expect("cat", invocation(1, 1)).pass(40ms);
    s.expect("cat", interrupt(1)).expect("ann", error(48, 1, "wamp.error.timeout")).expect_silence("bob").pass(60ms);
    s.expect("bob", interrupt(2)).expect("ann", error(48, 2, "wamp.error.timeout"));
}

TEST(Rerouting, HoldsNoMoreBytesThanTheLimit) {
    RealmSettings settings = open_realm();
    settings.limits.held_bytes_max = 10;
    Script s{settings};
    share(s, Invoke::first, {"bob", "cat"})
        .send("ann", call(1, "p", "[1234]"))
        .expect("bob", invocation(1, 1, "[1234]"));
    s.send("ann", call(2, "p", "[5678]")).expect("bob", invocation(2, 1, "[5678]"));
    s.send("bob", error(68, 2, unavailable)).expect("ann", error(48, 2, exhausted)).expect_silence("cat");
    s.send("bob", error(68, 1, unavailable)).expect("cat", invocation(1, 1, "[1234]")).send("cat", yield(1));
    s.expect("ann", result(1)).send("ann", call(3, "p", "[5678]")).expect("bob", invocation(3, 1, "[5678]"));
    s.send("bob", error(68, 3, unavailable)).expect("cat", invocation(2, 1, "[5678]"));
}

}  // namespace
}  // namespace heddle::test
