// The table that everything about the configuration is made of.
#include "router/config/schema.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "router/config/build.hpp"
#include "router/config/describe.hpp"

namespace heddle::config {
namespace {

void for_each_key(const Table& table, const std::function<void(const Table&, const Key&)>& visit) {
    for (const Key& key : table.keys) visit(table, key);
    for (const Table& inner : table.tables) for_each_key(inner, visit);
}

TEST(ConfigSchema, EveryKeySaysWhatItMeans) {
    for_each_key(schema(), [](const Table& table, const Key& key) {
        EXPECT_FALSE(key.doc.empty()) << table.path << "." << key.name;
        EXPECT_EQ(key.type == Type::choice || key.type == Type::choices, !key.choices.empty())
            << table.path << "." << key.name;
        EXPECT_TRUE(!key.required || !key.sample.empty()) << table.path << "." << key.name;
    });
}

TEST(ConfigSchema, NamesAreUniqueInTheirTable) {
    std::set<std::string> seen;
    for_each_key(schema(), [&](const Table& table, const Key& key) {
        EXPECT_TRUE(seen.insert(std::string(table.path) + "." + std::string(key.name)).second);
    });
}

TEST(ConfigSchema, DefaultsLieInTheirRange) {
    for_each_key(schema(), [](const Table& table, const Key& key) {
        Defaults defaults;
        Field field = key.field(defaults.place());
        std::uint64_t value = 0;
        if (auto* size = std::get_if<std::size_t*>(&field))
            value = **size;
        else if (auto* count = std::get_if<int*>(&field))
            value = static_cast<std::uint64_t>(**count);
        else if (auto* time = std::get_if<std::chrono::milliseconds*>(&field))
            value = static_cast<std::uint64_t>((*time)->count());
        else
            return;
        EXPECT_TRUE(value >= key.range.min && value <= key.range.max) << table.path << "." << key.name;
        EXPECT_NE(key.range.max, Range{}.max) << "a limit without a limit: " << table.path << "." << key.name;
    });
}

TEST(ConfigSchema, KeysAreDescribedByPrefix) {
    EXPECT_EQ(describe_keys("limits.ping_missed"),
              "limits.ping_missed              count            default 2\n"
              "    pings without answer before the connection ends; 1 to 100\n"
              "    HEDDLE_LIMITS__PING_MISSED\n");
    EXPECT_EQ(
        describe_keys("listener.address").find("listener.address                address          must be given\n"), 0u);
    EXPECT_NE(describe_keys("listener.address").find("HEDDLE_LISTENER__<NAME>__ADDRESS"), std::string::npos);
    EXPECT_EQ(describe_keys("realm.call_timeout").find("HEDDLE_"), std::string::npos);
    EXPECT_EQ(describe_keys("nothing"), "");
}

TEST(ConfigSchema, KeysOfFeaturesToComeAreUnknown) {
    for (const char* name : {"console", "metrics", "users", "audit"})
        EXPECT_EQ(describe_keys(name), "") << name;
}

}  // namespace
}  // namespace heddle::config
