// A running router reads its configuration again: all of it takes hold, or nothing.
#include <gtest/gtest.h>

#include "raw_client.hpp"
#include "running_server.hpp"

namespace heddle {
namespace {

using nlohmann::json;
using Lines = std::vector<std::string>;

constexpr std::string_view first_text = R"(
limits.message = "64KiB"
[[listener]]
name = "local"
address = "127.0.0.1:0"
[[realm]]
name = "realm1"
auth = ["anonymous"]
[[realm.role]]
name = "anonymous"
permissions = [ { match = "prefix", uri = "", allow = ["call", "register", "publish", "subscribe"] } ]
)";

/// A router whose configuration file is a text of the test.
class Reloaded : public testing::Test {
 protected:
    static config::Sources sources(const std::string& text) {
        config::Sources sources;
        sources.file_name = "heddle.toml";
        sources.text = text;
        sources.folders = {"/nowhere", "/nowhere"};
        return sources;
    }
    Reloaded() {
        const config::Loaded loaded = config::load(sources(text));
        EXPECT_EQ(loaded.mistakes.render("heddle.toml", text), "");
        server.emplace(loaded.settings, ConfigSource{loaded.tree, [this](std::string&) {
                                                         const config::Sources now = sources(text);
                                                         return ConfigReading{now.file_name, now.text, config::load(now)};
                                                     }});
    }
    void change(const std::string& from, const std::string& to) {
        const std::size_t at = text.find(from);
        ASSERT_NE(at, text.npos) << from;
        text.replace(at, from.size(), to);
    }
    void append(const std::string& more) { text += more; }
    std::uint16_t port_in_log(std::string_view event) {
        const std::string line = server->log.last(event);
        return static_cast<std::uint16_t>(std::stoi(line.substr(line.rfind(':') + 1)));
    }
    static std::string publication(std::size_t size) { return std::string(size, 'x'); }

