#include "realms/accounts_table.hpp"

#include <gtest/gtest.h>

namespace heddle {
namespace {

UserSettings user(std::string authid, std::vector<std::string> keys = {}, std::string token = {}) {
    UserSettings made;
    made.authid = std::move(authid);
    made.role = "reader";
    made.keys = std::move(keys);
    made.token = std::move(token);
    return made;
}

TEST(Accounts, FindsUsersByWhatTheyShow) {
    UserSettings kim = user("kim", {"ab01", "cd02"}, "ee");
    kim.certificates = {"ff"};
    const Accounts accounts({kim, user("lee", {"ab02"})});
    EXPECT_EQ(accounts.size(), 2u);
    ASSERT_TRUE(accounts.find("kim"));
    EXPECT_EQ(accounts.find("kim")->role, "reader");
    EXPECT_FALSE(accounts.find("Kim"));
    EXPECT_EQ(accounts.by_key("CD02"), accounts.find("kim")) << "either case";
    EXPECT_EQ(accounts.by_key("ab02"), accounts.find("lee"));
    EXPECT_EQ(accounts.by_certificate("ff"), accounts.find("kim"));
    EXPECT_EQ(accounts.by_token("ee"), accounts.find("kim"));
    EXPECT_FALSE(accounts.by_key("ff")) << "a certificate is no key";
    EXPECT_FALSE(accounts.by_token(""));
}

TEST(Accounts, APutUserIsAsHeIsNowAndNothingElse) {
    Accounts accounts;
    accounts.put(user("kim", {"ab", "ab"}, "ee"));
    EXPECT_EQ(accounts.by_key("ab"), accounts.find("kim")) << "listed twice is listed";
    accounts.put(user("kim", {"cd"}));
    EXPECT_EQ(accounts.size(), 1u);
    EXPECT_FALSE(accounts.by_key("ab"));
    EXPECT_FALSE(accounts.by_token("ee"));
    EXPECT_EQ(accounts.by_key("cd"), accounts.find("kim"));
    EXPECT_TRUE(accounts.remove("kim"));
    EXPECT_FALSE(accounts.remove("kim"));
    EXPECT_FALSE(accounts.by_key("cd"));
    EXPECT_EQ(accounts.size(), 0u);
}

TEST(Accounts, AKeyOfTwoUsersIsNobodys) {
    Accounts accounts({user("kim", {"ab"}), user("lee", {"ab"})});
    EXPECT_FALSE(accounts.by_key("ab"));
    accounts.remove("lee");
    EXPECT_EQ(accounts.by_key("ab"), accounts.find("kim"));
}

TEST(Accounts, WhoIsDisabledOrExpiredMayNotLogIn) {
    UserSettings kim = user("kim");
    EXPECT_TRUE(may_log_in(kim, 5'000));
    kim.expires = 5'000;
    EXPECT_TRUE(may_log_in(kim, 4'999));
    EXPECT_FALSE(may_log_in(kim, 5'000));
    kim.expires = 0;
    kim.disabled = true;
    EXPECT_FALSE(may_log_in(kim, 0));
}

TEST(Accounts, KnowWhoExpiresNext) {
    Accounts accounts;
    for (const auto& [authid, when] : {std::pair("a", 50), std::pair("b", 20), std::pair("c", 0), std::pair("d", 20)}) {
        UserSettings made = user(authid);
        made.expires = when;
        accounts.put(made);
    }
    ASSERT_TRUE(accounts.next_to_expire(0));
    EXPECT_EQ(accounts.next_to_expire(0)->expires, 20);
    EXPECT_EQ(accounts.next_to_expire(20)->authid, "a");
    EXPECT_FALSE(accounts.next_to_expire(50));
    accounts.put(user("a"));
    EXPECT_FALSE(accounts.next_to_expire(20));
}

}  // namespace
}  // namespace heddle
