// What a realm does while the process has no memory for more (docs/limits.md, "Memory").
#include <gtest/gtest.h>

#include "realms/history.hpp"
#include "realms/room.hpp"
#include "serializers/kept_copy.hpp"
#include "tests/realms/script.hpp"

namespace heddle::test {
namespace {

constexpr const char* full = "heddle.error.limit_exceeded";

auto room(bool sessions, bool state) {
    return [=](Play& play) { play.realm().set_room({sessions, state}); };
}
auto refused(std::uint64_t times) {
    return [=](Play& play) { EXPECT_EQ(play.realm().tallies().refusals[Refusal::memory], times); };
}
PublishOptions kept(bool acknowledged = true) {
    PublishOptions options = acknowledged ? acknowledge() : PublishOptions();
    options.retain = true;
    return options;
}

TEST(ByteBound, IsWhatWasUsedWhenItWasFrozen) {
    ByteBound bound(100);
    EXPECT_EQ(bound.now(), 100u);
    bound.let_grow(false, 60);
    EXPECT_EQ(bound.now(), 60u);
    bound.let_grow(false, 80);
    EXPECT_EQ(bound.now(), 60u) << "it is frozen already";
    bound.set_max(50);
    EXPECT_EQ(bound.now(), 50u);
    bound.let_grow(true, 60);
    EXPECT_EQ(bound.now(), 50u);
    EXPECT_FALSE(bound.frozen());
}

TEST(KeptCopy, IsCountedUntilItIsForgottenReplacedOrGone) {
    std::size_t sum = 0;
    {
        KeptCopy copy;
        copy.set(SharedBytes("12345"));
        EXPECT_EQ(sum, 0u);
        copy.count_in(sum);
        EXPECT_EQ(sum, 5u);
        copy.set(SharedBytes("123"));
        EXPECT_EQ(sum, 3u);
        KeptCopy moved = std::move(copy);
        EXPECT_EQ(sum, 3u);
        EXPECT_EQ(moved.bytes().view(), "123");
        moved.forget();
        EXPECT_EQ(sum, 0u);
        moved.set(SharedBytes("1"));
        EXPECT_EQ(sum, 1u) << "it still counts there";
    }
    EXPECT_EQ(sum, 0u);
}

TEST(Room, WithoutItRetainedEventsChangeButDoNotGrow) {
    Script s;
    s.join("ann").send("ann", publish(1, "a", "[10]", kept())).expect("ann", published(1, 1));
    s.check(room(true, false));
    s.send("ann", publish(2, "b", "[1]", kept())).expect("ann", error(16, 2, full)).check(refused(1));
    s.send("ann", publish(3, "a", "[100]", kept())).expect("ann", error(16, 3, full)).check(refused(2));
    s.send("ann", publish(4, "a", "[1]", kept())).expect("ann", published(4, 2));
    s.send("ann", publish(5, "b", "[1]", acknowledge())).expect("ann", published(5, 3));
    s.check(room(true, true)).send("ann", publish(6, "b", "[1]", kept())).expect("ann", published(6, 4)).check(refused(2));
}

TEST(Room, WithoutItAnUnacknowledgedEventIsDeliveredButNotRetained) {
    Script s;
    s.join("ann").join("bob").send("bob", subscribe(1, "a")).expect("bob", subscribed(1, 1));
    s.send("ann", publish(1, "a", "[1]", kept(false))).expect("bob", event(1, 1, "[1]"));
    s.check(room(true, false)).send("ann", publish(2, "a", "[1000]", kept(false))).expect("bob", event(1, 2, "[1000]"));
    s.check([](Play& play) {
        EXPECT_EQ(play.counts().retained, 0u);
        EXPECT_EQ(play.counts().retained_bytes, 0u);
    });
}

TEST(Room, WithoutItListsChangeButDoNotGrow) {
    RealmSettings settings = open_realm();
    settings.lanes = {{Match::exact, "l", LaneKind::list}};
    Script s{settings};
    const auto put = [](std::uint64_t request, const char* value, const char* key) {
        return Publish{{request}, acknowledge(), "l", payload(value, key)};
    };
    s.join("ann").send("ann", put(1, "[10]", R"({"$key":"k"})")).expect("ann", published(1, 1));
    s.check(room(true, false));
    s.send("ann", put(2, "[10]", R"({"$key":"m"})")).expect("ann", error(16, 2, full)).check(refused(1));
    s.send("ann", put(3, "[9]", R"({"$key":"k"})")).expect("ann", published(3, 2));
    s.check(room(true, true)).send("ann", put(4, "[10]", R"({"$key":"m"})")).expect("ann", published(4, 3));
}

TEST(Room, WithoutItCallsStayWithTheCalleesTheyHave) {
    Script s;
    const Roles roles = rpc_roles({Feature::call_reroute});
    s.join("ann", roles);
    for (const char* callee : {"bob", "cat"})
        s.join(callee, roles).send(callee, register_(1, "p", shared(Invoke::first))).expect(callee, registered(1, 1));
    s.check(room(true, false)).send("ann", call(1, "p", "[1]")).expect("bob", invocation(1, 1, "[1]")).check(refused(1));
    s.check([](Play& play) { EXPECT_EQ(play.counts().held_bytes, 0u); });
    s.send("bob", error(68, 1, "wamp.error.unavailable")).expect("ann", error(48, 1, "wamp.error.no_available_callee"));
    s.check(room(true, true)).send("ann", call(2, "p", "[1]")).expect("bob", invocation(2, 1, "[1]"));
    s.check([](Play& play) { EXPECT_EQ(play.counts().held_bytes, 3u); });
    s.send("bob", error(68, 2, "wamp.error.unavailable")).expect("cat", invocation(1, 1, "[1]"));
}

TEST(Room, WithoutItAHistoryKeepsTheNewestInPlaceOfTheOldest) {
    HistoryRule rule;
    HistoryInMemory store(rule);
    const auto append = [&](std::uint64_t publication) {
        store.append({0, 0, {publication}, "a", "event", {}});
        return store.events();
    };
    append(1);
    EXPECT_EQ(append(2), 2u);
    store.let_grow(false);
    EXPECT_EQ(append(3), 2u);
    EXPECT_EQ(store.find({1}), 0u);
    EXPECT_EQ(store.find({3}), 3u);
    store.let_grow(true);
    EXPECT_EQ(append(4), 3u);
    EXPECT_EQ(store.memory_bytes(), store.bytes());
}

TEST(Room, HistoriesThatAreMadeWithoutItDoNotGrowEither) {
    RealmSettings settings = open_realm();
    Script s{settings};
    HistoryRule rule;
    rule.match = Match::exact;
    rule.uri = "a";
    settings.histories = {rule};
    s.join("ann").check(room(true, false)).check([settings](Play& play) { play.apply(settings); });
    s.send("ann", publish(1, "a", "[1]", acknowledge())).expect("ann", published(1, 1));
    s.check([](Play& play) { EXPECT_EQ(play.counts().history_events, 0u); });
    s.check(room(true, true)).send("ann", publish(2, "a", "[1]", acknowledge())).expect("ann", published(2, 2));
    s.check([](Play& play) {
        EXPECT_EQ(play.counts().history_events, 1u);
        EXPECT_EQ(play.counts().history_memory_bytes, play.counts().history_bytes);
        EXPECT_GT(play.counts().history_bytes, 0u);
    });
}

TEST(Room, WithoutItForSessionsNobodyNewComesInAndWhoIsThereStays) {
    Script s;
    s.join("ann").check(room(false, true)).connect("bob").send("bob", hello());
    s.expect("bob", abort(full));
    s.expect_closed("bob", CloseReason::refused).check(refused(1));
    s.send("ann", publish(1, "a", "[1]", acknowledge())).expect("ann", published(1, 1));
    s.check(room(true, true)).join("cat");
}

TEST(Room, AdministratorsComeInWithoutIt) {
    RealmSettings settings = open_realm();
    settings.administers = true;
    Script s{settings};
    s.check(room(false, false)).join("ann");
}

TEST(Room, WhatARealmKeepsIsASum) {
    RealmSettings settings = open_realm();
    settings.lanes = {{Match::exact, "l", LaneKind::list}};
    Script s{settings};
    s.join("ann").send("ann", publish(1, "a", "[1]", kept())).expect("ann", published(1, 1));
    s.send("ann", Publish{{2}, acknowledge(), "l", payload("[1]")}).expect("ann", published(2, 2));
    s.check([](Play& play) {
        const Realm::Counts counts = play.counts();
        EXPECT_GT(counts.retained_bytes, 0u);
        EXPECT_GT(counts.list_bytes, 0u);
        EXPECT_EQ(play.realm().state_bytes(), counts.retained_bytes + counts.list_bytes);
    });
}

}  // namespace
}  // namespace heddle::test
