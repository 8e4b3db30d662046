// Event retention (advanced profile), the realm's bounds on it, and what the bridge asks about it.
#include <gtest/gtest.h>

#include "serializers/removal.hpp"
#include "tests/realms/script.hpp"

namespace heddle::test {
namespace {

PublishOptions retain_for(std::vector<std::string_view> roles) {
    ReceiverLists lists;
    lists.eligible_authrole = std::move(roles);
    PublishOptions options = with_lists(lists);
    options.retain = true;
    return options;
}

TEST(Retention, ALaterSubscriberGetsTheLastRetainedEventIfItAsks) {
    Script s;
    s.join("ann").send("ann", publish(1, "a.b", "[1]", retain())).send("ann", publish(2, "a.b", "[2]", retain()));
    s.send("ann", publish(3, "a.b", "[3]"));
    s.join("bob").send("bob", subscribe(1, "a.b", with_retained())).expect("bob", subscribed(1, 1));
    s.expect("bob", retained_event(1, 1, "[2]"));
    s.join("cat").send("cat", subscribe(1, "a.b")).expect("cat", subscribed(1, 1)).expect_silence("cat");
}

TEST(Retention, TheRetainedEventIsTheOneThatWasPublished) {
    Script s;
    s.join("ann").join("bob").send("bob", subscribe(1, "a.b")).expect("bob", subscribed(1, 1));
    PublishOptions options = acknowledge();
    options.retain = true;
    s.send("ann", publish(1, "a.b", "[1]", options)).expect("bob", event(1, 1, "[1]")).expect("ann", published(1, 1));
    s.send("bob", subscribe(2, "a.b", with_retained()))
        .expect("bob", subscribed(2, 1))
        .expect("bob", retained_event(1, 1, "[1]"));
}

TEST(Retention, APublisherMayAskForWhatItRetained) {
    Script s;
    s.join("ann").send("ann", publish(1, "a.b", "[1]", retain()));
    s.send("ann", subscribe(2, "a.b", with_retained()))
        .expect("ann", subscribed(2, 1))
        .expect("ann", retained_event(1, 1, "[1]"));
}

TEST(Retention, PatternsGetOneEventForEachTopicInTheirOrder) {
    Script s;
    s.join("ann");
    std::uint64_t request = 0;
    for (const char* topic : {"f.9.pos", "f.10.pos", "f.9.fuel", "g.1.pos", "f.1.pos", "f"})
        s.send("ann", publish(++request, topic, "[0]", retain()));
    s.join("bob").send("bob", subscribe(1, "f.", {Match::prefix, true})).expect("bob", subscribed(1, 1));
    std::uint64_t seen = 0;
    for (const char* topic : {"f.1.pos", "f.10.pos", "f.9.fuel", "f.9.pos"})
        s.expect("bob", retained_event(1, ++seen, "[0]", topic));
    s.send("bob", subscribe(2, "f..pos", {Match::wildcard, true})).expect("bob", subscribed(2, 2));
    s.expect("bob", retained_event(2, 1, "[0]", "f.1.pos")).expect("bob", retained_event(2, 2, "[0]", "f.10.pos"));
    s.expect("bob", retained_event(2, 4, "[0]", "f.9.pos"));
    s.send("bob", subscribe(3, ".1.", {Match::wildcard, true})).expect("bob", subscribed(3, 3));
    s.expect("bob", retained_event(3, 1, "[0]", "f.1.pos")).expect("bob", retained_event(3, 5, "[0]", "g.1.pos"));
}

TEST(Retention, AnEmptyPayloadIsKeptLikeAnyOther) {
    Script s;
    s.join("ann").send("ann", publish(1, "a.b", "[1]", retain())).send("ann", publish(2, "a.b", "", retain()));
    s.send("ann", subscribe(3, "a.b", with_retained()))
        .expect("ann", subscribed(3, 1))
        .expect("ann", retained_event(1, 1, ""));
}

TEST(Retention, ARestrictedEventIsForThoseItNamesAndOthersGetTheOneBefore) {
    Script s;
    s.join("ann").send("ann", publish(1, "a.b", "[1]", retain()));
    s.send("ann", publish(2, "a.b", "[2]", retain_for({"anonymous"})))
        .send("ann", publish(3, "a.b", "[3]", retain_for({"admin"})));
    s.join("bob").send("bob", subscribe(1, "a.b", with_retained())).expect("bob", subscribed(1, 1));
    s.expect("bob", retained_event(1, 1, "[1]"));
    s.send("ann", publish(4, "a.b", "[4]", retain_for({"anonymous"}))).expect("bob", event(1, 2, "[4]"));
    s.send("bob", subscribe(2, "a.b", with_retained()))
        .expect("bob", subscribed(2, 1))
        .expect("bob", retained_event(1, 2, "[4]"));
    s.send("ann", publish(5, "a.b", "[5]", retain())).expect("bob", event(1, 3, "[5]"));
    s.send("bob", subscribe(3, "a.b", with_retained()))
        .expect("bob", subscribed(3, 1))
        .expect("bob", retained_event(1, 3, "[5]"));
    s.check([](Play& play) { EXPECT_EQ(play.counts().retained, 1u); });
}

TEST(Retention, OnlyARestrictedEventMeansNothingForTheOthers) {
    Script s;
    s.join("ann").send("ann", publish(1, "a.b", "[1]", retain_for({"admin"})));
    s.send("ann", subscribe(2, "a.b", with_retained())).expect("ann", subscribed(2, 1)).expect_silence("ann");
}

TEST(Retention, IsBoundedByCountAndWhoAsksForAnAnswerIsRefused) {
    RealmSettings settings = open_realm();
    settings.limits.retained_events_max = 2;
    Script s{settings};
    s.join("ann");
    s.send("ann", publish(1, "a", "[1]", retain())).send("ann", publish(2, "b", "[2]", retain()));
    PublishOptions options = acknowledge();
    options.retain = true;
    s.send("ann", publish(3, "c", "[3]", options)).expect("ann", error(16, 3, "heddle.error.limit_exceeded"));
    s.check([](Play& play) {
        EXPECT_EQ(play.counts().retained, 2u);
        EXPECT_EQ(play.counts().retained_refused, 1u);
        EXPECT_FALSE(play.realm().has_retained("c"));
    });
    s.send("ann", publish(4, "a", "[4]", retain()));  // taking another's place needs no room
    s.send("ann", subscribe(5, "a", with_retained()))
        .expect("ann", subscribed(5, 1))
        .expect("ann", retained_event(1, 1, "[4]"));
}

TEST(Retention, IsBoundedByBytesAndForgetsWhatIsOutdated) {
    RealmSettings settings = open_realm();
    settings.limits.retained_bytes_max = 1000;
    Script s{settings};
    static const std::string big = "[\"" + std::string(900, 'x') + "\"]";
    s.join("ann").send("ann", publish(1, "a", "[1]", retain())).send("ann", publish(2, "a", big, retain()));
    s.check([](Play& play) {
        EXPECT_EQ(play.counts().retained, 0u) << "[1] is not the newest any more";
        EXPECT_EQ(play.counts().retained_bytes, 0u);
        EXPECT_EQ(play.counts().retained_refused, 1u);
    });
    s.send("ann", publish(3, "a", "[3]", retain())).check([](Play& play) {
        EXPECT_EQ(play.counts().retained, 1u);
        EXPECT_GT(play.counts().retained_bytes, 0u);
        EXPECT_LE(play.counts().retained_bytes, 1000u);
    });
}

TEST(Retention, AValueLaneKeepsTheLastEventAskedForOrNot) {
    RealmSettings settings = open_realm();
    settings.lanes = {{Match::prefix, "state.", LaneKind::value}, {Match::prefix, "state.alarm.", LaneKind::event}};
    Script s{settings};
    s.join("ann").send("ann", publish(1, "state.a", "[1]")).send("ann", publish(2, "state.a", "[2]"));
    s.send("ann", publish(3, "state.alarm.x", "[3]")).send("ann", publish(4, "other", "[4]"));
    s.check([](Play& play) {
        EXPECT_TRUE(play.realm().has_retained("state.a"));
        EXPECT_FALSE(play.realm().has_retained("state.alarm.x"));
        EXPECT_FALSE(play.realm().has_retained("other"));
        EXPECT_EQ(play.realm().lane_of("state.a"), LaneKind::value);
        EXPECT_EQ(play.realm().lane_of("state.alarm.x"), LaneKind::event);
        EXPECT_EQ(play.realm().lane_of("other"), LaneKind::by_state);
    });
    s.send("ann", subscribe(5, "state.a", with_retained()))
        .expect("ann", subscribed(5, 1))
        .expect("ann", retained_event(1, 1, "[2]"));
}

TEST(Retention, APublisherMayRemoveARetainedEventAndSubscribersReceiveTheRemoval) {
    RealmSettings settings = open_realm();
    settings.roles[0].permissions = {{Match::prefix, "open.", actions({Action::publish, Action::subscribe}), {}}};
    settings.lanes = {{Match::exact, "open.a", LaneKind::value}};
    Script s{settings};
    s.join("ann").join("bob").send("bob", subscribe(1, "open.a")).expect("bob", subscribed(1, 1));
    s.send("ann", publish(1, "open.a", "[1]")).expect("bob", event(1, 1, "[1]"));
    s.send("ann", Publish{{2}, acknowledge(), "open.a", removal()});
    s.expect("bob", Event{{1}, {2}, {}, removal(), {}}).expect("ann", published(2, 2));
    s.check([](Play& play) {
        EXPECT_FALSE(play.realm().has_retained("open.a"));
        EXPECT_EQ(play.counts().retained_bytes, 0u);
    });
    s.send("ann", Publish{{3}, acknowledge(), "shut.a", removal()});
    s.expect("ann", error(16, 3, "wamp.error.not_authorized"));
}

TEST(Retention, WhatIsDeniedOrInvalidIsNotKept) {
    RealmSettings settings = open_realm();
    settings.roles[0].permissions = {{Match::prefix, "open.", actions({Action::publish}), {}}};
    Script s{settings};
    s.join("ann").send("ann", publish(1, "shut.a", "[1]", retain())).send("ann", publish(2, "open a", "[1]", retain()));
    s.check([](Play& play) { EXPECT_EQ(play.counts().retained, 0u); });
}

}  // namespace
}  // namespace heddle::test
