#include "router/helper_pool.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

namespace heddle {
namespace {

TEST(HelperPool, RunsWorkAndDeliversWhatItFound) {
    HelperPool pool(2, 64);
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
    HelperPool pool(1, 2);
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

TEST(HelperPool, DoesNotWaitForWorkThatHangsAndDeliversNothingAfterwards) {
    struct Shared {
        std::promise<void> begun, go;
        std::promise<void> over;
        std::atomic<bool> delivered = false;
    };
    const auto shared = std::make_shared<Shared>();
    {
        HelperPool pool(1, 2);
        ASSERT_TRUE(pool.run([shared]() -> HelperPool::Deliver {
            shared->begun.set_value();
            shared->go.get_future().wait();
            // The last that goes of the work is what it owns.
            const std::shared_ptr<void> end(nullptr, [shared](void*) { shared->over.set_value(); });
            return [shared, end] { shared->delivered = true; };
        }));
        shared->begun.get_future().wait();
    }
    shared->go.set_value();
    shared->over.get_future().wait();
    EXPECT_FALSE(shared->delivered);
}

}  // namespace
}  // namespace heddle
