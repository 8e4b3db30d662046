#include "router/cli/startup.hpp"

#include <gtest/gtest.h>

#include "router/config/load.hpp"

namespace heddle::cli {
namespace {

ServerSettings dev() {
    config::Sources sources = config::sources_of_dev();
    sources.environment.clear();
    return config::load(sources).settings;
}

std::string shown(const ServerSettings& settings, const std::vector<BoundListener>& bound) {
    return startup_text({settings, bound, "examples/dev.toml", std::chrono::milliseconds(38)});
}

TEST(Startup, SaysAddressRealmRightsAndAFirstCommand) {
    std::string text = shown(dev(), {{"local", "127.0.0.1:8080", 8080}});
    EXPECT_EQ(text.substr(text.find('\n') + 1),
              "  listening  127.0.0.1:8080   wamp (ws, rawsocket)  warp  http  console\n"
              "  realm1     anonymous may call, register, publish, subscribe      loopback only\n"
              "  try        heddle subscribe com.example.hello        ready in 38 ms\n");
}

TEST(Startup, ShowsThePortAsBound) {
    std::string text = shown(dev(), {{"local", "127.0.0.1:34567", 34567}});
    EXPECT_NE(text.find("  listening  127.0.0.1:34567 "), std::string::npos);
    EXPECT_NE(text.find("heddle subscribe com.example.hello --url ws://127.0.0.1:34567 "), std::string::npos);
}

TEST(Startup, SaysWhatAnonymousMayNotDo) {
    ServerSettings settings = dev();
    auto& permissions = settings.realms[0].realm.roles[0].permissions;
    permissions[0].uri = "com.";
    EXPECT_NE(shown(settings, {}).find("anonymous may call, register, publish, subscribe, by its rules"),
              std::string::npos);
    permissions.clear();
    EXPECT_NE(shown(settings, {}).find("anonymous may do nothing"), std::string::npos);
    settings.realms[0].realm.anonymous_role.clear();
    settings.realms[0].realm.auth = {};
    EXPECT_NE(shown(settings, {}).find("nobody may join"), std::string::npos);
    settings.realms[0].realm.auth.methods.add(AuthMethod::cryptosign);
    EXPECT_NE(shown(settings, {}).find("by cryptosign"), std::string::npos);
}

TEST(Startup, ReadyFileHoldsTheAddresses) {
    EXPECT_EQ(ready_text({{"a", "127.0.0.1:1", 1}, {"b", "unix:/run/b", 0}}), "127.0.0.1:1\nunix:/run/b\n");
}

}  // namespace
}  // namespace heddle::cli
