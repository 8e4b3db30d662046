#include "router/cookies.hpp"

#include <gtest/gtest.h>

#include "router/entropy.hpp"

namespace heddle {
namespace {

const std::string one(32, 'a'), other(32, 'b');

TEST(Cookies, AreRandomAndOfOneForm) {
    KernelEntropy entropy;
    const std::string first = make_cookie(entropy), second = make_cookie(entropy);
    EXPECT_EQ(first.size(), 32u);
    EXPECT_EQ(first.find_first_not_of("0123456789abcdef"), std::string::npos);
    EXPECT_NE(first, second);
    EXPECT_EQ(cookie_in("heddle=" + first), first);
}

TEST(Cookies, AreFoundAmongOthers) {
    for (const std::string& header : {"heddle=" + one, "a=b; heddle=" + one, "heddle=" + one + ";a=b", "a; heddle=" + one,
                                      "heddle=" + one + "; heddle=" + one})
        EXPECT_EQ(cookie_in(header), one) << header;
}

TEST(Cookies, NothingElseCounts) {
    for (const std::string& header :
         {std::string(), std::string("heddle="), "heddle=" + one + "a", "heddle=" + one.substr(1), "Heddle=" + one,
          "xheddle=" + one, "heddlex=" + one, "heddle=\"" + one + "\"", "heddle =" + one, "heddle=" + std::string(32, 'A'),
          "heddle=" + std::string(32, 'g'), std::string("heddle"), "=" + one})
        EXPECT_EQ(cookie_in(header), "") << header;
}

TEST(Cookies, TwoThatDifferAreNone) {
    EXPECT_EQ(cookie_in("heddle=" + one + "; heddle=" + other), "");
    EXPECT_EQ(cookie_in("heddle=x; heddle=" + one), "");
}

TEST(Cookies, StayWithTheirHostAndOutOfScripts) {
    EXPECT_EQ(set_cookie(one, false), "heddle=" + one + "; HttpOnly; SameSite=Strict; Path=/");
    EXPECT_EQ(set_cookie(one, true), "heddle=" + one + "; HttpOnly; SameSite=Strict; Path=/; Secure");
}

}  // namespace
}  // namespace heddle
