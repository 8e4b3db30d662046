// A feature is announced if and only if tests of it exist: realms/announced.hpp is held against the tables
// tests/conformance/features.toml and feature_transcripts.cpp, and those against the tests of this program.
#include <gtest/gtest.h>

#include <toml++/toml.h>
#include <algorithm>
#include <set>

#include "realms/announced.hpp"
#include "serializers/names.hpp"
#include "tests/realms/feature_transcripts.hpp"

namespace heddle::test {
namespace {

using Announced = std::set<std::pair<std::string, std::string>>;  // role, feature

struct FeatureRow {
    std::string title, key;
    std::vector<std::string> roles, tests;
};
std::vector<std::string> texts(const toml::table& table, const char* name) {
    std::vector<std::string> all;
    if (const toml::array* values = table[name].as_array())
        for (const toml::node& value : *values) all.push_back(value.value_or(std::string()));
    return all;
}
std::vector<FeatureRow> rows_of(const char* file) {
    const toml::table table = toml::parse_file(std::string(HEDDLE_TEST_DATA "/../conformance/") + file);
    std::vector<FeatureRow> rows;
    for (const toml::node& group : *table["group"].as_array())
        for (const toml::node& node : *(*group.as_table())["row"].as_array()) {
            const toml::table& row = *node.as_table();
            const std::string title = row["feature"].value_or(row["fault"].value_or(std::string()));
            rows.push_back({title, row["key"].value_or(std::string()), texts(row, "roles"), texts(row, "tests")});
        }
    return rows;
}

/// `pattern` with * for anything.
bool fits(std::string_view pattern, std::string_view text) {
    if (pattern.empty()) return text.empty();
    if (pattern.front() == '*')
        return fits(pattern.substr(1), text) || (!text.empty() && fits(pattern, text.substr(1)));
    return !text.empty() && pattern.front() == text.front() && fits(pattern.substr(1), text.substr(1));
}

std::vector<std::string> tests_of_this_program() {
    std::vector<std::string> names;
    const testing::UnitTest& all = *testing::UnitTest::GetInstance();
    for (int i = 0; i < all.total_test_suite_count(); ++i) {
        const testing::TestSuite& suite = *all.GetTestSuite(i);
        for (int j = 0; j < suite.total_test_count(); ++j)
            names.push_back("realms." + std::string(suite.name()) + "." + suite.GetTestInfo(j)->name());
    }
    return names;
}

TEST(Announcement, IsWhatTheTableOfFeaturesHasTestsFor) {
    Announced announced, tested;
    for (const auto& [role, feature] : announced_features)
        announced.emplace(std::string(name_of(role)), std::string(name_of(feature)));
    std::set<std::string> keys;
    Announced known;
    for (const FeatureRow& row : rows_of("features.toml")) {
        if (row.key.empty()) continue;
        keys.insert(row.key);
        EXPECT_FALSE(row.roles.empty()) << row.title;
        for (const std::string& role : row.roles) {
            EXPECT_TRUE(known.emplace(role, row.key).second) << row.title << " stands there twice";
            if (!row.tests.empty()) tested.emplace(role, row.key);
        }
    }
    EXPECT_EQ(announced, tested) << "a feature enters announced.hpp and tests/conformance/features.toml together";
    for (const std::string_view feature : feature_names) EXPECT_TRUE(keys.contains(std::string(feature))) << feature;
}

TEST(Announcement, OfEachFeatureHasATranscript) {
    std::set<std::string> announced, played;
    for (const auto& [role, feature] : announced_features) announced.emplace(name_of(feature));
    for (const FeatureTranscript& row : feature_transcripts())
        EXPECT_TRUE(played.emplace(name_of(row.feature)).second) << name_of(row.feature) << " stands there twice";
    for (const std::string& feature : announced) EXPECT_TRUE(played.contains(feature)) << feature;
}

TEST(Announcement, NamesTestsThatExist) {
    const std::vector<std::string> all = tests_of_this_program();
    for (const char* file : {"features.toml", "faults.toml"})
        for (const FeatureRow& row : rows_of(file))
            for (const std::string& test : row.tests) {
                const auto is_meant = [&](const std::string& name) { return fits(test, name); };
                EXPECT_TRUE(!test.starts_with("realms.") || std::any_of(all.begin(), all.end(), is_meant))
                    << row.title << ": no test " << test;
            }
}

TEST(Announcement, OfEachFeatureIsTestedHere) {
    for (const FeatureRow& row : rows_of("features.toml")) {
        if (row.key.empty() || row.tests.empty()) continue;
        const bool here = std::any_of(row.tests.begin(), row.tests.end(), [](const std::string& test) {
            return test.starts_with("realms.") && !test.starts_with("realms.All/");
        });
        EXPECT_TRUE(here) << row.title << " has a transcript, and needs tests of its own";
    }
}

}  // namespace
}  // namespace heddle::test
