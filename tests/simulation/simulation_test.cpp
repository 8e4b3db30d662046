#include <gtest/gtest.h>

#include "tests/simulation/runs.hpp"

namespace heddle::sim {
namespace {

constexpr std::uint64_t seeds_of_a_part = 500;

/// Ten thousand seeds, in parts that may run side by side.
class SeedsTest : public testing::TestWithParam<int> {};

TEST_P(SeedsTest, NothingIsLostOutOfOrderUnansweredOrLeftBehind) {
    const auto part = static_cast<std::uint64_t>(GetParam());
    EXPECT_EQ(run_seeds(1 + part * seeds_of_a_part, seeds_of_a_part, stdout), 0u);
}

INSTANTIATE_TEST_SUITE_P(TenThousand, SeedsTest, testing::Range(0, 20));

}  // namespace
}  // namespace heddle::sim
