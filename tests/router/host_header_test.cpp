#include "router/host_header.hpp"

#include <gtest/gtest.h>

namespace heddle {
namespace {

ListenerSettings on(std::string host) {
    ListenerSettings listener;
    listener.host = std::move(host);
    return listener;
}

TEST(HostHeader, ALoopbackListenerTakesNamesThatNoPageOfAnotherSiteCanHave) {
    for (const char* loopback : {"127.0.0.1", "::1", "localhost"})
        for (const char* host : {"", "localhost", "localhost:8080", "LOCALHOST.", "a.localhost:80", "127.0.0.1:8080", "127.9.9.9",
                                 "[::1]:8080", "192.168.1.7", "[fe80::1]", "desk", "desk:8080"})
            EXPECT_TRUE(host_allowed(host, on(loopback))) << host;
}

TEST(HostHeader, AndNoOthers) {
    for (const char* host : {"evil.example", "evil.example:8080", "Evil.Example.", "localhost.evil.example", "127.0.0.1.evil.example",
                             "127.0.0.256", "evillocalhost.example", "[evil.example]", "127.0.0.1/8", "1.2.3"})
        EXPECT_FALSE(host_allowed(host, on("127.0.0.1"))) << host;
}

TEST(HostHeader, OrThoseThatAreConfigured) {
    ListenerSettings listener = on("127.0.0.1");
    listener.hosts = {"router.example"};
    EXPECT_TRUE(host_allowed("router.example:443", listener));
    EXPECT_TRUE(host_allowed("ROUTER.example", listener));
    EXPECT_FALSE(host_allowed("a.router.example", listener));
    listener.hosts = {"*"};
    EXPECT_TRUE(host_allowed("evil.example", listener));
}

TEST(HostHeader, OtherListenersAreNotChecked) {
    EXPECT_TRUE(host_allowed("evil.example", on("0.0.0.0")));
    EXPECT_TRUE(host_allowed("evil.example", on("192.168.1.7")));
    ListenerSettings unix_socket;
    unix_socket.unix_path = "/run/heddle.sock";
    EXPECT_TRUE(host_allowed("evil.example", unix_socket));
    ListenerSettings behind_proxy = on("127.0.0.1");
    behind_proxy.client_address = {"X-Forwarded-For", {"127.0.0.1"}};
    EXPECT_TRUE(host_allowed("router.example", behind_proxy));
}

}  // namespace
}  // namespace heddle
