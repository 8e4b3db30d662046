#include <gtest/gtest.h>

#include "bridge/envelope.hpp"
#include "router/load/envelopes.hpp"
#include "router/load/messages.hpp"
#include "serializers/recon_text.hpp"
#include "tests/router/load_floor.hpp"

/// The WARP loads: their frames against the bridge's reader and writer, and whole runs against bench/floor.
namespace heddle::load {
namespace {

std::string body_of(const Envelope& envelope) {
    ByteBuffer out;
    recon::put_rest(envelope.body, out);
    return std::string(out.view());
}

TEST(LoadEnvelopes, FramesAreWhatTheBridgeReads) {
    LaneFrames frames("com.bench.r1.7.event", 32);
    EnvelopeReader reader;
    for (auto [frame, kind] : {std::pair(frames.link(), EnvelopeKind::link), {frames.sync(), EnvelopeKind::sync}}) {
        ASSERT_EQ(reader.read(frame), EnvelopeReader::Found::envelope) << frame;
        EXPECT_EQ(reader.envelope().kind, kind);
        EXPECT_EQ(reader.envelope().node, "/com/bench/r1/7");
        EXPECT_EQ(reader.envelope().lane, "event");
    }
    ASSERT_EQ(reader.read(frames.command(0x1234)), EnvelopeReader::Found::envelope);
    EXPECT_EQ(reader.envelope().kind, EnvelopeKind::command);
    EXPECT_EQ(body_of(reader.envelope()), " " + std::string(16, 'x') + "0000000000001234");
    ASSERT_EQ(reader.read(frames.update("k12", 0xabc)), EnvelopeReader::Found::envelope);
    EXPECT_EQ(body_of(reader.envelope()), "@update(key:k12) " + std::string(16, 'x') + "0000000000000abc");
}

TEST(LoadEnvelopes, WhatTheBridgeWritesIsUnderstood) {
    auto header = lane_header("/com/bench/r1/7", "event");
    for (auto [kind, name] : {std::pair(EnvelopeKind::linked, FrameName::linked),
                              {EnvelopeKind::synced, FrameName::synced},
                              {EnvelopeKind::event, FrameName::event},
                              {EnvelopeKind::unlinked, FrameName::unlinked},
                              {EnvelopeKind::command, FrameName::other}}) {
        ByteBuffer out;
        put_envelope(kind, header, out);
        out.append(" x0000000000000abc");
        auto head = envelope_of(out.view());
        EXPECT_EQ(head.name, name) << out.view();
        EXPECT_EQ(head.header, header);
        EXPECT_EQ(head.body, "x0000000000000abc");
    }
    EXPECT_EQ(envelope_of("@authed").name, FrameName::other);
    EXPECT_EQ(envelope_of("").name, FrameName::other);
    EXPECT_EQ(envelope_of(")(").name, FrameName::other);
}

TEST(LoadEnvelopes, StampsAreReadQuotedOrBare) {
    EXPECT_EQ(stamp_of_body("xx0000000000000abc"), 0xabcu);
    EXPECT_EQ(stamp_of_body("\"x 0000000000000abc\""), 0xabcu);
    EXPECT_EQ(stamp_of_body("@update(key:k1) x0000000000000abc"), 0xabcu);
    EXPECT_EQ(stamp_of_body("@clear"), std::nullopt);
    EXPECT_EQ(stamp_of_body("something without a stamp"), std::nullopt);
}

class WarpLoad : public testing::TestWithParam<const char*> {
 protected:
    LoadOptions options(Scenario scenario) {
        LoadOptions options;
        options.scenario = scenario;
        options.target = *parse_target(floor_.url(GetParam()));
        options.duration = std::chrono::milliseconds(100);
        options.warmup = std::chrono::milliseconds(10);
        options.links = 6;
        options.stalled = 2;
        options.keys = 40;
        options.pid = floor_.pid;
        return options;
    }
    Floor floor_;
};

TEST_P(WarpLoad, EveryLinkReceivesEveryCommand) {
    auto report = report_of(options(Scenario::links));
    EXPECT_GT(report.sent, 0u);
    EXPECT_EQ(report.expected, 6 * report.sent);
    EXPECT_EQ(report.delivered, report.expected);
    EXPECT_EQ(report.latency.count(), report.delivered);
    ASSERT_TRUE(report.server);
    EXPECT_GT(report.server->cpu_seconds, 0);
}

TEST_P(WarpLoad, OneConnectionReceivesTheCommandsToAllItsLinks) {
    auto many = options(Scenario::lanes);
    many.links = 300;
    auto report = report_of(many);
    EXPECT_GT(report.sent, 0u);
    EXPECT_EQ(report.delivered, report.sent);
}

TEST_P(WarpLoad, PacedCommandsFollowTheRate) {
    auto paced = options(Scenario::links);
    paced.rate = 1000;
    auto report = report_of(paced);
    EXPECT_EQ(report.sent + report.unsent, 100u);
    EXPECT_EQ(report.delivered, 6 * report.sent);
}

TEST_P(WarpLoad, EverySyncGivesTheWholeMap) {
    auto report = report_of(options(Scenario::sync));
    EXPECT_GT(report.sent, 0u);
    EXPECT_EQ(report.expected, 40 * report.sent);
    EXPECT_EQ(report.delivered, report.expected);
}

TEST_P(WarpLoad, StalledLinksEndOnTheNewestValueAndTheOthersMissNothing) {
    auto stalled = options(Scenario::stalled);
    stalled.size = 4096;  // so that little fills the sockets
    auto report = report_of(stalled);
    EXPECT_GT(report.sent, 0u);
    EXPECT_EQ(report.expected, 4 * report.sent);
    EXPECT_EQ(report.delivered + report.superseded, report.expected);
    ASSERT_TRUE(report.stalled);
    EXPECT_EQ(report.stalled->links, 2u);
    EXPECT_EQ(report.stalled->newest, 2u);
    EXPECT_EQ(report.stalled->ended, 0u);
    EXPECT_GT(report.stalled->frames, 0u);
}

TEST_P(WarpLoad, IdleLinksAreMeasured) {
    auto report = report_of(options(Scenario::idle_links));
    EXPECT_EQ(report.delivered, 6u);
    ASSERT_TRUE(report.server);
    EXPECT_GE(report.server->resident_after, report.server->resident_before);
}

INSTANTIATE_TEST_SUITE_P(All, WarpLoad, testing::Values("ws", "ws+unix"),
                         [](auto& param) { return std::string(param.param) == "ws" ? "ws" : "ws_unix"; });

TEST(WarpLoads, RawSocketIsRefused) {
    LoadOptions options;
    options.scenario = Scenario::links;
    options.target = *parse_target("rs://127.0.0.1:1");
    auto outcome = run_load(options, {});
    ASSERT_TRUE(std::holds_alternative<Failure>(outcome));
    EXPECT_EQ(std::get<Failure>(outcome).kind, Failure::Kind::usage);
}

}  // namespace
}  // namespace heddle::load
