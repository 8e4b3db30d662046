#include <gtest/gtest.h>

#include <charconv>
#include <cmath>
#include <random>
#include <string>

#include "serializers/numbers.hpp"
#include "serializers/recon_chars.hpp"

/// The quick ways against the plain ones.
namespace heddle {
namespace {

std::string shortest(double value) {
    char digits[400];
    std::string text(digits, std::to_chars(digits, digits + sizeof digits, value, std::chars_format::fixed).ptr);
    return text.find('.') == text.npos ? text + ".0" : text;
}

std::string decimal(double value) {
    char digits[numbers::text_max];
    return {digits, numbers::put_decimal(value, digits)};
}

TEST(Numbers, DecimalsHaveTheirShortestDigits) {
    std::mt19937_64 random(7);
    for (int i = 0; i < 200'000; ++i) {
        const auto digits = static_cast<std::int64_t>(random() >> (12 + i % 50));
        const double value = static_cast<double>(i % 2 ? digits : -digits) / std::pow(10.0, i % 7);
        const std::string quick = decimal(value);
        if (!quick.empty()) {
            ASSERT_EQ(quick, shortest(value));
        }
    }
    for (double value : {13.25, -13.25, 0.05, 0.0001, 1.0, 100.5, 47.3769, 99'999'999'999.0, 345'678.2345})
        EXPECT_EQ(decimal(value), shortest(value));
}

TEST(Numbers, WhatIsNoShortDecimalIsLeftToTheSlowWay) {
    for (double value : {0.0, -0.0, 1.0 / 3, 0.1 + 0.2, 1e-5, 1e16, 5e-324, 1.7e308, HUGE_VAL, -HUGE_VAL, std::nan("")})
        EXPECT_EQ(decimal(value), "") << value;
}

TEST(ReconChars, RunsEndWhereTheFirstOddCharacterStands) {
    for (char odd : {'"', '\\', '\n', '\0', '\x1f'})
        for (std::size_t size = 0; size < 40; ++size)
            for (std::size_t at = 0; at <= size; ++at) {
                std::string text(size, '!');  // the character after the quote: what a borrow would mistake for it
                if (at < size) text[at] = odd;
                EXPECT_EQ(recon::plain_run(text.data(), text.data() + size, '"') - text.data(), static_cast<int>(at));
            }
    const std::string wide = " \xc3\xa4\xe2\x82\xac\xf0\x9f\x99\x82 and more of it";
    EXPECT_EQ(recon::plain_run(wide.data(), wide.data() + wide.size(), '"'), wide.data() + wide.size());
}

TEST(ReconChars, WordsEndWhereTheyMust) {
    const auto word = [](std::string_view text) {
        return text.substr(
            0, static_cast<std::size_t>(recon::word_end(text.data(), text.data() + text.size()) - text.data()));
    };
    EXPECT_EQ(word("abc def"), "abc");
    EXPECT_EQ(word("a-1_b.c"), "a-1_b");
    EXPECT_EQ(word("-a"), "");
    EXPECT_EQ(word("1a"), "");
    EXPECT_EQ(word(""), "");
    EXPECT_EQ(word("\xc3\xa4rger1 x"), "\xc3\xa4rger1");
    EXPECT_EQ(word("a\xc2\xb7"
                   "b\xc3\xa4-c\xc2\xa0"
                   "d"),
              "a\xc2\xb7"
              "b\xc3\xa4-c");  // U+B7 continues, U+A0 ends
    EXPECT_EQ(word("\xc2\xb7"
                   "a"),
              "");
    EXPECT_EQ(word("ab\xc3"), "ab");
}

}  // namespace
}  // namespace heddle
