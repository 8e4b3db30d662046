#include "router/outbox.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <vector>

namespace heddle {
namespace {

Frame frame_of(std::string_view text) { return Frame(SharedBytes(text)); }

/// A stream whose far end the test reads.
class OutboxTest : public testing::Test {
 protected:
    OutboxTest() {
        int pair[2];
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair) != 0) std::abort();
        stream = std::make_unique<Stream>(pair[0]);
        far = pair[1];
    }
    ~OutboxTest() override { ::close(far); }
    std::string read_all() {
        std::string all;
        char part[65536];
        for (ssize_t got; (got = ::recv(far, part, sizeof part, 0)) > 0;)
            all.append(part, static_cast<std::size_t>(got));
        return all;
    }
    std::unique_ptr<Stream> stream;
    int far = -1;
    std::vector<char> scratch = std::vector<char>(4096);
};

TEST_F(OutboxTest, FramesLeaveInOrder) {
    Outbox outbox(1 << 20);
    std::string expected;
    for (int i = 0; i < 300; ++i) {  // more than one system call takes
        expected += std::to_string(i) + ",";
        ASSERT_EQ(outbox.push(frame_of(std::to_string(i) + ","), FrameKind::required), Admit::queued);
    }
    EXPECT_EQ(outbox.flush(*stream, scratch), IoStatus::done);
    EXPECT_TRUE(outbox.empty());
    EXPECT_EQ(outbox.bytes(), 0u);
    EXPECT_EQ(read_all(), expected);
}

TEST_F(OutboxTest, AFullSocketKeepsTheRestInOrder) {
    Outbox outbox(64 << 20);
    std::string expected, got;
    for (int i = 0; i < 64; ++i) {
        const std::string part(i % 3 == 0 ? 300'000 : 700, static_cast<char>('a' + i % 26));
        expected += part;
        ASSERT_EQ(outbox.push(frame_of(part), FrameKind::required), Admit::queued);
    }
    IoStatus status;
    while ((status = outbox.flush(*stream, scratch)) == IoStatus::want_write) got += read_all();
    EXPECT_EQ(status, IoStatus::done);
    EXPECT_EQ(got + read_all(), expected);
    EXPECT_EQ(outbox.sent_bytes(), expected.size());
}

TEST_F(OutboxTest, BeyondTheBudgetEventsAreDroppedAndCountedAndRepliesAreRefused) {
    Outbox outbox(1'000);
    ASSERT_EQ(outbox.push(frame_of(std::string(900, 'x')), FrameKind::droppable), Admit::queued);
    EXPECT_FALSE(outbox.full());
    EXPECT_EQ(outbox.push(frame_of(std::string(5'000, 'y')), FrameKind::droppable), Admit::queued)
        << "one frame may go beyond, however long it is";
    EXPECT_TRUE(outbox.full());
    EXPECT_EQ(outbox.push(frame_of("e"), FrameKind::droppable), Admit::dropped);
    EXPECT_EQ(outbox.push(frame_of("r"), FrameKind::required), Admit::overflow);
    EXPECT_EQ(outbox.push(frame_of("c"), FrameKind::control), Admit::overflow);
    EXPECT_EQ(outbox.dropped(), 1u);
    EXPECT_EQ(outbox.flush(*stream, scratch), IoStatus::done);
    EXPECT_EQ(read_all(), std::string(900, 'x') + std::string(5'000, 'y'));
    EXPECT_FALSE(outbox.full());
    EXPECT_EQ(outbox.push(frame_of("again"), FrameKind::droppable), Admit::queued) << "room again after it left";
}

TEST_F(OutboxTest, ManyTinyFramesCountAsTheMemoryTheyTake) {
    Outbox outbox(64 * Outbox::frame_overhead);
    int taken = 0;
    while (outbox.push(frame_of("x"), FrameKind::droppable) == Admit::queued) ++taken;
    EXPECT_LE(taken, 64);
    EXPECT_GE(taken, 60);
}

Frame brackets(std::size_t size) { return frame_of("<" + std::to_string(size) + ">"); }

TEST_F(OutboxTest, PartsThatWaitTogetherLeaveBehindOneHeader) {
    Outbox outbox(1 << 20);
    outbox.push(frame_of("hello;"), FrameKind::required);
    outbox.batch_with(brackets);
    outbox.push(frame_of("ab"), FrameKind::required);
    outbox.push(frame_of("cde"), FrameKind::droppable);
    outbox.push(frame_of("ping;"), FrameKind::control);
    outbox.push(frame_of("f"), FrameKind::required);
    EXPECT_EQ(outbox.flush(*stream, scratch), IoStatus::done);
    EXPECT_EQ(read_all(), "hello;<5>abcdeping;<1>f") << "a control frame stands between batches";
    EXPECT_EQ(outbox.bytes(), 0u);
    outbox.push(frame_of("g"), FrameKind::required);
    EXPECT_EQ(outbox.flush(*stream, scratch), IoStatus::done);
    EXPECT_EQ(read_all(), "<1>g");
}

TEST_F(OutboxTest, ABatchIsBounded) {
    Outbox outbox(1 << 20);
    outbox.batch_with(brackets);
    const std::string half(Outbox::batch_bytes_max / 2, 'x'), large(Outbox::batch_bytes_max + 1, 'y');
    for (int i = 0; i < 3; ++i) outbox.push(frame_of(half), FrameKind::required);
    outbox.push(frame_of(large), FrameKind::required);
    std::string got;
    while (outbox.flush(*stream, scratch) == IoStatus::want_write) got += read_all();
    got += read_all();
    const auto header = [](std::size_t size) { return "<" + std::to_string(size) + ">"; };
    EXPECT_EQ(got, header(2 * half.size()) + half + half + header(half.size()) + half + header(large.size()) + large);
}

TEST_F(OutboxTest, WhatIsDroppedIsInNoBatch) {
    Outbox outbox(300);
    outbox.batch_with(brackets);
    const std::string kept(300, 'k');
    EXPECT_EQ(outbox.push(frame_of(kept), FrameKind::droppable), Admit::queued);
    EXPECT_EQ(outbox.push(frame_of("lost"), FrameKind::droppable), Admit::dropped);
    EXPECT_EQ(outbox.flush(*stream, scratch), IoStatus::done);
    EXPECT_EQ(read_all(), "<300>" + kept);
}

}  // namespace
}  // namespace heddle
