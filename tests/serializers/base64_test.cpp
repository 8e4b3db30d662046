#include "serializers/base64.hpp"

#include <gtest/gtest.h>

#include "serializers/utf8.hpp"

namespace heddle::test {
namespace {

TEST(Base64, TestVectorsOfRfc4648) {
    const char* const vectors[][2] = {{"", ""},
                                      {"f", "Zg=="},
                                      {"fo", "Zm8="},
                                      {"foo", "Zm9v"},
                                      {"foob", "Zm9vYg=="},
                                      {"fooba", "Zm9vYmE="},
                                      {"foobar", "Zm9vYmFy"},
                                      {"\xFB\xFF\xFE", "+//+"}};
    for (const auto& [bytes, text] : vectors) {
        EXPECT_EQ(base64::encode(bytes), text);
        std::string decoded;
        EXPECT_TRUE(base64::decode(text, decoded)) << text;
        EXPECT_EQ(decoded, bytes);
    }
}

TEST(Base64, OnlyTheOneTextForEachBytesIsTaken) {
    std::string out;
    for (const char* text : {"Z", "Zg", "Zg=", "Zg===", "Z===", "====", "=", "Zg==Zg==", "Zh==", "Zm9=", "Zm 9",
                             "Zm9v\n", "-__-", "Zm=v", "=m9v"})
        EXPECT_FALSE(base64::decode(text, out)) << text;
}

TEST(Utf8, EveryCodePointAndNoSurrogate) {
    for (std::uint32_t point = 0; point <= 0x10FFFF; ++point) {
        char bytes[4];
        const std::size_t size = utf8::put(point, bytes);
        const bool surrogate = point >= 0xD800 && point <= 0xDFFF;
        ASSERT_EQ(utf8::valid({bytes, size}), !surrogate) << point;
        if (size > 1 && !surrogate) {
            ASSERT_EQ(utf8::sequence(bytes, bytes + size), size) << point;
            ASSERT_EQ(utf8::sequence(bytes, bytes + size - 1), 0u) << "cut short: " << point;
        }
    }
}

TEST(Utf8, FindsTheBadByteWhereverItStands) {
    for (std::size_t length = 1; length < 40; ++length) {
        for (std::size_t at = 0; at < length; ++at) {
            std::string text(length, 'x');
            text[at] = '\x80';
            const char* end = text.data() + text.size();
            ASSERT_EQ(utf8::first_invalid(text.data(), end), text.data() + at) << length;
        }
    }
}

TEST(Utf8, OverlongAndTooLargeAreRefused) {
    for (const char* bytes : {"\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80",
                              "\xF5\x80\x80\x80", "\xFE", "\xFF", "\xC3", "\xC3x", "\xE2\x82x", "\xF0\x9F\x9Ax"})
        EXPECT_FALSE(utf8::valid(bytes)) << bytes;
}

}  // namespace
}  // namespace heddle::test
