// Who stands behind proxies.
#include "router/http_client.hpp"

#include <gtest/gtest.h>

namespace heddle {
namespace {

std::string behind(std::string_view peer, std::vector<std::string_view> lines) {
    return client_address({"X-Forwarded-For", {"10.0.0.0/8", "fd00::/8"}}, peer, lines);
}

TEST(ClientAddress, IsWhatTheProxySays) {
    EXPECT_EQ(behind("10.0.0.1", {"203.0.113.9"}), "203.0.113.9");
    EXPECT_EQ(behind("::ffff:10.0.0.1", {"203.0.113.9"}), "203.0.113.9");
    EXPECT_EQ(behind("10.0.0.1", {" 203.0.113.9:4711 "}), "203.0.113.9");
    EXPECT_EQ(behind("fd00::1", {"[2001:db8::9]:4711"}), "2001:db8::9");
    EXPECT_EQ(behind("10.0.0.1", {"2001:db8::9"}), "2001:db8::9");
}

TEST(ClientAddress, OnlyProxiesAreBelieved) {
    EXPECT_EQ(behind("203.0.113.9", {"198.51.100.7"}), "203.0.113.9") << "anybody can write a header";
    EXPECT_EQ(behind("10.0.0.1", {"198.51.100.7, 203.0.113.9"}), "203.0.113.9") << "the client wrote the first one";
    EXPECT_EQ(behind("10.0.0.1", {"198.51.100.7, 203.0.113.9, 10.0.0.2"}), "203.0.113.9") << "two proxies";
    EXPECT_EQ(behind("10.0.0.1", {"198.51.100.7", "203.0.113.9"}), "203.0.113.9") << "lines are one list";
    EXPECT_EQ(behind("10.0.0.1", {"10.0.0.3, 10.0.0.2"}), "10.0.0.3") << "a client among the proxies";
}

TEST(ClientAddress, WhatIsNoAddressEndsTheChain) {
    EXPECT_EQ(behind("10.0.0.1", {}), "10.0.0.1");
    EXPECT_EQ(behind("10.0.0.1", {""}), "10.0.0.1");
    EXPECT_EQ(behind("10.0.0.1", {"unknown"}), "10.0.0.1");
    EXPECT_EQ(behind("10.0.0.1", {"203.0.113.9, _hidden, 10.0.0.2"}), "10.0.0.2");
    EXPECT_EQ(behind("10.0.0.1", {"0.0.0.0/0"}), "10.0.0.1");
    EXPECT_EQ(behind("10.0.0.1", {"203.0.113.9 evil=1"}), "10.0.0.1");
}

}  // namespace
}  // namespace heddle
