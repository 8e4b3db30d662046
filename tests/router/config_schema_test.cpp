// The table that everything about the configuration is made of.
#include "router/config/schema.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <set>

#include "router/config/build.hpp"
#include "router/config/describe.hpp"
#include "router/config/load.hpp"

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

/// A file with two elements of every list, and every other table once.
void write_all(const Table& table, std::string& text, std::size_t& lines) {
    lines += table.keys.size();
    for (const Table& inner : table.tables) {
        for (int i = 0; i < (inner.list ? 2 : 1); ++i) {
            const std::string header(inner.path);
            text += inner.list ? "[[" + header + "]]\n" : "[" + header + "]\n";
            for (const Key& key : inner.keys)
                if (key.required) text += std::string(key.name) + " = \"" + std::string(key.sample) + "\"\n";
            write_all(inner, text, lines);
        }
    }
}

TEST(ConfigSchema, EveryTableCanBeShownAsItIsInForce) {
    Sources sources;
    std::size_t keys = 0;
    write_all(schema(), sources.text, keys);
    const Loaded loaded = load(sources);
    const std::string shown = describe_effective(loaded, "all.toml");
    EXPECT_EQ(static_cast<std::size_t>(std::count(shown.begin(), shown.end(), '\n')), keys);
    for (const char* line : {"users[1].authid = \"kim\"", ".lanes[1].", "permissions[1].uri", "listener.", "history[1]"})
        EXPECT_NE(shown.find(line), std::string::npos) << line;
}

TEST(ConfigSchema, EveryListKnowsItsRows) {
    const std::function<void(const Table&)> check = [&](const Table& table) {
        const bool all = table.rows.enter && table.rows.size && table.rows.point;
        EXPECT_TRUE(all || !table.list) << table.path;
        for (const Table& inner : table.tables) check(inner);
    };
    check(schema());
}

TEST(ConfigSchema, CredentialsAreNotShown) {
    Sources sources;
    sources.text = "[[realm]]\nname = \"realm1\"\n[[realm.users]]\nauthid = \"kim\"\nrole = \"a\"\nwampcra = \"open-sesame\"\n"
                   "[[realm.users]]\nauthid = \"lee\"\nrole = \"a\"\n";
    const std::string shown = describe_effective(load(sources), "x.toml");
    EXPECT_EQ(shown.find("open-sesame"), std::string::npos);
    EXPECT_NE(shown.find("realm.realm1.users[0].wampcra = \"(not shown)\""), std::string::npos) << shown;
    EXPECT_NE(shown.find("realm.realm1.users[1].wampcra = \"\""), std::string::npos);
}

TEST(ConfigSchema, KeysOfFeaturesToComeAreUnknown) {
    for (const char* name : {"console", "metrics", "users", "audit"})
        EXPECT_EQ(describe_keys(name), "") << name;
}

}  // namespace
}  // namespace heddle::config
