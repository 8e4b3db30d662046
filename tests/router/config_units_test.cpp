#include "router/config/units.hpp"

#include <gtest/gtest.h>

namespace heddle {
namespace {

using std::chrono::microseconds;

std::uint64_t size_of(std::string_view text) {
    auto quantity = parse_quantity(text);
    EXPECT_TRUE(quantity && quantity->unit == Unit::size) << text;
    return quantity ? quantity->value : 0;
}

TEST(Units, SizesCountInBytes) {
    EXPECT_EQ(size_of("0B"), 0u);
    EXPECT_EQ(size_of("1kB"), 1'000u);
    EXPECT_EQ(size_of("1KiB"), 1'024u);
    EXPECT_EQ(size_of("2MB"), 2'000'000u);
    EXPECT_EQ(size_of("1.5MiB"), 1'572'864u);
    EXPECT_EQ(size_of("3GiB"), 3'221'225'472u);
    EXPECT_EQ(size_of("18446744073709551615B"), 18446744073709551615u);
}

TEST(Units, AWholeNumberIsDigitsAndNothingElse) {
    EXPECT_EQ(parse_whole("0"), 0u);
    EXPECT_EQ(parse_whole("007"), 7u);
    EXPECT_EQ(parse_whole("18446744073709551615"), 18446744073709551615u);
    for (const char* text : {"", "-1", "+1", " 1", "1 ", "1.0", "1e3", "0x1", "18446744073709551616", "a"})
        EXPECT_FALSE(parse_whole(text)) << text;
}

TEST(Units, TimesCountInMicroseconds) {
    EXPECT_EQ(parse_time("7us"), microseconds(7));
    EXPECT_EQ(parse_time("1.5ms"), microseconds(1'500));
    EXPECT_EQ(parse_time("0.25s"), microseconds(250'000));
    EXPECT_EQ(parse_time("2m"), microseconds(120'000'000));
    EXPECT_EQ(parse_time("1h"), microseconds(3'600'000'000));
    EXPECT_EQ(parse_time("400d"), microseconds(400LL * 86'400 * 1'000'000));
}

TEST(Units, WhatIsNoTimeIsRefused) {
    for (const char* text : {"", "5", "s", "5 s", "-5s", "5S", "5sec", "5MiB", "5s5", ".5s", "5.s", "1e3s",
                             "0.0000001s", "99999999999999999999d"}) {
        EXPECT_FALSE(parse_time(text)) << text;
    }
}

TEST(Units, WhatDoesNotFitIsRefused) {
    EXPECT_FALSE(parse_quantity("18446744073709551616B"));
    EXPECT_FALSE(parse_quantity("17179869184GiB"));
    EXPECT_FALSE(parse_quantity("0.3B"));
    EXPECT_FALSE(parse_quantity("0.0001KiB"));
}

TEST(Units, PlainNumbersAndRatesAreKindsOfTheirOwn) {
    EXPECT_EQ(parse_quantity("100")->unit, Unit::none);
    EXPECT_EQ(parse_quantity("100/s")->unit, Unit::rate);
    EXPECT_EQ(parse_quantity("60/m")->value, parse_quantity("1/s")->value);
    EXPECT_EQ(parse_quantity("0.5/s")->value, parse_quantity("30/m")->value);
}

TEST(Units, WhatIsPrintedReadsBackTheSame) {
    for (std::uint64_t bytes :
         {0ull, 1ull, 1023ull, 1024ull, 1536ull, 65536ull, 1ull << 20, (1ull << 30) + 1, 5'000'000ull}) {
        EXPECT_EQ(size_of(format_size(bytes)), bytes) << format_size(bytes);
    }
    for (std::int64_t us : {0LL, 1LL, 1'500LL, 60'000'000LL, 90'000'000LL, 3'600'000'000LL, 86'400'000'000LL}) {
        EXPECT_EQ(parse_time(format_time(microseconds(us))), microseconds(us)) << format_time(microseconds(us));
    }
    EXPECT_EQ(format_size(1 << 20), "1MiB");
    EXPECT_EQ(format_time(std::chrono::seconds(60)), "60s");
    EXPECT_EQ(format_time(std::chrono::milliseconds(2'500)), "2500ms");
}

}  // namespace
}  // namespace heddle
