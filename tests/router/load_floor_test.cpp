#include <gtest/gtest.h>

#include "tests/router/load_floor.hpp"

/// The loads against bench/floor, the real executable, over every transport and serializer: all that is sent must
/// arrive.
namespace heddle::load {
namespace {

class LoadOnFloor : public testing::TestWithParam<std::tuple<const char*, Encoding>> {
 protected:
    LoadOptions options(Scenario scenario) {
        LoadOptions options;
        options.scenario = scenario;
        options.target = *parse_target(floor_.url(std::get<0>(GetParam())));
        options.encoding = std::get<1>(GetParam());
        options.duration = std::chrono::milliseconds(100);
        options.warmup = std::chrono::milliseconds(10);
        options.inflight = 8;
        options.callers = 2;
        options.subscribers = 5;
        options.pairs = 3;
        options.sessions = 20;
        options.pid = floor_.pid;
        return options;
    }
    Floor floor_;
};

TEST_P(LoadOnFloor, EveryCallIsAnswered) {
    auto report = report_of(options(Scenario::call));
    EXPECT_GT(report.sent, 0u);
    EXPECT_EQ(report.delivered, report.sent);
    EXPECT_EQ(report.latency.count(), report.delivered);
    EXPECT_EQ(report.lost() + report.errors + report.unsent, 0u);
    ASSERT_TRUE(report.server);
    EXPECT_GT(report.server->cpu_seconds, 0);
}

TEST_P(LoadOnFloor, EverySubscriberReceivesEveryEvent) {
    auto report = report_of(options(Scenario::fanout));
    EXPECT_GT(report.sent, 0u);
    EXPECT_EQ(report.expected, 5 * report.sent);
    EXPECT_EQ(report.delivered, report.expected);
}

TEST_P(LoadOnFloor, PairsReceiveTheirOwnPublisherOnly) {
    auto report = report_of(options(Scenario::pairs));
    EXPECT_GT(report.sent, 0u);
    EXPECT_EQ(report.delivered, report.sent);
}

TEST_P(LoadOnFloor, PacedLoadSendsWhatTheRateSays) {
    auto paced = options(Scenario::fanout);
    paced.rate = 1000;
    auto report = report_of(paced);
    EXPECT_EQ(report.sent + report.unsent, 100u);  // 1000/s for 100 ms, however late
    EXPECT_EQ(report.delivered, 5 * report.sent);
}

TEST_P(LoadOnFloor, PacedCallsAreAllAnswered) {
    auto paced = options(Scenario::call);
    paced.rate = 2000;
    auto report = report_of(paced);
    EXPECT_EQ(report.sent + report.unsent, 200u);
    EXPECT_EQ(report.delivered, report.sent);
}

TEST_P(LoadOnFloor, SessionsJoinAndLeave) {
    auto report = report_of(options(Scenario::join));
    EXPECT_EQ(report.delivered, 20u);
    EXPECT_EQ(report.latency.count(), 20u);
}

TEST_P(LoadOnFloor, IdleSessionsAreMeasured) {
    auto report = report_of(options(Scenario::idle));
    EXPECT_EQ(report.delivered, 20u);
    ASSERT_TRUE(report.server);
    EXPECT_GT(report.server->resident_before, 0u);
    EXPECT_GE(report.server->resident_after, report.server->resident_before);
}

TEST_P(LoadOnFloor, LargePayloadsArriveWhole) {
    auto large = options(Scenario::fanout);
    large.size = 100'000;
    auto report = report_of(large);
    EXPECT_GT(report.sent, 0u);
    EXPECT_EQ(report.delivered, report.expected);
}

INSTANTIATE_TEST_SUITE_P(All, LoadOnFloor,
                         testing::Combine(testing::Values("ws", "rs", "ws+unix", "rs+unix"),
                                          testing::Values(Encoding::json, Encoding::msgpack, Encoding::cbor)),
                         [](auto& param) {
                             std::string transport = std::get<0>(param.param);
                             if (auto plus = transport.find('+'); plus != transport.npos) transport[plus] = '_';
                             return transport + "_" + std::string(name_of(std::get<1>(param.param)));
                         });

TEST(Load, NobodyListeningIsAFailureThatSaysSo) {
    LoadOptions options;
    options.target = *parse_target("ws+unix:/nowhere/heddle.sock");
    auto outcome = run_load(options, {});
    auto* failure = std::get_if<Failure>(&outcome);
    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->kind, Failure::Kind::no_connection);
    EXPECT_NE(failure->message.find("cannot connect to ws+unix:/nowhere/heddle.sock: no such file"), std::string::npos)
        << failure->message;
}

TEST(Load, RouterThatEndsMidwayIsAFailure) {
    auto floor = std::make_unique<Floor>();
    LoadOptions options;
    options.scenario = Scenario::idle;
    options.sessions = 5;
    options.target = *parse_target(floor->url("rs"));
    int shown = 0;
    auto outcome = run_load(options, [&](const Progress& progress) {
        if (progress.delivered == 5 && ++shown == 1) floor.reset();
    });
    auto* failure = std::get_if<Failure>(&outcome);
    ASSERT_TRUE(failure);
    EXPECT_EQ(failure->kind, Failure::Kind::no_connection);
    EXPECT_NE(failure->message.find("lost: "), std::string::npos) << failure->message;
}

TEST(Load, ProcessThatIsNotThereIsRefused) {
    Floor floor;
    LoadOptions options;
    options.target = *parse_target(floor.url("ws"));
    options.pid = 0x7ffffffe;
    auto outcome = run_load(options, {});
    ASSERT_TRUE(std::holds_alternative<Failure>(outcome));
    EXPECT_EQ(std::get<Failure>(outcome).kind, Failure::Kind::usage);
}

}  // namespace
}  // namespace heddle::load
