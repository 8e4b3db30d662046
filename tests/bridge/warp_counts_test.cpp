// What a WARP connection counts: full, emptied and filled again; exactly full; one more.
#include <gtest/gtest.h>

#include "realms/auth/token.hpp"
#include "tests/bridge/warp_script.hpp"

namespace heddle::test {
namespace {

using namespace std::chrono_literals;

constexpr int rounds = 20;
constexpr auto value = R"((node:"/com/car",lane:speed))";
constexpr auto map = R"((node:"/com/car",lane:topics))";
std::string frame(std::string_view kind, std::string_view at, std::string_view rest = {}) {
    return "@" + std::string(kind) + std::string(at) + std::string(rest);
}
std::string update(std::string_view key, std::string_view body = " 1") {
    return frame("event", map, "@update(key:" + std::string(key) + ")" + std::string(body));
}

/// True once one of the frames that `peer` receives is the end of its connection.
bool receives_its_end(WarpPlay& play, const std::string& peer) {
    bool closed = false;
    for (std::string line = play.next(peer); !line.empty(); line = play.next(peer)) closed |= line.starts_with("CLOSED");
    return closed;
}

TEST(WarpCounts, EventsThatAStalledSocketTookDoNotCountAnyMore) {
    for (const bool event_lane : {false, true}) {
        const auto kind = event_lane ? LaneKind::event : LaneKind::by_state;
        WarpPlay play(open_realm({{Match::prefix, "com.", kind, 0, 4}}), {.window = 32, .waiting_bytes_max = 900});
        play.open("jane");
        play.join("pub");
        play.frame("jane", frame("link", value));
        const std::string args = "[\"" + std::string(40, 'x') + "\"]";
        for (int round = 0; round < rounds; ++round) {
            play.stall("jane", true);
            for (int i = 0; i < 4; ++i)
                play.message("pub", Publish{{}, {}, "com.car.speed", {Encoding::json, args, {}}});
            play.stall("jane", false);
            ASSERT_FALSE(receives_its_end(play, "jane")) << round;
        }
    }
}

/// The same where the queue is never empty: of its four places two are always taken.
TEST(WarpCounts, EventsOfAQueueThatNeverEmptiesDoNotCountForEver) {
    WarpPlay play(open_realm({{Match::prefix, "com.", LaneKind::event, 0, 4}}), {.window = 32, .waiting_bytes_max = 900});
    play.open("jane");
    play.join("pub");
    play.frame("jane", frame("link", value));
    EXPECT_EQ(play.next("jane"), frame("linked", value));
    play.stall("jane", true);
    int told = 0, received = 0;
    const auto tell = [&] {
        const std::string args = "[" + std::to_string(told++) + "]";
        play.message("pub", Publish{{}, {}, "com.car.speed", {Encoding::json, args, {}}});
    };
    const auto listen = [&] {
        for (std::string line = play.next("jane"); !line.empty(); line = play.next("jane"))
            ASSERT_EQ(line, frame("event", value, " " + std::to_string(received++)));
    };
    for (int i = 0; i < 3; ++i) tell();
    for (int round = 0; round < rounds; ++round) {
        tell();
        play.gulp("jane");
        listen();
    }
    EXPECT_EQ(received, told - 2);
    play.stall("jane", false);
    listen();
    EXPECT_EQ(received, told);
}

TEST(WarpCounts, EventsOfALinkThatEndedDoNotCountAnyMore) {
    WarpPlay play(open_realm(), {.window = 32, .waiting_bytes_max = 900});
    play.open("jane");
    play.join("pub");
    const std::string args = "[\"" + std::string(40, 'x') + "\"]";
    for (int round = 0; round < rounds; ++round) {
        play.frame("jane", frame("link", value));
        play.stall("jane", true);
        for (int i = 0; i < 4; ++i) play.message("pub", Publish{{}, {}, "com.car.speed", {Encoding::json, args, {}}});
        play.frame("jane", frame("unlink", value));
        play.stall("jane", false);
        ASSERT_FALSE(receives_its_end(play, "jane")) << round;
    }
}

/// With a rate the newest event takes the place of the one that waits.
TEST(WarpCounts, EventsThatWereReplacedEndNoConnection) {
    WarpPlay play(open_realm(), {.waiting_bytes_max = 400});
    play.open("jane");
    play.join("pub");
    play.frame("jane", R"(@link(node:"/com/car",lane:speed,rate:1))");
    for (int i = 0; i < rounds; ++i) {
        const std::string args = "[\"" + std::string(50 + 10 * static_cast<std::size_t>(i % 7), 'x') + "\"]";
        play.message("pub", Publish{{}, {}, "com.car.speed", {Encoding::json, args, {}}});
        ASSERT_FALSE(receives_its_end(play, "jane")) << i;
    }
}

TEST(WarpCounts, ChangesOfAListThatWereToldDoNotCountAnyMore) {
    WarpPlay play(open_realm({{Match::exact, "com.list", LaneKind::list}}), {.window = 64, .waiting_bytes_max = 900});
    const auto list = R"((node:"/com",lane:list))";
    play.open("jane");
    play.join("pub");
    play.frame("jane", frame("sync", list));
    receives_its_end(play, "jane");
    for (int round = 0; round < rounds; ++round) {
        play.stall("jane", true);
        for (const char* key : {"a", "b", "c"}) {
            const std::string kwargs = R"({"$key":")" + std::string(key) + "\"}", args = "[" + std::to_string(round) + "]";
            play.message("pub", Publish{{}, {}, "com.list", {Encoding::json, args, kwargs}});
        }
        play.stall("jane", false);
        for (std::string line = play.next("jane"); !line.empty(); line = play.next("jane"))
            ASSERT_EQ(line.find("@clear"), std::string::npos) << "told anew in round " << round;
    }
}

TEST(WarpCounts, EachSyncOfAMapCountsItsEntriesAnew) {
    WarpScript s(open_realm(), {.map_entries_max = 2});
    s.open("jane").join("pub");
    for (const char* key : {"a", "b"}) s.publish("pub", std::string("com.car.") + key, "[1]", true);
    for (int round = 0; round < 3; ++round) {
        s.send("jane", frame("sync", map));
        if (round == 0) s.receives("jane", frame("linked", map));
        s.receives("jane", frame("event", map, "@clear")).receives("jane", update("a")).receives("jane", update("b"));
        s.receives("jane", frame("synced", map));
    }
}

TEST(WarpCounts, AMapThatGrowsAndShrinksStaysWithinItsLimit) {
    WarpScript s(open_realm(), {.map_entries_max = 2});
    s.open("jane").join("pub").send("jane", frame("link", map)).receives("jane", frame("linked", map));
    s.publish("pub", "com.car.first", "[1]", true).receives("jane", update("first"));
    for (int round = 0; round < 5; ++round) {
        const std::string key = "k" + std::to_string(round);
        s.publish("pub", "com.car." + key, "[1]", true).receives("jane", update(key));
        s.publish("pub", "com.car." + key, "[2]", true).receives("jane", update(key, " 2"));
        s.publish("pub", "com.car." + key, "[]", false, R"({"$removed":true})");
        s.receives("jane", frame("event", map, "@remove(key:" + key + ")"));
    }
}

/// As many keys may wait as the map may have entries; what changes one of them again takes no more room.
TEST(WarpCounts, KeysOfAMapThatWait) {
    for (const bool too_many : {false, true}) {
        WarpScript s(open_realm(), {.map_entries_max = 2, .window = 16});
        s.open("jane").join("pub").send("jane", frame("link", map)).receives("jane", frame("linked", map));
        s.stall("jane").publish("pub", "com.car.x", "[0]").receives("jane", update("x", " 0"));
        for (const char* key : {"a", "b"}) s.publish("pub", std::string("com.car.") + key, "[1]").silence("jane");
        for (const char* key : {"a", "b"}) s.publish("pub", std::string("com.car.") + key, "[2]").silence("jane");
        if (too_many) {
            s.publish("pub", "com.car.c", "[1]").receives("jane", frame("unlinked", map, "@mapTooLarge"));
            s.stall("jane", false).silence("jane");
        } else {
            s.stall("jane", false).receives("jane", update("a", " 2")).receives("jane", update("b", " 2"));
        }
    }
}

TEST(WarpCounts, LinksThatEndedMakeRoomForOthers) {
    WarpScript s(open_realm(), {.links_max = 2});
    s.open("jane");
    const auto at = [](int number) { return "(node:\"/com\",lane:l" + std::to_string(number) + ")"; };
    for (int round = 0; round < 4; ++round) {
        for (int i = 0; i < 2; ++i) s.send("jane", frame("link", at(i))).receives("jane", frame("linked", at(i)));
        s.send("jane", frame("link", at(2))).receives("jane", frame("unlinked", at(2), "@tooManyLinks"));
        for (int i = 0; i < 2; ++i) s.send("jane", frame("unlink", at(i))).receives("jane", frame("unlinked", at(i)));
    }
}

TEST(WarpCounts, CallsThatAreAnsweredMakeRoomForOthers) {
    WarpScript s(open_realm(), {.calls_max = 2});
    const auto lane = R"((node:"/com",lane:proc))";
    s.join("callee").offer("callee", "com.proc").open("jane");
    s.send("jane", frame("link", lane)).receives("jane", frame("linked", lane));
    for (int round = 0; round < 3; ++round) {
        s.send("jane", frame("command", lane, "@call(id:1)1")).receives("callee", "INVOCATION [1]");
        s.yield("callee", "[1]").receives("jane", frame("event", lane, "@result(id:1) 1"));
        s.send("jane", frame("command", lane, "@call(id:2)1")).receives("callee", "INVOCATION [1]");
        s.fail("callee", "com.no").receives("jane", frame("event", lane, "@error(id:2,uri:\"com.no\") why"));
    }
}

std::string token() { return auth::make_token(std::string(auth::token_random_bytes, 'r')).text(); }

/// A realm with the user kim, whose role is as the one for everybody.
RealmSettings realm_with_kim() {
    RealmSettings settings = open_realm();
    for (const AuthMethod method : {AuthMethod::ticket, AuthMethod::token, AuthMethod::anonymous})
        settings.auth.methods.add(method);
    settings.auth.mock_key = std::string(32, 'm');
    settings.roles.push_back({"operator", settings.roles[0].permissions, 0});
    UserSettings kim;
    kim.authid = "kim";
    kim.role = "operator";
    kim.token = auth::token_hash(token());
    kim.ticket = "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    settings.users = {kim};
    return settings;
}

TEST(WarpCounts, FramesThatWaitedForALoginDoNotCountAnyMore) {
    for (const WarpLimits& limits : {WarpLimits{.held_bytes_max = 100}, WarpLimits{.held_max = 1}}) {
        WarpScript s(realm_with_kim(), limits);
        s.open("jane");
        for (int round = 0; round < 4; ++round) {
            s.send("jane", "@auth{ticket:\"pass word\",authid:kim}");
            s.send("jane", R"(@command(node:"/com",lane:both)1)");
            s.verify(true).receives("jane", "@authed{authid:kim,authrole:operator}");
            s.send("jane", "@deauth").receives("jane", "@deauthed");
            s.pass(61s);  // after that the ticket is checked again
        }
    }
}

TEST(WarpCounts, FramesThatWaitForALoginUpToTheVeryByte) {
    const std::string command = R"(@command(node:"/com",lane:both)1)";
    for (const std::size_t missing : {0u, 1u}) {
        WarpScript s(realm_with_kim(), {.held_bytes_max = 2 * command.size() - missing});
        s.open("jane").send("jane", "@auth{ticket:\"pass word\",authid:kim}").send("jane", command).silence("jane");
        s.send("jane", command);
        if (missing == 0)
            s.silence("jane").verify(true).receives("jane", "@authed{authid:kim,authrole:operator}");
        else
            s.receives("jane", "CLOSED backlog");
    }
}

/// Whoever was not let in has less room when they try again; who was not refused yet has all of it.
TEST(WarpCounts, FramesOfWhoWasRefusedHaveALimitOfTheirOwn) {
    RealmSettings settings = realm_with_kim();
    settings.anonymous_role.clear();
    const std::string command = R"(@command(node:"/com",lane:both)1)", ticket = "@auth{ticket:\"pass word\",authid:kim}";
    for (const std::size_t missing : {0u, 1u}) {
        const WarpLimits limits{.held_bytes_max = 10 * command.size(), .held_again_bytes_max = 2 * command.size() - missing};
        WarpScript s(settings, limits), fresh(settings, limits);
        s.open("jane").send("jane", frame("link", value)).receives("jane", frame("unlinked", value, "@notAuthorized"));
        s.send("jane", ticket).send("jane", command).silence("jane").send("jane", command);
        if (missing == 0)
            s.silence("jane").verify(true).receives("jane", "@authed{authid:kim,authrole:operator}");
        else
            s.receives("jane", "CLOSED backlog");
        fresh.open("jane").send("jane", ticket);
        for (int i = 0; i < 10; ++i) fresh.send("jane", command).silence("jane");
        fresh.verify(true).receives("jane", "@authed{authid:kim,authrole:operator}");
    }
}

/// As many changes of a list as may wait are told one by one; where one more waits the list is told anew.
TEST(WarpCounts, ChangesOfAListThatWaitAreExactlyAsManyAsMay) {
    for (const int changes : {3, 4}) {
        WarpPlay play(open_realm({{Match::exact, "com.list", LaneKind::list}}), {.window = 1, .waiting_max = 3});
        play.open("jane");
        play.join("pub");
        play.frame("jane", R"(@sync(node:"/com",lane:list))");
        receives_its_end(play, "jane");
        play.stall("jane", true);
        for (int i = 0; i <= changes; ++i)  // the first is on its way
            play.message("pub", Publish{{}, {}, "com.list", {Encoding::json, "[" + std::to_string(i) + "]", {}}});
        play.stall("jane", false);
        int told = 0, anew = 0;
        for (std::string line = play.next("jane"); !line.empty(); line = play.next("jane")) {
            ++told;
            anew += line.find("@clear") != std::string::npos;
        }
        EXPECT_EQ(anew, changes == 3 ? 0 : 1);
        EXPECT_EQ(told, changes == 3 ? 4 : 1 + 1 + 5);
    }
}

}  // namespace
}  // namespace heddle::test
