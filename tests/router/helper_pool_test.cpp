#include "router/helper_pool.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <memory>
#include <thread>

#include "router/faults.hpp"
#include "tests/router/silent_log.hpp"

namespace heddle {
namespace {

struct Quiet {
    SilentLog log;
    Faults faults{log};
};

TEST(HelperPool, RunsWorkAndDeliversWhatItFound) {
    Quiet quiet;
    HelperPool pool(quiet.faults);
    std::promise<int> found;
    ASSERT_TRUE(pool.run([&found] { return [&found] { found.set_value(42); }; }));
    EXPECT_EQ(found.get_future().get(), 42);
}

TEST(HelperPool, RefusesBeyondItsQueue) {
    std::promise<void> go;
    const auto gone = go.get_future().share();
    std::promise<void> begun;
    std::atomic<int> delivered = 0;
    std::promise<void> last;
    Quiet quiet;
    HelperPool pool(quiet.faults, 1, 2);
    ASSERT_TRUE(pool.run([&begun, gone, &delivered] {
        begun.set_value();
        gone.wait();
        return [&delivered] { ++delivered; };
    }));
    begun.get_future().wait();  // the queue is empty again
    ASSERT_TRUE(pool.run([&delivered] { return [&delivered] { ++delivered; }; }));
    ASSERT_TRUE(pool.run([&last] { return [&last] { last.set_value(); }; })) << "exactly full";
    EXPECT_FALSE(pool.run([&delivered] { return [&delivered] { ++delivered; }; })) << "one beyond";
    go.set_value();
    last.get_future().wait();
    EXPECT_EQ(delivered, 2);
}

TEST(HelperPool, WorkThatThrowsIsCountedAndDoesNotEndIt) {
    Quiet quiet;
    std::promise<void> last;
    HelperPool pool(quiet.faults, 1, 8);
    ASSERT_TRUE(pool.run([]() -> HelperPool::Deliver { throw std::runtime_error("nobody expects this"); }));
    ASSERT_TRUE(pool.run([] { return [] { throw std::runtime_error("nor this"); }; }));
    ASSERT_TRUE(pool.run([&last] { return [&last] { last.set_value(); }; }));
    last.get_future().wait();
    EXPECT_EQ(quiet.faults.count(), 2u);
}

TEST(HelperPool, DeliversNothingOnceItEnds) {
    std::promise<void> begun, go;
    std::atomic<int> delivered = 0;
    Quiet quiet;
    auto pool = std::make_unique<HelperPool>(quiet.faults, 1, 1'000'000);
    ASSERT_TRUE(pool->run([&] {
        begun.set_value();
        go.get_future().wait();
        return [&delivered] { ++delivered; };
    }));
    ASSERT_TRUE(pool->run([&] { return [&delivered] { ++delivered; }; }));
    begun.get_future().wait();
    HelperPool& ending = *pool;  // there until `go`
    auto ended = std::async(std::launch::async, [own = std::move(pool)]() mutable { own.reset(); });
    while (ending.run([] { return HelperPool::Deliver(); })) std::this_thread::yield();  // until it refuses: it ends
    go.set_value();
    ended.wait();
    EXPECT_EQ(delivered, 0);
}

}  // namespace
}  // namespace heddle
