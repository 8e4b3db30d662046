#include <gtest/gtest.h>

#include "tests/realms/script.hpp"

namespace heddle::test {
namespace {

TEST(Broker, EventReachesAllSubscribersOfATopicOnce) {
    Script s;
    s.join("ann").join("bob").join("cat");
    s.send("bob", subscribe(1, "a.b")).expect("bob", subscribed(1, 1));
    s.send("cat", subscribe(1, "a.b")).expect("cat", subscribed(1, 1));
    s.send("ann", publish(1, "a.b", "[7]")).expect("bob", event(1, 1, "[7]")).expect("cat", event(1, 1, "[7]"));
    s.send("ann", publish(2, "a.c", "[8]")).expect_silence("bob");
}

TEST(Broker, PublisherReceivesItsOwnEventsOnlyIfItAsks) {
    Script s;
    s.join("ann").send("ann", subscribe(1, "a.b")).expect("ann", subscribed(1, 1));
    s.send("ann", publish(2, "a.b", "[7]")).expect_silence("ann");
    s.send("ann", publish(3, "a.b", "[8]", include_me())).expect("ann", event(1, 1, "[8]"));
}

TEST(Broker, AcknowledgesWhenAskedAndOnlyThen) {
    Script s;
    s.join("ann").join("bob").send("bob", subscribe(1, "a.b")).expect("bob", subscribed(1, 1));
    s.send("ann", publish(1, "a.b", "[1]")).expect("bob", event(1, 1, "[1]")).expect_silence("ann");
    s.send("ann", publish(2, "a.b", "[2]", acknowledge()))
        .expect("ann", published(2, 2))
        .expect("bob", event(1, 2, "[2]"));
}

TEST(Broker, SubscribingAgainGivesTheSameSubscription) {
    Script s;
    s.join("ann").join("bob").send("bob", subscribe(1, "a.b")).expect("bob", subscribed(1, 1));
    s.send("bob", subscribe(2, "a.b")).expect("bob", subscribed(2, 1));
    s.send("ann", publish(1, "a.b", "[1]")).expect("bob", event(1, 1, "[1]"));
    s.send("bob", unsubscribe(3, 1)).expect("bob", unsubscribed(3));
    s.send("ann", publish(2, "a.b", "[2]")).expect_silence("bob");
}

TEST(Broker, UnsubscribeNeedsTheSessionsOwnSubscription) {
    Script s;
    s.join("ann").join("bob").send("bob", subscribe(1, "a.b")).expect("bob", subscribed(1, 1));
    s.send("ann", unsubscribe(1, 1)).expect("ann", error(34, 1, "wamp.error.no_such_subscription"));
    s.send("bob", unsubscribe(2, 99)).expect("bob", error(34, 2, "wamp.error.no_such_subscription"));
    s.send("bob", unsubscribe(3, 1)).expect("bob", unsubscribed(3));
    s.send("bob", unsubscribe(4, 1)).expect("bob", error(34, 4, "wamp.error.no_such_subscription"));
}

TEST(Broker, EveryMatchingSubscriptionGetsItsOwnEventOfOnePublication) {
    Script s;
    s.join("ann").join("bob");
    s.send("bob", subscribe(1, "com.plant.speed")).expect("bob", subscribed(1, 1));
    s.send("bob", subscribe(2, "com.pl", subscribed_as(Match::prefix))).expect("bob", subscribed(2, 2));
    s.send("bob", subscribe(3, "com.plant.", subscribed_as(Match::prefix))).expect("bob", subscribed(3, 3));
    s.send("bob", subscribe(4, "com..speed", subscribed_as(Match::wildcard))).expect("bob", subscribed(4, 4));
    s.send("bob", subscribe(5, "com..", subscribed_as(Match::wildcard))).expect("bob", subscribed(5, 5));
    s.send("bob", subscribe(6, "com..level", subscribed_as(Match::wildcard))).expect("bob", subscribed(6, 6));
    s.send("ann", publish(1, "com.plant.speed", "[1]"));
    s.expect("bob", event(1, 1, "[1]"));
    for (std::uint64_t subscription : {2u, 3u, 4u, 5u})
        s.expect("bob", event(subscription, 1, "[1]", "com.plant.speed"));
}

TEST(Broker, SameTextUnderAnotherMatchIsAnotherSubscription) {
    Script s;
    s.join("ann").join("bob");
    s.send("bob", subscribe(1, "a.b")).expect("bob", subscribed(1, 1));
    s.send("bob", subscribe(2, "a.b", subscribed_as(Match::prefix))).expect("bob", subscribed(2, 2));
    s.send("bob", subscribe(3, "a.b", subscribed_as(Match::wildcard))).expect("bob", subscribed(3, 3));
    s.send("bob", unsubscribe(4, 1)).expect("bob", unsubscribed(4));
    s.send("ann", publish(1, "a.b"));
    s.expect("bob", event(2, 1, "", "a.b")).expect("bob", event(3, 1, "", "a.b"));
}

TEST(Broker, EventsOfOnePublisherKeepTheirOrderAcrossTopics) {
    Script s;
    s.join("ann").join("bob");
    s.send("bob", subscribe(1, "a.b")).expect("bob", subscribed(1, 1));
    s.send("bob", subscribe(2, "a.", subscribed_as(Match::prefix))).expect("bob", subscribed(2, 2));
    s.send("ann", publish(1, "a.b", "[1]")).send("ann", publish(2, "a.c", "[2]")).send("ann", publish(3, "a.b", "[3]"));
    s.expect("bob", event(1, 1, "[1]")).expect("bob", event(2, 1, "[1]", "a.b"));
    s.expect("bob", event(2, 2, "[2]", "a.c"));
    s.expect("bob", event(1, 3, "[3]")).expect("bob", event(2, 3, "[3]", "a.b"));
}

TEST(Broker, LeavingInTheMiddleOfTheListDisturbsNobody) {
    Script s;
    s.join("ann");
    for (const char* peer : {"p0", "p1", "p2", "p3", "p4"})
        s.join(peer).send(peer, subscribe(1, "a.b")).expect(peer, subscribed(1, 1));
    s.send("p1", unsubscribe(2, 1)).expect("p1", unsubscribed(2)).lose("p4").lose("p0");
    s.send("ann", publish(1, "a.b", "[1]")).expect("p2", event(1, 1, "[1]")).expect("p3", event(1, 1, "[1]"));
    s.send("p3", unsubscribe(2, 1)).expect("p3", unsubscribed(2));
    s.send("p1", subscribe(3, "a.b")).expect("p1", subscribed(3, 1));
    s.send("ann", publish(2, "a.b", "[2]")).expect("p2", event(1, 2, "[2]")).expect("p1", event(1, 2, "[2]"));
}

TEST(Broker, AnEmptiedSubscriptionStartsAnewWithAnotherId) {
    Script s;
    s.join("ann").send("ann", subscribe(1, "a.b")).expect("ann", subscribed(1, 1));
    s.send("ann", unsubscribe(2, 1)).expect("ann", unsubscribed(2));
    s.send("ann", subscribe(3, "a.b")).expect("ann", subscribed(3, 2));
    s.check([](Play& play) { EXPECT_EQ(play.counts().subscriptions, 1u); });
}

TEST(Broker, BadTopicsAreRefusedPerRequestAndUnacknowledgedPublishesInSilence) {
    Script s;
    s.join("ann");
    s.send("ann", subscribe(1, "a b")).expect("ann", error(32, 1, "wamp.error.invalid_uri"));
    s.send("ann", subscribe(2, "a..b")).expect("ann", error(32, 2, "wamp.error.invalid_uri"));
    s.send("ann", publish(3, "a#b", "", acknowledge())).expect("ann", error(16, 3, "wamp.error.invalid_uri"));
    s.send("ann", publish(4, "a#b")).expect_silence("ann");
    s.send("ann", publish(5, "wamp.session.on_join", "", acknowledge()));
    s.expect("ann", error(16, 5, "wamp.error.invalid_uri"));
    s.send("ann", publish(6, "wampum.a", "", acknowledge())).expect("ann", published(6, 1));
    s.send("ann", subscribe(7, "wamp.session.on_join")).expect("ann", subscribed(7, 1));
}

TEST(Broker, WithoutPermissionAcknowledgedPublishAndSubscribeAreRefused) {
    RealmSettings settings = open_realm();
    settings.roles[0].permissions = {{Match::prefix, "open.", actions({Action::publish, Action::subscribe}), {}}};
    Script s{settings};
    s.join("ann");
    s.send("ann", publish(1, "shut.a", "", acknowledge())).expect("ann", error(16, 1, "wamp.error.not_authorized"));
    s.send("ann", publish(2, "shut.a")).expect_silence("ann");
    s.send("ann", subscribe(3, "shut.a")).expect("ann", error(32, 3, "wamp.error.not_authorized"));
    s.send("ann", subscribe(4, "", subscribed_as(Match::prefix)))
        .expect("ann", error(32, 4, "wamp.error.not_authorized"));
    s.send("ann", subscribe(5, "open.a")).expect("ann", subscribed(5, 1));
    s.send("ann", publish(6, "open.a", "", acknowledge())).expect("ann", published(6, 1));
}

TEST(Broker, SubscriptionsOfASessionAreLimited) {
    RealmSettings settings = open_realm();
    settings.limits.subscriptions_max = 2;
    Script s{settings};
    s.join("ann").join("bob");
    s.send("ann", subscribe(1, "a")).expect("ann", subscribed(1, 1));
    s.send("ann", subscribe(2, "b")).expect("ann", subscribed(2, 2));
    s.send("ann", subscribe(3, "c")).expect("ann", error(32, 3, "heddle.error.limit_exceeded"));
    s.send("ann", subscribe(4, "b")).expect("ann", subscribed(4, 2));
    s.send("bob", subscribe(1, "c")).expect("bob", subscribed(1, 3));
    s.send("ann", unsubscribe(5, 1)).expect("ann", unsubscribed(5));
    s.send("ann", subscribe(6, "c")).expect("ann", subscribed(6, 3));
}

TEST(Broker, DifferentTopicsOfTheRealmAreLimited) {
    RealmSettings settings = open_realm();
    settings.limits.topics_max = 1;
    Script s{settings};
    s.join("ann").join("bob");
    s.send("ann", subscribe(1, "a")).expect("ann", subscribed(1, 1));
    s.send("bob", subscribe(1, "a")).expect("bob", subscribed(1, 1));
    s.send("bob", subscribe(2, "b")).expect("bob", error(32, 2, "heddle.error.limit_exceeded"));
}

}  // namespace
}  // namespace heddle::test
