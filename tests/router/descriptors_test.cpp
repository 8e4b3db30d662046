#include "router/descriptors.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

namespace heddle {
namespace {

TEST(Descriptors, TheOpenOnesAreCounted) {
    const std::size_t before = open_descriptors();
    const int one = ::open("/dev/null", O_RDONLY);
    EXPECT_EQ(open_descriptors(), before + 1);
    ::close(one);
    EXPECT_EQ(open_descriptors(), before);
}

TEST(Descriptors, TheSoftLimitIsRaisedAsFarAsTheHardOneAllowsAndNeverLowered) {
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
    const rlimit low{256, before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &low), 0);
    EXPECT_EQ(raise_descriptor_limit(100), 256u);
    EXPECT_EQ(raise_descriptor_limit(300), 300u);
    EXPECT_EQ(raise_descriptor_limit(std::size_t{1} << 40), before.rlim_max);
    EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
}

TEST(Descriptors, SomeAreKeptBackButNoMoreThanHalfOfFew) {
    DescriptorReserve reserve;
    reserve.administration = 16;
    EXPECT_EQ(reserve.sum(), 144u);
    EXPECT_EQ(connections_within(20'000, 20, reserve), 19'836u);
    EXPECT_EQ(connections_within(64, 20, reserve), 22u);
    EXPECT_EQ(connections_within(10, 20, reserve), 1u);
}

}  // namespace
}  // namespace heddle
