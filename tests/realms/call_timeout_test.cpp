#include <gtest/gtest.h>

#include "tests/realms/script.hpp"

/// wamp specification, "Call Timeouts".
namespace heddle::test {
namespace {

using namespace std::chrono_literals;

RealmSettings bounded(std::chrono::milliseconds most) {
    RealmSettings settings = open_realm();
    settings.limits.call_timeout = most;
    return settings;
}
Roles watchful() {
    return rpc_roles({Feature::call_timeout, Feature::call_canceling, Feature::progressive_call_results});
}
RegisterOptions forwarding() {
    RegisterOptions options;
    options.forward_timeout = true;
    return options;
}
Message timed_invocation(std::uint64_t request, std::uint64_t timeout_ms) {
    InvocationDetails details;
    details.timeout_ms = timeout_ms;
    return invocation_with(request, 1, details);
}
Script& with_callee(Script& s, Roles bob, RegisterOptions options = {}) {
    return s.join("ann", watchful())
        .join("bob", bob)
        .send("bob", register_(1, "p", options))
        .expect("bob", registered(1, 1));
}

TEST(CallTimeout, EndsTheCallAfterSoManyMilliseconds) {
    Script s{bounded(1min)};
    with_callee(s, watchful()).send("ann", call(1, "p", "", in_time(50))).expect("bob", invocation(1, 1));
    s.pass(49ms).expect_silence("ann").pass(1ms).expect("bob", interrupt(1, CancelMode::killnowait));
    s.expect("ann", error(48, 1, "wamp.error.timeout")).send("bob", yield(1)).expect_silence("ann");
}

TEST(CallTimeout, TellsACalleeNothingThatCannotBeCanceled) {
    Script s{bounded(1min)};
    with_callee(s, all_roles()).send("ann", call(1, "p", "", in_time(50))).expect("bob", invocation(1, 1));
    s.pass(50ms).expect("ann", error(48, 1, "wamp.error.timeout")).expect_silence("bob");
    s.send("bob", error(68, 1, "com.app.late")).expect_silence("ann").expect_silence("bob");
}

TEST(CallTimeout, OfZeroIsNone) {
    Script s{bounded(0ms)};
    with_callee(s, watchful()).send("ann", call(1, "p", "", in_time(0))).expect("bob", invocation(1, 1));
    s.pass(24h).send("bob", yield(1)).expect("ann", result(1));
}

TEST(CallTimeout, CountsWhereTheRealmHasNone) {
    Script s{bounded(0ms)};
    with_callee(s, watchful()).send("ann", call(1, "p", "", in_time(50))).expect("bob", invocation(1, 1));
    s.pass(50ms).expect("bob", interrupt(1)).expect("ann", error(48, 1, "wamp.error.timeout"));
}

TEST(CallTimeout, IsNeverLongerThanTheRealmLetsACallWait) {
    for (const std::uint64_t asked : {std::uint64_t{101}, std::uint64_t{9'007'199'254'740'992}}) {
        Script s{bounded(100ms)};
        with_callee(s, watchful()).send("ann", call(1, "p", "", in_time(asked))).expect("bob", invocation(1, 1));
        s.pass(100ms).expect("bob", interrupt(1)).expect("ann", error(48, 1, "wamp.error.timeout"));
    }
}

TEST(CallTimeout, OfTheLargestNumberOverflowsNothing) {
    Script s{bounded(0ms)};
    with_callee(s, watchful()).send("ann", call(1, "p", "", in_time(id_max))).expect("bob", invocation(1, 1));
    s.pass(24h).send("bob", yield(1)).expect("ann", result(1));
}

TEST(CallTimeout, EndsCallsInTheOrderOfTheirDeadlines) {
    Script s{bounded(100ms)};
    with_callee(s, all_roles()).send("ann", call(1, "p")).expect("bob", invocation(1, 1));
    s.send("ann", call(2, "p", "", in_time(70))).expect("bob", invocation(2, 1));
    s.send("ann", call(3, "p", "", in_time(30))).expect("bob", invocation(3, 1));
    s.send("ann", call(4, "p", "", in_time(50))).expect("bob", invocation(4, 1)).send("bob", yield(4));
    s.expect("ann", result(4)).check([](Play& play) { EXPECT_EQ(play.realm().next_deadline(), play.now() + 30ms); });
    s.pass(1s).expect("ann", error(48, 3, "wamp.error.timeout")).expect("ann", error(48, 2, "wamp.error.timeout"));
    s.expect("ann", error(48, 1, "wamp.error.timeout"));
    s.check([](Play& play) { EXPECT_EQ(play.realm().next_deadline(), TimePoint::max()); });
}

TEST(CallTimeout, IsOneForEachGapWithProgressiveResults) {
    Script s{bounded(1min)};
    CallOptions options = in_time(50);
    options.receive_progress = true;
    with_callee(s, watchful()).send("ann", call(1, "p", "", options)).expect("bob", progressive_invocation(1, 1));
    for (int piece = 0; piece < 3; ++piece)
        s.pass(49ms).send("bob", yield(1, "[1]", true)).expect("ann", result(1, "[1]", true));
    s.pass(50ms).expect("bob", interrupt(1)).expect("ann", error(48, 1, "wamp.error.timeout"));
}

TEST(CallTimeout, IsForwardedWhereTheCalleeAnnouncedItAndRegisteredSo) {
    Script s{bounded(1min)};
    with_callee(s, watchful(), forwarding()).send("ann", call(1, "p", "", in_time(50)));
    s.expect("bob", timed_invocation(1, 50)).pass(30s).expect_silence("ann");
    s.send("bob", error(68, 1, "wamp.error.timeout")).expect("ann", error(48, 1, "wamp.error.timeout"));
    s.send("ann", call(2, "p")).expect("bob", invocation(2, 1));
}

TEST(CallTimeout, IsNotForwardedOtherwise) {
    Script asked, announced;
    with_callee(announced, watchful()).send("ann", call(1, "p", "", in_time(50))).expect("bob", invocation(1, 1));
    announced.pass(50ms).expect("bob", interrupt(1)).expect("ann", error(48, 1, "wamp.error.timeout"));
    with_callee(asked, all_roles(), forwarding()).send("ann", call(1, "p", "", in_time(50)));
    asked.expect("bob", invocation(1, 1)).pass(50ms).expect("ann", error(48, 1, "wamp.error.timeout"));
}

TEST(CallTimeout, ThatWasForwardedIsStillBoundedByTheRealm) {
    Script s{bounded(100ms)};
    with_callee(s, watchful(), forwarding()).send("ann", call(1, "p", "", in_time(50)));
    s.expect("bob", timed_invocation(1, 50)).send("ann", call(2, "p", "", in_time(5000)));
    s.expect("bob", timed_invocation(2, 100)).pass(99ms).expect_silence("ann").pass(1ms);
    s.expect("bob", interrupt(1)).expect("bob", interrupt(2));
    s.expect("ann", error(48, 1, "wamp.error.timeout")).expect("ann", error(48, 2, "wamp.error.timeout"));
}

}  // namespace
}  // namespace heddle::test
