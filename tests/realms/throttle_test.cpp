#include "realms/throttle.hpp"

#include <gtest/gtest.h>

#include "tests/realms/login_play.hpp"

namespace heddle::test {
namespace {

using namespace std::chrono_literals;
using Kind = Throttle::Kind;

TEST(Throttle, BlocksLongerEachTime) {
    Throttle throttle("key");
    const ThrottleSettings settings{3, 60s, 60s, 200s, 100};
    TimePoint now{1h};
    const auto fail = [&](int times) {
        for (int i = 0; i < times; ++i) throttle.failed(Kind::authid, "kim", settings, now);
    };
    const auto blocked = [&] { return throttle.blocked(Kind::authid, "kim", now); };
    fail(2);
    EXPECT_FALSE(blocked());
    now += 60s;
    fail(2);
    EXPECT_FALSE(blocked()) << "the window is over";
    for (const auto block : {60s, 120s, 200s, 200s}) {
        fail(block == 60s ? 1 : 3);
        EXPECT_TRUE(blocked());
        now += block - 1s;
        fail(10);
        EXPECT_TRUE(blocked()) << "nothing is counted meanwhile";
        now += 1s;
        EXPECT_FALSE(blocked());
    }
    now += 200s;
    fail(3);
    now += 60s;
    EXPECT_FALSE(blocked()) << "that was long ago";
}

TEST(Throttle, AfterABlockFailuresCountFromTheBeginningWithinTheSameWindow) {
    Throttle throttle("key");
    const ThrottleSettings settings{3, 600s, 60s, 60s, 100};
    TimePoint now{1h};
    const auto fails = [&] {
        throttle.failed(Kind::authid, "kim", settings, now);
        return throttle.blocked(Kind::authid, "kim", now);
    };
    for (int round = 0; round < 3; ++round) {
        EXPECT_FALSE(fails());
        EXPECT_FALSE(fails());
        EXPECT_TRUE(fails());
        now += 60s;
        EXPECT_FALSE(throttle.blocked(Kind::authid, "kim", now));
    }
}

TEST(Throttle, NamesAreApartAndForgiven) {
    Throttle throttle("key");
    const ThrottleSettings settings{1, 60s, 60s, 60s, 100};
    const TimePoint now{1h};
    throttle.failed(Kind::authid, "kim", settings, now);
    EXPECT_TRUE(throttle.blocked(Kind::authid, "kim", now));
    EXPECT_FALSE(throttle.blocked(Kind::authid, "bob", now));
    EXPECT_FALSE(throttle.blocked(Kind::address, "kim", now));
    throttle.failed(Kind::address, "", settings, now);
    EXPECT_FALSE(throttle.blocked(Kind::address, "", now));
    throttle.forgive(Kind::authid, "kim");
    EXPECT_FALSE(throttle.blocked(Kind::authid, "kim", now));
    EXPECT_EQ(throttle.size(), 0u);
}

TEST(Throttle, RemembersSoManyAndNoMore) {
    Throttle throttle("key");
    const ThrottleSettings settings{1, 60s, 60s, 60s, 3};
    const TimePoint now{1h};
    for (int i = 0; i < 1000; ++i) throttle.failed(Kind::authid, std::to_string(i), settings, now);
    EXPECT_EQ(throttle.size(), 3u);
    EXPECT_TRUE(throttle.blocked(Kind::authid, "999", now));
    EXPECT_FALSE(throttle.blocked(Kind::authid, "1", now));
}

struct Door {
    explicit Door(RealmSettings realm = settings()) : play(std::move(realm)) {}
    static RealmSettings settings() {
        RealmSettings realm = login_realm({AuthMethod::ticket, AuthMethod::wampcra});
        realm.auth.throttle.attempts = 5;
        return realm;
    }
    std::string log_in(const char* authid, const char* password, const char* address) {
        play.connect("a", address);
        play.hello("a", {"wampcra"}, authid);
        play.received("a");
        play.authenticate("a", cra_signature(play, "a", password));
        return play.received("a").substr(0, 7);
    }
    LoginPlay play;
};

TEST(LoginThrottle, AuthidsAreBlockedWhereverTheGuessesComeFrom) {
    Door door;
    for (int i = 0; i < 5; ++i) EXPECT_EQ(door.log_in("kim", "wrong", ("10.0.1." + std::to_string(i)).c_str()), "ABORT w");
    EXPECT_EQ(door.play.notes.back(), "wampcra bad_proof kim");
    EXPECT_EQ(door.log_in("kim", "secret", "10.0.2.1"), "ABORT w") << "right, but blocked, and that is not told";
    EXPECT_EQ(door.play.notes.back(), "wampcra throttled kim");
    EXPECT_EQ(door.log_in("bob", "plain secret", "10.0.1.1"), "WELCOME");
    door.play.pass(60s);
    EXPECT_EQ(door.log_in("kim", "secret", "10.0.2.1"), "WELCOME");
}

TEST(LoginThrottle, AddressesAreBlockedWhoeverTheyGuess) {
    Door door;
    for (int i = 0; i < 5; ++i) door.log_in(("user" + std::to_string(i)).c_str(), "wrong", "10.0.0.9");
    EXPECT_EQ(door.log_in("kim", "secret", "10.0.0.9"), "ABORT w");
    EXPECT_EQ(door.log_in("kim", "secret", "10.0.0.8"), "WELCOME");
}

TEST(LoginThrottle, OnesSuccessIsNotTheOthers) {
    Door door;
    for (int i = 0; i < 4; ++i) door.log_in("kim", "wrong", ("10.0.1." + std::to_string(i)).c_str());
    EXPECT_EQ(door.log_in("bob", "plain secret", "10.0.1.1"), "WELCOME");
    door.log_in("kim", "wrong", "10.0.1.1");
    EXPECT_EQ(door.log_in("kim", "secret", "10.0.3.3"), "ABORT w") << "bob's success forgave nothing of kim's";
}

TEST(LoginThrottle, ComingInWithoutANameForgivesNobody) {
    RealmSettings settings = Door::settings();
    settings.auth.methods.add(AuthMethod::anonymous);
    settings.anonymous_role = "guest";
    Door door(settings);
    for (int i = 0; i < 4; ++i) door.log_in("kim", "wrong", ("10.0.1." + std::to_string(i)).c_str());
    door.play.connect("b", "10.0.1.9");
    door.play.hello("b", {"anonymous"}, "kim");
    EXPECT_TRUE(door.play.open("b"));
    door.log_in("kim", "wrong", "10.0.1.5");
    EXPECT_EQ(door.log_in("kim", "secret", "10.0.3.3"), "ABORT w") << "the fifth failure";
}

TEST(LoginThrottle, BlockedTicketsAreNotEvenLookedAt) {
    Door door;
    for (int i = 0; i < 5; ++i) door.log_in("kim", "wrong", ("10.0.1." + std::to_string(i)).c_str());
    door.play.connect("a");
    door.play.hello("a", {"ticket"}, "kim");
    EXPECT_EQ(door.play.received("a"), "CHALLENGE ticket");
    door.play.authenticate("a", "secret");
    EXPECT_TRUE(door.play.asked.empty());
    EXPECT_EQ(door.play.received("a"), failed);
}

TEST(Throttle, ANameThatFailsAgainIsRememberedLongerThanNamesThatFailedOnce) {
    Throttle throttle("key");
    const ThrottleSettings settings{2, 60s, 60s, 60s, 3};
    const TimePoint now{1h};
    for (const char* name : {"kim", "b", "c", "kim", "d"})
        throttle.failed(Throttle::Kind::authid, name, settings, now);
    EXPECT_TRUE(throttle.blocked(Throttle::Kind::authid, "kim", now));
    EXPECT_EQ(throttle.size(), 3u);
}

}  // namespace
}  // namespace heddle::test
