#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "router/load/histogram.hpp"

namespace heddle::load {
namespace {

TEST(LoadHistogram, WithoutValuesEverythingIsZero) {
    Histogram histogram;
    EXPECT_EQ(histogram.count(), 0u);
    EXPECT_EQ(histogram.percentile(0.5), 0u);
    EXPECT_EQ(histogram.max(), 0u);
    EXPECT_EQ(histogram.mean(), 0);
}

TEST(LoadHistogram, SmallValuesAreExact) {
    Histogram histogram;
    for (std::uint64_t value = 1; value <= 100; ++value) histogram.add(value);
    EXPECT_EQ(histogram.percentile(0.5), 50u);
    EXPECT_EQ(histogram.percentile(0.9), 90u);
    EXPECT_EQ(histogram.percentile(0.99), 99u);
    EXPECT_EQ(histogram.percentile(0.999), 100u);
    EXPECT_EQ(histogram.percentile(1), 100u);
    EXPECT_EQ(histogram.percentile(0), 1u);
    EXPECT_DOUBLE_EQ(histogram.mean(), 50.5);
}

TEST(LoadHistogram, EveryValueLiesInItsBucketAndBucketsDoNotOverlap) {
    for (std::uint64_t value = 0; value < 100'000; ++value) {
        auto bucket = Histogram::bucket_of(value);
        ASSERT_LE(value, Histogram::upper_end(bucket));
        if (bucket > 0) {
            ASSERT_GT(value, Histogram::upper_end(bucket - 1));
        }
    }
    for (unsigned bit = 17; bit < 64; ++bit) {
        for (std::uint64_t value :
             {(std::uint64_t{1} << bit) - 1, std::uint64_t{1} << bit, (std::uint64_t{1} << bit) + 1}) {
            auto bucket = Histogram::bucket_of(value);
            ASSERT_LE(value, Histogram::upper_end(bucket));
            ASSERT_GT(value, Histogram::upper_end(bucket - 1));
        }
    }
    EXPECT_EQ(Histogram::upper_end(Histogram::bucket_of(~std::uint64_t{0})), ~std::uint64_t{0});
}

TEST(LoadHistogram, PercentilesAgreeWithSortedValuesToOnePart) {
    std::mt19937_64 random(7);
    std::lognormal_distribution<double> spread(11, 2);  // microseconds to seconds, in nanoseconds
    std::vector<std::uint64_t> values(50'000);
    Histogram histogram;
    for (auto& value : values) histogram.add(value = static_cast<std::uint64_t>(spread(random)));
    std::sort(values.begin(), values.end());
    for (double share : {0.01, 0.5, 0.9, 0.99, 0.999, 1.0}) {
        auto exact = values[static_cast<std::size_t>(std::ceil(share * 50'000)) - 1];
        auto found = histogram.percentile(share);
        EXPECT_GE(found, exact) << share;
        EXPECT_LE(static_cast<double>(found), static_cast<double>(exact) * (1 + 1.0 / 128) + 1) << share;
    }
    EXPECT_EQ(histogram.percentile(1), values.back());
    EXPECT_EQ(histogram.max(), values.back());
}

TEST(LoadHistogram, MergingIsAddingAllOfTheOther) {
    Histogram all, low, high;
    for (std::uint64_t value = 0; value < 10'000; ++value) {
        all.add(value * value);
        (value % 3 == 0 ? low : high).add(value * value);
    }
    low.merge(high);
    EXPECT_EQ(low.count(), all.count());
    EXPECT_EQ(low.max(), all.max());
    EXPECT_DOUBLE_EQ(low.mean(), all.mean());
    for (double share : {0.1, 0.5, 0.99}) EXPECT_EQ(low.percentile(share), all.percentile(share));
}

}  // namespace
}  // namespace heddle::load
