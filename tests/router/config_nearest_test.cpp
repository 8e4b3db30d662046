#include "router/config/nearest.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace heddle {
namespace {

const std::vector<std::string_view> names{"message", "outbox", "connections", "ping_interval", "ping_missed"};

TEST(Nearest, CountsInsertedRemovedReplacedAndSwappedLetters) {
    EXPECT_EQ(edit_distance("outbox", "outbox"), 0u);
    EXPECT_EQ(edit_distance("outbx", "outbox"), 1u);
    EXPECT_EQ(edit_distance("outboxx", "outbox"), 1u);
    EXPECT_EQ(edit_distance("outbux", "outbox"), 1u);
    EXPECT_EQ(edit_distance("outobx", "outbox"), 1u);
    EXPECT_EQ(edit_distance("", "outbox"), 6u);
}

TEST(Nearest, FindsSlipsOfTheFingers) {
    EXPECT_EQ(nearest("mesage", names), "message");
    EXPECT_EQ(nearest("Outbox", names), "outbox");
    EXPECT_EQ(nearest("ping_mised", names), "ping_missed");
}

TEST(Nearest, FindsTheNameInsideALongerOne) { EXPECT_EQ(nearest("max_mesage", names), "message"); }

TEST(Nearest, NamesNothingWhereNothingIsNear) {
    EXPECT_EQ(nearest("jwt", names), "");
    EXPECT_EQ(nearest("", names), "");
    EXPECT_EQ(nearest("store", names), "");
}

}  // namespace
}  // namespace heddle
