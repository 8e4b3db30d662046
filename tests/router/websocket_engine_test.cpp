#include "router/websocket_engine.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace heddle {
namespace {

using Found = WebSocketReader::Found;

std::string frame(unsigned first, const std::string& payload) {
    std::string bytes{static_cast<char>(first), static_cast<char>(0x80 | payload.size())};
    bytes.append("\x01\x02\x03\x04");
    for (std::size_t i = 0; i < payload.size(); ++i) bytes += static_cast<char>(payload[i] ^ static_cast<char>(i % 4 + 1));
    return bytes;
}

struct Received {
    std::vector<std::string> found;  // what, then payload
    std::uint16_t code = 0;
    CloseReason why = CloseReason::goodbye;
    std::string what;
};

/// Feeds `bytes` in pieces of `piece` bytes, up to the end that they make.
Received read(std::string bytes, std::size_t message_max = 100, std::size_t piece = 1'000) {
    WebSocketReader reader(message_max);
    Received received;
    for (std::size_t at = 0; at < bytes.size();) {
        std::size_t used = 0;
        const Found found = reader.take(std::span<char>(bytes).subspan(at, std::min(piece, bytes.size() - at)), used);
        at += used;
        if (found == Found::more) {
            EXPECT_TRUE(reader.in_frame());
            continue;
        }
        constexpr const char* names[] = {"", "message ", "ping ", "pong ", "close ", "broken "};
        const bool text = found == Found::message && reader.text();
        received.found.push_back((text ? "text " : names[static_cast<int>(found)]) + std::string(reader.payload()));
        if (found != Found::close && found != Found::broken) continue;
        received.code = reader.code();
        received.why = reader.why();
        received.what = reader.what();
        break;
    }
    return received;
}

Received read_in_any_pieces(const std::string& bytes, std::size_t message_max = 100) {
    const Received whole = read(bytes, message_max);
    for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
        const Received pieces = read(bytes, message_max, piece);
        EXPECT_EQ(pieces.found, whole.found) << piece;
        EXPECT_EQ(pieces.code, whole.code) << piece;
        EXPECT_EQ(pieces.why, whole.why) << piece;
        EXPECT_EQ(pieces.what, whole.what) << piece;
    }
    return whole;
}

using Words = std::vector<std::string>;

TEST(WebSocketReader, MessagesFragmentsAndControlFrames) {
    const std::string bytes = frame(0x81, "hi") + frame(0x01, "a") + frame(0x89, "p") + frame(0x00, "b") + frame(0x8A, "q") +
                              frame(0x80, "c") + frame(0x82, "\x01");
    EXPECT_EQ(read_in_any_pieces(bytes).found, (Words{"text hi", "ping p", "pong q", "text abc", "message \x01"}));
}

TEST(WebSocketReader, TextIsUtf8HoweverItIsCut) {
    for (const std::string& bytes : {frame(0x81, "\xff"), frame(0x81, "a\xc3"), frame(0x01, "\xc3") + frame(0x80, "a"),
                                     frame(0x01, "a") + frame(0x80, "\xc3")}) {
        const Received received = read_in_any_pieces(bytes);
        EXPECT_EQ(received.found, Words{"broken "});
        EXPECT_EQ(received.code, close_code::invalid_payload);
        EXPECT_EQ(received.why, CloseReason::malformed_message);
        EXPECT_EQ(received.what, "text that is not UTF-8");
    }
    EXPECT_EQ(read_in_any_pieces(frame(0x01, "\xc3") + frame(0x80, "\xbc")).found, Words{"text \xc3\xbc"});
}

TEST(WebSocketReader, AMessageIsBoundedWithAllItsFragments) {
    for (const std::string& bytes : {frame(0x82, "12345"), frame(0x02, "123") + frame(0x80, "45")}) {
        EXPECT_EQ(read_in_any_pieces(bytes, 5).found, Words{"message 12345"});
        const Received received = read_in_any_pieces(bytes, 4);
        EXPECT_EQ(received.code, close_code::message_too_big);
        EXPECT_EQ(received.why, CloseReason::message_too_big);
    }
}

