#include <gtest/gtest.h>

#include "realms/auth/argon2.hpp"
#include "realms/auth/digest.hpp"
#include "realms/auth/passwords.hpp"
#include "realms/auth/scram.hpp"
#include "realms/auth/text.hpp"
#include "realms/auth/token.hpp"

namespace heddle::auth {
namespace {

const std::string salt16 = "0123456789abcdef";
constexpr Argon2Cost quick{64, 1};

TEST(AuthDigest, PublishedVectors) {
    EXPECT_EQ(to_hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    EXPECT_EQ(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")),  // RFC 4231, case 2
              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    EXPECT_EQ(to_hex(pbkdf2_sha256("password", "salt", 1)),
              "120fb6cffcf8b32c43e7225256c4f837a86548c92ccc35480805987cb70be17b");
    EXPECT_EQ(to_hex(pbkdf2_sha256("password", "salt", 4096)),
              "c5e478d59288c841aa530db6845c4c8d962893a001ce4e11a4963873aa98134a");
}

TEST(AuthDigest, EmptyKeysAreKeys) {
    EXPECT_EQ(to_hex(hmac_sha256("", "")), "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
    EXPECT_EQ(hmac_sha256({}, "x"), hmac_sha256(std::string(64, '\0'), "x"));
    EXPECT_EQ(pbkdf2_sha256({}, "salt", 2).size(), 32u);
}

TEST(AuthDigest, SameComparesAllBytes) {
    EXPECT_TRUE(same("abc", "abc"));
    EXPECT_TRUE(same("", ""));
    EXPECT_FALSE(same("abc", "abd"));
    EXPECT_FALSE(same("abc", "abcd"));
    std::string secret = "secret";
    wipe(secret);
    EXPECT_TRUE(secret.empty());
}

TEST(AuthText, HexAndBase64Url) {
    EXPECT_EQ(from_hex("00fFa3"), std::string("\x00\xff\xa3", 3));
    EXPECT_FALSE(from_hex("0"));
    EXPECT_FALSE(from_hex("0g"));
    EXPECT_EQ(to_base64url("\xfb\xff\xfe"), "-__-");
    EXPECT_EQ(from_base64url("-__-"), "\xfb\xff\xfe");
    EXPECT_EQ(from_base64url("YQ"), "a");
    EXPECT_FALSE(from_base64url("YQ=="));  // padded
    EXPECT_FALSE(from_base64url("YR"));    // bits that belong to no byte
    EXPECT_FALSE(from_base64url("+/+/"));
    EXPECT_EQ(from_base64("YQ=="), "a");
    EXPECT_EQ(from_base64("YQ"), "a");
    EXPECT_FALSE(from_base64("Y"));
    EXPECT_EQ(to_number("19456"), 19456u);
    for (const char* bad : {"", "-1", "+1", "01", "1e3", "9999999999", " 1"}) EXPECT_FALSE(to_number(bad)) << bad;
}

TEST(AuthArgon2, TheReferenceImplementationsVector) {
    auto hash = argon2id("password", "somesalt", {65536, 2});
    ASSERT_TRUE(hash);
    EXPECT_EQ(to_hex(*hash), "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7");
    auto stored = parse_ticket_hash("$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc");
    ASSERT_TRUE(stored);
    EXPECT_TRUE(check_ticket(*stored, "password"));
    EXPECT_FALSE(check_ticket(*stored, "Password"));
}

TEST(AuthArgon2, HashesOfTicketsSurviveTheirText) {
    auto made = make_ticket_hash("ticket-7", salt16, quick);
    ASSERT_TRUE(made);
    const std::string text = print_ticket_hash(*made);
    EXPECT_EQ(text.substr(0, 33), "$argon2id$v=19$m=64,t=1,p=1$MDEyM");
    EXPECT_TRUE(check_stored(text, "ticket-7"));
    EXPECT_FALSE(check_stored(text, "ticket-8"));
    EXPECT_FALSE(check_stored(text, ""));
    EXPECT_EQ(why_not_stored(text), "");
    EXPECT_EQ(print_ticket_hash(TicketHash{{}, salt16, salt16}).substr(0, 31), "$argon2id$v=19$m=19456,t=2,p=1$");
}

/// CVE-2018-12551 was a malformed line that made a valid user.
TEST(AuthArgon2, WhatCannotBeReadLetsNobodyIn) {
    const std::string good = print_ticket_hash(*make_ticket_hash("t", salt16, quick));
    const std::string tail = good.substr(good.find("$MDE"));
    for (const std::string& bad :
         {std::string(), std::string("t"), std::string("$argon2id$"), "$argon2i$v=19$m=64,t=1,p=1" + tail,
          "$argon2d$v=19$m=64,t=1,p=1" + tail, "$argon2id$v=16$m=64,t=1,p=1" + tail, "$argon2id$m=64,t=1,p=1" + tail,
          "$argon2id$v=19$m=64,t=1,p=2" + tail, "$argon2id$v=19$m=4294967295,t=1,p=1" + tail,
          "$argon2id$v=19$m=4,t=1,p=1" + tail, "$argon2id$v=19$m=64,t=0,p=1" + tail,
          "$argon2id$v=19$m=1048576,t=5,p=1" + tail, "$argon2id$v=19$m=64,t=10001,p=1" + tail,
          "$argon2id$v=19$t=1,m=64,p=1" + tail, "x" + good, good + "$", good.substr(0, good.rfind('$')),
          good.substr(0, good.rfind('$') + 1), good + "!", "$argon2id$v=19$m=64,t=1,p=1$$" + good.substr(good.rfind('$') + 1)}) {
        EXPECT_FALSE(parse_ticket_hash(bad)) << bad;
        EXPECT_FALSE(check_stored(bad, "t")) << bad;
        EXPECT_NE(why_not_stored(bad), "") << bad;
    }
    EXPECT_EQ(parse_ticket_hash("$argon2id$v=19$m=1048576,t=5,p=1" + tail).error().what,
              "memory times passes of Argon2id must not exceed 4 GiB");
}

TEST(AuthPasswords, VerifiersAnswerForTicketsToo) {
    auto verifier = make_verifier("pencil", salt16, {Kdf::pbkdf2, 4096, 0});
    ASSERT_TRUE(verifier);
    EXPECT_TRUE(check_stored(print_verifier(*verifier), "pencil"));
    EXPECT_FALSE(check_stored(print_verifier(*verifier), "pen"));
    EXPECT_FALSE(check_stored("scram$", ""));
}

TEST(AuthPasswords, TheFakeHashIsStableAndReadable) {
    const std::string fake = fake_ticket_hash("server secret", "kim");
    EXPECT_EQ(fake, fake_ticket_hash("server secret", "kim"));
    EXPECT_NE(fake, fake_ticket_hash("server secret", "lee"));
    EXPECT_NE(fake, fake_ticket_hash("another", "kim"));
    auto hash = parse_ticket_hash(fake);
    ASSERT_TRUE(hash);
    EXPECT_EQ(hash->cost.memory_kib, Argon2Cost{}.memory_kib);
    EXPECT_FALSE(check_ticket(*hash, ""));
}

TEST(AuthToken, MadeSplitCompared) {
    std::string random;
    for (int i = 0; i < 40; ++i) random += static_cast<char>(i);
    const Token token = make_token(random);
    EXPECT_EQ(token.id, "0001020304050607");
    EXPECT_EQ(token.text().substr(0, 21), "hdl_0001020304050607_");
    const auto parts = split_token(token.text());
    ASSERT_TRUE(parts);
    EXPECT_EQ(parts->id, token.id);
    EXPECT_EQ(parts->secret, token.secret);
    const std::string hash = token_hash(token.text());
    EXPECT_EQ(hash.size(), 64u);
    EXPECT_TRUE(check_token(hash, token.text()));
    random[39] = 'x';
    EXPECT_FALSE(check_token(hash, make_token(random).text()));
    EXPECT_FALSE(check_token(token_hash("hdl_"), "hdl_"));
    for (std::string bad : {std::string("hdl_"), token.text() + "A", token.text().substr(1), "HDL" + token.text().substr(3),
                            "hdl_000102030405060G_" + token.secret, "hdl_0001020304050607-" + token.secret})
        EXPECT_FALSE(split_token(bad)) << bad;
}

}  // namespace
}  // namespace heddle::auth
