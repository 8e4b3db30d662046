// The dynamic authorizer at its edges: what it is never asked, answers that must not be confused, and sessions that
// change or leave while it is being asked.
#include <gtest/gtest.h>

#include "realms/held_messages.hpp"
#include "tests/realms/script.hpp"

namespace heddle::test {
namespace {

using namespace std::chrono_literals;

const ActionSet everything = actions({Action::call, Action::register_, Action::publish, Action::subscribe});

/// Clients may do all below "open."; about the rest `com.may` is asked. Logins are decided by `com.who`.
RealmSettings asking() {
    RealmSettings settings = open_realm();
    const std::vector<PermissionRule> open = {{Match::prefix, "open.", everything, {}}};
    settings.roles = {{"anonymous", open, 0}, {"worker", open, 0}};
    settings.auth.authorizer = "com.may";
    settings.auth.authenticator = "com.who";
    settings.auth.authorizer_timeout = 5s;
    return settings;
}
Script& questions(Script& script, std::size_t count) {
    return script.check([=](Play& play) { EXPECT_EQ(play.questions(), count) << play.asked(); });
}

TEST(AuthorizerEdges, ItIsNotAskedWhoMayAnswerForTheAuthorizerOrTheAuthenticator) {
    for (const char* own : {"com.who", "com.may"}) {
        Script script(asking());
        script.admit_as("kim", "kim", "worker").send("kim", register_(1, own));
        script.expect("kim", error(64, 1, "wamp.error.not_authorized"));
        script.send("kim", call(2, own)).expect("kim", error(48, 2, "wamp.error.not_authorized"));
        script.send("kim", register_(3, "com.", registered_as(Match::prefix)));
        script.expect("kim", error(64, 3, "wamp.error.not_authorized"));
        questions(script, 0);
        // A topic of the same name has nothing to do with the procedure.
        script.send("kim", subscribe(4, own)).expect_silence("kim");
        questions(script, 1).answer("[true]").expect("kim", subscribed(4, 1));
    }
}

TEST(AuthorizerEdges, AnswersForOneAuthidAreNotUsedForAnother) {
    Script script(asking());
    script.admit_as("a", "k", "worker").admit_as("b", "k1", "worker");
    script.send("a", call(1, "12.x")).answer("[{\"allow\":true,\"cache\":60}]");
    script.expect("a", error(48, 1, "wamp.error.no_such_procedure"));
    script.send("b", call(1, "2.x")).expect_silence("b");
    questions(script, 1).answer("[false]").expect("b", error(48, 1, "wamp.error.not_authorized"));
}

TEST(AuthorizerEdges, AnswersForOneActionOrMatchAreNotUsedForAnother) {
    Script script(asking());
    script.join("ann").send("ann", subscribe(1, "com.a")).answer("[{\"allow\":true,\"cache\":60,\"scope\":\"role\"}]");
    script.expect("ann", subscribed(1, 1));
    script.send("ann", subscribe(2, "com.a", subscribed_as(Match::prefix)));
    questions(script, 1).answer("[false]").expect("ann", error(32, 2, "wamp.error.not_authorized"));
    script.send("ann", publish(3, "com.a", "[1]", acknowledge()));
    questions(script, 1).answer("[false]").expect("ann", error(16, 3, "wamp.error.not_authorized"));
    script.send("ann", subscribe(4, "com.a")).expect("ann", subscribed(4, 1));
}

TEST(AuthorizerEdges, AnAnswerIsGoodForItsTimeAndNotLonger) {
    Script script(asking());
    script.join("ann").send("ann", publish(1, "com.a", "[1]", acknowledge()));
    script.answer("[{\"allow\":true,\"cache\":60}]").expect("ann", published(1, 1));
    script.pass(59'999ms).send("ann", publish(2, "com.a", "[1]", acknowledge())).expect("ann", published(2, 2));
    questions(script, 0);
    script.pass(1ms).send("ann", publish(3, "com.a", "[1]", acknowledge())).expect_silence("ann");
    questions(script, 1).answer("[true]").expect("ann", published(3, 3));
}

TEST(AuthorizerEdges, AMessageThatWaitsDoesNothingAfterItsSessionWasKicked) {
    for (const bool answered : {true, false}) {
        Script script(asking());
        script.join("kim").join("sub").send("sub", subscribe(1, "com.a")).answer("[true]");
        script.expect("sub", subscribed(1, 1));
        script.send("kim", publish(1, "com.a", "[1]", acknowledge())).expect_silence("kim");
        script.check([](Play& play) { play.kick("kim", "com.app.enough"); });
        script.expect("kim", Goodbye{"bye", "com.app.enough"});
        if (answered)
            script.answer("[true]");
        else
            script.pass(4'999ms);
        script.expect_silence("kim").expect_silence("sub");
    }
}

TEST(AuthorizerEdges, WithoutAnAnswerAMessageIsRefusedAtItsDeadlineAndTheNextIsAskedAbout) {
    Script script(asking());
    script.join("ann").send("ann", publish(1, "com.a", "[1]", acknowledge()));
    script.send("ann", publish(2, "com.b", "[1]", acknowledge()));
    questions(script, 1).pass(4'999ms).expect_silence("ann");
    script.pass(1ms).expect("ann", error(16, 1, "wamp.error.authorization_failed"));
    questions(script, 2).answer("[true]").expect_silence("ann");  // the first question's answer, too late
    script.answer("[true]").expect("ann", published(2, 1));
}

TEST(AuthorizerEdges, WhatIsHeldIsBoundedByCountAndBytesAndRoomComesBack) {
    HeldMessages held;
    const auto one = [](std::size_t size) { return HeldMessages::One{Encoding::json, std::string(size, 'x')}; };
    EXPECT_TRUE(held.has_room(2 * HeldMessages::bytes_max)) << "the first always has room";
    held.push(one(HeldMessages::bytes_max - 10));
    EXPECT_TRUE(held.has_room(10));
    EXPECT_FALSE(held.has_room(11));
    held.pop();
    EXPECT_EQ(held.bytes, 0u);
    for (int round = 0; round < 3; ++round) {
        for (std::size_t i = 0; i < HeldMessages::messages_max; ++i) {
            ASSERT_TRUE(held.has_room(900)) << i;
            held.push(one(900));
        }
        EXPECT_FALSE(held.has_room(1));
        while (!held.waiting.empty()) held.pop();
    }
    EXPECT_EQ(held.bytes, 0u);
}

}  // namespace
}  // namespace heddle::test
