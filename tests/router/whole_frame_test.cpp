#include "router/whole_frame.hpp"

#include <gtest/gtest.h>

#include <string>

namespace heddle {
namespace {

constexpr std::string_view key = "\x11\x22\x33\x44";

std::string masked(std::string payload) {
    for (std::size_t i = 0; i < payload.size(); ++i) payload[i] = static_cast<char>(payload[i] ^ key[i % 4]);
    return payload;
}

std::string frame(unsigned char first, const std::string& payload) {
    std::string bytes(1, static_cast<char>(first));
    if (payload.size() < 126) {
        bytes += static_cast<char>(0x80 | payload.size());
    } else {
        bytes += {'\xfe', static_cast<char>(payload.size() >> 8), static_cast<char>(payload.size() & 0xFF)};
    }
    return bytes.append(key) + masked(payload);
}

TEST(WholeFrame, IsReadWhereItLies) {
    for (const std::size_t size : {0u, 1u, 7u, 8u, 9u, 125u, 126u, 1000u, 65535u}) {
        const std::string payload(size, 'p');
        std::string bytes = frame(0x82, payload) + "next";
        const auto taken = take_whole_frame(bytes, 1 << 20);
        ASSERT_TRUE(taken) << size;
        EXPECT_EQ(taken->payload, payload);
        EXPECT_EQ(taken->size, bytes.size() - 4);
        EXPECT_FALSE(taken->text);
        EXPECT_EQ(bytes.substr(taken->size), "next");
    }
    std::string text = frame(0x81, "hi");
    EXPECT_TRUE(take_whole_frame(text, 10)->text);
}

TEST(WholeFrame, EverythingElseIsLeftUntouchedForTheEngine) {
    std::string unmasked = frame(0x82, "abc");
    unmasked[1] = 3;
    const std::string not_minimal = std::string("\x82\xfe\0\x03", 4).append(key) + masked("abc");
    const std::string sixty_four_bits = std::string("\x82\xff\0\0\0\0\0\0\0\x03", 10).append(key) + masked("abc");
    for (std::string bytes :
         {frame(0x02, "abc"), frame(0x80, "abc"), frame(0xC2, "abc"), frame(0x83, "abc"), frame(0x88, "ab"),
          frame(0x89, "ab"), unmasked, not_minimal, sixty_four_bits, frame(0x82, std::string(11, 'x'))}) {
        const std::string before = bytes;
        EXPECT_FALSE(take_whole_frame(bytes, 10));
        EXPECT_EQ(bytes, before);
    }
    const std::string whole = frame(0x82, std::string(200, 'x'));
    for (std::size_t size = 0; size < whole.size(); ++size) {
        std::string cut = whole.substr(0, size);
        EXPECT_FALSE(take_whole_frame(cut, 1000)) << size;
        EXPECT_EQ(cut, whole.substr(0, size));
    }
}

}  // namespace
}  // namespace heddle
