#include <gtest/gtest.h>

#include "tests/realms/script.hpp"

/// wamp specification, "Progressive Call Results".
namespace heddle::test {
namespace {

using namespace std::chrono_literals;

/// ann calls, bob has registered `p` as registration 1.
Script& with_callee(Script& s, Roles ann = progressive_roles(), Roles bob = progressive_roles()) {
    return s.join("ann", ann).join("bob", bob).send("bob", register_(1, "p")).expect("bob", registered(1, 1));
}
/// What `progressive_roles` is, but for one feature of a role.
Roles without(Role role, Feature feature) {
    Roles made = progressive_roles();
    made.features[static_cast<std::size_t>(role)] &= ~(1u << static_cast<unsigned>(feature));
    return made;
}
RealmSettings patient(std::chrono::milliseconds time) {
    RealmSettings settings = open_realm();
    settings.limits.call_timeout = time;
    return settings;
}

TEST(Progress, EachPieceReachesTheCallerAtOnceAndAResultEndsTheCall) {
    Script s;
    with_callee(s).send("ann", call(1, "p", "[3]", with_progress()));
    s.expect("bob", progressive_invocation(1, 1, "[3]"));
    s.send("bob", yield(1, "[1]", true)).expect("ann", result(1, "[1]", true));
    s.send("bob", yield(1, "", true)).expect("ann", result(1, "", true));
    s.send("bob", yield(1, "[2]")).expect("ann", result(1, "[2]"));
    s.check([](Play& play) { EXPECT_EQ(play.counts().calls, 0u); });
}

TEST(Progress, AnErrorEndsTheCallToo) {
    Script s;
    with_callee(s).send("ann", call(1, "p", "", with_progress())).expect("bob", progressive_invocation(1, 1));
    s.send("bob", yield(1, "[1]", true)).expect("ann", result(1, "[1]", true));
    s.send("bob", error(68, 1, "com.app.bad", "[2]")).expect("ann", error(48, 1, "com.app.bad", "[2]"));
}

TEST(Progress, ACallMayEndWithoutAnyPiece) {
    Script s;
    with_callee(s).send("ann", call(1, "p", "", with_progress())).expect("bob", progressive_invocation(1, 1));
    s.send("bob", yield(1, "[1]")).expect("ann", result(1, "[1]"));
}

TEST(Progress, PiecesOfSeveralCallsKeepApart) {
    Script s;
    with_callee(s).join("cat", progressive_roles());
    s.send("ann", call(1, "p", "", with_progress())).expect("bob", progressive_invocation(1, 1));
    s.send("cat", call(1, "p", "", with_progress())).expect("bob", progressive_invocation(2, 1));
    s.send("bob", yield(2, "[2]", true)).expect("cat", result(1, "[2]", true)).expect_silence("ann");
    s.send("bob", yield(1, "[1]", true)).expect("ann", result(1, "[1]", true)).expect_silence("cat");
    s.send("bob", yield(2)).expect("cat", result(1)).send("bob", yield(1, "[3]", true));
    s.expect("ann", result(1, "[3]", true)).send("bob", yield(1)).expect("ann", result(1));
}

TEST(Progress, ASessionMayGetProgressFromItself) {
    Script s;
    s.join("ann", progressive_roles()).send("ann", register_(1, "p")).expect("ann", registered(1, 1));
    s.send("ann", call(2, "p", "", with_progress())).expect("ann", progressive_invocation(1, 1));
    s.send("ann", yield(1, "[1]", true)).expect("ann", result(2, "[1]", true));
    s.send("ann", yield(1)).expect("ann", result(2));
}

TEST(Progress, WhoDidNotAskGetsNone) {
    Script s;
    with_callee(s).send("ann", call(1, "p")).expect("bob", invocation(1, 1));
    s.send("bob", yield(1, "[1]", true)).expect_silence("ann").expect_silence("bob");
    s.send("bob", yield(1, "[2]")).expect("ann", result(1, "[2]"));
}

TEST(Progress, NeedsACallerThatAnnouncedIt) {
    Script s;
    with_callee(s, without(Role::caller, Feature::progressive_call_results));
    s.send("ann", call(1, "p", "", with_progress())).expect("bob", invocation(1, 1));
    s.send("bob", yield(1, "[1]", true)).expect_silence("ann").send("bob", yield(1)).expect("ann", result(1));
}

TEST(Progress, NeedsACalleeThatAnnouncedIt) {
    Script s;
    with_callee(s, progressive_roles(), without(Role::callee, Feature::progressive_call_results));
    s.send("ann", call(1, "p", "", with_progress())).expect("bob", invocation(1, 1));
    s.send("bob", yield(1, "[1]", true)).expect_silence("ann").send("bob", yield(1)).expect("ann", result(1));
}

// autobahn-js is one.
TEST(Progress, ComesFromACalleeThatCannotBeCanceledAndIsSwallowedWhenItsCallerLeft) {
    Script s;
    with_callee(s, progressive_roles(), without(Role::callee, Feature::call_canceling));
    s.send("ann", call(1, "p", "", with_progress())).expect("bob", progressive_invocation(1, 1));
    s.send("bob", yield(1, "[1]", true)).expect("ann", result(1, "[1]", true));
    s.lose("ann").expect_silence("bob").send("bob", yield(1, "[2]", true)).send("bob", yield(1)).expect_silence("bob");
}

TEST(Progress, TheTimeoutIsOneForEachGap) {
    Script s{patient(100ms)};
    with_callee(s).send("ann", call(1, "p", "", with_progress())).expect("bob", progressive_invocation(1, 1));
    s.pass(99ms).send("bob", yield(1, "[1]", true)).expect("ann", result(1, "[1]", true));
    s.pass(50ms).send("ann", call(2, "p")).expect("bob", invocation(2, 1));
    s.pass(49ms).expect_silence("ann").send("bob", yield(1, "[2]", true)).expect("ann", result(1, "[2]", true));
    s.check([](Play& play) { EXPECT_EQ(play.realm().next_deadline(), play.now() + 51ms) << "call 2 is first now"; });
    s.pass(51ms).expect("ann", error(48, 2, "wamp.error.timeout")).expect("bob", interrupt(2));
    s.pass(49ms).expect("ann", error(48, 1, "wamp.error.timeout")).expect("bob", interrupt(1));
    s.send("bob", yield(1, "[3]", true)).send("bob", yield(2)).expect_silence("ann").expect_silence("bob");
}

TEST(Progress, NobodyAskedForKeepsNoCallAlive) {
    Script s{patient(100ms)};
    with_callee(s).send("ann", call(1, "p")).expect("bob", invocation(1, 1));
    s.pass(99ms).send("bob", yield(1, "[1]", true)).pass(1ms).expect("ann", error(48, 1, "wamp.error.timeout"));
    s.expect("bob", interrupt(1));
}

TEST(Progress, WithoutATimeoutACallGoesOnForever) {
    Script s{patient(0ms)};
    with_callee(s).send("ann", call(1, "p", "", with_progress())).expect("bob", progressive_invocation(1, 1));
    s.pass(24h).send("bob", yield(1, "[1]", true)).expect("ann", result(1, "[1]", true)).pass(24h);
    s.send("bob", yield(1)).expect("ann", result(1));
}

TEST(Progress, OfACallWhoseCallerLeftIsSwallowedAndTheCalleeIsTold) {
    Script s;
    with_callee(s).send("ann", call(1, "p", "", with_progress())).expect("bob", progressive_invocation(1, 1));
    s.send("bob", yield(1, "[1]", true)).expect("ann", result(1, "[1]", true)).lose("ann").expect("bob", interrupt(1));
    s.send("bob", yield(1, "[2]", true)).send("bob", error(68, 1, "com.app.stopped")).expect_silence("bob");
}

TEST(Progress, EndsForTheCallerWhenTheCalleeLeaves) {
    Script s;
    with_callee(s).send("ann", call(1, "p", "", with_progress())).expect("bob", progressive_invocation(1, 1));
    s.send("bob", yield(1, "[1]", true)).expect("ann", result(1, "[1]", true)).lose("bob");
    s.expect("ann", error(48, 1, "wamp.error.canceled"));
}

TEST(Progress, OfACallThatIsOverIsSwallowed) {
    Script s;
    with_callee(s).send("ann", call(1, "p", "", with_progress())).expect("bob", progressive_invocation(1, 1));
    s.send("bob", yield(1)).expect("ann", result(1));
    s.send("bob", yield(1, "[9]", true)).expect_silence("ann").expect_silence("bob");
}

TEST(Progress, OfACallThatNeverWasIsAViolation) {
    Script s;
    with_callee(s).send("bob", yield(1, "[9]", true)).expect_violation("bob");
}

TEST(Progress, OnlyTheCalleeItselfMayGiveIt) {
    Script s;
    with_callee(s).join("eve", progressive_roles()).send("ann", call(1, "p", "", with_progress()));
    s.expect("bob", progressive_invocation(1, 1)).send("eve", yield(1, "[666]", true)).expect_violation("eve");
    s.send("bob", yield(1)).expect("ann", result(1));
}

TEST(Progress, APieceTooBigForTheCallerEndsTheCall) {
    Script s;
    with_callee(s).takes("ann", 70).send("ann", call(1, "p", "", with_progress()));
    const char* big = "[\"0123456789012345678901234567890123456789012345678901234567890123456789\"]";
    s.expect("bob", progressive_invocation(1, 1)).send("bob", yield(1, big, true));
    s.expect("ann", error(48, 1, "wamp.error.payload_size_exceeded")).expect("bob", interrupt(1));
    s.send("bob", yield(1)).expect_silence("ann");
}

TEST(Progress, TheRealmClosingEndsTheCall) {
    Script s;
    s.join("bob", progressive_roles()).join("ann", progressive_roles()).send("bob", register_(1, "p"));
    s.expect("bob", registered(1, 1)).send("ann", call(1, "p", "", with_progress()));
    s.expect("bob", progressive_invocation(1, 1)).send("bob", yield(1, "[1]", true));
    s.expect("ann", result(1, "[1]", true)).shut_down().expect("ann", error(48, 1, "wamp.error.canceled"));
    s.expect("ann", goodbye("wamp.close.system_shutdown")).expect("bob", goodbye("wamp.close.system_shutdown"));
    s.send("bob", yield(1, "[2]", true)).expect_silence("ann").expect_silence("bob");
}

}  // namespace
}  // namespace heddle::test
