#include <gtest/gtest.h>

#include <chrono>
#include <set>
#include <sstream>

#include "router/metrics/families.hpp"
#include "router/metrics/process.hpp"

namespace heddle::metrics {
namespace {

RealmSnapshot realm(std::string name) {
    RealmSnapshot made;
    made.name = std::move(name);
    made.counts.published = 5;
    made.tallies.calls[0] = 3;
    made.tallies.call_seconds.observe(call_seconds_bounds, 0.0003);
    made.tallies.call_seconds.observe(call_seconds_bounds, 100);
    made.counters.delivered(PublicationId{7}, 2);
    made.counters.delivered(PublicationId{7}, 1);
    made.counters.delivered(PublicationId{8}, 20'000);
    made.counters.close_publication();
    return made;
}

std::string written(Form form, std::size_t realms = 1) {
    Snapshot snapshot;
    snapshot.process.version = "1.2";
    snapshot.workers.resize(2);
    for (std::size_t i = 0; i < realms; ++i)
        snapshot.workers[i % 2].realms.push_back(realm("r" + std::to_string(1000 + i)));
    return text(snapshot, form);
}

bool has(const std::string& text, const std::string& line) { return text.find("\n" + line + "\n") != std::string::npos; }

TEST(Metrics, CountersAreNamedAsEachFormWants) {
    const std::string old_form = written(Form::prometheus), open_form = written(Form::openmetrics);
    EXPECT_TRUE(has(old_form, "# TYPE heddle_calls_total counter"));
    EXPECT_TRUE(has(open_form, "# TYPE heddle_calls counter"));
    const std::string sample = R"(heddle_calls_total{realm="r1000",outcome="ok"} 3)";
    EXPECT_TRUE(has(old_form, sample));
    EXPECT_TRUE(has(open_form, sample));
    EXPECT_TRUE(open_form.ends_with("# EOF\n"));
    EXPECT_FALSE(old_form.ends_with("# EOF\n"));
}

TEST(Metrics, HistogramsAddUp) {
    const std::string text = written(Form::prometheus);
    EXPECT_TRUE(has(text, R"(heddle_call_duration_seconds_bucket{realm="r1000",le="0.00025"} 0)"));
    EXPECT_TRUE(has(text, R"(heddle_call_duration_seconds_bucket{realm="r1000",le="0.0005"} 1)"));
    EXPECT_TRUE(has(text, R"(heddle_call_duration_seconds_bucket{realm="r1000",le="60.0"} 1)"));
    EXPECT_TRUE(has(text, R"(heddle_call_duration_seconds_bucket{realm="r1000",le="+Inf"} 2)"));
    EXPECT_TRUE(has(text, R"(heddle_call_duration_seconds_count{realm="r1000"} 2)"));
}

TEST(Metrics, APublicationInPartsCountsOnceAndOneWithoutReceiversCountsAsZero) {
    const std::string text = written(Form::prometheus);
    EXPECT_TRUE(has(text, R"(heddle_publication_recipients_bucket{realm="r1000",le="0.0"} 3)"));
    EXPECT_TRUE(has(text, R"(heddle_publication_recipients_bucket{realm="r1000",le="5.0"} 4)"));
    EXPECT_TRUE(has(text, R"(heddle_publication_recipients_bucket{realm="r1000",le="+Inf"} 5)"));
    EXPECT_TRUE(has(text, R"(heddle_publication_recipients_sum{realm="r1000"} 20003.0)"));
}

TEST(Metrics, RealmsBeyondTheBoundAreAddedUp) {
    const std::string text = written(Form::prometheus, realms_max + 3);
    EXPECT_TRUE(has(text, R"(heddle_calls_total{realm="r1199",outcome="ok"} 3)"));
    EXPECT_TRUE(has(text, R"(heddle_calls_total{realm="other",outcome="ok"} 9)"));
    EXPECT_EQ(text.find("r1200"), std::string::npos);
}

TEST(Metrics, LabelsAreEscaped) {
    Snapshot snapshot;
    snapshot.workers.resize(1);
    snapshot.workers[0].realms.push_back(realm("a\"b\\c\nd"));
    EXPECT_TRUE(has(text(snapshot, Form::prometheus), R"(heddle_calls_total{realm="a\"b\\c\nd",outcome="ok"} 3)"));
}

TEST(Metrics, EachFamilyComesOnceAndEachSampleOnce) {
    for (const Form form : {Form::prometheus, Form::openmetrics}) {
        std::set<std::string> seen;
        std::istringstream lines(written(form, 3));
        for (std::string line; std::getline(lines, line);) {
            const std::string key = line.substr(0, line.find_last_of(' '));
            EXPECT_TRUE(seen.insert(key).second) << line;
        }
    }
}

TEST(Metrics, TheProcessKnowsItself) {
    const ProcessSnapshot process = look_at_process();
    const auto now = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
    EXPECT_GT(process.started, now - 86'400);
    EXPECT_LE(process.started, now + 2);
    EXPECT_GT(process.resident_bytes, 1u << 20);
    EXPECT_GE(process.open_descriptors, 3u);
    EXPECT_GE(process.descriptors_max, process.open_descriptors);
    EXPECT_FALSE(process.version.empty());
}

TEST(Metrics, TheScraperChoosesTheForm) {
    EXPECT_EQ(form_for("application/openmetrics-text;version=1.0.0,text/plain;q=0.5"), Form::openmetrics);
    EXPECT_EQ(form_for("*/*"), Form::prometheus);
    EXPECT_EQ(form_for(""), Form::prometheus);
}

}  // namespace
}  // namespace heddle::metrics
