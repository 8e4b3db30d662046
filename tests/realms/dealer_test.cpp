#include <gtest/gtest.h>

#include "tests/realms/script.hpp"

namespace heddle::test {
namespace {

using namespace std::chrono_literals;

/// bob has registered `p` as registration 1.
Script& with_callee(Script& s) {
    return s.join("ann").join("bob").send("bob", register_(1, "p")).expect("bob", registered(1, 1));
}

TEST(Dealer, CallIsAnsweredByTheCalleesResult) {
    Script s;
    with_callee(s).send("ann", call(1, "p", "[2,3]")).expect("bob", invocation(1, 1, "[2,3]"));
    s.send("bob", yield(1, "[5]")).expect("ann", result(1, "[5]"));
    s.send("ann", call(2, "p")).expect("bob", invocation(2, 1)).send("bob", yield(2)).expect("ann", result(2));
}

TEST(Dealer, CalleesErrorReachesTheCallerAsErrorOfTheCall) {
    Script s;
    with_callee(s).send("ann", call(1, "p")).expect("bob", invocation(1, 1));
    s.send("bob", error(68, 1, "com.app.bad", "[\"why\"]")).expect("ann", error(48, 1, "com.app.bad", "[\"why\"]"));
}

TEST(Dealer, AnErrorUriThatIsNoneBecomesInvalidUri) {
    Script s;
    with_callee(s).send("ann", call(1, "p")).expect("bob", invocation(1, 1));
    s.send("bob", error(68, 1, "bad uri")).expect("ann", error(48, 1, "wamp.error.invalid_uri"));
}

TEST(Dealer, InvocationIdsAreASequenceOfEachCallee) {
    Script s;
    with_callee(s).join("cat").send("cat", register_(1, "q")).expect("cat", registered(1, 2));
    s.send("ann", call(1, "p")).expect("bob", invocation(1, 1));
    s.send("ann", call(2, "q")).expect("cat", invocation(1, 2));
    s.send("ann", call(3, "p")).expect("bob", invocation(2, 1));
}

TEST(Dealer, ResultsMayComeInAnyOrder) {
    Script s;
    with_callee(s).send("ann", call(1, "p")).send("ann", call(2, "p"));
    s.expect("bob", invocation(1, 1)).expect("bob", invocation(2, 1));
    s.send("bob", yield(2, "[2]"))
        .expect("ann", result(2, "[2]"))
        .send("bob", yield(1, "[1]"))
        .expect("ann", result(1, "[1]"));
}

TEST(Dealer, InvocationsOfOneCallerKeepTheirOrderAcrossProcedures) {
    Script s;
    with_callee(s).send("bob", register_(2, "q")).expect("bob", registered(2, 2));
    s.send("ann", call(1, "p")).send("ann", call(2, "q")).send("ann", call(3, "p"));
    s.expect("bob", invocation(1, 1)).expect("bob", invocation(2, 2)).expect("bob", invocation(3, 1));
}

TEST(Dealer, ASessionMayCallItself) {
    Script s;
    s.join("ann").send("ann", register_(1, "p")).expect("ann", registered(1, 1));
    s.send("ann", call(2, "p")).expect("ann", invocation(1, 1)).send("ann", yield(1)).expect("ann", result(2));
}

TEST(Dealer, UnknownProcedureAndBadUriAreRefused) {
    Script s;
    s.join("ann").send("ann", call(1, "p")).expect("ann", error(48, 1, "wamp.error.no_such_procedure"));
    s.send("ann", call(2, "p..q")).expect("ann", error(48, 2, "wamp.error.invalid_uri"));
    s.send("ann", register_(3, "p q")).expect("ann", error(64, 3, "wamp.error.invalid_uri"));
    s.send("ann", register_(4, "wamp.session.kill")).expect("ann", error(64, 4, "wamp.error.invalid_uri"));
    s.send("ann", unregister(5, 7)).expect("ann", error(66, 5, "wamp.error.no_such_registration"));
}

TEST(Dealer, PatternsDoNotShadowTheRoutersOwnProcedures) {
    Script s;
    s.join("ann").send("ann", register_(1, "", registered_as(Match::prefix))).expect("ann", registered(1, 1));
    s.send("ann", register_(2, ".session.nosuch", registered_as(Match::wildcard))).expect("ann", registered(2, 2));
    s.send("ann", call(3, "wamp.session.nosuch")).expect("ann", error(48, 3, "wamp.error.no_such_procedure"));
    s.send("ann", call(4, "wampum")).expect("ann", invocation(1, 1, "", "wampum"));
}

TEST(Dealer, AProcedureIsRegisteredOnce) {
    Script s;
    with_callee(s).send("ann", register_(1, "p")).expect("ann", error(64, 1, "wamp.error.procedure_already_exists"));
    s.send("bob", register_(2, "p")).expect("bob", error(64, 2, "wamp.error.procedure_already_exists"));
    s.send("ann", register_(2, "p", registered_as(Match::prefix))).expect("ann", registered(2, 2));
    s.send("bob", unregister(3, 1)).expect("bob", unregistered(3));
    s.send("ann", register_(3, "p")).expect("ann", registered(3, 3));
}

TEST(Dealer, UnregisterNeedsTheSessionsOwnRegistration) {
    Script s;
    with_callee(s).send("ann", unregister(1, 1)).expect("ann", error(66, 1, "wamp.error.no_such_registration"));
    s.send("bob", unregister(2, 1)).expect("bob", unregistered(2));
    s.send("ann", call(2, "p")).expect("ann", error(48, 2, "wamp.error.no_such_procedure"));
}

TEST(Dealer, CallsOutliveTheRegistration) {
    Script s;
    with_callee(s).send("ann", call(1, "p")).expect("bob", invocation(1, 1));
    s.send("bob", unregister(2, 1)).expect("bob", unregistered(2));
    s.send("bob", yield(1, "[1]")).expect("ann", result(1, "[1]"));
}

TEST(Dealer, WithoutPermissionCallAndRegisterAreRefused) {
    RealmSettings settings = open_realm();
    settings.roles[0].permissions = {{Match::prefix, "open.", actions({Action::call, Action::register_}), {}}};
    Script s{settings};
    s.join("ann").send("ann", call(1, "shut.p")).expect("ann", error(48, 1, "wamp.error.not_authorized"));
    s.send("ann", register_(2, "shut.p")).expect("ann", error(64, 2, "wamp.error.not_authorized"));
    s.send("ann", register_(3, "ope", registered_as(Match::prefix)))
        .expect("ann", error(64, 3, "wamp.error.not_authorized"));
    s.send("ann", register_(4, "open.", registered_as(Match::prefix))).expect("ann", registered(4, 1));
}

TEST(Dealer, CalleeLeavingEndsItsCallsAtOnce) {
    Script s;
    with_callee(s).send("ann", call(1, "p")).send("ann", call(2, "p"));
    s.expect("bob", invocation(1, 1)).expect("bob", invocation(2, 1));
    s.lose("bob").expect("ann", error(48, 1, "wamp.error.canceled")).expect("ann", error(48, 2, "wamp.error.canceled"));
    s.send("ann", call(3, "p")).expect("ann", error(48, 3, "wamp.error.no_such_procedure"));
}

TEST(Dealer, AnswersForACallerWhoLeftAreSwallowed) {
    Script s;
    with_callee(s).send("ann", call(1, "p")).send("ann", call(2, "p"));
    s.expect("bob", invocation(1, 1)).expect("bob", invocation(2, 1)).lose("ann");
    s.send("bob", yield(1)).send("bob", error(68, 2, "com.app.late")).expect_silence("bob");
    s.check([](Play& play) { EXPECT_EQ(play.counts().calls, 0u); });
}

TEST(Dealer, CallsTimeOutAndTheLateAnswerIsSwallowed) {
    RealmSettings settings = open_realm();
    settings.limits.call_timeout = 100ms;
    Script s{settings};
    with_callee(s).send("ann", call(1, "p")).expect("bob", invocation(1, 1));
    s.pass(60ms).send("ann", call(2, "p")).expect("bob", invocation(2, 1));
    s.pass(39ms).expect_silence("ann");
    s.check([](Play& play) { EXPECT_EQ(play.realm().next_deadline(), play.now() + 1ms); });
    s.pass(1ms).expect("ann", error(48, 1, "wamp.error.timeout")).expect_silence("ann");
    s.send("bob", yield(1)).expect_silence("ann").send("bob", yield(2, "[2]")).expect("ann", result(2, "[2]"));
    s.pass(1000ms).expect_silence("ann");
    s.check([](Play& play) { EXPECT_EQ(play.realm().next_deadline(), TimePoint::max()); });
}

TEST(Dealer, WithoutATimeoutACallWaits) {
    RealmSettings settings = open_realm();
    settings.limits.call_timeout = 0ms;
    Script s{settings};
    with_callee(s).send("ann", call(1, "p")).expect("bob", invocation(1, 1)).pass(24h).expect_silence("ann");
    s.check([](Play& play) { EXPECT_EQ(play.realm().next_deadline(), TimePoint::max()); });
    s.send("bob", yield(1)).expect("ann", result(1));
}

TEST(Dealer, CancelEndsTheCallForTheCallerAndTellsTheCalleeNothing) {
    Script s;
    with_callee(s).send("ann", call(1, "p")).expect("bob", invocation(1, 1));
    s.send("ann", cancel(1)).expect("ann", error(48, 1, "wamp.error.canceled")).expect_silence("bob");
    s.send("bob", yield(1)).expect_silence("ann");
    s.send("ann", cancel(1)).send("ann", cancel(77)).expect_silence("ann");
}

TEST(Dealer, CancelReachesOnlyOnesOwnCalls) {
    Script s;
    with_callee(s).join("cat").send("ann", call(1, "p")).expect("bob", invocation(1, 1));
    s.send("cat", cancel(1)).expect_silence("cat").expect_silence("ann");
    s.send("bob", yield(1)).expect("ann", result(1));
}

TEST(Dealer, OnlyTheCalleeItselfMayAnswer) {
    Script s;
    with_callee(s).join("eve").send("ann", call(1, "p")).expect("bob", invocation(1, 1));
    s.send("eve", yield(1, "[666]")).expect_violation("eve").expect_silence("ann");
    s.send("bob", yield(1, "[1]")).expect("ann", result(1, "[1]"));
}

TEST(Dealer, AnAnswerToWhatWasNeverAskedIsAViolation) {
    Script s;
    with_callee(s)
        .send("ann", call(1, "p"))
        .expect("bob", invocation(1, 1))
        .send("bob", yield(2))
        .expect_violation("bob");
    s.expect("ann", error(48, 1, "wamp.error.canceled"));
}

TEST(Dealer, AnswersToWhatIsOverAreSwallowed) {
    Script s;
    with_callee(s).send("ann", call(1, "p")).expect("bob", invocation(1, 1));
    s.send("bob", yield(1)).expect("ann", result(1));
    s.send("bob", yield(1)).send("bob", error(68, 1, "com.app.late")).expect_silence("ann").expect_silence("bob");
}

TEST(Dealer, AnInvocationTooBigForTheCalleeIsAnErrorAndLeavesNoGap) {
    Script s;
    with_callee(s).takes("bob", 5).send("ann", call(1, "p", "[123456]"));
    s.expect("ann", error(48, 1, "wamp.error.payload_size_exceeded")).expect_silence("bob");
    s.send("ann", call(2, "p", "[12]")).expect("bob", invocation(1, 1, "[12]"));
}

TEST(Dealer, AResultTooBigForTheCallerIsAnError) {
    Script s;
    with_callee(s).send("ann", call(1, "p")).send("ann", call(2, "p"));
    s.expect("bob", invocation(1, 1)).expect("bob", invocation(2, 1)).takes("ann", 70);
    const char* big = "[\"0123456789012345678901234567890123456789012345678901234567890123456789\"]";
    s.send("bob", yield(1, big)).expect("ann", error(48, 1, "wamp.error.payload_size_exceeded"));
    s.send("bob", error(68, 2, "com.app.bad", big)).expect("ann", error(48, 2, "wamp.error.payload_size_exceeded"));
}

TEST(Dealer, OpenCallsOfACallerAreLimited) {
    RealmSettings settings = open_realm();
    settings.limits.calls_max = 2;
    Script s{settings};
    with_callee(s).send("ann", call(1, "p")).send("ann", call(2, "p")).send("ann", call(3, "p"));
    s.expect("ann", error(48, 3, "heddle.error.limit_exceeded"));
    s.expect("bob", invocation(1, 1)).expect("bob", invocation(2, 1)).send("bob", yield(1)).expect("ann", result(1));
    s.send("ann", call(4, "p")).expect("bob", invocation(3, 1));
}

TEST(Dealer, OpenInvocationsOfACalleeAreLimited) {
    RealmSettings settings = open_realm();
    settings.limits.invocations_max = 1;
    Script s{settings};
    with_callee(s).join("cat").send("ann", call(1, "p")).expect("bob", invocation(1, 1));
    s.send("cat", call(1, "p")).expect("cat", error(48, 1, "heddle.error.limit_exceeded"));
    s.send("bob", yield(1)).expect("ann", result(1)).send("cat", call(2, "p")).expect("bob", invocation(2, 1));
}

TEST(Dealer, RegistrationsAreLimitedPerSessionAndRealm) {
    RealmSettings settings = open_realm();
    settings.limits.registrations_max = 2;
    settings.limits.procedures_max = 3;
    Script s{settings};
    s.join("ann").join("bob");
    s.send("ann", register_(1, "a")).expect("ann", registered(1, 1));
    s.send("ann", register_(2, "b")).expect("ann", registered(2, 2));
    s.send("ann", register_(3, "c")).expect("ann", error(64, 3, "heddle.error.limit_exceeded"));
    s.send("bob", register_(1, "c")).expect("bob", registered(1, 3));
    s.send("bob", register_(2, "d")).expect("bob", error(64, 2, "heddle.error.limit_exceeded"));
}

}  // namespace
}  // namespace heddle::test
