#include <gtest/gtest.h>

#include "router/load/framing.hpp"
#include "router/load/target.hpp"

namespace heddle::load {
namespace {

struct Form {
    Framing framing;
    Side side;
};
class LoadFraming : public testing::TestWithParam<Form> {};

TEST_P(LoadFraming, WhatIsWrittenIsTakenBackWhole) {
    auto [framing, side] = GetParam();
    for (std::size_t size : {0, 1, 7, 8, 9, 125, 126, 127, 65'535, 65'536, 200'000}) {
        std::string payload(size, '\0'), bytes;
        for (std::size_t i = 0; i < size; ++i) payload[i] = static_cast<char>(i * 31);
        append_frame(framing, side, Encoding::msgpack, FrameKind::message, payload, bytes);
        auto whole = bytes.size();
        bytes += "next";
        Frame frame;
        ASSERT_EQ(take_frame(framing, bytes.data(), bytes.size(), frame), whole) << size;
        EXPECT_EQ(frame.kind, FrameKind::message);
        EXPECT_EQ(frame.payload, payload) << size;
    }
}

TEST_P(LoadFraming, PartOfAFrameIsNotTaken) {
    auto [framing, side] = GetParam();
    std::string bytes;
    append_frame(framing, side, Encoding::json, FrameKind::message, std::string(300, 'a'), bytes);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
        std::string part(bytes, 0, size);
        Frame frame;
        EXPECT_EQ(take_frame(framing, part.data(), part.size(), frame), 0u) << size;
    }
}

TEST_P(LoadFraming, PingAndPongAreTold) {
    auto [framing, side] = GetParam();
    for (auto kind : {FrameKind::ping, FrameKind::pong}) {
        std::string bytes;
        append_frame(framing, side, Encoding::json, kind, "beat", bytes);
        Frame frame;
        ASSERT_EQ(take_frame(framing, bytes.data(), bytes.size(), frame), bytes.size());
        EXPECT_EQ(frame.kind, kind);
        EXPECT_EQ(frame.payload, "beat");
    }
}

INSTANTIATE_TEST_SUITE_P(All, LoadFraming,
                         testing::Values(Form{Framing::websocket, Side::client}, Form{Framing::websocket, Side::server},
                                         Form{Framing::rawsocket, Side::client}));

TEST(LoadFrames, ClientMasksAndServerDoesNot) {
    std::string client, server;
    append_frame(Framing::websocket, Side::client, Encoding::json, FrameKind::message, "hello", client);
    append_frame(Framing::websocket, Side::server, Encoding::json, FrameKind::message, "hello", server);
    EXPECT_EQ(server, "\x81\x05hello");
    EXPECT_EQ(client.substr(0, 2), "\x81\x85");
    EXPECT_EQ(client.find("hello"), client.npos);
}

TEST(LoadFrames, FragmentsAreTold) {
    std::string first =
                    "\x02\x01"
                    "a",
                last =
                    "\x80\x01"
                    "b";
    Frame frame;
    ASSERT_EQ(take_frame(Framing::websocket, first.data(), first.size(), frame), 3u);
    EXPECT_EQ(frame.kind, FrameKind::part);
    ASSERT_EQ(take_frame(Framing::websocket, last.data(), last.size(), frame), 3u);
    EXPECT_EQ(frame.kind, FrameKind::last_part);
}

TEST(LoadFrames, UnknownFramesAreBroken) {
    std::string websocket =
                    "\x83\x01"
                    "a",
                rawsocket(
                    "\x07\x00\x00\x01"
                    "a",
                    5);
    Frame frame;
    EXPECT_EQ(take_frame(Framing::websocket, websocket.data(), websocket.size(), frame), broken);
    EXPECT_EQ(take_frame(Framing::rawsocket, rawsocket.data(), rawsocket.size(), frame), broken);
}

TEST(LoadFrames, RawSocketHandshakeNamesTheSerializer) {
    EXPECT_EQ(client_handshake(Framing::rawsocket, Encoding::json, "", ""), std::string("\x7f\xf1\0\0", 4));
    EXPECT_EQ(client_handshake(Framing::rawsocket, Encoding::msgpack, "", ""), std::string("\x7f\xf2\0\0", 4));
    EXPECT_EQ(client_handshake(Framing::rawsocket, Encoding::cbor, "", ""), std::string("\x7f\xf3\0\0", 4));
}

TEST(LoadFrames, RefusedHandshakesSayWhy) {
    std::string why;
    EXPECT_EQ(take_server_handshake(Framing::rawsocket, Encoding::cbor, std::string("\x7f\x10\0\0", 4), why), broken);
    EXPECT_NE(why.find("error 1"), why.npos);
    EXPECT_EQ(take_server_handshake(Framing::websocket, Encoding::json, "HTTP/1.1 404 Not Found\r\n\r\n", why), broken);
    EXPECT_NE(why.find("404"), why.npos);
    EXPECT_EQ(take_server_handshake(Framing::websocket, Encoding::json, "HTTP/1.1 101 Swi", why), 0u);
}

TEST(LoadTarget, AddressesOfEveryTransportAreRead) {
    auto tcp = parse_target("ws://localhost:9000/realm1");
    ASSERT_TRUE(tcp);
    EXPECT_EQ(tcp->transport() + " " + tcp->place() + " " + tcp->path, "ws localhost:9000 /realm1");
    auto raw = parse_target("rs://[::1]:80");
    ASSERT_TRUE(raw);
    EXPECT_EQ(raw->transport() + " " + raw->place(), "rs [::1]:80");
    auto socket = parse_target("rs+unix:run/heddle.sock");
    ASSERT_TRUE(socket);
    EXPECT_EQ(socket->transport() + " " + socket->place(), "rs+unix run/heddle.sock");
}

TEST(LoadTarget, WhatALoadCannotReachIsRefused) {
    for (auto url :
         {"wss://localhost:1", "rss://localhost:1", "http://localhost", "ws://", "ws+unix:", "rs://localhost"})
        EXPECT_FALSE(parse_target(url)) << url;
    EXPECT_FALSE(parse_target("ws+unix:" + std::string(200, 'p')));
}

}  // namespace
}  // namespace heddle::load
