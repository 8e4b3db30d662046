#include <gtest/gtest.h>

#include "tests/bridge/warp_script.hpp"

/// Procedures that WARP clients offer (bridge/README.md, "Offers").
namespace heddle::test {
namespace {

constexpr auto at = R"((node:"/com/a",lane:b))";
std::string on(std::string_view kind, std::string_view rest = {}) {
    return "@" + std::string(kind) + at + std::string(rest);
}

/// anna, a WARP client, offers com.a.b; `ben` speaks WAMP.
WarpScript& offered(WarpScript& s) {
    s.open("anna").join("ben").send("anna", on("link")).receives("anna", on("linked"));
    return s.send("anna", on("command", "@offer")).receives("anna", on("event", "@offered"));
}

TEST(WarpOffers, ACallIsAnsweredByTheWarpClient) {
    WarpScript s;
    offered(s).call("ben", "com.a.b", R"([{"a":20,"b":22}])");
    s.receives("anna", on("event", "@invoke(id:1){a:20,b:22}"));
    s.send("anna", on("command", "@yield(id:1)42")).receives("ben", "RESULT [42]");
    s.call("ben", "com.a.b", "[1,2]").receives("anna", on("event", "@invoke(id:2)@wamp(args:{1,2})"));
    s.send("anna", on("command", "@yield(id:2)")).receives("ben", "RESULT []").silence("anna");
}

TEST(WarpOffers, AnErrorCarriesItsUriAndPayload) {
    WarpScript s;
    offered(s).call("ben", "com.a.b", "[]").receives("anna", on("event", "@invoke(id:1)"));
    s.send("anna", on("command", R"(@fail(id:1,uri:"com.app.bad")why)")).receives("ben", "ERROR com.app.bad");
    s.call("ben", "com.a.b", "[]").receives("anna", on("event", "@invoke(id:2)"));
    s.send("anna", on("command", "@fail(id:2)")).receives("ben", "ERROR wamp.error.runtime_error");
}

TEST(WarpOffers, ProgressPassesWhereTheCallerAskedForIt) {
    WarpScript s;
    offered(s).call("ben", "com.a.b", "[3]", true).receives("anna", on("event", "@invoke(id:1,progress:true) 3"));
    s.send("anna", on("command", "@yield(id:1,progress:true)1")).receives("ben", "PROGRESS [1]");
    s.send("anna", on("command", "@yield(id:1,progress:true)2")).receives("ben", "PROGRESS [2]");
    s.send("anna", on("command", "@yield(id:1,progress:false)3")).receives("ben", "RESULT [3]");
    s.call("ben", "com.a.b", "[3]").receives("anna", on("event", "@invoke(id:2) 3"));
    s.send("anna", on("command", "@yield(id:2,progress:true)1")).silence("ben");
    s.send("anna", on("command", "@yield(id:2)2")).receives("ben", "RESULT [2]");
}

TEST(WarpOffers, OneWarpClientCallsAnother) {
    WarpScript s;
    offered(s).open("jane").send("jane", on("sync")).receives("jane", on("linked")).receives("jane", on("synced"));
    s.send("jane", on("command", "@call(id:x)3")).receives("anna", on("event", "@invoke(id:1,progress:true) 3"));
    s.send("anna", on("command", "@yield(id:1,progress:true){1,2}")).receives("jane", on("event", "@progress(id:x){1,2}"));
    s.send("anna", on("command", "@yield(id:1)end")).receives("jane", on("event", "@result(id:x) end"));
    s.send("jane", on("command", "plain")).receives("anna", on("event", "@invoke(id:2) plain"));
    s.send("anna", on("command", "@yield(id:2)1")).silence("jane").silence("anna");
}

TEST(WarpOffers, AClientMayCallWhatItOffersItself) {
    WarpScript s;
    offered(s).send("anna", on("command", "@call(id:1)5")).receives("anna", on("event", "@invoke(id:1,progress:true) 5"));
    s.send("anna", on("command", "@yield(id:1)6")).receives("anna", on("event", "@result(id:1) 6"));
}

TEST(WarpOffers, SecondOffersAreRefusedAndRepeatedOnesConfirmed) {
    WarpScript s;
    offered(s).open("jane").send("jane", on("link")).receives("jane", on("linked"));
    s.send("jane", on("command", "@offer"))
        .receives("jane", on("event", R"x(@error(uri:"wamp.error.procedure_already_exists"))x"));
    s.send("anna", on("command", "@offer")).receives("anna", on("event", "@offered"));
    s.lose("anna").send("jane", on("command", "@offer")).receives("jane", on("event", "@offered"));
}

TEST(WarpOffers, ACallerThatIsDisclosedIsNamed) {
    WarpPlay play(open_realm());
    play.open("anna");
    for (const auto& said : {on("link"), on("command", "@offer")}) play.frame("anna", said);
    for (const auto& received : {on("linked"), on("event", "@offered")}) EXPECT_EQ(play.next("anna"), received);
    Invocation invocation{{1}, {1}, {}, {Encoding::json, "[5]", {}}};
    invocation.details.caller = {9007199254740992};
    invocation.details.receive_progress = true;
    play.say("anna", invocation);
    EXPECT_EQ(play.next("anna"), on("event", "@invoke(id:1,caller:9007199254740992,progress:true) 5"));
}

TEST(WarpOffers, WhatTheRouterTakesAwayIsWithdrawnAndMayBeOfferedAgain) {
    WarpPlay play(meta_realm("wamp."));
    play.open("anna");
    play.join("ben");
    for (const auto& said : {on("link"), on("command", "@offer")}) play.frame("anna", said);
    for (const auto& received : {on("linked"), on("event", "@offered")}) EXPECT_EQ(play.next("anna"), received);
    play.message("ben", Call{{}, {}, "wamp.registration.list_callees", {Encoding::json, "[1]", {}}});
    const std::string callees = play.next("ben");  // RESULT [[id]]
    ASSERT_TRUE(callees.starts_with("RESULT [[")) << callees;
    const std::string args = "[1," + callees.substr(9, callees.size() - 11) + "]";
    play.message("ben", Call{{}, {}, "wamp.registration.remove_callee", {Encoding::json, args, {}}});
    EXPECT_EQ(play.next("anna"), on("event", "@withdrawn"));
    play.frame("anna", on("command", "@offer"));
    EXPECT_EQ(play.next("anna"), on("event", "@offered"));
}

TEST(WarpOffers, OfferingNeedsThePermissionToRegister) {
    RealmSettings settings = open_realm();
    PermissionRule no_offers{Match::prefix, "com.a.", {}, {}};
    no_offers.deny.add(Action::register_);
    settings.roles[0].permissions.push_back(no_offers);
    WarpScript s(settings);
    s.open("anna").send("anna", on("link")).receives("anna", on("linked"));
    s.send("anna", on("command", "@offer")).receives("anna", on("event", R"x(@error(uri:"wamp.error.not_authorized"))x"));
    s.join("ben").call("ben", "com.a.b", "[]").receives("ben", "ERROR wamp.error.no_such_procedure");
}

TEST(WarpOffers, ARuleMakesTheLaneACommandLaneFromTheStart) {
    RealmSettings settings = open_realm({{Match::prefix, "com.a.", LaneKind::command}});
    PermissionRule no_topics{Match::prefix, "com.a.", {}, {}};
    no_topics.deny.add(Action::subscribe);
    settings.roles[0].permissions.push_back(no_topics);
    WarpScript s(settings);
    offered(s).call("ben", "com.a.b", "[]").receives("anna", on("event", "@invoke(id:1)"));
}

TEST(WarpOffers, TheLaneReceivesNoEventsOfATopicOfTheSameName) {
    WarpScript s;
    s.open("anna").join("ben").publish("ben", "com.a.b", "[0]", true).send("anna", on("link"));
    s.receives("anna", on("linked")).publish("ben", "com.a.b", "[1]").receives("anna", on("event", " 1"));
    s.send("anna", on("command", "@offer")).receives("anna", on("event", "@offered"));
    s.publish("ben", "com.a.b", R"x([{"$recon":"@invoke(id:1)"}])x", true).silence("anna");
    s.send("anna", on("sync")).receives("anna", on("synced"));
}

TEST(WarpOffers, WithdrawnIsNotCalledAnyMoreButWhatWasAskedMayBeAnswered) {
    WarpScript s;
    offered(s).call("ben", "com.a.b", "[]").receives("anna", on("event", "@invoke(id:1)"));
    s.send("anna", on("command", "@withdraw")).receives("anna", on("event", "@withdrawn"));
    s.join("cat").call("cat", "com.a.b", "[]").receives("cat", "ERROR wamp.error.no_such_procedure");
    s.send("anna", on("command", "@yield(id:1)1")).receives("ben", "RESULT [1]");
    s.send("anna", on("command", "@withdraw")).receives("anna", on("event", "@withdrawn"));
    s.send("anna", on("command", "@offer")).receives("anna", on("event", "@offered"));
    s.call("cat", "com.a.b", "[]").receives("anna", on("event", "@invoke(id:2)"));
}

TEST(WarpOffers, UnlinkEndsTheOfferAndWhatWaitsForIt) {
    WarpScript s;
    offered(s).call("ben", "com.a.b", "[]").receives("anna", on("event", "@invoke(id:1)"));
    s.send("anna", on("unlink")).receives("anna", on("unlinked")).receives("ben", "ERROR wamp.error.canceled");
    s.call("ben", "com.a.b", "[]").receives("ben", "ERROR wamp.error.no_such_procedure").silence("anna");
}

TEST(WarpOffers, TheConnectionsEndEndsTheOfferAndWhatWaitsForIt) {
    WarpScript s;
    offered(s).call("ben", "com.a.b", "[]").receives("anna", on("event", "@invoke(id:1)")).lose("anna");
    s.receives("ben", "ERROR wamp.error.canceled").call("ben", "com.a.b", "[]");
    s.receives("ben", "ERROR wamp.error.no_such_procedure");
}

TEST(WarpOffers, ACanceledCallIsInterrupted) {
    WarpScript s;
    offered(s).call("ben", "com.a.b", "[]", true).receives("anna", on("event", "@invoke(id:1,progress:true)"));
    s.cancel("ben").receives("anna", on("event", "@interrupt(id:1)")).receives("ben", "ERROR wamp.error.canceled");
    s.send("anna", on("command", "@yield(id:1)1")).send("anna", on("command", "@fail(id:1)")).silence("ben");
    s.call("ben", "com.a.b", "[]").receives("anna", on("event", "@invoke(id:2)"));
    s.cancel("ben", CancelMode::kill).receives("anna", on("event", "@interrupt(id:2)")).silence("ben");
    s.send("anna", on("command", R"(@fail(id:2,uri:"com.stopped"))")).receives("ben", "ERROR com.stopped");
    s.call("ben", "com.a.b", "[]").receives("anna", on("event", "@invoke(id:3)")).cancel("ben", CancelMode::skip);
    s.receives("ben", "ERROR wamp.error.canceled").silence("anna");
    s.send("anna", on("command", "@yield(id:3)1")).silence("ben").silence("anna");
}

TEST(WarpOffers, ACallerThatLeavesInterrupts) {
    WarpScript s;
    offered(s).call("ben", "com.a.b", "[]").receives("anna", on("event", "@invoke(id:1)")).lose("ben");
    s.receives("anna", on("event", "@interrupt(id:1)")).send("anna", on("command", "@yield(id:1)1")).silence("anna");
}

TEST(WarpOffers, AnswersToWhatWasNeverAskedAreIgnored) {
    WarpScript s;
    offered(s).call("ben", "com.a.b", "[]").receives("anna", on("event", "@invoke(id:1)"));
    for (const char* slip : {"@yield(id:2)1", "@yield(id:0)1", "@yield(id:-1)1", "@yield(id:x)1", "@yield(id:\"1\")1",
                             "@yield(id:1.0)1", "@fail(id:2)", "@fail(id:99999999999999999999)"})
        s.send("anna", on("command", slip));
    s.silence("ben").silence("anna").send("anna", on("command", "@yield(id:1)ok")).receives("ben", R"(RESULT ["ok"])");
    s.send("anna", on("command", "@yield(id:1)late")).silence("ben").silence("anna");
}

TEST(WarpOffers, NobodyAnswersForAnother) {
    WarpScript s;
    offered(s).open("eve").send("eve", on("link")).receives("eve", on("linked")).call("ben", "com.a.b", "[]");
    s.receives("anna", on("event", "@invoke(id:1)")).send("eve", on("command", "@yield(id:1)666")).silence("ben");
    s.send("eve", on("command", "@withdraw")).receives("eve", on("event", "@withdrawn"));
    s.send("anna", on("command", "@yield(id:1)1")).receives("ben", "RESULT [1]").silence("eve");
}

TEST(WarpOffers, AnAnswerBelongsToTheLaneThatWasAsked) {
    WarpScript s;
    const std::string other = R"((node:"/com/a",lane:c))";
    offered(s).send("anna", "@link" + other).receives("anna", "@linked" + other);
    s.send("anna", "@command" + other + "@offer").receives("anna", "@event" + other + "@offered");
    s.call("ben", "com.a.b", "[]").receives("anna", on("event", "@invoke(id:1)"));
    s.send("anna", "@command" + other + "@yield(id:1)1").silence("ben");
    s.send("anna", on("command", "@yield(id:1)2")).receives("ben", "RESULT [2]");
}

TEST(WarpOffers, AnAnswerTooDeepClosesTheConnection) {
    WarpScript s;
    offered(s).call("ben", "com.a.b", "[]").receives("anna", on("event", "@invoke(id:1)"));
    s.send("anna", on("command", "@yield(id:1)" + std::string(130, '{') + "1" + std::string(130, '}')));
    s.receives("anna", "CLOSED malformed_message").silence("ben");
}

TEST(WarpOffers, OffersAndOpenInvocationsHaveTheRealmsLimits) {
    RealmSettings settings = open_realm();
    settings.limits.registrations_max = 1;
    settings.limits.invocations_max = 1;
    WarpScript s(settings);
    const std::string other = R"((node:"/com/a",lane:c))";
    offered(s).send("anna", "@link" + other).receives("anna", "@linked" + other);
    s.send("anna", "@command" + other + "@offer");
    s.receives("anna", "@event" + other + R"x(@error(uri:"heddle.error.limit_exceeded"))x");
    s.call("ben", "com.a.b", "[1]").receives("anna", on("event", "@invoke(id:1) 1"));
    s.call("ben", "com.a.b", "[2]").receives("ben", "ERROR heddle.error.limit_exceeded").cancel("ben").silence("ben");
    s.send("anna", on("command", "@yield(id:1)")).receives("ben", "RESULT []");
    s.call("ben", "com.a.b", "[3]").receives("anna", on("event", "@invoke(id:2) 3"));
}

TEST(WarpOffers, WhatWasCanceledWithoutAWordIsForgottenInTime) {
    RealmSettings settings = open_realm();
    settings.limits.invocations_max = 2;
    WarpScript s(settings);
    offered(s);
    for (int n = 1; n <= 5; ++n)
        s.call("ben", "com.a.b", "[]")
            .receives("anna", on("event", "@invoke(id:" + std::to_string(n) + ")"))
            .cancel("ben", CancelMode::skip)
            .receives("ben", "ERROR wamp.error.canceled");
    s.call("ben", "com.a.b", "[]").receives("anna", on("event", "@invoke(id:6)"));
    s.send("anna", on("command", "@yield(id:1)1")).silence("ben");
    s.send("anna", on("command", "@yield(id:6)6")).receives("ben", "RESULT [6]");
}

}  // namespace
}  // namespace heddle::test
