// Faults: exceptions that nobody expected stop at the handler that they come from, with a line and a number.
#include "router/faults.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <stdexcept>
#include <thread>

#include "raw_client.hpp"
#include "router/admin/desk.hpp"
#include "running_server.hpp"

namespace heddle {
namespace {

using nlohmann::json;

TEST(Faults, AreLoggedAndCounted) {
    KeptLog log;
    Faults faults(log);
    EXPECT_TRUE(faults.guard("nothing", [] {}));
    EXPECT_EQ(faults.count(), 0u);
    EXPECT_FALSE(faults.guard("a test", [] { throw std::runtime_error("out of luck"); }));
    EXPECT_NE(log.last("fault.caught").find("doing=\"a test\" why=\"out of luck\""), std::string::npos) << log.last("fault.caught");
    EXPECT_FALSE(faults.guard("a test", [] { throw 5; }));
    EXPECT_EQ(faults.count(), 2u);
}

TEST(FaultsDeathTest, WhatNobodyCatchesEndsWithALine) {
    testing::FLAGS_gtest_death_test_style = "threadsafe";
    const auto die = [] {
        end_with_a_line(70);
        std::thread([] { throw std::runtime_error("out of luck"); }).join();
    };
    EXPECT_EXIT(die(), testing::ExitedWithCode(70), "fault.fatal why=\"out of luck\"; the router cannot go on");
}

/// Receives of publications in a realm, and breaks the rule that a guest never throws.
class Trap final : public LocalPeer {
 public:
    void set(RealmHost& host, TimePoint now) {
        HelloDetails hello;
        hello.roles.add(Role::subscriber);
        const EndpointId id = host.join(*this, "uplink", hello, {"trap", "anonymous", "uplink", "static"}, now);
        host.say(id, Subscribe{{1}, {}, "com.trap"}, now);
    }

 private:
    void on_message(const Message&) override {}
    void on_event(const Event&) override { throw std::runtime_error("the trap"); }
    void on_closed(CloseReason) override {}
};

ServerSettings router_of(int threads) {
    ServerSettings settings;
    settings.threads = threads;
    settings.realms.push_back(open_realm("first"));
    return settings;
}

TEST(WorkerGuard, AThreadGoesOnAfterAHandlerThatThrew) {
    RunningServer server(router_of(2));
    server.control().on_realm("first", [](RealmHost*, TimePoint) { throw std::runtime_error("a handler"); });
    server.settle();
    EXPECT_NE(server.log.last("fault.caught").find("why=\"a handler\""), std::string::npos);
    EXPECT_EQ(server.site().faults.count(), 1u);
    EXPECT_EQ(RawClient(server.port).join("first")[0], 2);
}

/// Connections go round the workers: some share the realm's thread, some do not.
TEST(WorkerGuard, TheConnectionConcernedEndsAndNoOther) {
    Trap trap;
    RunningServer server(router_of(3));
    server.at<bool>("first", [&](RealmHost* host, TimePoint now) { return trap.set(*host, now), true; });
    RawClient beside(server.port);
    ASSERT_EQ(beside.join("first")[0], 2);
    for (int i = 0; i < 6; ++i) {
        RawClient client(server.port);
        ASSERT_EQ(client.join("first")[0], 2);
        client.say({16, 1, json::object(), "com.trap"});
        EXPECT_TRUE(client.over()) << i;
        server.settle();
        EXPECT_NE(server.log.last("session.end").find("reason=internal_error"), std::string::npos) << i;
        EXPECT_EQ(server.site().faults.count(), static_cast<std::uint64_t>(i) + 1);
    }
    beside.say({16, 1, {{"acknowledge", true}}, "com.still.here"});
    EXPECT_EQ(beside.receive()[0], 17);
    EXPECT_EQ(server.site().connections, 1u);
}

TEST(WorkerGuard, AHistoryThatCannotBeOpenedStaysInMemory) {
    ServerSettings settings = router_of(2);
    settings.realms[0].store = "/nothing/is/here/heddle.db";
    RunningServer server(settings);
    RealmEntry edited = settings.realms[0];
    HistoryRule rule;
    rule.uri = "com.kept";
    rule.kind = HistoryKind::sqlite;
    edited.realm.histories.push_back(rule);
    server.at<bool>("first", [&](RealmHost* host, TimePoint now) { return host->apply(edited, now), true; });
    EXPECT_NE(server.log.last("history.lost").find("stay in memory"), std::string::npos);
    RawClient client(server.port);
    ASSERT_EQ(client.join("first")[0], 2);
    client.say({16, 1, {{"acknowledge", true}}, "com.kept"});
    EXPECT_EQ(client.receive()[0], 17);
    EXPECT_TRUE(server.at<bool>("first", [](RealmHost* host, TimePoint) { return host->realm_counts().history_events == 1; }));
    EXPECT_EQ(server.site().faults.count(), 0u);
}

/// Whoever throws out of the router's run leaves nothing behind that goes on.
TEST(Serve, EndsCleanlyWhereItsStartThrows) {
    const Server::OnReady broken = [](const std::vector<BoundListener>&) { throw std::runtime_error("no room for the ready file"); };
    KeptLog log;
    ServerSettings settings = router_of(3);
    ListenerSettings listener;
    listener.name = "local";
    listener.host = "127.0.0.1";
    settings.listeners.push_back(listener);
    EXPECT_THROW(serve(settings, log, broken), std::runtime_error);
    admin::Desk desk(settings, log);
    EXPECT_THROW(serve(settings, log, broken, {}, desk), std::runtime_error);
}

}  // namespace
}  // namespace heddle
