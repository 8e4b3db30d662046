#include "router/memory_trim.hpp"

#include <gtest/gtest.h>

namespace heddle {
namespace {

constexpr std::size_t mib = std::size_t{1} << 20;

TEST(TrimRule, MemoryThatIsFreeButResidentIsGivenBackFromEightMebibytesOn) {
    TrimRule rule;
    EXPECT_FALSE(rule.due(60 * mib, 20 * mib)) << "code and stacks are never in use";
    EXPECT_FALSE(rule.due(1660 * mib, 1620 * mib)) << "a flood, while it lasts";
    EXPECT_FALSE(rule.due(68 * mib - 1, 20 * mib));
    EXPECT_TRUE(rule.due(68 * mib, 20 * mib));
}

TEST(TrimRule, WhatCouldNotBeGivenBackIsNotTriedAgain) {
    TrimRule rule;
    EXPECT_FALSE(rule.due(60 * mib, 20 * mib));
    EXPECT_TRUE(rule.due(160 * mib, 20 * mib));
    rule.trimmed(90 * mib, 20 * mib);
    EXPECT_FALSE(rule.due(90 * mib, 20 * mib));
    EXPECT_TRUE(rule.due(98 * mib, 20 * mib));
    rule.trimmed(60 * mib, 20 * mib);
    EXPECT_TRUE(rule.due(68 * mib, 20 * mib)) << "the holes were filled and are gone";
}

TEST(TrimRule, MoreInUseThanResidentIsNoReason) {
    TrimRule rule;
    EXPECT_FALSE(rule.due(20 * mib, 120 * mib)) << "given out, never written to";
    EXPECT_TRUE(rule.due(30 * mib, 20 * mib));
}

}  // namespace
}  // namespace heddle
