#include <gtest/gtest.h>

#include "router/config/convert.hpp"

namespace heddle::config {
namespace {

ListenerSettings read(std::string_view text, bool valid = true) {
    ListenerSettings listener;
    EXPECT_EQ(parse_listen_address(text, {"/etc", "/run"}, listener), valid) << text;
    return listener;
}

TEST(ListenAddress, HostAndPortOrAUnixSocket) {
    EXPECT_EQ(read("127.0.0.1:8080").host, "127.0.0.1");
    EXPECT_EQ(read("[::1]:0").host, "::1");
    EXPECT_EQ(read("unix:heddle").unix_path, "/run/heddle");
}

TEST(ListenAddress, HoldsNoControlCharacters) {
    for (const std::string_view text : {std::string_view("\0001.2.3.4:80", 11), std::string_view("a b:80"), std::string_view("a\n:80"),
                                        std::string_view("a\x7f:80"), std::string_view("unix:a\0b", 8)})
        read(text, false);
}

}  // namespace
}  // namespace heddle::config
