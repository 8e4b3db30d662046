#include "router/admin/rule_list.hpp"

#include <gtest/gtest.h>

namespace heddle::admin {
namespace {

using nlohmann::json;

json rule(const std::string& uri, const char* match = "exact") {
    return {{"match", match}, {"uri", uri}, {"allow", {"call"}}};
}
json many_rules(std::size_t count) {
    json rules = json::array();
    for (std::size_t i = 0; i < count; ++i) rules.push_back(rule("com.plant.n" + std::to_string(i)));
    return rules;
}
const Stamp old_edit{3, "ada", 1000}, edit{7, "kim", 2000};

TEST(RuleList, FindsTheFirstRuleThatRepeatsAnEarlierOne) {
    EXPECT_FALSE(find_twins(json::array()));
    json rules = many_rules(10'000);
    rules[5] = rule("com.plant.n4", "prefix");  // the same URI with another match is another rule
    EXPECT_FALSE(find_twins(rules));
    rules[9'999] = {{"uri", "com.plant.n0"}, {"deny", {"call"}}};  // "exact" is the default
    const auto last = find_twins(rules);
    ASSERT_TRUE(last);
    EXPECT_EQ(last->earlier, 0u);
    EXPECT_EQ(last->later, 9'999u);
    rules[7] = rules[6];
    const auto first = find_twins(rules);
    ASSERT_TRUE(first);
    EXPECT_EQ(first->earlier, 6u);
    EXPECT_EQ(first->later, 7u);
}

TEST(RuleList, RulesThatDidNotChangeKeepTheirStamps) {
    const json before = {rule("com.a"), rule("com.b"), rule("com.c")};
    const std::map<std::string, Stamp> known = {{"exact com.a", old_edit}, {"exact com.b", old_edit}};
    json changed = rule("com.b");
    changed["allow"].push_back("register");
    json spelt = {{"uri", "com.a"}, {"deny", json::array()}, {"allow", {"call"}}};  // says the same
    const auto stamps = stamps_after(before, {changed, spelt, rule("com.c"), rule("com.d")}, known, edit);
    ASSERT_EQ(stamps.size(), 4u);
    EXPECT_EQ(stamps.at("exact com.a").by, "ada") << "moved and spelt in another way, but the same rule";
    EXPECT_EQ(stamps.at("exact com.b").by, "kim");
    EXPECT_EQ(stamps.at("exact com.c").by, "kim") << "nothing is known of its last edit";
    EXPECT_EQ(stamps.at("exact com.d").by, "kim");
}

TEST(RuleList, KnownStampOfARuleThatWasNotThereBeforeIsNotUsed) {
    const std::map<std::string, Stamp> known = {{"exact com.a", old_edit}};
    EXPECT_EQ(stamps_after(json::array(), json::array({rule("com.a")}), known, edit).at("exact com.a").by, "kim");
    EXPECT_EQ(stamps_after(json(), json::array({rule("com.a")}), known, edit).at("exact com.a").by, "kim");
}

}  // namespace
}  // namespace heddle::admin
