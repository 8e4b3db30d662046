#include "router/frame.hpp"

#include <gtest/gtest.h>

namespace heddle {
namespace {

std::string framed(WireForm form, std::string_view body) {
    FrameBuilder builder(form, 8);
    builder.body().append(body);
    return std::string(builder.finish().view());
}

TEST(Frame, WebSocketHeaderGrowsWithTheBody) {
    const WireForm json{Encoding::json, Framing::websocket};
    EXPECT_EQ(framed(json, "[1]"), std::string("\x81\x03[1]"));
    EXPECT_EQ(framed({Encoding::cbor, Framing::websocket}, "x").substr(0, 2), std::string("\x82\x01"));
    EXPECT_EQ(framed(json, std::string(125, 'x')).substr(0, 2), std::string("\x81\x7d"));
    EXPECT_EQ(framed(json, std::string(126, 'x')).substr(0, 4), std::string("\x81\x7e\x00\x7e", 4));
    EXPECT_EQ(framed(json, std::string(65535, 'x')).substr(0, 4), std::string("\x81\x7e\xff\xff", 4));
    EXPECT_EQ(framed(json, std::string(65536, 'x')).substr(0, 10), std::string("\x81\x7f\0\0\0\0\0\x01\0\0", 10));
    EXPECT_EQ(framed(json, std::string(65536, 'x')).size(), 65546u);
}

TEST(Frame, RawSocketLengthUsesBitXForTheWholeTwentyFourBits) {
    const WireForm form{Encoding::msgpack, Framing::rawsocket};
    EXPECT_EQ(framed(form, "abc"), std::string("\0\0\0\x03"
                                               "abc",
                                               7));
    EXPECT_EQ(framed(form, std::string((1 << 24) - 1, 'x')).substr(0, 4), std::string("\0\xff\xff\xff", 4));
    EXPECT_EQ(framed(form, std::string(1 << 24, 'x')).substr(0, 4), std::string("\x08\0\0\0", 4));
}

TEST(Frame, BatchedFormsCarryTheirOwnFramingInside) {
    EXPECT_EQ(framed({Encoding::json, Framing::batched}, "[1]"), std::string("[1]\x1e"));
    EXPECT_EQ(framed({Encoding::msgpack, Framing::batched}, "ab"), std::string("\0\0\0\x02"
                                                                               "ab",
                                                                               6));
    EXPECT_EQ(websocket_batch_header(Encoding::json)(4).view(), std::string("\x81\x04"));
    EXPECT_EQ(websocket_batch_header(Encoding::cbor)(126).view(), std::string("\x82\x7e\0\x7e", 4));
    EXPECT_EQ(framed({Encoding::json, Framing::bare}, "[1]"), "[1]");
}

TEST(Frame, ControlFramesCarryTheirPayload) {
    EXPECT_EQ(websocket_control(ControlFrame::pong, "hi").view(), std::string("\x8a\x02hi"));
    EXPECT_EQ(rawsocket_frame(RawSocketFrame::pong, "hi").view(), std::string("\x02\0\0\x02hi", 6));
}

}  // namespace
}  // namespace heddle
