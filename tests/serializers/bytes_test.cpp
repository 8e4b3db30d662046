// The memory under ByteBuffer and SharedBytes.
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "serializers/bytes.hpp"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define HEDDLE_UNDER_ASAN
#endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#define HEDDLE_UNDER_ASAN
#endif
#if defined(HEDDLE_UNDER_ASAN)
#include <sanitizer/asan_interface.h>
#endif

namespace heddle {
namespace {

#if defined(HEDDLE_UNDER_ASAN)
TEST(Bytes, ThatAreFreedAreWatchedByTheSanitizer) {
    const char* place = nullptr;
    {
        ByteBuffer buffer;
        buffer.append("short");
        place = buffer.freeze().view().data();
    }
    EXPECT_TRUE(__asan_address_is_poisoned(place)) << "a block that is kept for later hides its misuse";
}
#endif

TEST(Bytes, OfManyMessagesAreRightHoweverManyAreFreedAndMadeAgain) {
    std::vector<SharedBytes> all;
    for (int round = 0; round < 3; ++round) {
        for (int i = 0; i < 1'000; ++i) {
            ByteBuffer buffer;
            buffer.append(std::to_string(i));
            if (i % 3 == 0) buffer.append(std::string(500, 'x'));
            all.push_back(buffer.freeze());
        }
        for (int i = 0; i < 1'000; ++i) {
            const std::string wanted = std::to_string(i) + (i % 3 == 0 ? std::string(500, 'x') : "");
            ASSERT_EQ(all[static_cast<std::size_t>(i)].view(), wanted);
        }
        all.clear();
    }
}

TEST(Bytes, ThatAreSharedLiveAsLongAsTheLastOfTheirOwners) {
    SharedBytes last;
    {
        ByteBuffer buffer;
        buffer.append("all of it");
        const SharedBytes first = buffer.freeze();
        EXPECT_TRUE(buffer.empty());
        SharedBytes second = first;
        last = second;
        second = SharedBytes("other");
    }
    for (int i = 0; i < 10; ++i) ByteBuffer(64).append("something else that wants memory");
    EXPECT_EQ(last.view(), "all of it");
}

TEST(Bytes, OfAllMessagesAreCountedOnceHoweverManyShareThem) {
    const auto near = [before = message_bytes()](std::size_t more) {
        EXPECT_NEAR(static_cast<double>(message_bytes()), static_cast<double>(before + more), 150'000.0);
    };
    {
        ByteBuffer buffer(1'000'000);
        near(1'000'000);
        buffer.append(std::string(3'000'000, 'x'));
        near(3'000'000);
        const SharedBytes first = buffer.freeze(), second = first;
        near(3'000'000);
        std::thread([third = first] {}).join();
        near(3'000'000);
    }
    near(0);
    SharedBytes made;
    std::thread([&] { made = SharedBytes(std::string(2'000'000, 'x')); }).join();
    near(2'000'000);
    made = {};
    near(0);
}

TEST(Bytes, InsertMovesTheTail) {
    ByteBuffer buffer;
    const std::string head(300, 'h'), tail(20, 't');
    buffer.append(head);
    buffer.append(tail);
    char* gap = buffer.insert(head.size(), 3);
    for (const char c : {'a', 'b', 'c'}) *gap++ = c;
    EXPECT_EQ(buffer.view(), head + "abc" + tail);
}

}  // namespace
}  // namespace heddle
