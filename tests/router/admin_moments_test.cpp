#include "router/admin/moments.hpp"

#include <gtest/gtest.h>

namespace heddle::admin {
namespace {

TEST(Moments, ATimestampReadsAsItIsWritten) {
    EXPECT_EQ(timestamp(1'795'256'182'410), "2026-11-21T10:16:22.410Z");
    for (const std::int64_t moment : {0ll, 1ll, 1'795'256'182'410ll, -1ll, -62'135'596'800'000ll, 253'402'300'799'999ll})
        EXPECT_EQ(parse_timestamp(timestamp(moment)), moment) << timestamp(moment);
}

TEST(Moments, DatesMayStandAlone) {
    EXPECT_EQ(timestamp(parse_timestamp("2026-11-21").value()), "2026-11-21T00:00:00.000Z");
    EXPECT_EQ(timestamp(parse_timestamp("2026-11-21T10:16:22Z").value()), "2026-11-21T10:16:22.000Z");
    EXPECT_EQ(timestamp(parse_timestamp("2026-11-21T10:16:22.4+01:30").value()), "2026-11-21T08:46:22.400Z");
}

TEST(Moments, WhatIsNoMomentIsRefused) {
    for (const char* text : {"", "2026-11-21T10:16:nanZ", "2026-11-21T10:16:infZ", "2026-11-21T10:16:1e1Z", "2026-02-30",
                             "+026-11-21", "2026-1--1T10:00:00Z", "   6-11-21", "2026-11-21T10:16:22", "2026-11-21T24:00:00Z",
                             "2026-11-21T10:16:22.Z", "2026-11-21 ", "90d"})
        EXPECT_FALSE(parse_timestamp(text)) << text;
}

}  // namespace
}  // namespace heddle::admin
