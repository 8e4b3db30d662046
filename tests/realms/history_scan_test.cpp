// Event history (advanced profile): for one answer a bounded number of events is looked at, so that a question about many
// events holds up nobody. The answer says where to go on.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/realms/script.hpp"

namespace heddle::test {
namespace {

using Json = nlohmann::json;

/// A pattern with many events of one topic, and a few of another, of which a reader asks for the latter.
class LookedAtInPieces : public ::testing::TestWithParam<bool> {};
INSTANTIATE_TEST_SUITE_P(ByNumberAndBySize, LookedAtInPieces, ::testing::Bool());

TEST_P(LookedAtInPieces, AndGoesOnWhereItStopped) {
    RealmSettings settings = open_realm();
    settings.histories = {{Match::prefix, "a."}};
    if (GetParam())
        settings.limits.history_scan_max = 10;
    else
        settings.limits.history_scan_bytes_max = 1'000;
    Play play(settings);
    std::uint64_t request = 0;
    play.connect("ann");
    play.send("ann", hello());
    play.next("ann");
    for (int i = 0; i < 50; ++i)
        play.send("ann", test::publish(++request, i == 3 || i == 44 ? "a.rare" : "a.often", "[" + std::to_string(i) + "]"));
    struct Answer {
        Json events, keywords;
    };
    const auto read = [&](Json kwargs) {
        kwargs["topic"] = "a.rare";
        play.send("ann", Call{{++request}, {}, "wamp.subscription.get_events", payload("[1]", kwargs.dump())});
        const std::string line = play.next("ann");
        EXPECT_TRUE(line.starts_with("RESULT")) << line;
        const std::size_t keywords = line.find("] {");
        return Answer{Json::parse(line.substr(line.find('['), keywords + 1 - line.find('['))).at(0),
                      keywords == std::string::npos ? Json::object() : Json::parse(line.substr(keywords + 2))};
    };
    for (const bool reverse : {false, true}) {
        Json kwargs{{"reverse", reverse}};
        std::vector<int> found;
        int answers = 0;
        for (bool more = true; more && answers < 60; ++answers) {
            const Answer answer = read(kwargs);
            for (const Json& event : answer.events) found.push_back(event["args"][0].get<int>());
            more = answer.keywords.contains("continue_at");
            if (more) kwargs[reverse ? "before_publication" : "after_publication"] = answer.keywords["continue_at"];
        }
        EXPECT_EQ(found, reverse ? (std::vector{44, 3}) : (std::vector{3, 44}));
        EXPECT_GE(answers, 5);
        EXPECT_LE(answers, 10);
    }
}

}  // namespace
}  // namespace heddle::test
