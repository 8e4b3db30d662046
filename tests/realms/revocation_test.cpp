// What edits take away from whoever holds it, before they return (realms/realm_policy.cpp).
#include <gtest/gtest.h>

#include <set>

#include "tests/realms/script.hpp"

namespace heddle::test {
namespace {

using namespace std::chrono_literals;

const ActionSet everything = actions({Action::call, Action::register_, Action::publish, Action::subscribe});
PermissionRule allow(Match match, std::string uri, ActionSet what = everything) { return {match, uri, what, {}}; }
PermissionRule deny(Match match, std::string uri, ActionSet what = everything) { return {match, uri, {}, what}; }

/// `anonymous` and `operator` may do everything below "com.", and what else these say.
RealmSettings with_rules(std::vector<PermissionRule> rules = {}) {
    RealmSettings settings = open_realm();
    rules.push_back(allow(Match::prefix, "com."));
    settings.roles = {{"anonymous", rules, 0}, {"operator", rules, 0}};
    return settings;
}

UserSettings user(std::string authid, std::string role) {
    UserSettings made;
    made.authid = std::move(authid);
    made.role = std::move(role);
    return made;
}

TEST(Revocation, ADenyTakesSubscriptionsAwayBeforeTheEditReturns) {
    Script script(with_rules());
    script.join("ann", all_revocable_roles()).join("bob").join("cat");
    script.send("ann", subscribe(1, "com.a")).expect("ann", subscribed(1, 1));
    script.send("ann", subscribe(2, "com.", subscribed_as(Match::prefix))).expect("ann", subscribed(2, 2));
    script.send("ann", subscribe(3, "com.b")).expect("ann", subscribed(3, 3));
    script.send("bob", subscribe(1, "com.a")).expect("bob", subscribed(1, 1));
    script.apply(with_rules({deny(Match::exact, "com.a", actions({Action::subscribe}))}), "3 subscriptions");
    script.check([](Play& play) {  // in no particular order
        std::set<std::string> lines{play.next("ann"), play.next("ann")};
        EXPECT_EQ(lines, (std::set<std::string>{Play::expected(revoked(1, "wamp.error.not_authorized")),
                                                Play::expected(revoked(2, "wamp.error.not_authorized"))}));
    });
    script.expect_silence("bob");  // did not announce that it understands
    script.send("cat", publish(1, "com.a", "[1]")).send("cat", publish(2, "com.b", "[2]"));
    script.expect("ann", event(3, 1, "[2]")).expect_silence("bob");
    script.send("bob", unsubscribe(2, 1)).expect("bob", error(34, 2, "wamp.error.no_such_subscription"));
    script.send("bob", subscribe(3, "com.a")).expect("bob", error(32, 3, "wamp.error.not_authorized"));
    script.apply(with_rules(), "nothing");
    script.send("bob", subscribe(4, "com.a")).expect("bob", subscribed(4, 4));
}

TEST(Revocation, ARegistrationGoesAndItsOpenCallsAreStillAnswered) {
    Script script(with_rules());
    script.join("ann", all_revocable_roles()).join("bob").join("cat", all_revocable_roles());
    script.send("ann", register_(1, "com.add")).expect("ann", registered(1, 1));
    script.send("cat", register_(1, "com.", registered_as(Match::prefix))).expect("cat", registered(1, 2));
    script.send("bob", call(1, "com.add", "[1]")).expect("ann", invocation(1, 1, "[1]"));
    script.apply(with_rules({deny(Match::exact, "com.add", actions({Action::register_}))}), "2 registrations");
    script.expect("ann", revoked_registration(1, "wamp.error.not_authorized"));
    script.expect("cat", revoked_registration(2, "wamp.error.not_authorized"));
    script.send("bob", call(2, "com.add")).expect("bob", error(48, 2, "wamp.error.no_such_procedure"));
    script.send("ann", yield(1, "[2]")).expect("bob", result(1, "[2]"));
    script.send("ann", register_(2, "com.add")).expect("ann", error(64, 2, "wamp.error.not_authorized"));
}

TEST(Revocation, WhoseRoleIsRemovedIsSentAway) {
    Script script(with_rules());
    script.join("ann").admit_as("kim", "kim", "operator").admit_as("lee", "lee", "operator");
    script.send("kim", register_(1, "com.add")).expect("kim", registered(1, 1));
    script.send("kim", subscribe(2, "com.a")).expect("kim", subscribed(2, 1));
    script.send("ann", call(1, "com.add")).expect("kim", invocation(1, 1));
    RealmSettings fewer = with_rules();
    fewer.roles.pop_back();
    script.apply(fewer, "2 sessions");
    script.expect("ann", error(48, 1, "wamp.error.canceled"));
    script.expect("kim", goodbye("heddle.close.role_removed")).expect("lee", goodbye("heddle.close.role_removed"));
    script.send("ann", publish(2, "com.a"));
    script.send("kim", publish(3, "com.a"));  // from before it received
    script.expect_silence("kim");
    script.send("kim", goodbye("wamp.close.goodbye_and_out")).expect_closed("kim", CloseReason::revoked);
    script.pass(6s).expect_closed("lee", CloseReason::goodbye_timeout);
    script.connect("max");
    script.check([](Play& play) {
        play.admit("max", all_roles(), {"max", "operator", "ticket", "static"});
        EXPECT_EQ(play.next("max"), "ABORT wamp.error.no_such_role");
        EXPECT_EQ(play.next("max"), "CLOSED refused");
    });
    script.apply(with_rules(), "nothing").admit_as("moe", "moe", "operator");
    script.send("moe", subscribe(1, "com.a")).expect("moe", subscribed(1, 2));
}

TEST(Revocation, AnonymousClientsGoWhenTheirRoleIsAnotherOrTheyAreNotLetInAnyMore) {
    for (const char* role : {"operator", ""}) {
        Script script(with_rules());
        script.join("ann").admit_as("kim", "kim", "anonymous");
        RealmSettings other = with_rules();
        other.anonymous_role = role;
        script.apply(other, "1 session");
        script.expect("ann", goodbye("heddle.close.role_changed")).expect_silence("kim");
    }
}

TEST(Revocation, AUserOfAnotherRoleIsSentAwayAndOneOfNewCredentialsIsNot) {
    RealmSettings settings = with_rules();
    settings.users = {user("kim", "operator")};
    Script script(settings);
    script.admit_as("kim1", "kim", "operator").admit_as("kim2", "kim", "anonymous").admit_as("lee", "lee", "operator");
    script.send("kim1", subscribe(1, "com.a")).expect("kim1", subscribed(1, 1));
    UserSettings kim = user("kim", "operator");
    kim.ticket = "$argon2id$other";
    script.put_user(kim, "nothing").expect_silence("kim1");
    kim.role = "anonymous";
    script.put_user(kim, "1 session").expect("kim1", goodbye("heddle.close.role_changed"));
    script.expect_silence("kim2").expect_silence("lee");
    script.send("lee", publish(1, "com.a")).expect_silence("kim1");
}

TEST(Revocation, UsersWhoAreDisabledExpiredOrRemovedAreSentAway) {
    UserSettings disabled = user("kim", "operator"), expired = disabled;
    disabled.disabled = true;
    expired.expires = 1;  // the clock of the test stands at 1 h after 1970
    for (const auto& [settings, reason] :
         {std::pair(disabled, "heddle.close.user_disabled"), std::pair(expired, "heddle.close.user_expired")}) {
        Script script(with_rules());
        script.join("ann").admit_as("kim", "kim", "operator").admit_as("lee", "lee", "operator");
        script.put_user(settings, "1 session").expect("kim", goodbye(reason)).expect_silence("lee");
        script.put_user(user("kim", "operator"), "nothing").admit_as("kim again", "kim", "operator");
    }
    RealmSettings settings = with_rules();
    settings.users = {user("kim", "operator")};
    Script script(settings);
    script.admit_as("kim", "kim", "operator").admit_as("lee", "lee", "operator");
    script.remove_user("lee", "nothing");  // the realm knows no such user: others vouch for him
    script.remove_user("kim", "1 session").expect("kim", goodbye("heddle.close.user_removed"));
    script.send("kim", goodbye("wamp.close.goodbye_and_out")).expect_closed("kim", CloseReason::revoked);
    script.expect_silence("lee");
}

TEST(Revocation, AUserWhoseTimeIsOverIsSentAwayWhenItIs) {
    Script script(with_rules());
    script.admit_as("kim", "kim", "operator").admit_as("lee", "lee", "operator");
    UserSettings kim = user("kim", "operator"), lee = user("lee", "operator");
    kim.expires = 3'610;  // the clock of the test stands at 1 h after 1970
    lee.expires = 3'620;
    script.put_user(kim, "nothing").put_user(lee, "nothing");
    script.check([](Play& play) {
        if (play.connected().size() < 2) return;
        EXPECT_EQ(play.realm().next_deadline() - play.now(), 10s);
    });
    script.pass(9s).expect_silence("kim").pass(1s).expect("kim", goodbye("heddle.close.user_expired"));
    script.send("kim", goodbye("wamp.close.goodbye_and_out")).expect_closed("kim", CloseReason::revoked);
    lee.expires = 0;
    script.put_user(lee, "nothing").pass(20s).expect_silence("lee");
}

TEST(Revocation, AKickedSessionReceivesTheReason) {
    Script script(with_rules());
    script.join("ann").join("bob");
    script.send("bob", subscribe(1, "com.a")).expect("bob", subscribed(1, 1));
    script.check([](Play& play) {
        EXPECT_TRUE(play.kick("bob", "com.app.key_rotated"));
        EXPECT_EQ(play.next("bob"), "GOODBYE com.app.key_rotated message=bye");
        EXPECT_FALSE(play.kick("bob", "com.app.key_rotated")) << "it is gone already";
        EXPECT_TRUE(play.kick("ann", "no uri at all"));
        EXPECT_EQ(play.next("ann"), "GOODBYE wamp.close.killed message=bye");
    });
    script.send("ann", goodbye("wamp.close.goodbye_and_out"));
    script.check([](Play& play) {
        const std::string line = play.next("ann");
        EXPECT_TRUE(line == "CLOSED killed" || line.empty()) << line;
    });
}

TEST(Revocation, OfManyEndingsTheFirstHundredAreNamed) {
    Play play(with_rules());
    play.connect("ann");
    play.send("ann", hello());
    for (std::uint64_t i = 1; i <= 150; ++i) play.send("ann", subscribe(i, "com.t" + std::to_string(i)));
    RealmSettings none = with_rules();
    none.roles[0].permissions.clear();
    const Ends ends = play.apply(none);
    EXPECT_EQ(ends.subscriptions, 150u);
    ASSERT_EQ(ends.shown.size(), Ends::shown_max);
    EXPECT_EQ(ends.shown[0].session.value, play.session("ann"));
    EXPECT_EQ(ends.shown[0].authid, play.authid("ann"));
    EXPECT_TRUE(ends.shown[0].uri.starts_with("com.t"));
    EXPECT_EQ(ends.total(), 150u);
}

TEST(Revocation, LimitsAndTrustLevelsChangeForThoseWhoAreThere) {
    Script script(with_rules());
    script.join("ann").join("bob", rpc_roles({Feature::call_trustlevels}));
    script.send("bob", register_(1, "com.add")).expect("bob", registered(1, 1));
    script.send("ann", subscribe(1, "com.a")).expect("ann", subscribed(1, 1));
    RealmSettings other = with_rules();
    other.limits.subscriptions_max = 1;
    other.roles[0].trustlevel = 7;
    script.apply(other, "nothing");
    script.send("ann", subscribe(2, "com.b")).expect("ann", error(32, 2, "heddle.error.limit_exceeded"));
    InvocationDetails trusted;
    trusted.trustlevel = 7;
    script.send("ann", call(3, "com.add")).expect("bob", invocation_with(1, 1, trusted));
    script.send("bob", yield(1)).expect("ann", result(3));
}

TEST(Revocation, LanesAndHistoriesChangeWhatTopicsKeep) {
    RealmSettings lists = with_rules();
    lists.lanes = {{Match::exact, "com.todo", LaneKind::list}};
    lists.histories = {{Match::exact, "com.a"}};
    Play play(with_rules());
    play.connect("ann");
    play.send("ann", hello());
    play.send("ann", publish(1, "com.todo", "[1]", retain()));
    play.send("ann", publish(2, "com.keep", "[1]", retain()));
    EXPECT_EQ(play.counts().retained, 2u);
    play.apply(lists);
    EXPECT_EQ(play.counts().retained, 1u) << "a list keeps no retained event";
    play.send("ann", publish(3, "com.todo", "[2]"));
    play.send("ann", publish(4, "com.a", "[3]"));
    EXPECT_EQ(play.counts().list_entries, 1u);
    EXPECT_EQ(play.counts().history_events, 1u);
    lists.histories[0].events_max = 50;
    play.apply(lists);
    EXPECT_EQ(play.counts().history_events, 1u) << "other bounds lose nothing that fits";
    while (!play.next("ann").empty()) {
    }
    play.send("ann", subscribe(5, "com.todo"));
    play.apply(with_rules());
    EXPECT_EQ(play.counts().list_entries, 0u);
    EXPECT_EQ(play.counts().history_events, 0u);
    EXPECT_EQ(play.next("ann"), "SUBSCRIBED 5 subscription=2");
    EXPECT_EQ(play.next("ann"), R"(EVENT subscription=2 publication=1 [] {"$removed":true})") << "its subscribers receive it";
    play.send("ann", publish(6, "com.todo", "[4]", retain()));
    EXPECT_EQ(play.counts().retained, 2u);
}

}  // namespace
}  // namespace heddle::test
