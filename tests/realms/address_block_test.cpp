#include "realms/address_block.hpp"

#include <gtest/gtest.h>

#include <string>

namespace heddle {
namespace {

TEST(AddressBlock, AllOfOneSlash64AreOneHoweverTheyAreWritten) {
    const std::string block = "2001:db8:1:2::/64";
    for (const char* text : {"2001:db8:1:2::", "2001:db8:1:2::9", "2001:0DB8:0001:0002:ffff:ffff:ffff:ffff",
                             "2001:db8:1:2:0:0:10.1.2.3", "2001:db8:1:2::10.1.2.3", "2001:db8:1:2::1%eth0"})
        EXPECT_EQ(address_block(text), block) << text;
    EXPECT_EQ(address_block("2001:db8:1:3::9"), "2001:db8:1:3::/64");
    EXPECT_EQ(address_block("::1"), "0:0:0:0::/64");
    EXPECT_EQ(address_block("fe80::1"), "fe80:0:0:0::/64");
    EXPECT_EQ(address_block("1:2:3:4:5:6:7:8"), "1:2:3:4::/64");
}

TEST(AddressBlock, IPv4IsCountedByTheWholeAddress) {
    EXPECT_EQ(address_block("10.1.2.3"), "10.1.2.3");
    EXPECT_EQ(address_block("::ffff:10.1.2.3"), "10.1.2.3");
    EXPECT_EQ(address_block("::ffff:a01:203"), "10.1.2.3");
}

TEST(AddressBlock, WhatIsNoAddressStaysAsItIs) {
    for (const char* text : {"", "unix", ":", ":::", "1:2:3", "1::2::3", "12345::", "g::", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7::8:9",
                             "::1.2.3", "::1.2.3.256", "::1.2.3.4.5", "1:2:3:4:5:6:7:1.2.3.4", "::1.2.3.4:5", "1::2:"})
        EXPECT_EQ(address_block(text), text);
    const std::string zero("2001:db8:1:2::9\0more", 20);
    EXPECT_EQ(address_block(zero), zero) << "an address ends with its text";
}

}  // namespace
}  // namespace heddle
