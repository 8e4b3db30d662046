#include "router/rawsocket_reader.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

namespace heddle {
namespace {

using Found = RawSocketReader::Found;

RawSocketHandshake handshake(unsigned second, char third = 0, char fourth = 0) {
    const std::array<char, 4> octets{'\x7f', static_cast<char>(second), third, fourth};
    return read_rawsocket_handshake(octets);
}

std::string frame(unsigned first, std::size_t length, std::string_view payload) {
    std::string bytes{static_cast<char>(first), static_cast<char>(length >> 16), static_cast<char>(length >> 8),
                      static_cast<char>(length)};
    return bytes.append(payload);
}

struct Received {
    std::vector<std::string> frames;  // kind digit, then payload
    bool broken = false;
    std::string what;
};

/// Feeds `bytes` in pieces of `piece` bytes.
Received read(const std::string& bytes, std::size_t limit, std::size_t piece) {
    RawSocketReader reader(limit);
    Received received;
    for (std::size_t at = 0; at < bytes.size() && !received.broken;) {
        const std::size_t size = std::min(piece, bytes.size() - at);
        std::size_t used = 0;
        const Found found = reader.take({bytes.data() + at, size}, used);
        EXPECT_LE(used, size);
        at += used;
        if (found == Found::frame)
            received.frames.push_back(std::to_string(static_cast<int>(reader.kind())).append(reader.payload()));
        if (found == Found::broken) received = {received.frames, true, reader.what()};
        if (found == Found::more) {
            EXPECT_EQ(used, size);
        }
    }
    return received;
}

TEST(RawSocketHandshake, EveryPermittedSecondOctetIsUnderstoodAndEchoed) {
    for (unsigned length = 0; length < 16; ++length) {
        for (unsigned serializer = 1; serializer <= 3; ++serializer) {
            const RawSocketHandshake said = handshake(length << 4 | serializer);
            ASSERT_FALSE(said.refusal);
            EXPECT_EQ(said.peer_takes, std::size_t{1} << (9 + length));
            EXPECT_EQ(static_cast<unsigned>(said.encoding) + 1, serializer);
            const std::string reply = rawsocket_welcome(std::size_t{1} << (9 + length), said.encoding);
            EXPECT_EQ(reply, std::string({'\x7f', static_cast<char>(length << 4 | serializer), 0, 0}));
        }
    }
}

TEST(RawSocketHandshake, RefusalsHaveTheNibblesOfTheSpecification) {
    for (const unsigned serializer : {0u, 4u, 5u, 6u, 15u})
        EXPECT_EQ(handshake(0xF0 | serializer).refusal, RawSocketRefusal::serializer_unsupported) << serializer;
    EXPECT_EQ(handshake(0xF1, 1, 0).refusal, RawSocketRefusal::reserved_bits);
    EXPECT_EQ(handshake(0xF1, 0, '\x80').refusal, RawSocketRefusal::reserved_bits);
    EXPECT_EQ(rawsocket_refusal(RawSocketRefusal::serializer_unsupported), std::string("\x7f\x10\0\0", 4));
    EXPECT_EQ(rawsocket_refusal(RawSocketRefusal::length_unacceptable), std::string("\x7f\x20\0\0", 4));
    EXPECT_EQ(rawsocket_refusal(RawSocketRefusal::reserved_bits), std::string("\x7f\x30\0\0", 4));
    EXPECT_EQ(rawsocket_refusal(RawSocketRefusal::too_many_connections), std::string("\x7f\x40\0\0", 4));
}

TEST(RawSocketHandshake, TheRouterAnnouncesNoMoreThanItsLimitAndTakesExactlyThat) {
    EXPECT_EQ(rawsocket_limit(1 << 20), std::size_t{1} << 20);
    EXPECT_EQ(rawsocket_limit((1 << 20) - 1), std::size_t{1} << 19);
    EXPECT_EQ(rawsocket_limit(1'000'000), std::size_t{1} << 19);
    EXPECT_EQ(rawsocket_limit(16 << 20), std::size_t{16} << 20);
    EXPECT_EQ(rawsocket_limit(64 << 20), std::size_t{16} << 20);
    EXPECT_EQ(rawsocket_limit(1), 512u);
}

TEST(RawSocketReader, FramesAreTheSameHoweverTheyAreCut) {
    const std::string bytes = frame(0, 3, "[1]") + frame(1, 0, "") + frame(2, 2, "hi") + frame(0, 0, "") +
                              frame(0, 300, std::string(300, 'x'));
    const std::vector<std::string> expected = {"0[1]", "1", "2hi", "0", "0" + std::string(300, 'x')};
    for (const std::size_t piece : {std::size_t{1}, std::size_t{2}, std::size_t{3}, std::size_t{7}, bytes.size()}) {
        const Received received = read(bytes, 512, piece);
        EXPECT_EQ(received.frames, expected) << piece;
        EXPECT_FALSE(received.broken);
    }
}

TEST(RawSocketReader, ExactlyTheLimitIsTakenAndOneMoreIsNot) {
    EXPECT_EQ(read(frame(0, 512, std::string(512, 'x')), 512, 100).frames.size(), 1u);
    const Received received = read(frame(0, 513, ""), 512, 1);  // refused by its header alone
    EXPECT_TRUE(received.broken);
    EXPECT_NE(received.what.find("512"), std::string::npos);
    EXPECT_TRUE(read(frame(1, 513, ""), 512, 4).broken) << "a PING is no longer than a message";
}

TEST(RawSocketReader, BitXIsTheWholeTwentyFourBitsAndNothingElse) {
    const std::size_t whole = std::size_t{1} << 24;
    EXPECT_EQ(read(frame(8, 0, std::string(whole, 'x')), whole, whole).frames.size(), 1u);
    EXPECT_TRUE(read(frame(8, 0, ""), whole - 1, 4).broken);
    EXPECT_TRUE(read(frame(8, 1, "x"), whole, 4).broken) << "X with a length";
}

TEST(RawSocketReader, ReservedBitsAndTypesBreakTheConnection) {
    for (unsigned first = 0; first < 256; ++first) {
        const bool legal = first <= 2;
        if ((first & 0x08) != 0 && first <= 0x0A) continue;  // bit X: above
        EXPECT_EQ(read(frame(first, 1, "x"), 512, 5).broken, !legal) << first;
    }
}

TEST(RawSocketReader, NothingIsReadAfterABrokenFrame) {
    RawSocketReader reader(512);
    const std::string bytes = frame(3, 0, "") + frame(0, 1, "x");
    std::size_t used = 0;
    ASSERT_EQ(reader.take({bytes.data(), bytes.size()}, used), Found::broken);
    EXPECT_EQ(reader.take({bytes.data() + 4, 5}, used), Found::broken);
    EXPECT_EQ(reader.why(), CloseReason::protocol_violation);
}

}  // namespace
}  // namespace heddle
