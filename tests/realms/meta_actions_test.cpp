// Meta procedures that end what others have: kill*, remove_callee, remove_subscriber (wamp specification, "Session Meta
// API").
#include "realms/meta_actions.hpp"

#include "tests/realms/meta_script.hpp"

namespace heddle::test {
namespace {

/// The victim answers our GOODBYE, and its transport is closed.
void part(MetaScript& script, const std::string& victim) {
    script->send(victim, goodbye("wamp.close.goodbye_and_out")).expect_closed(victim, CloseReason::killed);
}

TEST(Kill, SendsGoodbyeAfterTheResultAndClosesWhenItIsAnswered) {
    MetaScript script;
    script.join("ann").join("bob").listens("ann", {"wamp.session.on_leave"});
    script.call("ann", 2, "wamp.session.kill", "[@bob]").receives("ann", "RESULT 2");
    script.receives("ann", R"(EVENT subscription=1 publication=1 [@bob,@@bob,"anonymous"])");
    script.receives("bob", "GOODBYE wamp.close.killed");
    part(script, "bob");
    script->expect_silence("ann");  // told once
}

TEST(Kill, GivesTheReasonAndTheMessageItWasGiven) {
    MetaScript script;
    script.join("ann").join("bob");
    script.call("ann", 1, "wamp.session.kill", "[@bob]", R"({"reason":"com.example.banned","message":"out with you"})");
    script.receives("ann", "RESULT 1").receives("bob", "GOODBYE com.example.banned message=out with you");
    part(script, "bob");
}

TEST(Kill, ClosesWhoDoesNotAnswer) {
    MetaScript script;
    script.join("ann").join("bob");
    script.call("ann", 1, "wamp.session.kill", "[@bob]").receives("ann", "RESULT 1");
    script.receives("bob", "GOODBYE wamp.close.killed");
    script->send("bob", publish(1, "a")).expect_silence("bob");  // left over from before it knew
    script->pass(std::chrono::milliseconds(5'000)).expect_closed("bob", CloseReason::goodbye_timeout);
}

TEST(Kill, TakesAllThatTheVictimHasAtOnce) {
    MetaScript script;
    script.join("ann").join("bob");
    script->send("bob", subscribe(1, "a")).expect("bob", subscribed(1, 1));
    script->send("bob", register_(2, "p")).expect("bob", registered(2, 1));
    script->send("ann", call(1, "p")).expect("bob", invocation(1, 1));
    script.call("ann", 2, "wamp.session.kill", "[@bob]").receives("ann", "RESULT 2");
    script->expect("ann", error(48, 1, "wamp.error.canceled"));
    script.receives("bob", "GOODBYE wamp.close.killed");
    script->check([](Play& play) {
        EXPECT_EQ(play.counts().subscriptions, 0u);
        EXPECT_EQ(play.counts().registrations, 0u);
        EXPECT_EQ(play.counts().calls, 0u);
    });
    script.call("ann", 3, "wamp.session.list").receives("ann", "RESULT 3 [[@ann]]");
    script.call("ann", 4, "wamp.session.kill", "[@bob]").receives("ann", "ERROR 48 4 wamp.error.no_such_session");
    part(script, "bob");
}

TEST(Kill, RefusesItsOwnSessionUnknownOnesAndReasonsThatAreNoUris) {
    MetaScript script;
    script.join("ann").join("bob");
    script.call("ann", 1, "wamp.session.kill", "[@ann]").receives("ann", "ERROR 48 1 wamp.error.no_such_session");
    script.call("ann", 2, "wamp.session.kill", "[1]").receives("ann", "ERROR 48 2 wamp.error.no_such_session");
    std::uint64_t request = 2;
    for (const char* procedure : {"wamp.session.kill", "wamp.session.kill_by_authid", "wamp.session.kill_by_authrole",
                                  "wamp.session.kill_all"}) {
        const std::string who = procedure == std::string("wamp.session.kill")       ? "[@bob]"
                                : procedure == std::string("wamp.session.kill_all") ? "[]"
                                                                                    : "[\"x\"]";
        const auto refused = [&](const std::string& args, const std::string& kwargs, const std::string& error) {
            script.call("ann", ++request, procedure, args, kwargs);
            script.receives("ann", "ERROR 48 " + std::to_string(request) + " wamp.error." + error);
        };
        refused(who, R"({"reason":"no uri"})", "invalid_uri");
        refused(who, R"({"reason":""})", "invalid_uri");
        refused(who, R"({"reason":1})", "invalid_argument");
        refused(who, R"({"message":[]})", "invalid_argument");
        refused("[[],1]", "{}", "invalid_argument");
    }
    script->expect_silence("bob");
}

TEST(Kill, ByAuthidNamesThemAndLeavesOutTheCaller) {
    MetaScript script;
    script.join("ann")->admit("bob", "tick", all_roles()).admit("cat", "tick", all_roles());
    script->admit("dan", "tick", all_roles());
    script.call("dan", 1, "wamp.session.kill_by_authid", R"(["tick"])", R"({"reason":"com.example.x"})");
    script->check([](Play& play) {
        EXPECT_EQ(play.next("dan"), "RESULT 1 [[" + std::to_string(play.session("bob")) + "," +
                                        std::to_string(play.session("cat")) + "]]");
    });
    script.receives("bob", "GOODBYE com.example.x").receives("cat", "GOODBYE com.example.x");
    part(script, "bob");
    part(script, "cat");
    script.call("ann", 1, "wamp.session.kill_by_authid", R"(["nobody"])").receives("ann", "RESULT 1 [[]]");
}

TEST(Kill, ByAuthroleCountsThem) {
    MetaScript script;
    script.join("ann").join("bob").join("cat");
    script.call("ann", 1, "wamp.session.kill_by_authrole", R"(["anonymous"])").receives("ann", "RESULT 1 [2]");
    script.receives("bob", "GOODBYE wamp.close.killed").receives("cat", "GOODBYE wamp.close.killed");
    part(script, "bob");
    part(script, "cat");
    script.call("ann", 2, "wamp.session.kill_by_authrole", R"(["admin"])").receives("ann", "RESULT 2 [0]");
}

TEST(Kill, AllSparesTheCallerAndIsNotToldOf) {
    MetaScript script;
    script.join("ann").join("bob").join("cat");
    script.listens("ann", {"wamp.session.on_leave", "wamp.registration.on_unregister", "will"});
    script->send("bob", register_(1, "p")).expect("bob", registered(1, 1));
    script.call("bob", 2, "wamp.session.add_testament", R"(["will",[],{}])").receives("bob", "RESULT 2");
    script.call("ann", 4, "wamp.session.kill_all", "[]", R"({"message":"bye"})").receives("ann", "RESULT 4 [2]");
    script.receives("bob", "GOODBYE wamp.close.killed message=bye").receives("cat", "GOODBYE wamp.close.killed message=bye");
    part(script, "bob");
    part(script, "cat");
    script->expect_silence("ann");
}

TEST(Kill, OfOneWhoseResultIsTooBigToTellDoesNotHappen) {
    MetaScript script;
    script.join("ann")->takes("ann", 60);
    const std::string many[] = {"bob", "cat", "dan", "eve", "fay", "gus", "hal", "ida"};
    for (const std::string& peer : many) script->admit(peer, "tick", all_roles());
    script.call("ann", 1, "wamp.session.kill_by_authid", R"(["tick"])");
    script.receives("ann", "ERROR 48 1 wamp.error.payload_size_exceeded");
    for (const std::string& peer : many) script->expect_silence(peer);
}

TEST(Kill, CannotBeCanceledOrShadowed) {
    MetaScript script;
    script.join("ann").join("bob").join("cat");
    script->send("cat", register_(1, "", registered_as(Match::prefix))).expect("cat", registered(1, 1));
    script.call("ann", 1, "wamp.session.kill", "[@bob]").receives("ann", "RESULT 1");
    script->send("ann", cancel(1)).expect_silence("ann").expect_silence("cat");
    script.receives("bob", "GOODBYE wamp.close.killed");
    part(script, "bob");
}

TEST(Kill, IsAnsweredOnceWhateverTheCallAsksFor) {
    MetaScript script;
    script.join("ann").join("bob");
    CallOptions options = with_progress();
    options.timeout_ms = 1;
    script->send("ann", call(1, "wamp.session.kill_by_authrole", "[\"anonymous\"]", options));
    script->expect("ann", result(1, "[1]")).expect("bob", goodbye("wamp.close.killed"));
    script->pass(std::chrono::milliseconds(10)).expect_silence("ann");
    part(script, "bob");
}

TEST(Kill, NeedsARuleThatNamesWamp) {
    Script script;  // prefix ""
    script.join("ann").join("bob");
    std::uint64_t request = 0;
    for (const char* procedure :
         {"wamp.session.kill", "wamp.session.kill_all", "wamp.session.kill_by_authid", "wamp.session.kill_by_authrole",
          "wamp.registration.remove_callee", "wamp.subscription.remove_subscriber"}) {
        script.send("ann", call(++request, procedure, "[1]"));
        script.expect("ann", error(48, request, "wamp.error.not_authorized"));
    }
    script.expect_silence("bob");
}

Roles revocable() {
    Roles made = all_roles();
    made.add(Role::callee, Feature::registration_revocation);
    made.add(Role::subscriber, Feature::subscription_revocation);
    return made;
}

TEST(RemoveCallee, RevokesItsRegistration) {
    MetaScript script;
    script.join("ann").listens("ann", {"wamp.registration.on_unregister", "wamp.registration.on_delete"}).join("bob");
    script->admit("cat", "tick", revocable());
    script->send("bob", register_(1, "p", shared(Invoke::first))).expect("bob", registered(1, 1));
    script->send("cat", register_(1, "p", shared(Invoke::first))).expect("cat", registered(1, 1));
    script.call("ann", 3, "wamp.registration.remove_callee", "[1,@bob]").receives("ann", "RESULT 3");
    script.receives("ann", "EVENT subscription=1 publication=1 [@bob,1]");
    script->expect_silence("bob");  // it did not announce that it would understand
    script.call("ann", 4, "wamp.registration.remove_callee", "[1,@bob]");
    script.receives("ann", "ERROR 48 4 wamp.error.no_such_session");
    script->send("ann", [](Play& play) {
        return Call{{5},
                    {},
                    "wamp.registration.remove_callee",
                    payload(with_ids(play, "[1,@cat]", {"cat"}), R"({"reason":"moved elsewhere"})")};
    });
    script->check([](Play& play) {
        EXPECT_EQ(play.next("ann"), "RESULT 5");
        const std::string cat = std::to_string(play.session("cat"));
        EXPECT_EQ(play.next("ann"), "EVENT subscription=1 publication=2 [" + cat + ",1]");
        EXPECT_EQ(play.next("ann"), "EVENT subscription=2 publication=3 [" + cat + ",1]");
        EXPECT_EQ(play.next("cat"), "UNREGISTERED 0 registration=1 reason=moved elsewhere");
    });
    script.call("ann", 6, "wamp.registration.remove_callee", "[1,@bob]");
    script.receives("ann", "ERROR 48 6 wamp.error.no_such_registration");
}

TEST(RemoveSubscriber, RevokesItsSubscription) {
    MetaScript script;
    script.join("ann").listens("ann", {"wamp.subscription.on_unsubscribe", "wamp.subscription.on_delete"}).join("bob");
    script->send("bob", subscribe(1, "a")).expect("bob", subscribed(1, 3));
    script.call("ann", 3, "wamp.subscription.remove_subscriber", "[3,@ann]");
    script.receives("ann", "ERROR 48 3 wamp.error.no_such_session");
    script.call("ann", 4, "wamp.subscription.remove_subscriber", "[3,@bob]").receives("ann", "RESULT 4");
    script.receives("ann", "EVENT subscription=1 publication=1 [@bob,3]");
    script.receives("ann", "EVENT subscription=2 publication=2 [@bob,3]");
    script->expect_silence("bob");
    script.call("ann", 5, "wamp.subscription.remove_subscriber", "[3,@bob]");
    script.receives("ann", "ERROR 48 5 wamp.error.no_such_subscription");
    script->send("ann", publish(6, "a")).expect_silence("bob");
}

TEST(MetaActionTable, EachProcedureRefusesArgumentsThatItDoesNotTake) {
    MetaScript script;
    script.join("ann");
    std::uint64_t request = 0;
    for (const MetaActionProcedure& row : RealmMetaActions::procedures()) {
        script.call("ann", ++request, row.uri, "[1,2,3,4]");
        script.receives("ann", "ERROR 48 " + std::to_string(request) + " wamp.error.invalid_argument");
    }
}

}  // namespace
}  // namespace heddle::test
