// Environment and --set over the file.
#include <gtest/gtest.h>

#include "router/config/describe.hpp"

namespace heddle::config {
namespace {

constexpr const char* text = R"(log.level = "info"
[[listener]]
name = "public"
address = "127.0.0.1:1"
[[listener]]
name = "in-door.2"
address = "127.0.0.1:2"
[[realm]]
name = "realm1"
auth = ["anonymous"]
[[realm.role]]
name = "anonymous"
)";

using Variables = std::vector<std::pair<std::string, std::string>>;

Loaded load_with(Variables environment, std::vector<std::string> flags = {}) {
    Sources sources;
    sources.text = text;
    sources.folders = {"/etc/heddle", "/run/heddle"};
    sources.environment = std::move(environment);
    sources.flags = std::move(flags);
    return load(sources);
}

std::string complaint(Variables environment, std::vector<std::string> flags = {}) {
    return load_with(std::move(environment), std::move(flags)).mistakes.render("f", text);
}

TEST(ConfigOverrides, TheEnvironmentBeatsTheFileAndAFlagBeatsBoth) {
    EXPECT_EQ(load_with({}).settings.log_level, LogLevel::info);
    EXPECT_EQ(load_with({{"HEDDLE_LOG__LEVEL", "error"}}).settings.log_level, LogLevel::error);
    EXPECT_EQ(load_with({{"HEDDLE_LOG__LEVEL", "error"}}, {"log.level=debug"}).settings.log_level, LogLevel::debug);
}

TEST(ConfigOverrides, WhatTheFileDoesNotMentionCanBeSet) {
    Loaded loaded = load_with({{"HEDDLE_LIMITS__MESSAGE", "2MiB"}, {"HEDDLE_SERVER__THREADS", "3"}});
    EXPECT_EQ(loaded.settings.limits.message, 2u << 20);
    EXPECT_EQ(loaded.settings.threads, 3);
    EXPECT_TRUE(loaded.mistakes.empty());
}

TEST(ConfigOverrides, ListsOfTablesGoByName) {
    Loaded loaded = load_with(
        {{"HEDDLE_LISTENER__PUBLIC__ADDRESS", "[::]:443"}, {"HEDDLE_LISTENER__IN_DOOR_2__SERVE", "wamp, health"}});
    EXPECT_TRUE(loaded.mistakes.empty());
    EXPECT_EQ(loaded.settings.listeners[0].port, 443);
    EXPECT_EQ(loaded.settings.listeners[1].port, 2);
    EXPECT_TRUE(loaded.settings.listeners[1].wamp && !loaded.settings.listeners[1].warp &&
                loaded.settings.listeners[1].health);
    EXPECT_EQ(load_with({}, {"listener.in-door.2.address=127.0.0.1:9"}).settings.listeners[1].port, 9);
}

TEST(ConfigOverrides, WhatPlatformsSetByThemselvesIsNeverRead) {
    Loaded loaded = load_with({{"HEDDLE_PORT", "tcp://10.0.0.1:80"},
                               {"HEDDLE_SERVICE_HOST", "10.0.0.1"},
                               {"HEDDLE_PORT_8080_TCP_ADDR", "10.0.0.1"},
                               {"HEDDLE_URL", "ws://a:1"},
                               {"HEDDLE_LOG_LEVEL", "nonsense"},
                               {"OTHER__LOG__LEVEL", "nonsense"}});
    EXPECT_TRUE(loaded.mistakes.empty());
    EXPECT_EQ(loaded.settings.log_level, LogLevel::info);
}

TEST(ConfigOverrides, UnknownNamesAreErrorsWithTheNearestOne) {
    EXPECT_EQ(complaint({{"HEDDLE_LIMITS__MESAGE", "1MiB"}}),
              "HEDDLE_LIMITS__MESAGE: unknown key \"mesage\" in [limits]\n  did you mean \"message\"? all: config keys "
              "limits\n");
    EXPECT_EQ(complaint({{"HEDDLE_LIMIT__MESSAGE", "1MiB"}}),
              "HEDDLE_LIMIT__MESSAGE: unknown table \"limit\"\n  did you mean \"limits\"? all: config keys\n");
    EXPECT_EQ(complaint({{"HEDDLE_LISTENER__PUBLC__ADDRESS", "a:1"}}),
              "HEDDLE_LISTENER__PUBLC__ADDRESS: no [[listener]] is named \"publc\"\n  did you mean \"public\"?\n");
    EXPECT_EQ(complaint({{"HEDDLE_LISTENER__ADDRESS", "a:1"}}),
              "HEDDLE_LISTENER__ADDRESS: too many or too few parts\n  HEDDLE_<TABLE>__<NAME>__<KEY>\n");
    EXPECT_EQ(complaint({}, {"log.levle=debug"}),
              "--set log.levle: unknown key \"levle\" in [log]\n  did you mean \"level\"? all: config keys log\n");
    EXPECT_EQ(complaint({}, {"log.level"}),
              "--set log.level: not of the form table.key=value\n  like --set log.level=debug\n");
}

TEST(ConfigOverrides, WrongValuesAreReportedWhereTheyWereSaid) {
    EXPECT_EQ(complaint({{"HEDDLE_LIMITS__MESSAGE", "5s"}}),
              "HEDDLE_LIMITS__MESSAGE: \"message\" in [limits] is a size, and \"5s\" is a time\n  units: B KiB MiB GiB "
              "(also kB MB GB)\n");
    EXPECT_EQ(complaint({}, {"server.threads=0"}),
              "--set server.threads: \"threads\" in [server] is out of range: 0\n  allowed: 1 to 256\n");
    EXPECT_EQ(complaint({{"HEDDLE_LISTENER__PUBLIC__TLS", "main"}}),
              "HEDDLE_LISTENER__PUBLIC__TLS: no [[tls]] is named \"main\"\n");
}

TEST(ConfigOverrides, RealmsAreNotOverridable) {
    EXPECT_EQ(complaint({{"HEDDLE_REALM__REALM1__CALL_TIMEOUT", "5s"}}),
              "HEDDLE_REALM__REALM1__CALL_TIMEOUT: realms are not overridable: they are set in the file only\n");
}

TEST(ConfigOverrides, EffectiveNamesWhereEachValueComesFrom) {
    std::string out = describe_effective(
        load_with({{"HEDDLE_LIMITS__MESSAGE", "2MiB"}}, {"listener.public.address=127.0.0.1:9"}), "heddle.toml");
    auto line = [&](std::string_view begin) {
        std::size_t at = out.find(begin);
        return at == out.npos ? "" : out.substr(at, out.find('\n', at) - at);
    };
    EXPECT_EQ(line("limits.message ="),
              "limits.message = \"2MiB\"                                   # HEDDLE_LIMITS__MESSAGE");
    EXPECT_TRUE(line("listener.public.address").ends_with("# --set listener.public.address"));
    EXPECT_TRUE(line("log.level").ends_with("# heddle.toml:1"));
    EXPECT_TRUE(line("limits.outbox").ends_with("# default"));
    EXPECT_TRUE(line("realm.realm1.auth = [\"anonymous\"]").ends_with("# heddle.toml:10"));
}

}  // namespace
}  // namespace heddle::config