TEST(WebSocketReader, WhatRfc6455ForbidsEndsIt) {
    for (const std::string& bytes : {std::string("\x81\x02hi"), frame(0xC1, "hi"), frame(0x83, "hi"), frame(0x80, "hi"),
                                     frame(0x01, "a") + frame(0x81, "b"), frame(0x09, "p")}) {
        const Received received = read_in_any_pieces(bytes);
        EXPECT_EQ(received.found.back(), "broken ");
        EXPECT_EQ(received.code, close_code::protocol_error);
        EXPECT_EQ(received.why, CloseReason::protocol_violation);
        EXPECT_NE(received.what, "");
    }
}

TEST(WebSocketReader, ACloseFrameIsAnsweredByItsCodeOrAnError) {
    EXPECT_EQ(read_in_any_pieces(frame(0x88, "")).code, 0);
    EXPECT_EQ(read_in_any_pieces(frame(0x88, "\x03\xe8" "bye")).found, Words{"close \x03\xe8" "bye"});
    EXPECT_EQ(read_in_any_pieces(frame(0x88, "\x03\xe8")).code, 0);
    for (const std::string& payload : {std::string("\x03"), std::string("\x03\xed"), std::string("\x03\xe8\xff")})
        EXPECT_EQ(read_in_any_pieces(frame(0x88, payload)).code, close_code::protocol_error);
}

TEST(WebSocketReader, ReadersOfOneThreadDoNotMixTheirMessages) {
    WebSocketReader one(100), other(100);
    std::string first = frame(0x01, "ab"), second = frame(0x01, "xy"), last = frame(0x80, "c");
    std::string last_of_other = last;
    std::size_t used = 0;
    EXPECT_EQ(one.take(first, used), Found::more);
    EXPECT_EQ(other.take(second, used), Found::more);
    EXPECT_EQ(one.take(last, used), Found::message);
    EXPECT_EQ(one.payload(), "abc");
    EXPECT_EQ(other.take(last_of_other, used), Found::message);
    EXPECT_EQ(other.payload(), "xyc");
    EXPECT_EQ(one.payload(), "abc");
    one.let_go();
    EXPECT_EQ(one.payload(), "");
}

std::string head(const std::string& fields) { return "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n" + fields + "\r\n"; }

TEST(WebSocketHandshake, IsAnsweredByTheKeyTheSubprotocolAndTheCookie) {
    const Handshake answer = answer_handshake(
        head("Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"),
        "wamp.2.json", "heddle=1");
    EXPECT_TRUE(answer.accepted);
    EXPECT_EQ(answer.response.find("HTTP/1.1 101 Switching Protocols\r\n"), 0u);
    for (const char* line : {"Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n", "Sec-WebSocket-Protocol: wamp.2.json\r\n",
                             "Set-Cookie: heddle=1\r\n", "Upgrade: websocket\r\n", "Connection: Upgrade\r\n"})
        EXPECT_NE(answer.response.find(line), std::string::npos) << line << answer.response;
}

TEST(WebSocketHandshake, WithoutAKeyOrInAnotherVersionIsRefused) {
    const Handshake no_key = answer_handshake(head("Sec-WebSocket-Version: 13\r\n"), {});
    EXPECT_FALSE(no_key.accepted);
    EXPECT_EQ(no_key.response.find("HTTP/1.1 400 "), 0u);
    const Handshake version = answer_handshake(head("Sec-WebSocket-Version: 8\r\nSec-WebSocket-Key: a\r\n"), {});
    EXPECT_FALSE(version.accepted);
    EXPECT_EQ(version.response.find("HTTP/1.1 426 "), 0u);
    EXPECT_FALSE(answer_handshake("GET / HTTP/1.1\r\n\r\n", {}).accepted) << "no Host";
}

}  // namespace
}  // namespace heddle
