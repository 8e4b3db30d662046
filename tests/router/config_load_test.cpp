// Files without mistakes, and what they become.
#include "router/config/load.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "router/config/describe.hpp"
#include "tests/router/temp_folder.hpp"

namespace heddle::config {
namespace {

using std::chrono::milliseconds;

Loaded load_text(const std::string& text, const std::string& folder = "/etc/heddle") {
    Sources sources;
    sources.file_name = "test.toml";
    sources.text = text;
    sources.folders = {folder, "/run/heddle"};
    return load(sources);
}

Loaded load_file(const std::string& path) {
    std::string why;
    auto sources = sources_of_file(path, why);
    EXPECT_TRUE(sources) << why;
    sources->environment.clear();
    sources->folders.runtime = "/run/heddle";
    return load(*sources);
}

std::string effective(const Loaded& loaded) { return describe_effective(loaded, "f"); }

/// A folder for files of the test.
class Folder {
 public:
    std::string write(const std::string& name, const std::string& text, mode_t mode = 0600) const {
        std::string file = path + "/" + name;
        std::ofstream(file) << text;
        ::chmod(file.c_str(), mode);
        return file;
    }
    const test::TempFolder temp;
    const std::string path = temp.path();
};

TEST(ConfigLoad, ThePlantBecomesItsSettings) {
    Loaded loaded = load_file(HEDDLE_TEST_DATA "/config/plant.toml");
    ASSERT_TRUE(loaded.mistakes.empty());
    const ServerSettings& s = loaded.settings;
    EXPECT_EQ(s.threads, 4);
    EXPECT_EQ(s.drain, milliseconds(30'000));
    EXPECT_EQ(s.log_level, LogLevel::warn);
    EXPECT_EQ(s.log_format, LogFormat::json);
    EXPECT_EQ(s.default_realm, "plant");
    EXPECT_EQ(s.limits.message, 512u << 10);
    EXPECT_EQ(s.limits.outbox, 8'000'000u);
    EXPECT_EQ(s.limits.hello, milliseconds(2'500));
    EXPECT_EQ(s.limits.write, Limits{}.write);

    ASSERT_EQ(s.listeners.size(), 2u);
    EXPECT_EQ(s.listeners[0].host, "::");
    EXPECT_EQ(s.listeners[0].port, 8443);
    EXPECT_TRUE(s.listeners[0].wamp && s.listeners[0].warp && !s.listeners[0].health);
    EXPECT_EQ(s.listeners[0].origins, std::vector<std::string>{"https://app.example.com"});
    EXPECT_EQ(s.listeners[1].unix_path, "/run/heddle/plant.sock");
    EXPECT_TRUE(!s.listeners[1].wamp && !s.listeners[1].warp && s.listeners[1].health);
}

TEST(ConfigLoad, ThePlantsRealmsHaveTheirOwnLimitsOverTheSharedOnes) {
    Loaded loaded = load_file(HEDDLE_TEST_DATA "/config/plant.toml");
    ASSERT_EQ(loaded.settings.realms.size(), 2u);
    const RealmEntry &plant = loaded.settings.realms[0], &lab = loaded.settings.realms[1];
    EXPECT_EQ(plant.realm.anonymous_role, "guest");
    EXPECT_EQ(plant.slow_reader, SlowReader::close);
    EXPECT_EQ(plant.realm.uri_check, UriCheck::strict);
    EXPECT_EQ(plant.realm.request_ids, RequestIds::strict);
    EXPECT_TRUE(plant.realm.take_over);
    EXPECT_EQ(plant.realm.limits.held_bytes_max, 1u << 20);
    EXPECT_EQ(plant.realm.limits.testaments_max, 3u);
    EXPECT_EQ(plant.realm.limits.testament_bytes_max, 4u << 10);
    EXPECT_EQ(plant.realm.limits.call_timeout, milliseconds(90'000));
    EXPECT_EQ(plant.realm.limits.retained_events_max, 10u);
    EXPECT_EQ(plant.realm.limits.retained_bytes_max, 1u << 30);
    EXPECT_EQ(plant.realm.limits.subscriptions_max, 5u);
    EXPECT_EQ(plant.realm.limits.uri_bytes_max, 100u);
    EXPECT_EQ(plant.realm.limits.sessions_max, 50'000u);
    EXPECT_EQ(lab.realm.limits.sessions_max, 50'000u);
    EXPECT_EQ(lab.realm.limits.subscriptions_max, RealmLimits{}.subscriptions_max);
    EXPECT_EQ(lab.realm.anonymous_role, "anonymous");
    EXPECT_FALSE(lab.realm.take_over);
    EXPECT_EQ(lab.realm.roles[0].trustlevel, 0u);
    EXPECT_EQ(plant.realm.roles[0].trustlevel, 2u);
    EXPECT_EQ(plant.warp.links_max, 77u);

    ASSERT_EQ(plant.realm.lanes.size(), 2u);
    EXPECT_EQ(plant.realm.lanes[0].kind, LaneKind::event);
    EXPECT_EQ(plant.realm.lanes[0].waiting_max, 50u);
    EXPECT_EQ(plant.realm.lanes[0].entries_max, 0u);
    EXPECT_EQ(plant.realm.lanes[1].kind, LaneKind::list);
    EXPECT_EQ(plant.realm.lanes[1].match, Match::wildcard);
    EXPECT_EQ(plant.realm.lanes[1].entries_max, 100u);
    EXPECT_EQ(plant.store, HEDDLE_TEST_DATA "/config/plant.db");
    ASSERT_EQ(plant.realm.histories.size(), 2u);
    EXPECT_EQ(plant.realm.histories[0].match, Match::prefix);
    EXPECT_EQ(plant.realm.histories[0].uri, "com.plant.alarm.");
    EXPECT_EQ(plant.realm.histories[0].events_max, 100u);
    EXPECT_EQ(plant.realm.histories[0].bytes_max, 1u << 20);
    EXPECT_EQ(plant.realm.histories[0].age_max, std::chrono::hours(24 * 7));
    EXPECT_EQ(plant.realm.histories[0].kind, HistoryKind::sqlite);
    EXPECT_EQ(plant.realm.histories[1].kind, HistoryKind::memory);
    EXPECT_EQ(plant.realm.histories[1].events_max, 1'000u);
    ASSERT_EQ(plant.realm.roles.size(), 1u);
    const auto& rules = plant.realm.roles[0].permissions;
    ASSERT_EQ(rules.size(), 4u);
    EXPECT_EQ(rules[0].match, Match::prefix);
    EXPECT_TRUE(rules[0].allow.has(Action::call) && rules[0].allow.has(Action::publish) &&
                rules[0].allow.has(Action::subscribe));
    EXPECT_FALSE(rules[0].allow.has(Action::register_));
    EXPECT_TRUE(rules[1].disclose.has(Identified::caller));
    EXPECT_FALSE(rules[1].disclose.has(Identified::publisher));
    EXPECT_TRUE(rules[2].conceal.has(Identified::publisher));
    EXPECT_EQ(rules[3].match, Match::wildcard);
    EXPECT_TRUE(rules[3].deny.has(Action::publish));
}

TEST(ConfigLoad, EveryEnumerationIsReadInItsOrder) {
    const char* kinds[] = {"by_state", "value", "map", "event", "command", "list"};
    for (unsigned i = 0; i < std::size(kinds); ++i) {
        Loaded loaded = load_text(std::string("[[realm]]\nname=\"r\"\nlanes=[{uri=\"a\",kind=\"") + kinds[i] + "\"}]");
        EXPECT_EQ(loaded.settings.realms.at(0).realm.lanes.at(0).kind, static_cast<LaneKind>(i));
    }
    const char* actions[] = {"call", "register", "publish", "subscribe"};
    for (unsigned i = 0; i < 4; ++i) {
        Loaded loaded = load_text(
            std::string("[[realm]]\nname=\"r\"\n[[realm.role]]\nname=\"x\"\npermissions=[{uri=\"a\",deny=[\"") +
            actions[i] + "\"]}]");
        EXPECT_EQ(loaded.settings.realms.at(0).realm.roles.at(0).permissions.at(0).deny.bits, 1u << i);
    }
}

TEST(ConfigLoad, UnixAddressesWithAFolderStartAtTheFile) {
    Loaded loaded = load_text(
        "[[listener]]\nname=\"a\"\naddress=\"unix:run/a.sock\"\n[[listener]]\nname=\"b\"\naddress=\"unix:/srv/"
        "b.sock\"");
    EXPECT_EQ(loaded.settings.listeners.at(0).unix_path, "/etc/heddle/run/a.sock");
    EXPECT_EQ(loaded.settings.listeners.at(1).unix_path, "/srv/b.sock");
}

TEST(ConfigLoad, AKeyThatOthersMayReadIsRefused) {
    Folder folder;
    folder.write("cert.pem", "x", 0644);
    folder.write("key.pem", "x", 0644);
    const std::string text =
        "[[tls]]\nname=\"main\"\ncertificate=\"cert.pem\"\nkey=\"key.pem\"\n[[listener]]\nname=\"a\"\naddress=\"a:"
        "1\"\ntls=\"main\"";
    Loaded open = load_text(text, folder.path);
    EXPECT_EQ(open.mistakes.errors(), 1u);
    EXPECT_NE(open.mistakes.render("f", text).find("f:4:5: others may read the key "), std::string::npos);

    ::chmod((folder.path + "/key.pem").c_str(), 0640);
    Loaded closed = load_text(text, folder.path);
    EXPECT_NE(closed.mistakes.render("f", text).find("f:3:13: cannot use certificate " + folder.path + "/cert.pem: "),
              std::string::npos)
        << "it is tried as a listener would: " << closed.mistakes.render("f", text);
    EXPECT_EQ(closed.mistakes.errors(), 1u);
    EXPECT_EQ(closed.settings.tls.at(0).key, folder.path + "/key.pem");
}

TEST(ConfigLoad, TheDefaultFileServesAsItStandsAndSaysTheDefaults) {
    std::string text = default_file();
    Loaded loaded = load_text(text);
    EXPECT_TRUE(loaded.mistakes.empty()) << loaded.mistakes.render("default", text);
    Loaded bare = load_text("[[listener]]\nname=\"local\"\naddress=\"127.0.0.1:8080\"\n");
    EXPECT_EQ(loaded.settings.limits.message, bare.settings.limits.message);
    EXPECT_EQ(summary(loaded.settings), "1 listener, 0 certificates, 1 realm, 1 role, 1 rule");
}

/// Turns the comments that hold a key of plain tables into lines in force.
TEST(ConfigLoad, EveryCommentedKeyOfTheDefaultFileIsValidWhenItIsPutInForce) {
    std::string text, line;
    std::istringstream file(default_file());
    bool skipping = false;
    while (std::getline(file, line)) {
        if (line.find("[[tls]]") != line.npos)
            skipping = true;  // needs files
        else if (line.find("]]") != line.npos || line.find("# [") == 0)
            skipping = false;
        bool key = line.starts_with("# ") && (line.find(" = ") != line.npos || line.starts_with("# ["));
        bool refers = line.find("# tls = ") == 0 || line.find("# default_realm") == 0 || line.find("# pages") == 0 ||
                      line.find("# credentials") == 0;
        text += (key && !skipping && !refers ? line.substr(2) : line) + "\n";
    }
    Loaded loaded = load_text(text);
    EXPECT_TRUE(loaded.mistakes.empty()) << loaded.mistakes.render("default", text);
}

TEST(ConfigLoad, TheDevelopmentFileSaysWhatDevDoes) {
    Loaded file = load_file(HEDDLE_TEST_DATA "/../../examples/dev.toml");
    Sources sources = sources_of_dev();
    sources.environment.clear();
    Loaded dev = load(sources);
    EXPECT_TRUE(file.mistakes.empty());
    EXPECT_TRUE(dev.mistakes.empty());
    auto values = [](const Loaded& loaded) {
        std::string text = effective(loaded), out;
        std::istringstream lines(text);
        for (std::string line; std::getline(lines, line);) out += line.substr(0, line.rfind("  # ")) + "\n";
        return out;
    };
    EXPECT_EQ(values(file), values(dev));
    ASSERT_EQ(dev.settings.listeners.size(), 1u);
    EXPECT_EQ(dev.settings.listeners[0].host, "127.0.0.1");
    EXPECT_EQ(dev.settings.listeners[0].port, 8080);
}

TEST(ConfigLoad, APortFromTheCommandLineGoesToTheFirstTcpListener) {
    Sources sources = sources_of_dev();
    sources.environment.clear();
    sources.port = 0;
    EXPECT_EQ(load(sources).settings.listeners.at(0).port, 0);

    sources.text = "[[listener]]\nname=\"a\"\naddress=\"unix:a\"\n[[listener]]\nname=\"b\"\naddress=\"[::1]:5\"";
    sources.port = 17;
    Loaded loaded = load(sources);
    EXPECT_EQ(loaded.settings.listeners.at(1).port, 17);
    EXPECT_EQ(loaded.settings.listeners.at(1).host, "::1");

    sources.text = "[[listener]]\nname=\"a\"\naddress=\"unix:a\"";
    EXPECT_EQ(load(sources).mistakes.errors(), 1u);
}

TEST(ConfigLoad, AFileThatIsNotThereIsSaidToBeSo) {
    std::string why;
    EXPECT_FALSE(sources_of_file("/no/such/file.toml", why));
    EXPECT_EQ(why, "cannot read /no/such/file.toml: No such file or directory");
    EXPECT_FALSE(sources_of_file("/", why));
    EXPECT_EQ(why, "cannot read /: it is a folder");
}

}  // namespace
}  // namespace heddle::config