    std::string text{first_text};
    std::optional<RunningServer> server;
};

TEST_F(Reloaded, NothingNewChangesNothing) {
    const ReloadOutcome outcome = server->reload();
    EXPECT_EQ(outcome.mistakes, Lines{});
    EXPECT_EQ(outcome.changes, Lines{});
    EXPECT_EQ(outcome.kept, Lines{});
    EXPECT_EQ(server->site().reloads, 1u);
}

TEST_F(Reloaded, LimitsTakeHoldForThoseWhoAreThere) {
    RawClient client(server->port);
    ASSERT_EQ(client.join("realm1")[0], 2);
    change("64KiB", "256KiB");
    change("limits.message", "limits.outbox = \"1MiB\"\nlimits.message");
    EXPECT_EQ(server->reload().changes,
              (Lines{"limits.message: \"64KiB\" to \"256KiB\"", "limits.outbox: \"4MiB\" to \"1MiB\""}));
    EXPECT_EQ(server->control().settings()->limits.message, std::size_t{256} << 10);
    // What RawSocket announced holds for as long as the connection.
    client.say({16, 1, {{"acknowledge", true}}, "com.topic", json::array({publication(60 << 10)})});
    EXPECT_EQ(client.receive()[0], 17);
    RawClient later(server->port);
    ASSERT_EQ(later.join("realm1")[0], 2);
    later.say({16, 1, {{"acknowledge", true}}, "com.topic", json::array({publication(200 << 10)})});
    EXPECT_EQ(later.receive()[0], 17);
    client.say({16, 2, {{"acknowledge", true}}, "com.topic", json::array({publication(200 << 10)})});
    EXPECT_TRUE(client.over());
}

TEST_F(Reloaded, ListenersComeAndGoAndTheirConnectionsStay) {
    append("[[listener]]\nname = \"more\"\naddress = \"127.0.0.1:0\"\n");
    EXPECT_EQ(server->reload().changes, Lines{"listener more: added"});
    const std::uint16_t port = port_in_log("listener.open");
    RawClient old(server->port), there(port);
    ASSERT_EQ(old.join("realm1")[0], 2);
    ASSERT_EQ(there.join("realm1")[0], 2);
    change("name = \"more\"", "name = \"other\"");
    EXPECT_EQ(server->reload().changes, (Lines{"listener other: added", "listener more: removed"}));
    EXPECT_THROW(RawClient{port}, std::runtime_error);
    for (RawClient* client : {&old, &there}) {
        client->say({16, 1, {{"acknowledge", true}}, "com.topic"});
        EXPECT_EQ(client->receive()[0], 17);
    }
    EXPECT_EQ(RawClient(server->port).join("realm1")[0], 2) << "the first one is what it was";
    EXPECT_EQ(RawClient(port_in_log("listener.open")).join("realm1")[0], 2);
    EXPECT_EQ(server->site().listeners, 2u);
}

TEST_F(Reloaded, OtherOptionsLeaveTheSocketAlone) {
    change("address = \"127.0.0.1:0\"", "address = \"127.0.0.1:0\"\nserve = [\"warp\"]");
    ASSERT_EQ(server->reload().mistakes, Lines{});
    EXPECT_THROW(RawClient{server->port}, std::runtime_error) << "somebody is there, and refuses";
    change("serve = [\"warp\"]", "serve = [\"wamp\"]");
    ASSERT_EQ(server->reload().mistakes, Lines{});
    EXPECT_EQ(RawClient(server->port).join("realm1")[0], 2);
}

TEST_F(Reloaded, AListenerMayTakeOverThePortOfOneThatGoes) {
    append("[[listener]]\nname = \"more\"\naddress = \"127.0.0.1:0\"\n");
    ASSERT_EQ(server->reload().mistakes, Lines{});
    const std::string port = std::to_string(port_in_log("listener.open"));
    change("\"127.0.0.1:0\"\n[[realm]]", "\"127.0.0.1:" + port + "\"\n[[realm]]");
    change("[[listener]]\nname = \"more\"\naddress = \"127.0.0.1:0\"\n", "");
    ASSERT_EQ(server->reload().mistakes, Lines{});
    EXPECT_EQ(RawClient(static_cast<std::uint16_t>(std::stoi(port))).join("realm1")[0], 2) << "the same address";
    change("\"127.0.0.1:" + port + "\"", "\"0.0.0.0:" + port + "\"");
    ASSERT_EQ(server->reload().mistakes, Lines{});
    EXPECT_EQ(RawClient(static_cast<std::uint16_t>(std::stoi(port))).join("realm1")[0], 2) << "an address around it";
}

TEST_F(Reloaded, ABadFileChangesNothing) {
    RawClient client(server->port);
    ASSERT_EQ(client.join("realm1")[0], 2);
    change("64KiB", "128KiB");
    append("[[listener]]\nname = \"more\"\nadress = \"127.0.0.1:0\"\n");
    const ReloadOutcome outcome = server->reload();
    ASSERT_EQ(outcome.mistakes.size(), 2u);
    EXPECT_EQ(outcome.mistakes[1].substr(0, outcome.mistakes[1].find('\n')),
              "heddle.toml:14:1: unknown key \"adress\" in [[listener]]");
    EXPECT_EQ(outcome.changes, Lines{});
    EXPECT_EQ(server->control().settings()->limits.message, std::size_t{64} << 10);
    EXPECT_EQ(server->site().failed_reloads, 1u);
    EXPECT_EQ(server->site().listeners, 1u);
    EXPECT_NE(server->log.last("config.reload").find("heddle.toml:12:1:"), std::string::npos) << "says the first";
    client.say({16, 1, {{"acknowledge", true}}, "com.topic"});
    EXPECT_EQ(client.receive()[0], 17);
}

TEST_F(Reloaded, AnAddressThatIsTakenChangesNothing) {
    RunningServer other{ServerSettings{}};
    change("64KiB", "128KiB");
    append("[[listener]]\nname = \"fine\"\naddress = \"127.0.0.1:0\"\n");
    append("[[listener]]\nname = \"more\"\naddress = \"127.0.0.1:" + std::to_string(other.port) + "\"\n");
    const ReloadOutcome outcome = server->reload();
    ASSERT_EQ(outcome.mistakes.size(), 1u);
    EXPECT_EQ(outcome.mistakes[0].find("heddle.toml:17:11: cannot listen on 127.0.0.1:" + std::to_string(other.port) +
                                       ": Address already in use\n"),
              0u)
        << outcome.mistakes[0];
    EXPECT_EQ(server->control().settings()->limits.message, std::size_t{64} << 10);
    EXPECT_EQ(server->site().listeners, 1u);
    EXPECT_EQ(server->log.last("listener.open"), "");
}

TEST_F(Reloaded, ADryRunSaysWhatWouldBe) {
    change("64KiB", "128KiB");
    append("[[listener]]\nname = \"more\"\naddress = \"127.0.0.1:0\"\n");
    EXPECT_EQ(server->reload(true).changes,
              (Lines{"limits.message: \"64KiB\" to \"128KiB\"", "listener more: added"}));
    EXPECT_EQ(server->control().settings()->limits.message, std::size_t{64} << 10);
    EXPECT_EQ(server->site().listeners, 1u);
    EXPECT_EQ(server->site().reloads, 0u);
    EXPECT_EQ(server->log.last("config.reload"), "");
}

TEST_F(Reloaded, WhatOnlyARestartCanChangeIsNamed) {
    change("limits.message", "server.threads = 3\nlog.level = \"warn\"\nlimits.message");
    change("name = \"realm1\"", "name = \"realm1\"\ncall_timeout = \"7s\"");
    append("[[realm]]\nname = \"realm2\"\nauth = [\"anonymous\"]\n[[realm.role]]\nname = \"anonymous\"\n");
    const ReloadOutcome outcome = server->reload();
    EXPECT_EQ(outcome.mistakes, Lines{});
    EXPECT_EQ(outcome.changes, Lines{"log.level: \"info\" to \"warn\""});
    EXPECT_EQ(outcome.kept, (Lines{"server.threads: stays 1 until a restart, the file says 3",
                                   "realm realm1: realms are changed in the store: heddle apply",
                                   "realm realm2: realms are changed in the store: heddle apply"}));
    EXPECT_EQ(server->log.level(), LogLevel::warn);
    EXPECT_EQ(server->control().settings()->threads, 1);
    EXPECT_EQ(server->control().realm_names(), std::vector<std::string>{"realm1"});
}

TEST_F(Reloaded, WhatNewRealmsStartFromIsToldApart) {
    change("limits.message", "limits.subscriptions = 77\nlimits.message");
    change("address = \"127.0.0.1:0\"",
           "address = \"127.0.0.1:0\"\nclient_address = { header = \"X-Forwarded-For\", from = [\"127.0.0.1\"] }");
    EXPECT_EQ(server->reload().changes,
              (Lines{"limits.subscriptions: 10_000 to 77, for realms made or edited from now on",
                     "listener local: client_address.header: \"\" to \"X-Forwarded-For\"",
                     "listener local: client_address.from: [] to [\"127.0.0.1\"]"}));
    EXPECT_EQ(server->control().settings()->realm_defaults.realm.limits.subscriptions_max, 77u);
}

TEST_F(Reloaded, ManyAtOnceComeOneAfterTheOther) {
    std::vector<std::promise<ReloadOutcome>> over(8);
    for (auto& one : over)
        server->control().reload(false, [&one](ReloadOutcome outcome) { one.set_value(std::move(outcome)); });
    for (auto& one : over) EXPECT_EQ(one.get_future().get().mistakes, Lines{});
    EXPECT_EQ(server->site().reloads, 8u);
}

TEST(ReloadWithoutAFile, SaysSo) {
    RunningServer server{ServerSettings{}};
    EXPECT_EQ(server.reload().mistakes, Lines{"this router was not started from a file"});
}

}  // namespace
}  // namespace heddle
