// Retained events whose publisher may not publish there any more are not delivered (as CVE-2018-12546 had it elsewhere),
// and who may register and publish the router's own URIs.
#include <gtest/gtest.h>

#include "tests/realms/script.hpp"

namespace heddle::test {
namespace {

const ActionSet everything = actions({Action::call, Action::register_, Action::publish, Action::subscribe});
const ActionSet reading = actions({Action::call, Action::register_, Action::subscribe});

RealmSettings writers(std::vector<PermissionRule> of_writers) {
    RealmSettings settings = open_realm();
    settings.roles.push_back({"writer", std::move(of_writers), 0});
    return settings;
}
PermissionRule all(std::string uri, ActionSet what = everything) { return {Match::prefix, std::move(uri), what, {}}; }

std::vector<std::string> state_of(Play& play, const std::string& peer, Match match, std::string_view uri) {
    std::vector<std::string> topics;
    play.realm().read_state(play.endpoint(peer), match, uri, {}, [&](const StateEntry& entry) {
        topics.emplace_back(entry.topic);
        return true;
    });
    return topics;
}

TEST(RetainedRecheck, WhatSomebodyMayNotPublishAnyMoreIsNotDelivered) {
    Script script(writers({all("")}));
    script.join("ann").admit_as("kim", "kim", "writer");
    script.send("kim", publish(1, "com.a", "[1]", retain())).send("kim", publish(2, "com.b", "[2]", retain()));
    script.send("ann", publish(1, "com.c", "[3]", retain()));
    PermissionRule no_a{Match::exact, "com.a", {}, actions({Action::publish})};
    script.apply(writers({all(""), no_a}), "nothing");
    script.send("ann", subscribe(2, "com.a", with_retained())).expect("ann", subscribed(2, 1)).expect_silence("ann");
    script.send("ann", subscribe(3, "com.", with_retained(Match::prefix))).expect("ann", subscribed(3, 2));
    script.expect("ann", retained_event(2, 1, "[2]", "com.b")).expect("ann", retained_event(2, 2, "[3]", "com.c"));
    script.check([](Play& play) {
        if (play.connected().size() < 2) return;
        EXPECT_EQ(state_of(play, "ann", Match::prefix, "com."), (std::vector<std::string>{"com.b", "com.c"}))
            << "nor is it what lanes read";
        EXPECT_TRUE(state_of(play, "ann", Match::exact, "com.a").empty());
    });
    // It was kept all the same: the right comes back, the value does.
    script.apply(writers({all("")}), "nothing");
    script.send("ann", subscribe(4, "com.a", with_retained())).expect("ann", subscribed(4, 1));
    script.expect("ann", retained_event(1, 3, "[1]"));
}

TEST(RetainedRecheck, OfARoleThatIsGoneNothingIs) {
    Script script(writers({all("")}));
    script.join("ann").admit_as("kim", "kim", "writer");
    script.send("kim", publish(1, "com.a", "[1]", retain()));
    script.lose("kim").apply(open_realm(), "nothing");
    script.send("ann", subscribe(1, "com.a", with_retained())).expect("ann", subscribed(1, 1)).expect_silence("ann");
    // A role of the same name is the same role.
    script.apply(writers({all("com.", actions({Action::publish}))}), "nothing");
    script.send("ann", subscribe(2, "com.a", with_retained())).expect("ann", subscribed(2, 1));
    script.expect("ann", retained_event(1, 1, "[1]"));
}

TEST(RetainedRecheck, GoesByTheAuthidWhereRulesNameIt) {
    Script script(writers({all("desk.{authid}.")}));
    script.join("ann").admit_as("kim", "kim", "writer").admit_as("lee", "lee", "writer");
    script.send("kim", publish(1, "desk.kim.a", "[1]", retain())).send("lee", publish(1, "desk.lee.a", "[2]", retain()));
    const PermissionRule not_kim{Match::exact, "desk.kim.a", {}, actions({Action::publish})};
    script.apply(writers({all("desk.{authid}."), not_kim}), "nothing");
    script.send("ann", subscribe(1, "desk.", with_retained(Match::prefix))).expect("ann", subscribed(1, 1));
    script.expect("ann", retained_event(1, 1, "[2]", "desk.lee.a"));
    // The id was kept: it is what later rules are about.
    script.apply(writers({all("desk.{authid}.")}), "nothing");
    script.send("ann", subscribe(2, "desk.kim.a", with_retained())).expect("ann", subscribed(2, 2));
    script.expect("ann", retained_event(2, 2, "[1]"));
}

TEST(RetainedRecheck, AnIdThatWasNotKeptMayNothingUnderARuleThatNamesIt) {
    Script script(writers({all("desk.")}));
    script.join("ann").admit_as("kim", "kim", "writer");
    script.send("kim", publish(1, "desk.kim.a", "[1]", retain())).apply(writers({all("desk.{authid}.")}), "nothing");
    script.send("ann", subscribe(1, "desk.kim.a", with_retained())).expect("ann", subscribed(1, 1)).expect_silence("ann");
}

TEST(RetainedRecheck, AnOlderEventForEverybodyShowsWhereTheNewerOneDoesNot) {
    Script script(writers({all("")}));
    script.join("ann").admit_as("kim", "kim", "writer");
    script.send("ann", publish(1, "com.a", "[1]", retain()));
    ReceiverLists lists;
    lists.eligible_authrole = {"anonymous"};
    PublishOptions options = with_lists(lists);
    options.retain = true;
    script.send("kim", publish(1, "com.a", "[2]", options));
    script.apply(writers({all("", reading)}), "nothing");
    script.send("ann", subscribe(2, "com.a", with_retained())).expect("ann", subscribed(2, 1));
    script.expect("ann", retained_event(1, 1, "[1]"));
}

TEST(RetainedRecheck, OfListsWhatSomebodyMayNotSayAnyMoreIsTakenOutForAll) {
    RealmSettings settings = writers({all("")}), fewer = writers({all("", reading)});
    for (RealmSettings* one : {&settings, &fewer}) one->lanes = {{Match::exact, "com.list", LaneKind::list}};
    Play play(settings);
    for (const char* peer : {"ann", "bob", "kim"}) play.connect(peer);
    play.send("ann", hello());
    play.send("bob", hello());
    play.admit("kim", all_roles(), {"kim", "writer", "ticket", "static"});
    const auto put = [&](const char* who, std::uint64_t request, std::string_view value, std::string_view key) {
        play.send(who, Publish{{request}, {}, "com.list", payload(value, key)});
    };
    put("kim", 1, "[1]", R"({"$key":"k1"})");
    put("ann", 1, "[2]", R"({"$key":"a1"})");
    put("kim", 2, "[3]", R"({"$key":"k2"})");
    for (const char* peer : {"ann", "bob", "kim"}) play.next(peer);
    play.send("bob", subscribe(1, "com.list"));
    EXPECT_EQ(play.next("bob"), Play::expected(subscribed(1, 1)));
    play.apply(fewer);
    EXPECT_TRUE(play.next("bob").ends_with(R"([] {"$removed":true,"$key":"k2","$index":2})"));
    EXPECT_TRUE(play.next("bob").ends_with(R"([] {"$removed":true,"$key":"k1","$index":0})"));
    EXPECT_EQ(play.next("bob"), "");
    EXPECT_EQ(play.counts().list_entries, 1u);
    put("ann", 2, "[9]", R"({"$key":"k2"})");  // a key that is free now
    play.next("bob");
    play.apply(settings);
    EXPECT_TRUE(play.next("bob").ends_with(R"([1] {"$key":"k1","$index":2})"));
    EXPECT_EQ(play.next("bob"), "") << "k2 is another's";
    EXPECT_EQ(play.counts().list_entries, 3u);
    play.apply(fewer);
    put("ann", 3, "[]", R"({"$removed":true})");
    EXPECT_EQ(play.counts().list_bytes, 0u) << "all means all";
    play.apply(settings);
    EXPECT_EQ(play.counts().list_entries, 0u);
}

TEST(ReservedUris, AreForTheRoutersOwnSessionsAlone) {
    Play play(open_realm());
    for (const char* peer : {"own", "ann", "eve"}) play.connect(peer);
    play.admit("own", all_roles(), {"router", "router", "router", "router", true});
    EXPECT_EQ(play.next("own"), "WELCOME authrole=router");
    play.send("ann", hello());
    play.send("eve", hello());
    play.next("ann");
    play.next("eve");
    RegisterOptions told;
    told.disclose_caller = true;
    play.send("own", register_(1, "heddle.role.put", told));
    EXPECT_EQ(play.next("own"), Play::expected(registered(1, 1)));
    play.send("eve", register_(1, "heddle.role.get"));
    EXPECT_EQ(play.next("eve"), Play::expected(error(64, 1, "wamp.error.invalid_uri")));
    play.send("eve", register_(2, "hed", registered_as(Match::prefix)));
    EXPECT_EQ(play.next("eve"), Play::expected(registered(2, 2)));
    play.send("ann", call(1, "heddle.role.put", "[1]"));
    EXPECT_TRUE(play.next("own").find("caller") != std::string::npos);
    play.send("ann", call(2, "heddle.role.get"));
    EXPECT_EQ(play.next("ann"), Play::expected(error(48, 2, "wamp.error.no_such_procedure"))) << "no pattern gets it";
    EXPECT_EQ(play.next("eve"), "");
    play.send("ann", subscribe(3, "heddle.audit.on_entry"));
    EXPECT_EQ(play.next("ann"), Play::expected(subscribed(3, 1)));
    play.send("eve", publish(3, "heddle.audit.on_entry", "[666]"));
    play.send("own", publish(2, "heddle.audit.on_entry", "[1]"));
    EXPECT_EQ(play.next("ann"), Play::expected(event(1, 1, "[1]")));
    // It is in no list, nobody kills it, and no edit ends it.
    play.send("ann", call(4, "wamp.session.count"));
    EXPECT_EQ(play.next("ann"), "RESULT 4 [2]");
    RealmSettings other = open_realm();
    other.roles = {{"router", {}, 0}};
    other.anonymous_role = "router";
    EXPECT_EQ(text_of(play.apply(other)), "2 sessions");
    EXPECT_EQ(play.next("own"), "");
    EXPECT_FALSE(play.kick("own", "com.app.bye"));
    play.connect("bob");
    play.send("bob", hello());
    EXPECT_EQ(play.next("bob"), "WELCOME authrole=router") << "a role of settings that has the same name";
    play.send("bob", subscribe(1, "com.a"));
    EXPECT_EQ(play.next("bob"), Play::expected(error(32, 1, "wamp.error.not_authorized"))) << "and not its rights";
}

}  // namespace
}  // namespace heddle::test
