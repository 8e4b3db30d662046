#include "router/long_poll_request.hpp"

#include <gtest/gtest.h>

namespace heddle {
namespace {

using What = LongPollTarget::What;

std::string secret() { return long_poll_secret(0x0123456789abcdef, 0xfedcba9876543210); }

TEST(LongPollTarget, FindsOpenAndTheThreeVerbsBelowTheBase) {
    const std::string id = long_poll_id({3, 70'000, 9}, secret());
    EXPECT_EQ(long_poll_target("/lp", "/lp/open")->what, What::open);
    for (const auto& [verb, what] : std::initializer_list<std::pair<const char*, What>>{
             {"receive", What::receive}, {"send", What::send}, {"close", What::close}}) {
        const std::string path = "/lp/" + id + "/" + verb;
        const auto target = long_poll_target("/lp", path);
        ASSERT_TRUE(target);
        EXPECT_EQ(target->what, what);
        EXPECT_EQ(target->transport, (ConnectionRef{3, 70'000, 9}));
        EXPECT_EQ(target->secret, secret());
    }
    EXPECT_EQ(long_poll_target("/a/b", "/a/b/open")->what, What::open);
}

TEST(LongPollTarget, WhatIsBelowTheBaseAndNoTransportIsUnknown) {
    const std::string id = long_poll_id({0, 0, 1}, secret());
    for (const std::string& path :
         {std::string("/lp/"), std::string("/lp/open/"), std::string("/lp/x/send"), "/lp/" + id, "/lp/" + id + "/",
          "/lp/" + id + "/fetch", "/lp/" + id + "0/send", "/lp/" + id.substr(1) + "/send",
          "/lp/" + long_poll_id({0, 0, 0}, secret()) + "/send", "/lp/-001" + id.substr(4) + "/send"})
        EXPECT_EQ(long_poll_target("/lp", path)->what, What::unknown) << path;
}

TEST(LongPollTarget, OtherPathsAreNobodysBusiness) {
    for (const char* path : {"/", "/lp", "/lpx/open", "/x/lp/open", "lp/open"})
        EXPECT_FALSE(long_poll_target("/lp", path)) << path;
    EXPECT_FALSE(long_poll_target("", "/open"));
}

TEST(LongPollId, TellsSecretsApart) {
    EXPECT_TRUE(same_secret(secret(), secret()));
    EXPECT_FALSE(same_secret(secret(), long_poll_secret(0x0123456789abcdef, 0xfedcba9876543211)));
    EXPECT_FALSE(same_secret(secret(), secret().substr(1)));
    EXPECT_FALSE(same_secret(secret(), ""));
}

TEST(LongPollOffer, TakesTheFirstProtocolThatIsSpokenHere) {
    const auto chosen = [](std::string_view body) {
        const LongPollOffer offer = read_long_poll_offer(body);
        return offer.protocol ? std::string(offer.protocol->name) : std::string(offer.refusal);
    };
    EXPECT_EQ(chosen(R"({"protocols":["wamp.2.json"]})"), "wamp.2.json");
    EXPECT_EQ(chosen(R"( {"x":[1,{"protocols":2}],"protocols":["a","wamp.2.cbor.batched","wamp.2.json"],"y":null} )"),
              "wamp.2.cbor.batched");
    EXPECT_NE(chosen(R"({"protocols":["warp0"]})").find("none of the offered"), std::string::npos);
    for (const char* wrong : {"", "x", "[]", "{}", R"({"protocols":{}})", R"({"protocols":["wamp.2.json",1]})",
                              R"({"protocols":["wamp.2.json"]}})", R"({"protocols":["wamp.2.json")"})
        EXPECT_NE(chosen(wrong).find("JSON dictionary"), std::string::npos) << wrong;
}

}  // namespace
}  // namespace heddle
