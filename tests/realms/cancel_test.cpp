#include <gtest/gtest.h>

#include "tests/realms/script.hpp"

/// wamp specification, "Call Canceling".
namespace heddle::test {
namespace {

using namespace std::chrono_literals;

Roles silent() { return roles({Role::caller, Role::callee}); }  // knows nothing of canceling

/// bob has registered `p`, ann calls it.
Script& with_call(Script& s, Roles bob = progressive_roles()) {
    s.join("ann", silent()).join("bob", bob).send("bob", register_(1, "p")).expect("bob", registered(1, 1));
    return s.send("ann", call(1, "p")).expect("bob", invocation(1, 1));
}

TEST(Cancel, SkipTellsTheCalleeNothing) {
    Script s;
    with_call(s).send("ann", cancel(1, CancelMode::skip)).expect("ann", error(48, 1, "wamp.error.canceled"));
    s.expect_silence("bob").send("bob", yield(1)).expect_silence("ann").expect_silence("bob");
}

TEST(Cancel, KillNoWaitAnswersTheCallerAndInterruptsTheCallee) {
    for (const CancelMode mode : {CancelMode::killnowait, CancelMode::unspecified}) {
        Script s;
        with_call(s).send("ann", cancel(1, mode)).expect("bob", interrupt(1, CancelMode::killnowait));
        s.expect("ann", error(48, 1, "wamp.error.canceled")).send("bob", error(68, 1, "wamp.error.canceled"));
        s.expect_silence("ann").expect_silence("bob");
    }
}

TEST(Cancel, KillWaitsForWhatTheCalleeSays) {
    Script s;
    with_call(s).send("ann", cancel(1, CancelMode::kill)).expect("bob", interrupt(1, CancelMode::kill));
    s.expect_silence("ann").send("bob", error(68, 1, "wamp.error.canceled"));
    s.expect("ann", error(48, 1, "wamp.error.canceled"));
    s.send("ann", call(2, "p")).expect("bob", invocation(2, 1)).send("ann", cancel(2, CancelMode::kill));
    s.expect("bob", interrupt(2, CancelMode::kill)).send("bob", yield(2, "[5]")).expect("ann", result(2, "[5]"));
}

TEST(Cancel, KillIsSaidOnceAndMayBeFollowedByNotWaiting) {
    Script s;
    with_call(s).send("ann", cancel(1, CancelMode::kill)).expect("bob", interrupt(1, CancelMode::kill));
    s.send("ann", cancel(1, CancelMode::kill)).expect_silence("bob").expect_silence("ann");
    s.send("ann", cancel(1, CancelMode::killnowait)).expect_silence("bob");
    s.expect("ann", error(48, 1, "wamp.error.canceled"));
}

TEST(Cancel, ACalleeThatDoesNotAnswerKillTimesOut) {
    RealmSettings settings = open_realm();
    settings.limits.call_timeout = 100ms;
    Script s{settings};
    with_call(s).pass(60ms).send("ann", cancel(1, CancelMode::kill)).expect("bob", interrupt(1, CancelMode::kill));
    s.pass(40ms).expect("ann", error(48, 1, "wamp.error.timeout")).expect_silence("bob");
}

TEST(Cancel, EveryModeIsSkipForACalleeThatDidNotAnnounceIt) {
    for (const CancelMode mode : {CancelMode::kill, CancelMode::killnowait, CancelMode::unspecified}) {
        Script s;
        with_call(s, silent()).send("ann", cancel(1, mode)).expect("ann", error(48, 1, "wamp.error.canceled"));
        s.expect_silence("bob").send("bob", yield(1)).expect_silence("ann");
    }
}

TEST(Cancel, OfACallThatIsOverIsNothing) {
    Script s;
    with_call(s).send("bob", yield(1)).expect("ann", result(1));
    s.send("ann", cancel(1, CancelMode::kill)).send("ann", cancel(7, CancelMode::killnowait));
    s.expect_silence("ann").expect_silence("bob");
}

TEST(Cancel, EndsAProgressiveCall) {
    Script s;
    s.join("ann", progressive_roles()).join("bob", progressive_roles()).send("bob", register_(1, "p"));
    s.expect("bob", registered(1, 1)).send("ann", call(1, "p", "", with_progress()));
    s.expect("bob", progressive_invocation(1, 1)).send("bob", yield(1, "[1]", true));
    s.expect("ann", result(1, "[1]", true)).send("ann", cancel(1, CancelMode::killnowait));
    s.expect("bob", interrupt(1)).expect("ann", error(48, 1, "wamp.error.canceled"));
    s.send("bob", yield(1, "[2]", true)).send("bob", yield(1)).expect_silence("ann").expect_silence("bob");
}

TEST(Cancel, ProgressAfterKillPassesButBuysNoTime) {
    RealmSettings settings = open_realm();
    settings.limits.call_timeout = 100ms;
    Script s{settings};
    s.join("ann", progressive_roles()).join("bob", progressive_roles()).send("bob", register_(1, "p"));
    s.expect("bob", registered(1, 1)).send("ann", call(1, "p", "", with_progress()));
    s.expect("bob", progressive_invocation(1, 1)).send("ann", cancel(1, CancelMode::kill));
    s.expect("bob", interrupt(1, CancelMode::kill)).pass(99ms).send("bob", yield(1, "[1]", true));
    s.expect("ann", result(1, "[1]", true)).pass(1ms).expect("ann", error(48, 1, "wamp.error.timeout"));
    s.expect_silence("bob");
}

TEST(Cancel, ACallersEndInterruptsWhatItCalled) {
    Script s;
    with_call(s).join("cat", silent()).send("cat", register_(1, "q")).expect("cat", registered(1, 2));
    s.send("ann", call(2, "q")).expect("cat", invocation(1, 2)).send("ann", goodbye());
    s.expect("ann", goodbye("wamp.close.goodbye_and_out")).expect_detached("ann");
    s.expect("bob", interrupt(1)).expect_silence("cat");
    s.send("bob", error(68, 1, "wamp.error.canceled")).send("cat", yield(1)).expect_silence("bob");
}

TEST(Cancel, WhoCalledItselfAndLeavesIsToldNothing) {
    Script s;
    s.join("ann", progressive_roles()).send("ann", register_(1, "p")).expect("ann", registered(1, 1));
    s.send("ann", call(2, "p")).expect("ann", invocation(1, 1)).lose("ann");
}

TEST(Cancel, ATimeoutInterruptsTheCallee) {
    RealmSettings settings = open_realm();
    settings.limits.call_timeout = 100ms;
    Script s{settings};
    with_call(s).pass(100ms).expect("ann", error(48, 1, "wamp.error.timeout")).expect("bob", interrupt(1));
    s.send("bob", error(68, 1, "wamp.error.canceled")).expect_silence("ann");
}

}  // namespace
}  // namespace heddle::test
