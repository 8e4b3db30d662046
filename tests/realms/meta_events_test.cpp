// Meta events: their arguments, their order among themselves and after the reply to what caused them, and when there
// are none (wamp specification, "Session Meta API", "Subscription Meta API", "Registration Meta API").
#include "tests/realms/meta_script.hpp"

namespace heddle::test {
namespace {

// A Play begins an hour after its clock does.
const std::string no_date = R"("created":"1970-01-01T01:00:00.000Z")";

TEST(MetaEvents, OnJoinTellsWhoCame) {
    MetaScript script;
    script.join("ann").listens("ann", {"wamp.session.on_join"}).join("bob");
    script.receives("ann", R"(EVENT subscription=1 publication=1 [{"session":@bob,"authid":@@bob,)"
                        R"("authrole":"anonymous","authmethod":"anonymous","authprovider":"static"}])");
}

TEST(MetaEvents, OnJoinTellsOfThoseWhomTheRouterVouchesFor) {
    MetaScript script;
    script.join("ann").listens("ann", {"wamp.session.on_join"});
    script->admit("bob", "tick", all_roles());
    script->check([](Play& play) {
        EXPECT_EQ(play.next("ann"),
                  "EVENT subscription=1 publication=1 [{\"session\":" + std::to_string(play.session("bob")) +
                      R"(,"authid":"tick","authrole":"anonymous","authmethod":"ticket",)"
                      R"("authprovider":"static"}])");
    });
}

void leave_in_every_way(MetaScript& script) {
    const auto left = [&](const std::string& peer, int number) {
        script.receives("ann", "EVENT subscription=1 publication=" + std::to_string(number) + " [@" + peer + ",@@" + peer +
                                R"(,"anonymous"])");
    };
    script.join("bob")->send("bob", goodbye());
    script->expect("bob", goodbye("wamp.close.goodbye_and_out")).expect_detached("bob");
    left("bob", 1);
    script.join("cat")->lose("cat");
    left("cat", 2);
    script.join("dan")->send("dan", abort("wamp.close.normal")).expect_closed("dan", CloseReason::aborted);
    left("dan", 3);
    script.join("eve")->violate("eve", CloseReason::malformed_message);
    script->expect("eve", abort("wamp.error.protocol_violation")).expect_closed("eve", CloseReason::malformed_message);
    left("eve", 4);
}

TEST(MetaEvents, OnLeaveHasThreeArgumentsHoweverTheSessionEnds) {
    MetaScript script;
    script.join("ann").listens("ann", {"wamp.session.on_leave"});
    leave_in_every_way(script);
}

TEST(MetaEvents, OfSubscriptionsComeInOrder) {
    MetaScript script;
    script.join("ann").listens("ann", {"wamp.subscription.on_create", "wamp.subscription.on_subscribe",
                                       "wamp.subscription.on_unsubscribe", "wamp.subscription.on_delete"});
    script.join("bob").join("cat");
    script->send("bob", subscribe(1, "a.", subscribed_as(Match::prefix))).expect("bob", subscribed(1, 5));
    script.receives("ann",
                 "EVENT subscription=1 publication=1 [@bob,{\"id\":5," + no_date + R"(,"uri":"a.","match":"prefix"}])");
    script.receives("ann", "EVENT subscription=2 publication=2 [@bob,5]");
    script->send("bob", subscribe(2, "a.", subscribed_as(Match::prefix))).expect("bob", subscribed(2, 5));
    script->expect_silence("ann");  // it held that already
    script->send("cat", subscribe(1, "a.", subscribed_as(Match::prefix))).expect("cat", subscribed(1, 5));
    script.receives("ann", "EVENT subscription=2 publication=3 [@cat,5]");
    script->send("bob", unsubscribe(3, 5)).expect("bob", unsubscribed(3));
    script.receives("ann", "EVENT subscription=3 publication=4 [@bob,5]");
    script->lose("cat");
    script.receives("ann", "EVENT subscription=3 publication=5 [@cat,5]");
    script.receives("ann", "EVENT subscription=4 publication=6 [@cat,5]");
}

TEST(MetaEvents, OfRegistrationsComeInOrder) {
    MetaScript script;
    script.join("ann").listens("ann", {"wamp.registration.on_create", "wamp.registration.on_register",
                                       "wamp.registration.on_unregister", "wamp.registration.on_delete"});
    script.join("bob").join("cat");
    script->send("bob", register_(1, "p", shared(Invoke::last))).expect("bob", registered(1, 1));
    script.receives("ann", "EVENT subscription=1 publication=1 [@bob,{\"id\":1," + no_date +
                            R"(,"uri":"p","match":"exact","invoke":"last"}])");
    script.receives("ann", "EVENT subscription=2 publication=2 [@bob,1]");
    script->send("cat", register_(1, "p", shared(Invoke::last))).expect("cat", registered(1, 1));
    script.receives("ann", "EVENT subscription=2 publication=3 [@cat,1]");
    script->send("bob", unregister(2, 1)).expect("bob", unregistered(2));
    script.receives("ann", "EVENT subscription=3 publication=4 [@bob,1]");
    script->lose("cat");
    script.receives("ann", "EVENT subscription=3 publication=5 [@cat,1]");
    script.receives("ann", "EVENT subscription=4 publication=6 [@cat,1]");
}

TEST(MetaEvents, NeverOvertakeTheReplyThatCausesThem) {
    MetaScript script;
    script.join("ann").listens("ann", {"wamp.registration.on_register", "wamp.registration.on_unregister",
                                       "wamp.subscription.on_subscribe", "wamp.subscription.on_unsubscribe"});
    script->send("ann", register_(5, "p")).expect("ann", registered(5, 1));
    script.receives("ann", "EVENT subscription=1 publication=1 [@ann,1]");
    script->send("ann", unregister(6, 1)).expect("ann", unregistered(6));
    script.receives("ann", "EVENT subscription=2 publication=2 [@ann,1]");
    script->send("ann", subscribe(7, "a")).expect("ann", subscribed(7, 5));
    script.receives("ann", "EVENT subscription=3 publication=3 [@ann,5]");
    script->send("ann", unsubscribe(8, 5)).expect("ann", unsubscribed(8));
    script.receives("ann", "EVENT subscription=4 publication=4 [@ann,5]");
}

TEST(MetaEvents, OfATakeoverFollowItsReply) {
    RealmSettings settings = MetaScript::powerful_realm();
    settings.take_over = true;
    MetaScript script(settings);
    script->admit("bob", "worker", all_roles()).admit("ann", "worker", all_roles());
    script.listens("ann", {"wamp.registration.on_unregister", "wamp.registration.on_delete",
                           "wamp.registration.on_create", "wamp.registration.on_register"});
    script->send("bob", register_(1, "p")).expect("bob", registered(1, 1));
    script->check([](Play& play) {
        EXPECT_TRUE(play.next("ann").starts_with("EVENT subscription=3 "));
        EXPECT_TRUE(play.next("ann").starts_with("EVENT subscription=4 "));
    });
    script->send("ann", register_(5, "p")).expect("ann", registered(5, 2));
    script->check([](Play& play) {
        const std::string bob = std::to_string(play.session("bob")), ann = std::to_string(play.session("ann"));
        EXPECT_EQ(play.next("ann"), "EVENT subscription=1 publication=3 [" + bob + ",1]");
        EXPECT_EQ(play.next("ann"), "EVENT subscription=2 publication=4 [" + bob + ",1]");
        EXPECT_TRUE(play.next("ann").starts_with("EVENT subscription=3 publication=5 [" + ann + ",{\"id\":2,"));
        EXPECT_EQ(play.next("ann"), "EVENT subscription=4 publication=6 [" + ann + ",2]");
    });
}

TEST(MetaEvents, TellNothingOfTheRoutersOwnTopics) {
    MetaScript script;
    script.join("ann").listens("ann", {"wamp.subscription.on_create", "wamp.subscription.on_subscribe",
                                       "wamp.subscription.on_unsubscribe", "wamp.subscription.on_delete"});
    script.join("bob")->send("bob", subscribe(1, "wamp.session.on_join")).expect("bob", subscribed(1, 5));
    script->send("bob", subscribe(2, "wamp.", subscribed_as(Match::prefix))).expect("bob", subscribed(2, 6));
    script->send("bob", unsubscribe(3, 5)).expect("bob", unsubscribed(3));
    script->lose("bob").expect_silence("ann");
}

TEST(MetaEvents, ReachPatternsWithTheTopicNamed) {
    MetaScript script;
    script.join("ann")->send("ann", subscribe(1, "wamp.session.", subscribed_as(Match::prefix)));
    script->expect("ann", subscribed(1, 1));
    script.join("bob")->lose("bob");
    script.receives("ann", R"(EVENT subscription=1 publication=1 topic=wamp.session.on_join [{"session":@bob,)"
                        R"("authid":@@bob,"authrole":"anonymous","authmethod":"anonymous","authprovider":"static"}])");
    script.receives("ann", R"(EVENT subscription=1 publication=2 topic=wamp.session.on_leave [@bob,@@bob,"anonymous"])");
}

TEST(MetaEvents, ASessionThatLeavesReceivesNoEventOfIt) {
    MetaScript script;
    script.join("ann").listens(
        "ann", {"wamp.session.on_leave", "wamp.subscription.on_unsubscribe", "wamp.registration.on_unregister"});
    script->send("ann", subscribe(4, "a")).expect("ann", subscribed(4, 4));
    script->send("ann", register_(5, "p")).expect("ann", registered(5, 1));
    script->send("ann", goodbye()).expect("ann", goodbye("wamp.close.goodbye_and_out")).expect_detached("ann");
}

TEST(MetaEvents, TellNothingOfTheRealmsEnd) {
    MetaScript script;
    script.join("ann").listens("ann", {"wamp.session.on_leave"}).join("bob");
    script->shut_down();
    script->expect("ann", goodbye("wamp.close.system_shutdown")).expect("bob", goodbye("wamp.close.system_shutdown"));
    script->lose("bob").expect_silence("ann");
}

TEST(MetaEvents, AreTheRoutersToPublish) {
    MetaScript script;
    script.join("ann").listens("ann", {"wamp.session.on_join"}).join("bob");
    script->check([](Play& play) { play.next("ann"); });
    script->send("bob", publish(1, "wamp.session.on_join", "[1]", acknowledge()));
    script->expect("bob", error(16, 1, "wamp.error.invalid_uri")).expect_silence("ann");
}

TEST(MetaEvents, NeedThePermissionToSubscribe) {
    RealmSettings settings = open_realm();
    settings.roles.front().permissions = {{Match::prefix, "a.", actions({Action::subscribe}), {}}};
    Script script(settings);
    script.join("ann").send("ann", subscribe(1, "wamp.session.on_join"));
    script.expect("ann", error(32, 1, "wamp.error.not_authorized"));
}

}  // namespace
}  // namespace heddle::test
