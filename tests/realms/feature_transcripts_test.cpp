// What each announced feature does, where both peers announced it, where one did, and where none did; each again with
// each peer lost after each step.
#include <gtest/gtest.h>

#include "serializers/names.hpp"
#include "tests/realms/feature_transcripts.hpp"

namespace heddle::test {
namespace {

struct Case {
    const FeatureTranscript* row;
    Announcing who;
    std::string name() const {
        const char* announced[2][2] = {{"announced_by_none", "announced_by_the_asked"},
                                       {"announced_by_the_asking", "announced_by_both"}};
        return std::string(name_of(row->feature)) + "_" + announced[who.asking][who.asked];
    }
};
void PrintTo(const Case& shown, std::ostream* out) { *out << shown.name(); }

std::vector<Case> cases() {
    std::vector<Case> all;
    for (const FeatureTranscript& row : feature_transcripts())
        for (const bool asking : {false, true})
            for (const bool asked : {false, true}) all.push_back({&row, {asking, asked}});
    return all;
}

class FeatureTranscripts : public testing::TestWithParam<Case> {};

TEST_P(FeatureTranscripts, PlayAsWrittenAndLosingEachPeer) {
    RealmSettings settings = open_realm();
    const Feature feature = GetParam().row->feature;
    if (feature == Feature::call_trustlevels || feature == Feature::publication_trustlevels)
        settings.roles.front().trustlevel = 5;
    if (feature == Feature::event_history) settings.histories = {{Match::exact, "t"}};
    Script script(settings);
    GetParam().row->write(script, GetParam().who);
}

INSTANTIATE_TEST_SUITE_P(All, FeatureTranscripts, testing::ValuesIn(cases()),
                         [](const auto& one) { return one.param.name(); });

}  // namespace
}  // namespace heddle::test
