#include "router/address_range.hpp"

#include <gtest/gtest.h>

namespace heddle {
namespace {

bool holds(std::string_view range, std::string_view address) {
    const auto parsed = AddressRange::parse(range);
    EXPECT_TRUE(parsed) << range;
    return parsed && parsed->contains(address);
}

TEST(AddressRange, HoldsWhatSharesItsFirstBits) {
    EXPECT_TRUE(holds("10.0.0.0/8", "10.255.0.1"));
    EXPECT_FALSE(holds("10.0.0.0/8", "11.0.0.1"));
    EXPECT_TRUE(holds("192.168.7.128/25", "192.168.7.200"));
    EXPECT_FALSE(holds("192.168.7.128/25", "192.168.7.127"));
    EXPECT_TRUE(holds("192.168.7.1", "192.168.7.1"));
    EXPECT_FALSE(holds("192.168.7.1", "192.168.7.2"));
    EXPECT_TRUE(holds("0.0.0.0/0", "203.0.113.9"));
    EXPECT_TRUE(holds("fd00::/8", "fdab::1"));
    EXPECT_FALSE(holds("fd00::/8", "fe80::1"));
    EXPECT_TRUE(holds("::1", "::1"));
}

TEST(AddressRange, NothingFollowsAnAddress) {
    EXPECT_FALSE(AddressRange::parse(std::string_view("::1\0/8", 6)));
    EXPECT_FALSE(holds("::1", std::string_view("::1\0x", 5)));
}

TEST(AddressRange, IPv4IsTheSameInBothWritings) {
    EXPECT_TRUE(holds("10.0.0.0/8", "::ffff:10.1.2.3"));
    EXPECT_TRUE(holds("::ffff:10.0.0.0/104", "10.1.2.3"));
    EXPECT_FALSE(holds("0.0.0.0/0", "fe80::1"));
}

TEST(AddressRange, WhatIsNoneIsRefused) {
    for (const auto* text : {"", "/8", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0.0/8x", "10.0.0.0/-1", "10.1.0.0/8",
                             "10.0.0", "example.com", "10.0.0.0 /8", "[::1]"})
        EXPECT_FALSE(AddressRange::parse(text)) << text;
    EXPECT_FALSE(holds("0.0.0.0/0", "unix"));
    EXPECT_FALSE(holds("::/0", ""));
}

}  // namespace
}  // namespace heddle
