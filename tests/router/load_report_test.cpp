#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "router/load/report.hpp"

namespace heddle::load {
namespace {

LoadOptions fanout() {
    LoadOptions options;
    options.scenario = Scenario::fanout;
    options.target = *parse_target("ws://127.0.0.1:8080");
    return options;
}

LoadReport report() {
    LoadReport report;
    report.sent = 61'204;
    report.expected = 6'120'400;
    report.delivered = 6'120'390;
    report.seconds = 10;
    report.rate = 612'040;
    for (int i = 0; i < 99; ++i) report.latency.add(181'000);
    report.latency.add(3'000'000);
    report.server = ServerUse{.pid = 42,
                              .cpu_seconds = 4.8,
                              .seconds = 10,
                              .units = 6'000'000,
                              .resident_before = 1 << 20,
                              .resident_after = 11 << 20};
    return report;
}

TEST(LoadReport, TableShowsCountsPercentilesAndServer) {
    auto table = report_table(fanout(), report(), Baseline{0.64});
    for (auto part : {"fanout", "1 publisher, 100 subscribers", "msgpack over ws", "127.0.0.1:8080", "published 61,204",
                      "delivered 6,120,390", "lost 10", "612,040/s", "p99.9", "181 us", "3.0 ms",
                      "0.80 us CPU per event", "48 % of one core", "floor 0.64 us, ratio 1.25", "intended send time"})
        EXPECT_NE(table.find(part), table.npos) << part << "\n" << table;
}

TEST(LoadReport, JsonHoldsTheSame) {
    auto json = nlohmann::json::parse(report_json(fanout(), report()));
    EXPECT_EQ(json["scenario"], "fanout");
    EXPECT_EQ(json["unit"], "event");
    EXPECT_EQ(json["transport"], "ws");
    EXPECT_EQ(json["serializer"], "msgpack");
    EXPECT_EQ(json["payload_bytes"], 32);
    EXPECT_EQ(json["shape"]["subscribers"], 100);
    EXPECT_EQ(json["sent"], 61'204);
    EXPECT_EQ(json["delivered"], 6'120'390);
    EXPECT_EQ(json["lost"], 10);
    EXPECT_EQ(json["errors"], 0);
    EXPECT_EQ(json["rate"], 612'040);
    EXPECT_NEAR(json["latency_us"]["p50"].get<double>(), 181, 2);
    EXPECT_EQ(json["latency_us"]["max"], 3000);
    for (auto name : {"p90", "p99", "p99_9", "mean"}) EXPECT_TRUE(json["latency_us"][name].is_number()) << name;
    EXPECT_EQ(json["server"]["pid"], 42);
    EXPECT_DOUBLE_EQ(json["server"]["cpu_us_per_unit"].get<double>(), 0.8);
    EXPECT_DOUBLE_EQ(json["server"]["cores"].get<double>(), 0.48);
}

TEST(LoadReport, IdleTellsMemoryPerSession) {
    auto options = fanout();
    options.scenario = Scenario::idle;
    auto json = nlohmann::json::parse(report_json(options, report()));
    EXPECT_DOUBLE_EQ(json["server"]["kib_per_session"].get<double>(), 10.24);
    EXPECT_NE(report_table(options, report(), {}).find("10.2 KiB per session"), std::string::npos);
}

TEST(LoadReport, WithoutAProcessNothingIsSaidOfTheServer) {
    auto without = report();
    without.server.reset();
    EXPECT_FALSE(nlohmann::json::parse(report_json(fanout(), without)).contains("server"));
    EXPECT_EQ(report_table(fanout(), without, {}).find("server"), std::string::npos);
}

TEST(LoadReport, BaselineIsWhatAReportOfTheSameLoadSaid) {
    auto saved = report_json(fanout(), report());
    auto baseline = read_baseline(saved, fanout());
    ASSERT_TRUE(baseline);
    EXPECT_DOUBLE_EQ(baseline->cpu_us_per_unit, 0.8);
    auto other = fanout();
    other.scenario = Scenario::pairs;
    EXPECT_FALSE(read_baseline(saved, other));
    EXPECT_FALSE(read_baseline("not json", fanout()));
    EXPECT_FALSE(read_baseline("", fanout()));
}

TEST(LoadReport, NumbersAreWrittenForPeople) {
    EXPECT_EQ(with_commas(0), "0");
    EXPECT_EQ(with_commas(999), "999");
    EXPECT_EQ(with_commas(1000), "1,000");
    EXPECT_EQ(with_commas(6'120'400), "6,120,400");
    EXPECT_EQ(short_time(999), "999 ns");
    EXPECT_EQ(short_time(1'234), "1.2 us");
    EXPECT_EQ(short_time(181'000), "181 us");
    EXPECT_EQ(short_time(999'600), "1.0 ms");
    EXPECT_EQ(short_time(250'000'000), "250 ms");
    EXPECT_EQ(short_time(3'000'000'000), "3.0 s");
}

TEST(LoadReport, ProgressLineFillsItsBar) {
    auto half = progress_line(fanout(), {0.5, 1000, 100'000}, std::nullopt);
    EXPECT_NE(half.find("[##########..........]"), half.npos) << half;
    EXPECT_EQ(half.find("lost"), half.npos);
}

}  // namespace
}  // namespace heddle::load
