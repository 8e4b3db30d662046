// Credentials in configuration files: where they may stand, and what becomes of them.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "realms/auth/argon2.hpp"
#include "realms/auth/cryptosign.hpp"
#include "realms/auth/text.hpp"
#include "router/config/load.hpp"
#include "tests/router/temp_folder.hpp"

namespace heddle::config {
namespace {

namespace fs = std::filesystem;

class ConfigAuth : public testing::Test {
 protected:
    ConfigAuth() {
        hash_ = auth::print_ticket_hash(*auth::make_ticket_hash("secret", "saltsalt", {8, 1}));
    }

    void write(const std::string& name, const std::string& text, bool open) {
        std::ofstream(folder_ / name) << text;
        const auto rest = open ? fs::perms::group_read | fs::perms::others_read : fs::perms::none;
        fs::permissions(folder_ / name, fs::perms::owner_read | fs::perms::owner_write | rest);
    }
    Loaded load_with(const std::string& realm, bool open) {
        write("heddle.toml",
              "[[listener]]\nname = \"l\"\naddress = \"127.0.0.1:0\"\n[[realm]]\nname = \"r\"\n"
              "auth = [\"ticket\", \"jwt\"]\n" +
                                 realm + "\n[[realm.role]]\nname = \"operator\"\n", open);
        std::string why;
        auto sources = sources_of_file((folder_ / "heddle.toml").string(), why);
        EXPECT_TRUE(sources) << why;
        said_.clear();
        Loaded loaded = load(*sources);
        said_ = loaded.mistakes.render("heddle.toml", sources->text);
        return loaded;
    }
    std::string user(const std::string& credential) const {
        return "users = [{ authid = \"kim\", role = \"operator\", " + credential + " }]\njwt = { keys = \"secret.hs256\" }";
    }

    const test::TempFolder temp_;
    const fs::path folder_ = temp_.path();
    std::string hash_, said_;
};

TEST_F(ConfigAuth, StandInFilesThatOthersCannotRead) {
    write("secret.hs256", std::string(40, 'j') + "\n", false);
    const Loaded good = load_with(user("ticket = \"" + hash_ + "\""), false);
    EXPECT_EQ(good.mistakes.errors(), 0u) << said_;
    ASSERT_EQ(good.settings.realms.front().realm.users.size(), 1u);
    EXPECT_EQ(good.settings.realms.front().realm.users.front().ticket, hash_);
    EXPECT_FALSE(good.settings.realms.front().realm.auth.jwt_keys.empty());
    const Loaded bad = load_with(user("ticket = \"" + hash_ + "\""), true);
    EXPECT_EQ(bad.mistakes.errors(), 1u) << said_;
    EXPECT_EQ(bad.settings.realms.front().realm.users.front().ticket, "") << "it lets nobody in";
    EXPECT_EQ(said_.find(hash_), said_.npos) << said_;
}

TEST_F(ConfigAuth, OrAreReferredTo) {
    write("secret.hs256", std::string(40, 'j'), false);
    write("kim.ticket", hash_ + "\n", false);
    Loaded loaded = load_with(user("ticket = \"file:kim.ticket\""), true);
    EXPECT_EQ(loaded.mistakes.errors(), 0u) << said_;
    EXPECT_EQ(loaded.settings.realms.front().realm.users.front().ticket, hash_);
    write("kim.ticket", hash_, true);
    EXPECT_EQ(load_with(user("ticket = \"file:kim.ticket\""), false).mistakes.errors(), 1u) << "others may read it: " << said_;
    ::setenv("HEDDLE_TESTS_TICKET", hash_.c_str(), 1);
    loaded = load_with(user("ticket = \"env:HEDDLE_TESTS_TICKET\""), true);
    ::unsetenv("HEDDLE_TESTS_TICKET");
    EXPECT_EQ(loaded.settings.realms.front().realm.users.front().ticket, hash_);
    EXPECT_EQ(load_with(user("ticket = \"file:nowhere\""), false).mistakes.errors(), 1u);
}

TEST_F(ConfigAuth, KeysMayBeWrittenAsFilesHaveThem) {
    write("secret.hs256", std::string(40, 'j'), false);
    const std::string seed(32, 's'), hex = auth::to_hex(*auth::public_key_of(seed));
    write("kim.pub", hex + "\n", true);
    write("router.key", auth::to_hex(seed), false);
    const Loaded loaded = load_with("cryptosign_key = \"file:router.key\"\n" + user("keys = [\"file:kim.pub\"]"), true);
    EXPECT_EQ(loaded.mistakes.errors(), 0u) << said_;
    const RealmSettings& realm = loaded.settings.realms.front().realm;
    EXPECT_EQ(realm.users.front().keys, std::vector<std::string>{hex});
    EXPECT_EQ(realm.auth.router_key, seed);
}

}  // namespace
}  // namespace heddle::config
