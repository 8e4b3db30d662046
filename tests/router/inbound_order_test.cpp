#include "router/inbound_order.hpp"

#include <gtest/gtest.h>

namespace heddle {
namespace {

class InboundOrderTest : public testing::Test {
 protected:
    bool push(const Message& message, const std::string& name) { return order.push(message, name, 1000); }
    bool publish(std::uint64_t id) { return push(Publish{{id}, {}, "a", {}}, std::to_string(id)); }
    /// All whose turn it is.
    std::string taken(bool numbered = true) {
        std::string all;
        while (const auto message = order.take(numbered)) all += *message + " ";
        return all;
    }
    InboundOrder order;
};

TEST_F(InboundOrderTest, RequestsAreTakenInTheOrderOfTheirIdsOverAllKinds) {
    push(Call{{3}, {}, "p", {}}, "3");
    publish(2);
    EXPECT_EQ(taken(), "");
    push(Subscribe{{1}, {}, "t"}, "1");
    EXPECT_EQ(taken(), "1 2 3 ");
    push(Unsubscribe{{5}, {7}}, "5");
    push(Register{{4}, {}, "p"}, "4");
    EXPECT_EQ(taken(), "4 5 ");
    EXPECT_TRUE(order.empty());
}

TEST_F(InboundOrderTest, WhatOpensNoRequestWaitsForNothing) {
    publish(2);
    push(Yield{{9}, false, {}}, "yield");
    push(Cancel{{1}, {}}, "cancel");
    EXPECT_EQ(taken(), "yield cancel ");
    publish(1);
    EXPECT_EQ(taken(), "1 2 ");
}

TEST_F(InboundOrderTest, AnIdThatWasThereBeforeIsLetThrough) {
    publish(1);
    publish(1);  // progressive invocations repeat theirs; anything else the realm refuses
    EXPECT_EQ(taken(), "1 1 ");
}

TEST_F(InboundOrderTest, BeforeASessionNothingIsNumbered) {
    publish(7);
    EXPECT_EQ(taken(false), "7 ");
}

TEST_F(InboundOrderTest, AfterGivingUpTheOrderIsThatOfArrival) {
    publish(70);
    publish(60);
    EXPECT_EQ(taken(), "");
    order.give_up();
    EXPECT_EQ(taken(), "70 60 ");
    publish(99);
    EXPECT_EQ(taken(), "99 ");
}

TEST_F(InboundOrderTest, TheNextSessionBeginsAtOneWithoutWhatTheOldOneLeft) {
    publish(1);
    publish(3);
    push(Goodbye{}, "goodbye");
    EXPECT_EQ(taken(), "1 goodbye ");
    push(Hello{"realm1", {}}, "hello");
    publish(1);
    order.next_session();
    EXPECT_EQ(taken(false), "hello 1 ");
}

TEST_F(InboundOrderTest, WhatWaitsIsBounded) {
    for (std::size_t i = 0; i < InboundOrder::messages_max; ++i)
        ASSERT_TRUE(order.push(Publish{{9}, {}, "a", {}}, "x", 1000));
    EXPECT_FALSE(order.push(Publish{{9}, {}, "a", {}}, "x", 10'000)) << "messages";
    order.clear();
    EXPECT_TRUE(order.push(Publish{{9}, {}, "a", {}}, std::string(1000, 'x'), 1000));
    EXPECT_FALSE(order.push(Publish{{9}, {}, "a", {}}, "x", 1000)) << "bytes";
}

}  // namespace
}  // namespace heddle
