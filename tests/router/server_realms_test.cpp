// Realms that come and go in a running router.
#include <gtest/gtest.h>

#include <atomic>

#include "raw_client.hpp"
#include "running_server.hpp"

namespace heddle {
namespace {

using nlohmann::json;

ServerSettings with_threads(int threads) {
    ServerSettings settings;
    settings.threads = threads;
    settings.realms.push_back(open_realm("first"));
    return settings;
}

TEST(ServerRealms, ARealmCanBeJoinedOnceItIsAdded) {
    RunningServer server(with_threads(3));
    EXPECT_EQ(RawClient(server.port).join("second")[2], "wamp.error.no_such_realm");
    server.add(open_realm("second"));
    for (int i = 0; i < 6; ++i)  // connections go round the workers
        EXPECT_EQ(RawClient(server.port).join("second")[0], 2) << i;
    EXPECT_EQ(server.control().realm_names(), (std::vector<std::string>{"first", "second"}));
    EXPECT_EQ(server.site().realms, 2u);
}

TEST(ServerRealms, WhoIsInARealmThatIsRemovedIsToldAndNobodyComesIn) {
    RunningServer server(with_threads(3));
    server.add(open_realm("second"));
    RawClient in_it(server.port), beside(server.port);
    ASSERT_EQ(in_it.join("second")[0], 2);
    ASSERT_EQ(beside.join("first")[0], 2);
    server.remove("second");
    EXPECT_EQ(RawClient(server.port).join("second")[2], "wamp.error.no_such_realm");
    EXPECT_EQ(in_it.receive(), json({6, json::object(), "wamp.close.close_realm"}));
    in_it.say({6, json::object(), "wamp.close.goodbye_and_out"});
    EXPECT_TRUE(in_it.over());
    EXPECT_NE(server.log.last("session.end").find("reason=realm_closed"), std::string::npos);
    beside.say({16, 1, {{"acknowledge", true}}, "com.still.here"});
    EXPECT_EQ(beside.receive()[0], 17) << "the others receive nothing of it";
}

TEST(ServerRealms, ARealmOfTheSameNameWaitsForTheGuestsOfTheOneBefore) {
    RunningServer server(with_threads(2));
    server.add(open_realm("second"));
    RawClient silent(server.port);
    ASSERT_EQ(silent.join("second")[0], 2);
    server.remove("second");
    server.add(open_realm("second"));  // it goes when the silent one's time to say GOODBYE is over
    EXPECT_EQ(server.site().realms, 2u);
    EXPECT_TRUE(silent.over());
    EXPECT_NE(server.log.last("session.end").find("goodbye_timeout"), std::string::npos);
    EXPECT_EQ(RawClient(server.port).join("second")[0], 2);
}

TEST(ServerRealms, WhatIsDoneToARealmIsWithItsClientsOnceThatHasSettled) {
    RunningServer server(with_threads(4));
    for (int round = 0; round < 20; ++round) {
        RawClient client(server.port);
        const std::uint64_t session = client.join("first")[1];
        EXPECT_TRUE(server.at<bool>("first", [&](RealmHost* host, TimePoint now) {
            return host->kick({session}, "com.example.out", "", now);
        }));
        server.settle();
        const auto received = client.received();
        ASSERT_TRUE(received) << "round " << round;
        EXPECT_EQ((*received)[2], "com.example.out");
    }
}

TEST(ServerRealms, OnlyRealmsThatAreThereAreWorkedOn) {
    RunningServer server(with_threads(2));
    const auto there = [&](const std::string& name) {
        return server.at<bool>(name, [](RealmHost* host, TimePoint) { return host != nullptr; });
    };
    EXPECT_TRUE(there("first"));
    EXPECT_FALSE(there("second"));
    server.add(open_realm("second"));
    EXPECT_TRUE(there("second"));
    server.remove("second");
    EXPECT_FALSE(there("second"));
    server.remove("second");  // nothing to do
    server.add(open_realm("first"));  // it is there
    EXPECT_EQ(server.control().realm_names(), std::vector<std::string>{"first"});
}

/// Clients join, publish and leave, properly or not, while realms come and go under them: the sanitizers look on.
TEST(ServerRealms, ComeAndGoUnderTheirClients) {
    constexpr int realms = 3, clients = 6, rounds = 40;
    RunningServer server(with_threads(3));
    std::atomic<bool> over = false;
    std::atomic<int> joined = 0, refused = 0, sent_away = 0;
    std::vector<std::thread> threads;
    for (int client = 0; client < clients; ++client)
        threads.emplace_back([&, client] {
            for (int i = 0; !over; ++i) try {
                    RawClient peer(server.port);
                    const json answer = peer.join("r" + std::to_string((client + i) % realms));
                    ++(answer[0] == 2 ? joined : refused);
                    if (answer[0] != 2) continue;
                    peer.say({32, 1, json::object(), "com.topic"});
                    for (int message = 2; message < 8; ++message) {
                        peer.say({16, message, {{"exclude_me", false}}, "com.topic", json::array({message})});
                        if (peer.receive()[0] == 6) ++sent_away;
                    }
                    if (i % 3 == 0) peer.say({6, json::object(), "wamp.close.close_realm"});
                    if (i % 3 == 1) peer.over();
                } catch (const std::runtime_error&) {
                    continue;  // sent away in the middle of something
                }
        });
    for (int round = 0; round < rounds; ++round) {
        const std::string name = "r" + std::to_string(round % realms);
        server.add(open_realm(name));
        const int before = joined;
        for (int i = 0; i < 200 && joined < before + 3; ++i) server.settle();
        server.remove(name);
    }
    over = true;
    for (std::thread& thread : threads) thread.join();
    EXPECT_GT(joined, rounds / 2);
    EXPECT_GT(refused, 0);
    for (int realm = 0; realm < realms; ++realm) {  // each waits until the last one of its name is gone
        server.add(open_realm("r" + std::to_string(realm)));
        server.remove("r" + std::to_string(realm));
    }
    server.add(open_realm("r0"));
    EXPECT_EQ(RawClient(server.port).join("r0")[0], 2);
}

}  // namespace
}  // namespace heddle
