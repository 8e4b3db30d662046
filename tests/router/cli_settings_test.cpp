#include "router/cli/settings.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>

#include "router/cli/contexts.hpp"
#include "router/cli/table.hpp"
#include "tests/router/temp_folder.hpp"

namespace heddle::cli {
namespace {

/// A configuration folder of its own, and what flags and environment say.
class CliSettings : public ::testing::Test {
 protected:
    void SetUp() override {
        ::setenv("XDG_CONFIG_HOME", folder_.c_str(), 1);
    }
    void TearDown() override {
        ::unsetenv("XDG_CONFIG_HOME");
    }
    void contexts(const std::string& text) {
        std::filesystem::create_directories(folder_ + "/heddle");
        std::ofstream(contexts_path()) << text;
    }
    Globals resolved(std::map<std::string, std::string> flags, std::map<std::string, std::string> variables = {}) {
        Globals globals;
        globals.quiet = true;
        for (const SettingInfo& setting : settings())
            if (auto found = flags.find(std::string(setting.name)); found != flags.end())
                globals.*setting.value = found->second;
        resolve_settings(
            globals, [&](std::string_view name) { return flags.contains(std::string(name)); },
            [&](const std::string& name) {
                auto found = variables.find(name);
                return found == variables.end() ? nullptr : found->second.c_str();
            });
        return globals;
    }
    std::string complaint(std::map<std::string, std::string> flags, std::map<std::string, std::string> variables = {}) {
        try {
            resolved(std::move(flags), std::move(variables));
        } catch (const Failure& failure) {
            return failure.message + (failure.hints.empty() ? "" : " | " + failure.hints.front());
        }
        return "none";
    }
    const test::TempFolder temp_;
    const std::string folder_ = temp_.path();
};

const std::string plant = R"(current = "plant"
[context.plant]
url = "wss://r.example.com"
realm = "plant"
authid = "kim"
ticket = "file:kim.ticket"
[context.lab]
url = "ws://lab:8080"
)";

TEST_F(CliSettings, FlagOverEnvironmentOverContextOverDefault) {
    contexts(plant);
    Globals globals = resolved({{"timeout", "3s"}}, {{"HEDDLE_REALM", "other"}, {"HEDDLE_TIMEOUT", "9s"}});
    EXPECT_EQ(globals.url, "wss://r.example.com");
    EXPECT_EQ(origin_of(globals, "url"), "context plant");
    EXPECT_EQ(globals.url_origin, "comes from context plant");
    EXPECT_EQ(globals.realm, "other");
    EXPECT_EQ(origin_of(globals, "realm"), "HEDDLE_REALM");
    EXPECT_EQ(globals.timeout, std::chrono::seconds(3));
    EXPECT_EQ(origin_of(globals, "timeout"), "--timeout");
    EXPECT_EQ(origin_of(globals, "serializer"), "default");
    EXPECT_EQ(globals.ticket, "file:kim.ticket");
    EXPECT_EQ(globals.context, "plant");
}

TEST_F(CliSettings, WithoutContextsTheDefaultsHold) {
    Globals globals = resolved({});
    EXPECT_EQ(globals.url, "ws://127.0.0.1:8080");
    EXPECT_EQ(globals.url_origin, "is the default");
    EXPECT_EQ(globals.realm, "realm1");
    EXPECT_EQ(globals.context, "");
}

TEST_F(CliSettings, ACredentialNearerByReplacesThoseBehindIt) {
    contexts(plant);
    Globals globals = resolved({{"secret", "-"}});
    EXPECT_EQ(globals.secret, "-");
    EXPECT_EQ(globals.ticket, "");
    EXPECT_EQ(globals.authid, "kim");
    EXPECT_EQ(resolved({}, {{"HEDDLE_JWT", "env:T"}}).ticket, "");
    EXPECT_EQ(resolved({{"auth", "anonymous"}}).ticket, "");
    EXPECT_EQ(complaint({{"secret", "-"}, {"ticket", "x"}}),
              "two credentials at once: --ticket and --secret | one of ticket, secret, private-key, jwt");
    EXPECT_EQ(complaint({}, {{"HEDDLE_JWT", "a"}, {"HEDDLE_SECRET", "b"}}).substr(0, 60),
              "two credentials at once: HEDDLE_SECRET and HEDDLE_JWT | one ");
    EXPECT_EQ(complaint({{"jwt", "a"}}, {{"HEDDLE_SECRET", "b"}}), "none");
}

TEST_F(CliSettings, CredentialsOfTheUsualContextAreNotForAnotherRouter) {
    contexts(plant);
    Globals elsewhere = resolved({{"url", "ws://elsewhere:1"}});
    EXPECT_EQ(elsewhere.ticket, "");
    EXPECT_EQ(elsewhere.authid, "");
    EXPECT_EQ(elsewhere.realm, "plant");
    Globals asked_for = resolved({{"url", "ws://elsewhere:1"}, {"context", "plant"}});
    EXPECT_EQ(asked_for.ticket, "file:kim.ticket");
    EXPECT_EQ(asked_for.authid, "kim");
}

TEST_F(CliSettings, WrongValuesNameTheirOriginAndTheNearest) {
    contexts(plant);
    EXPECT_EQ(complaint({{"output", "jsn"}}), "unknown value \"jsn\" of --output | did you mean \"json\"? all: human, json, raw, recon");
    EXPECT_EQ(complaint({}, {{"HEDDLE_SERIALIZER", "cbr"}}),
              "unknown value \"cbr\" of HEDDLE_SERIALIZER | did you mean \"cbor\"? all: json, msgpack, cbor");
    EXPECT_EQ(complaint({{"timeout", "5"}}), "--timeout is a time and needs a unit: 5 | like --timeout 10s");
    EXPECT_EQ(complaint({{"context", "plnt"}}), "no context plnt (--context) | did you mean \"plant\"? all: heddle context list");
    EXPECT_EQ(complaint({{"auth", "scrm"}}).substr(0, 62), "unknown value \"scrm\" of --auth | did you mean \"scram\"? all: an");
}

TEST_F(CliSettings, MistakesInContextsAreShownWithTheirPlace) {
    contexts("[context.plant]\nurl = \"ws://a\"\nrelm = \"x\"\nticket = \"plain\"\n");
    const std::string said = complaint({});
    EXPECT_NE(said.find("contexts.toml:3:1: unknown key \"relm\" in context plant"), std::string::npos) << said;
    EXPECT_NE(said.find("did you mean \"realm\"?"), std::string::npos) << said;
    EXPECT_NE(said.find(":4:10: ticket must be a reference in a context"), std::string::npos) << said;
    EXPECT_EQ(said.find("plain\" "), std::string::npos);
}

TEST_F(CliSettings, ContextsSurviveTheirFileWhichIsTheUsersAlone) {
    ContextFile file{contexts_path(), "a.b", {}};
    file.contexts = {{"a.b", {{"url", "ws://x:1"}, {"private-key", "file:k \"q\""}}}, {"b", {{"url", "rs://y:2"}}}};
    write_contexts(file);
    EXPECT_EQ(std::filesystem::status(file.path).permissions() & std::filesystem::perms::all, std::filesystem::perms(0600));
    const ContextFile read = read_contexts(file.path);
    EXPECT_EQ(read.current, "a.b");
    ASSERT_EQ(read.contexts.size(), 2u);
    EXPECT_EQ(read.find("a.b")->values, file.contexts[0].values);
    file.contexts = {{"a\tb", {{"realm", "a\x7f\"\\"}}}};
    write_contexts(file);
    EXPECT_EQ(read_contexts(file.path).find("a\tb")->values, file.contexts[0].values) << "also what TOML has to escape";
    EXPECT_EQ(why_no_context_name("a/b").empty(), false);
    EXPECT_EQ(why_no_context_name("plant-1"), "");
}

TEST(CliSettingNames, EveryFlagHasAVariableAndAKey) {
    EXPECT_EQ(variable_of("private-key"), "HEDDLE_PRIVATE_KEY");
    EXPECT_EQ(key_of("private-key"), "private_key");
    std::set<std::string> names;
    for (const SettingInfo& setting : settings()) names.insert(std::string(setting.name));
    EXPECT_EQ(names.size(), settings().size());
}

TEST(CliTable, ColumnsAreAsWideAsTheirWidestCell) {
    Table table({"name", "role", "note"});
    table.add({"kim", "operator", ""});
    table.add({"zo\u00eb", "v", ""});
    EXPECT_EQ(table.text(), "name  role\nkim   operator\nzo\u00eb   v\n");
    Table hostile({"name"});
    hostile.add({"a\x1b[2Jb\nc\u009b"});
    EXPECT_EQ(hostile.text(), "name\na?[2Jb?c??\n");
}

}  // namespace
}  // namespace heddle::cli
