#include "router/client/address.hpp"

#include <gtest/gtest.h>

namespace heddle {
namespace {

Address read_client_address(std::string_view url) {
    auto address = parse_address(url);
    EXPECT_TRUE(address) << url;
    return address ? *address : Address{};
}

TEST(ClientAddress, HostPortAndPath) {
    Address address = read_client_address("ws://example.com:8080/ws?a=1");
    EXPECT_EQ(address.carrier, Address::Carrier::websocket);
    EXPECT_FALSE(address.tls);
    EXPECT_EQ(address.host, "example.com");
    EXPECT_EQ(address.port, "8080");
    EXPECT_EQ(address.path, "/ws?a=1");
    EXPECT_EQ(address.authority(), "example.com:8080");
}

TEST(ClientAddress, WebSocketHasDefaultPorts) {
    EXPECT_EQ(read_client_address("ws://a").port, "80");
    EXPECT_EQ(read_client_address("wss://a/").port, "443");
    EXPECT_TRUE(read_client_address("wss://a/").tls);
    EXPECT_EQ(read_client_address("ws://a").path, "/");
}

TEST(ClientAddress, RawSocketAndTls) {
    EXPECT_EQ(read_client_address("rs://127.0.0.1:9").carrier, Address::Carrier::rawsocket);
    EXPECT_TRUE(read_client_address("rss://127.0.0.1:9").tls);
}

TEST(ClientAddress, Ipv6StandsInBrackets) {
    Address address = read_client_address("ws://[::1]:81/x");
    EXPECT_EQ(address.host, "::1");
    EXPECT_EQ(address.port, "81");
    EXPECT_EQ(address.authority(), "[::1]:81");
}

TEST(ClientAddress, UnixSocketsHaveAPath) {
    EXPECT_EQ(read_client_address("ws+unix:/run/h.sock").unix_path, "/run/h.sock");
    EXPECT_EQ(read_client_address("rs+unix:h.sock").unix_path, "h.sock");
    EXPECT_EQ(read_client_address("rs+unix:///run/h.sock").unix_path, "/run/h.sock");
    EXPECT_EQ(read_client_address("rs+unix:h.sock").carrier, Address::Carrier::rawsocket);
}

TEST(ClientAddress, WhatIsNoneIsRefused) {
    for (const char* url : {"", "localhost:8080", "http://a:1", "ws:/a", "ws://", "ws://:80", "rs://a",
                            "ws://a:", "ws://a:b", "ws://a:123456", "ws+unix:", "ws://[::1"}) {
        EXPECT_FALSE(parse_address(url)) << url;
    }
}

TEST(ClientAddress, APortFitsSixteenBits) {
    EXPECT_EQ(read_client_address("ws://a:65535").port, "65535");
    for (const char* url : {"ws://a:65536", "rs://a:99999", "ws://a:-1", "ws://a:+1", "ws://a: 1", "ws://a:1e3"})
        EXPECT_FALSE(parse_address(url)) << url;
}

TEST(ClientAddress, NothingInItEndsALineOfTheRequest) {
    for (const std::string_view url : {"ws://a:80/x\r\nCookie: y", "ws://a\r\n:80", "ws://a b/", "ws://a/b c", "ws://a/\x7f"})
        EXPECT_FALSE(parse_address(url)) << url;
    EXPECT_FALSE(parse_address(std::string_view("rs+unix:/run/h\0.sock", 20)));
    EXPECT_EQ(read_client_address("ws+unix:/run/my router.sock").unix_path, "/run/my router.sock");
    EXPECT_EQ(read_client_address("ws://a/gr\xc3\xbc\xc3\x9f").path, "/gr\xc3\xbc\xc3\x9f");
}

}  // namespace
}  // namespace heddle
