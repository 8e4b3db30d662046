#include "router/password_pool.hpp"

#include <gtest/gtest.h>

#include <future>

#include "realms/auth/argon2.hpp"
#include "router/faults.hpp"
#include "router/log.hpp"

namespace heddle {
namespace {

struct Quiet final : Log {
    bool wants(LogLevel) const override { return false; }
    void put(LogLevel, std::string_view, std::span<const LogField>) override {}
    Faults faults{*this};
};

std::string hash_of(std::string_view ticket) {
    return auth::print_ticket_hash(*auth::make_ticket_hash(ticket, "saltsalt", {64, 1}));
}

TEST(PasswordPool, SaysWhetherASecretBelongsToItsHash) {
    Quiet quiet;
    PasswordPool pool(quiet.faults);
    for (const bool right : {true, false}) {
        std::promise<bool> answer;
        ASSERT_TRUE(pool.check(hash_of("secret"), right ? "secret" : "Secret", [&](bool good) { answer.set_value(good); }));
        EXPECT_EQ(answer.get_future().get(), right);
    }
}

TEST(PasswordPool, TakesNoMoreThanItsQueueHolds) {
    std::promise<void> begun, go_on;
    std::shared_future<void> gate = go_on.get_future().share();
    Quiet quiet;
    PasswordPool pool(quiet.faults, 1, 2);
    ASSERT_TRUE(pool.check(hash_of("a"), "a", [&begun, gate](bool) {
        begun.set_value();
        gate.wait();
    }));
    begun.get_future().wait();  // the only thread is busy
    std::promise<bool> second, third;
    EXPECT_TRUE(pool.check(hash_of("b"), "b", [&](bool good) { second.set_value(good); }));
    EXPECT_TRUE(pool.check(hash_of("c"), "x", [&](bool good) { third.set_value(good); }));
    EXPECT_FALSE(pool.check(hash_of("d"), "d", [](bool) { ADD_FAILURE() << "was refused"; }));
    go_on.set_value();
    EXPECT_TRUE(second.get_future().get());
    EXPECT_FALSE(third.get_future().get());
}

TEST(PasswordPool, AnAnswerThatThrowsDoesNotEndIt) {
    Quiet quiet;
    std::promise<bool> next;
    {
        PasswordPool pool(quiet.faults, 1, 2);
        ASSERT_TRUE(pool.check(hash_of("a"), "a", [](bool) { throw std::runtime_error("nobody expects this"); }));
        ASSERT_TRUE(pool.check(hash_of("b"), "b", [&](bool good) { next.set_value(good); }));
        EXPECT_TRUE(next.get_future().get());
    }
    EXPECT_EQ(quiet.faults.count(), 1u);
}

TEST(PasswordPool, EndsCleanlyWhateverWaits) {
    std::promise<void> begun, go_on;
    std::shared_future<void> gate = go_on.get_future().share();
    std::thread releaser;
    Quiet quiet;
    {
        PasswordPool pool(quiet.faults, 1, 2);
        ASSERT_TRUE(pool.check(hash_of("a"), "a", [&begun, gate](bool) {
            begun.set_value();
            gate.wait();
        }));
        begun.get_future().wait();
        EXPECT_TRUE(pool.check(hash_of("b"), "b", [](bool) {}));  // begun or not, the end is clean
        releaser = std::thread([&go_on] { go_on.set_value(); });
    }
    releaser.join();
}

}  // namespace
}  // namespace heddle
