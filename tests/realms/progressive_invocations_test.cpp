#include <gtest/gtest.h>

#include "realms/ended_streams.hpp"
#include "tests/realms/script.hpp"

/// wamp specification, "Progressive Call Invocations": several CALLs under one id make one call.
namespace heddle::test {
namespace {

using namespace std::chrono_literals;

Roles streaming() {
    return rpc_roles({Feature::progressive_call_invocations, Feature::progressive_call_results, Feature::call_canceling,
                      Feature::caller_identification});
}
Message piece(std::uint64_t request, std::string_view args, std::uint64_t registration = 1) {
    InvocationDetails details;
    details.progress = true;
    return invocation_with(request, registration, details, args);
}
RealmSettings strict() {
    RealmSettings settings = open_realm();
    settings.request_ids = RequestIds::strict;
    return settings;
}
Script& with_callee(Script& s, Roles ann = streaming(), Roles bob = streaming()) {
    return s.join("ann", ann).join("bob", bob).send("bob", register_(1, "p")).expect("bob", registered(1, 1));
}

TEST(ProgressiveInvocations, EachCallReachesTheCalleeUnderTheSameId) {
    for (const RealmSettings& settings : {open_realm(), strict()}) {
        Script s{settings};
        with_callee(s).send("ann", call(1, "p", "[1]", unfinished())).expect("bob", piece(1, "[1]"));
        s.send("ann", call(1, "p", "", unfinished())).expect("bob", piece(1, ""));
        s.send("ann", call(1, "p", "[3]")).expect("bob", invocation(1, 1, "[3]")).expect_silence("ann");
        s.send("bob", yield(1, "[4]")).expect("ann", result(1, "[4]"));
        s.check([](Play& play) { EXPECT_EQ(play.counts().calls, 0u); });
    }
}

TEST(ProgressiveInvocations, MayBeAnsweredBeforeTheLastCall) {
    for (const RealmSettings& settings : {open_realm(), strict()}) {
        Script s{settings};
        with_callee(s).send("ann", call(1, "p", "[1]", unfinished())).expect("bob", piece(1, "[1]"));
        s.send("bob", yield(1, "[9]")).expect("ann", result(1, "[9]"));
        // What was on its way gets no reply at all.
        s.send("ann", call(1, "p", "[2]", unfinished())).send("ann", call(1, "p", "[3]"));
        s.expect_silence("ann").expect_silence("bob");
        s.send("ann", call(2, "p")).expect("bob", invocation(2, 1)).send("bob", yield(2)).expect("ann", result(2));
    }
}

TEST(ProgressiveInvocations, OfOneSessionMayRunBesideEachOther) {
    Script s{strict()};
    with_callee(s).send("ann", call(1, "p", "[1]", unfinished())).expect("bob", piece(1, "[1]"));
    s.send("ann", call(2, "p", "[2]", unfinished())).expect("bob", piece(2, "[2]"));
    s.send("ann", call(3, "p", "[3]")).expect("bob", invocation(3, 1, "[3]"));
    s.send("ann", call(1, "p", "[4]", unfinished())).expect("bob", piece(1, "[4]"));
    s.send("ann", call(2, "p", "[5]")).expect("bob", invocation(2, 1, "[5]"));
    s.send("ann", register_(4, "q")).expect("ann", registered(4, 2));  // the same sequence of ids
    s.send("ann", call(1, "p", "[6]")).expect("bob", invocation(1, 1, "[6]"));
    s.send("bob", yield(2)).expect("ann", result(2)).send("bob", yield(1)).expect("ann", result(1));
}

TEST(ProgressiveInvocations, ABeyondTheNextIdIsAViolationWhereIdsAreStrict) {
    Script s{strict()};
    with_callee(s).send("ann", call(1, "p", "", unfinished())).expect("bob", piece(1, ""));
    s.send("ann", call(3, "p", "", unfinished())).expect("bob", interrupt(1)).expect_violation("ann");
}

TEST(ProgressiveInvocations, AnIdOfACallThatDoesNotStreamIsAViolation) {
    for (const RealmSettings& settings : {open_realm(), strict()}) {
        Script plain{settings}, after_the_last{settings}, other_procedure{settings};
        with_callee(plain).send("ann", call(1, "p")).expect("bob", invocation(1, 1)).send("ann", call(1, "p"));
        plain.expect("bob", interrupt(1)).expect_violation("ann");
        with_callee(after_the_last).send("ann", call(1, "p", "", unfinished())).expect("bob", piece(1, ""));
        after_the_last.send("ann", call(1, "p")).expect("bob", invocation(1, 1)).send("ann", call(1, "p"));
        after_the_last.expect("bob", interrupt(1)).expect_violation("ann");
        with_callee(other_procedure).send("bob", register_(2, "q")).expect("bob", registered(2, 2));
        other_procedure.send("ann", call(1, "p", "", unfinished())).expect("bob", piece(1, ""));
        other_procedure.send("ann", call(1, "q")).expect("bob", interrupt(1)).expect_violation("ann");
    }
}

TEST(ProgressiveInvocations, AnIdThatWasUsedForSomethingElseIsAViolationWhereIdsAreStrict) {
    Script s{strict()};
    with_callee(s)
        .send("ann", call(1, "p"))
        .expect("bob", invocation(1, 1))
        .send("bob", yield(1))
        .expect("ann", result(1));
    s.send("ann", call(1, "p", "", unfinished())).expect_violation("ann");
}

TEST(ProgressiveInvocations, WhatFollowsARefusalGetsNoReply) {
    RealmSettings settings = strict();
    settings.roles[0].permissions.push_back({Match::exact, "secret", {}, actions({Action::call})});
    Script s{settings};
    with_callee(s).send("ann", call(1, "nobody", "", unfinished()));
    s.expect("ann", error(48, 1, "wamp.error.no_such_procedure")).send("ann", call(1, "nobody")).expect_silence("ann");
    s.send("ann", call(2, "secret", "", unfinished())).expect("ann", error(48, 2, "wamp.error.not_authorized"));
    s.send("ann", call(2, "secret")).expect_silence("ann");
    s.send("ann", call(3, "wamp.session.count", "", unfinished())).expect("ann", result(3, "[2]"));
    s.send("ann", call(3, "wamp.session.count")).expect_silence("ann");
}

TEST(ProgressiveInvocations, NeedACallerThatAnnouncedThem) {
    Script s;
    with_callee(s, progressive_roles()).send("ann", call(1, "p", "", unfinished())).expect_violation("ann");
    s.expect_silence("bob");
}

TEST(ProgressiveInvocations, NeedACalleeThatAnnouncedThemAndCanceling) {
    for (const Roles& bob : {progressive_roles(), rpc_roles({Feature::progressive_call_invocations}), all_roles()}) {
        Script s;
        with_callee(s, streaming(), bob).send("ann", call(1, "p", "", unfinished()));
        s.expect("ann", error(48, 1, "wamp.error.feature_not_supported")).expect_silence("bob");
        s.send("ann", call(1, "p", "", unfinished())).send("ann", call(1, "p")).expect_silence("ann");
        s.send("ann", call(2, "p")).expect("bob", invocation(1, 1));
    }
}

TEST(ProgressiveInvocations, StayWithTheCalleeThatHasTheFirst) {
    for (const Invoke policy : {Invoke::roundrobin, Invoke::random, Invoke::last}) {
        Script s;
        s.join("ann", streaming()).join("bob", streaming()).send("bob", register_(1, "p", shared(policy)));
        s.expect("bob", registered(1, 1)).send("ann", call(1, "p", "[1]", unfinished())).expect("bob", piece(1, "[1]"));
        s.join("cat", streaming()).send("cat", register_(1, "p", shared(policy))).expect("cat", registered(1, 1));
        for (int i = 0; i < 4; ++i) s.send("ann", call(1, "p", "[2]", unfinished())).expect("bob", piece(1, "[2]"));
        s.send("bob", unregister(2, 1)).expect("bob", unregistered(2));
        s.send("ann", call(1, "p", "[3]")).expect("bob", invocation(1, 1, "[3]")).expect_silence("cat");
        s.send("bob", yield(1)).expect("ann", result(1));
    }
}

TEST(ProgressiveInvocations, HaveTheOptionsOfTheFirstCall) {
    Script s;
    CallOptions first = unfinished();
    first.disclose_me = true;
    first.receive_progress = true;
    first.extras = extras({{"_trace", "1"}});
    CallOptions later = with_extras({{"_trace", "2"}, {"_more", "3"}});
    later.timeout_ms = 1;
    InvocationDetails details;
    details.caller = {1};
    details.receive_progress = true;
    details.progress = true;
    details.extras = first.extras;
    with_callee(s).send("ann", call(1, "p", "[1]", first)).expect("bob", invocation_with(1, 1, details, "[1]"));
    s.send("bob", yield(1, "[5]", true)).expect("ann", result(1, "[5]", true));
    details.progress = false;
    s.send("ann", call(1, "p", "[2]", later)).expect("bob", invocation_with(1, 1, details, "[2]")).pass(1s);
    s.send("bob", yield(1, "[6]", true)).expect("ann", result(1, "[6]", true)).send("bob", yield(1));
    s.expect("ann", result(1));
}

TEST(ProgressiveInvocations, OfAPatternNameTheProcedureEachTime) {
    Script s;
    s.join("ann", streaming()).join("bob", streaming()).send("bob", register_(1, "a.", registered_as(Match::prefix)));
    InvocationDetails details;
    details.procedure = "a.b";
    details.progress = true;
    s.expect("bob", registered(1, 1)).send("ann", call(1, "a.b", "[1]", unfinished()));
    s.expect("bob", invocation_with(1, 1, details, "[1]")).send("ann", call(1, "a.b", "[2]"));
    s.expect("bob", invocation(1, 1, "[2]", "a.b"));
}

TEST(ProgressiveInvocations, CanBeCanceled) {
    Script s{strict()};
    with_callee(s).send("ann", call(1, "p", "[1]", unfinished())).expect("bob", piece(1, "[1]"));
    s.send("ann", cancel(1, CancelMode::killnowait)).expect("bob", interrupt(1));
    s.expect("ann", error(48, 1, "wamp.error.canceled")).send("ann", call(1, "p", "[2]")).expect_silence("ann");
    s.send("bob", yield(1)).expect_silence("ann").expect_silence("bob");
}

TEST(ProgressiveInvocations, EndWhenTheCalleeLeaves) {
    Script s{strict()};
    with_callee(s).send("ann", call(1, "p", "[1]", unfinished())).expect("bob", piece(1, "[1]")).lose("bob");
    s.expect("ann", error(48, 1, "wamp.error.canceled")).send("ann", call(1, "p", "[2]", unfinished()));
    s.send("ann", call(1, "p", "[3]")).expect_silence("ann");
}

TEST(ProgressiveInvocations, InterruptTheCalleeWhenTheCallerLeaves) {
    Script s;
    with_callee(s).send("ann", call(1, "p", "[1]", unfinished())).expect("bob", piece(1, "[1]")).lose("ann");
    s.expect("bob", interrupt(1)).send("bob", yield(1)).expect_silence("bob");
}

TEST(ProgressiveInvocations, TimeOutWhenNeitherSideSaysAnything) {
    RealmSettings settings = strict();
    settings.limits.call_timeout = 100ms;
    Script s{settings};
    with_callee(s).send("ann", call(1, "p", "", unfinished())).expect("bob", piece(1, "")).pass(99ms);
    s.send("ann", call(1, "p", "", unfinished()))
        .expect("bob", piece(1, ""))
        .pass(99ms)
        .expect_silence("ann")
        .pass(1ms);
    s.expect("bob", interrupt(1)).expect("ann", error(48, 1, "wamp.error.timeout"));
    s.send("ann", call(1, "p", "", unfinished())).expect_silence("ann").expect_silence("bob");
}

TEST(ProgressiveInvocations, APieceTooBigForTheCalleeEndsTheCall) {
    Script s;
    with_callee(s).takes("bob", 10).send("ann", call(1, "p", "[1]", unfinished())).expect("bob", piece(1, "[1]"));
    s.send("ann", call(1, "p", "[\"0123456789\"]", unfinished())).expect("bob", interrupt(1));
    s.expect("ann", error(48, 1, "wamp.error.payload_size_exceeded")).send("ann", call(1, "p")).expect_silence("ann");
}

TEST(ProgressiveInvocations, AreRememberedForAWhileAfterTheyEnded) {
    Script s{strict()};
    with_callee(s);
    for (std::uint64_t request = 1; request <= EndedStreams::kept_max + 1; ++request)
        s.send("ann", call(request, "none", "", unfinished()))
            .expect("ann", error(48, request, "wamp.error.no_such_procedure"));
    s.send("ann", call(2, "none")).expect_silence("ann").send("ann", call(1, "none")).expect_violation("ann");
}

TEST(ProgressiveInvocations, OldClientsWithRandomIdsAreNotMistakenForThem) {
    Script s;
    with_callee(s).send("ann", call(9000, "p")).expect("bob", invocation(1, 1)).send("ann", call(17, "p", "[2]"));
    s.expect("bob", invocation(2, 1, "[2]")).send("bob", yield(2)).expect("ann", result(17));
    s.send("ann", call(17, "p")).expect("bob", invocation(3, 1)).send("bob", yield(1)).expect("ann", result(9000));
}

}  // namespace
}  // namespace heddle::test
