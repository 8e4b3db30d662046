// The queues of one link and the table of offers by themselves: what they count goes up and down again.
#include "bridge/waiting.hpp"

#include <gtest/gtest.h>

#include "bridge/flow.hpp"
#include "bridge/link_queue.hpp"
#include "bridge/offers.hpp"
#include "bridge/waiting_list.hpp"

namespace heddle {
namespace {

using What = WaitingEvents::What;

TEST(WaitingEvents, CountWhatWaitsAndNothingElse) {
    WaitingEvents events;
    for (int round = 0; round < 100; ++round) {
        events.event(SharedBytes("one"));
        events.event(SharedBytes("three"));
        EXPECT_EQ(events.events(), 2u);
        EXPECT_EQ(events.bytes(), 8u + 2 * 64);
        events.pop();
        EXPECT_EQ(events.events(), 1u);
        EXPECT_EQ(events.bytes(), 5u + 64);
        events.pop();
        EXPECT_EQ(events.bytes(), 0u);
        EXPECT_TRUE(events.empty());
    }
}

TEST(WaitingEvents, ReplaceTheNewestWithoutTakingMoreRoomThanItNeeds) {
    WaitingEvents events;
    EXPECT_FALSE(events.newest(SharedBytes("long text")));
    EXPECT_TRUE(events.newest(SharedBytes("x")));
    EXPECT_EQ(events.events(), 1u);
    EXPECT_EQ(events.bytes(), 1u + 64);
    EXPECT_EQ(events.front().frame.view(), "x");
}

std::vector<What> order_of(WaitingEvents& events) {
    std::vector<What> order;
    for (; !events.empty(); events.pop()) order.push_back(events.front().what);
    return order;
}

TEST(WaitingEvents, TellTheStateOnceBehindTheLastEvent) {
    WaitingEvents events;
    EXPECT_FALSE(events.value());
    EXPECT_TRUE(events.value()) << "the one that waits will tell the newest";
    events.event(SharedBytes("event"));
    EXPECT_TRUE(events.value()) << "before the event it would tell what is newer";
    events.sync(true);
    events.sync(true);
    EXPECT_EQ(order_of(events), (std::vector{What::event, What::value, What::state, What::synced}));
    events.sync(false);
    EXPECT_EQ(events.size(), 1u) << "only synced: an event lane has no state";
}

TEST(WaitingEvents, KeepASyncWhereItIsWhenTheStateChanges) {
    WaitingEvents events;
    events.event(SharedBytes("older"));
    events.sync(true);
    events.event(SharedBytes("newer"));
    EXPECT_FALSE(events.value());
    EXPECT_EQ(order_of(events), (std::vector{What::event, What::state, What::synced, What::event, What::value}));
}

TEST(WaitingEvents, TellTheNewestEventOfALinkWithARateBehindTheState) {
    WaitingEvents events;
    EXPECT_FALSE(events.newest(SharedBytes("first")));
    EXPECT_FALSE(events.value());
    EXPECT_TRUE(events.newest(SharedBytes("second")));
    EXPECT_TRUE(events.newest(SharedBytes("third")));
    EXPECT_EQ(order_of(events), (std::vector{What::value, What::event}));
}

TEST(WaitingEvents, GiveBackTheirPlacesWhileSomeAlwaysWait) {
    WaitingEvents events;
    for (int i = 0; i < 3; ++i) events.event(SharedBytes(std::to_string(i)));
    for (int i = 3; i < 1'000; ++i) {
        events.event(SharedBytes(std::to_string(i)));
        ASSERT_EQ(events.front().frame.view(), std::to_string(i - 3));
        events.pop();
        ASSERT_EQ(events.size(), 3u);
    }
}

TEST(WaitingMap, KnowsWhichKeysWait) {
    WaitingMap map;
    EXPECT_FALSE(map.change("a", {}));
    EXPECT_FALSE(map.change("b", SharedBytes("frame")));
    EXPECT_TRUE(map.change("a", SharedBytes("newer")));
    EXPECT_TRUE(map.has_change("a"));
    EXPECT_FALSE(map.has_change("c"));
    EXPECT_EQ(map.changes(), 2u);
    WaitingMap::Change first = map.pop();
    EXPECT_EQ(first.topic, "a");
    EXPECT_EQ(first.frame.view(), "newer");
    EXPECT_FALSE(map.has_change("a"));
    EXPECT_FALSE(map.change("a", {})) << "it does not wait any more";
    EXPECT_EQ(map.pop().topic, "b");
    EXPECT_EQ(map.pop().topic, "a");
    EXPECT_TRUE(map.empty());
}

TEST(WaitingMap, LeavesToASyncWhatItComesToAnyway) {
    WaitingMap map;
    EXPECT_FALSE(map.left_to_walk("a")) << "no sync";
    map.change("b", SharedBytes("an event from before the sync"));
    map.sync();
    EXPECT_TRUE(map.left_to_walk("a"));
    EXPECT_TRUE(map.left_to_walk("b"));
    map.walk = WaitingMap::Walk::on;
    map.cursor = "b";
    EXPECT_FALSE(map.left_to_walk("a"));
    EXPECT_FALSE(map.left_to_walk("b")) << "told already";
    EXPECT_TRUE(map.left_to_walk("c"));
    EXPECT_FALSE(map.pop().frame) << "what the sync tells is newer than the event";
    map.sync();
    EXPECT_TRUE(map.cursor.empty());
}

TEST(WaitingList, CountsWhatWaitsAndForgetsItWhenTheListIsToldAnew) {
    WaitingList list;
    for (int round = 0; round < 3; ++round) {
        list.push(SharedBytes("one"));
        list.push(SharedBytes("three"));
        EXPECT_EQ(list.bytes(), 8u + 2 * 64);
        list.pop();
        EXPECT_EQ(list.bytes(), 5u + 64);
        list.start_anew();
        EXPECT_EQ(list.bytes(), 0u);
        EXPECT_EQ(list.frames(), 0u);
        EXPECT_EQ(list.known, 0u);
    }
}

TEST(WaitingList, TellsWhatAWalkHasPassedAndNothingBeyond) {
    using Kind = ListChange::Kind;
    using News = WaitingList::News;
    WaitingList list;
    list.walk = WaitingList::Walk::on;
    list.known = 2;  // of a longer list
    const auto meet = [&](Kind kind, std::size_t index, std::size_t from = 0) {
        ListChange change;
        change.kind = kind;
        change.index = index;
        change.from = from;
        return list.meet(change);
    };
    EXPECT_EQ(meet(Kind::updated, 1), News::change);
    EXPECT_EQ(meet(Kind::updated, 2), News::none);
    EXPECT_EQ(meet(Kind::inserted, 2), News::none);
    EXPECT_EQ(meet(Kind::inserted, 1), News::change);
    EXPECT_EQ(list.known, 3u);
    EXPECT_EQ(meet(Kind::removed, 3), News::none);
    EXPECT_EQ(meet(Kind::removed, 2), News::change);
    EXPECT_EQ(list.known, 2u);
    EXPECT_EQ(meet(Kind::moved, 0, 1), News::change);
    EXPECT_EQ(meet(Kind::moved, 3, 4), News::none);
    EXPECT_EQ(meet(Kind::moved, 0, 4), News::entry) << "an entry that the client does not know";
    EXPECT_EQ(meet(Kind::moved, 4, 0), News::removal);
    EXPECT_EQ(list.known, 1u);
    EXPECT_EQ(meet(Kind::cleared, 0), News::change);
    EXPECT_EQ(list.known, 0u);
}

TEST(Offers, ForgetTheOldestInvocationWhenTooManyAreOpen) {
    Offers offers;
    offers.add({1}, "p");
    for (std::uint64_t id = 1; id <= 10; ++id) offers.ask({id}, "p", 3);
    EXPECT_FALSE(offers.asked({7}));
    for (const std::uint64_t id : {8u, 9u, 10u}) EXPECT_TRUE(offers.asked({id})) << id;
    offers.answered({9});
    EXPECT_FALSE(offers.asked({9}));
    EXPECT_EQ(offers.abandon("p"), (std::vector<RequestId>{{8}, {10}}));
    EXPECT_TRUE(offers.abandon("p").empty());
}

TEST(Flow, HasRoomAgainForWhatLeft) {
    Flow flow(100);
    for (int round = 0; round < 10; ++round) {
        EXPECT_TRUE(flow.room(99));
        EXPECT_FALSE(flow.room(100)) << round;
        EXPECT_TRUE(flow.sent(60, false)) << "half of the window is full: ask";
        EXPECT_FALSE(flow.sent(60, true)) << "one question at a time";
        EXPECT_FALSE(flow.room());
        EXPECT_TRUE(flow.left()) << "somebody waits for what came after the question";
        EXPECT_TRUE(flow.room(39));
        EXPECT_FALSE(flow.room(40));
        EXPECT_FALSE(flow.left());
    }
}

TEST(Flow, AsksAgainForOneThatWaitsHoweverLittleItSent) {
    Flow flow(100);
    EXPECT_TRUE(flow.sent(60, false));
    EXPECT_FALSE(flow.sent(1, true));
    EXPECT_TRUE(flow.left());
    EXPECT_FALSE(flow.left());
}

TEST(LinkQueue, KeepsThePlaceOfALinkThatChangesAgain) {
    Link first, second;
    LinkQueue queue;
    for (Link* link : {&first, &second}) {
        link->waiting = std::make_unique<Link::Waiting>();
        queue.add(*link, {});
    }
    queue.add(first, {});
    EXPECT_EQ(queue.first(), &first);
    queue.remove(first);
    EXPECT_EQ(queue.first(), &second);
}

}  // namespace
}  // namespace heddle
