#include "router/uplink_address.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "router/secret.hpp"

namespace heddle {
namespace {

Address read_uplink_address(std::string_view url) {
    auto address = parse_warp_url(url);
    EXPECT_TRUE(address) << url;
    return address ? *address : Address{};
}

TEST(UplinkAddress, AllThatSwimClientsWriteIsWebSocket) {
    for (const char* scheme : {"ws", "warp", "swim"}) {
        const std::string url = std::string(scheme) + "://plant.example.com:9001/realm1?x=1";
        const Address address = read_uplink_address(url);
        EXPECT_FALSE(address.tls) << url;
        EXPECT_EQ(address.host + " " + address.port + " " + address.path, "plant.example.com 9001 /realm1?x=1");
        EXPECT_EQ(address.text, url);
        EXPECT_TRUE(read_uplink_address(std::string(scheme) + "s://plant.example.com").tls);
        EXPECT_EQ(read_uplink_address(std::string(scheme) + "s://plant.example.com").port, "443");
    }
}

TEST(UplinkAddress, OthersAreRefused) {
    for (const char* url :
         {"", "plant", "http://plant", "rs://plant:1", "warp:/plant", "warped://plant", "swim://", "ws://a:x"})
        EXPECT_FALSE(parse_warp_url(url)) << url;
}

TEST(Secret, StandsInAFileOrInTheEnvironment) {
    const auto path = std::filesystem::temp_directory_path() / ("heddle-secret-" + std::to_string(::getpid()));
    std::ofstream(path) << "one\ntwo\n\n";
    const auto secret = read_secret("file:" + path.string());
    ASSERT_TRUE(secret);
    EXPECT_EQ(*secret, "one\ntwo");
    std::ofstream(path) << "\n";
    EXPECT_FALSE(read_secret("file:" + path.string())) << "an empty secret is none";
    std::filesystem::remove(path);
    EXPECT_FALSE(read_secret("file:" + path.string()));

    ::setenv("HEDDLE_TEST_SECRET", "three", 1);
    EXPECT_EQ(*read_secret("env:HEDDLE_TEST_SECRET"), "three");
    ::unsetenv("HEDDLE_TEST_SECRET");
    EXPECT_FALSE(read_secret("env:HEDDLE_TEST_SECRET"));
    EXPECT_FALSE(read_secret("env:"));
}

TEST(Secret, WhatIsWrittenInTheOpenIsRefusedWithoutBeingSaid) {
    const auto secret = read_secret("hunter2");
    ASSERT_FALSE(secret);
    EXPECT_EQ(secret.error().what.find("hunter2"), std::string::npos);
}

}  // namespace
}  // namespace heddle
