#include <gtest/gtest.h>

#include "realms/auth/digest.hpp"
#include "realms/auth/saslprep.hpp"
#include "realms/auth/scram.hpp"
#include "realms/auth/text.hpp"
#include "serializers/base64.hpp"

namespace heddle::auth {
namespace {

const std::string salt16 = "0123456789abcdef";

/// RFC 7677, section 3; its nonces are no base64, the mathematics does not mind.
ScramExchange rfc_exchange() {
    ScramExchange exchange;
    exchange.authid = "user";
    exchange.client_nonce = "rOprNGfwEbeRWgbNEkqO";
    exchange.nonce = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
    exchange.salt_base64 = "W22ZaJ0SNY7soEsUEjb6gQ==";
    exchange.iterations = 4096;
    return exchange;
}
std::string unpacked(std::string_view text) { return *from_base64(text); }

TEST(AuthScram, Rfc7677) {
    const ScramExchange exchange = rfc_exchange();
    EXPECT_EQ(auth_message(exchange),
              "n=user,r=rOprNGfwEbeRWgbNEkqO,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
              "s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0");
    const ScramCost cost{Kdf::pbkdf2, 4096, 0};
    const std::string salt = unpacked(exchange.salt_base64);
    const auto salted = salted_password("pencil", salt, cost);
    ASSERT_TRUE(salted);
    const ScramProof proof = prove(*salted, exchange);
    EXPECT_EQ(base64::encode(proof.proof), "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
    EXPECT_EQ(base64::encode(proof.server_signature), "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");

    const auto verifier = make_verifier("pencil", salt, cost);
    ASSERT_TRUE(verifier);
    const ScramAnswer answer = check_proof(*verifier, exchange, proof.proof);
    EXPECT_TRUE(answer.right);
    EXPECT_EQ(answer.server_signature, proof.server_signature);
}

TEST(AuthScram, EveryKdfLetsInItsPasswordAndNoOther) {
    for (const ScramCost& cost : {ScramCost{Kdf::pbkdf2, 4096, 0}, ScramCost{Kdf::argon2id13, 1, 64}, ScramCost{Kdf::argon2id_13, 2, 64}}) {
        const auto verifier = make_verifier("pencil", salt16, cost);
        ASSERT_TRUE(verifier);
        ScramExchange exchange = rfc_exchange();
        exchange.salt_base64 = base64::encode(salt16);
        exchange.iterations = cost.iterations;
        EXPECT_TRUE(check_proof(*verifier, exchange, prove(*salted_password("pencil", salt16, cost), exchange).proof).right);
        const ScramAnswer refused = check_proof(*verifier, exchange, prove(*salted_password("Pencil", salt16, cost), exchange).proof);
        EXPECT_FALSE(refused.right);
        EXPECT_EQ(refused.server_signature, "");
        EXPECT_TRUE(check_password(*verifier, "pencil"));
        EXPECT_FALSE(check_password(*verifier, "pencil "));
    }
}

TEST(AuthScram, AProofIsForOneExchange) {
    const ScramCost cost{Kdf::pbkdf2, 4096, 0};
    const auto verifier = make_verifier("pencil", salt16, cost);
    const std::string salted = *salted_password("pencil", salt16, cost);
    const ScramExchange exchange = rfc_exchange();
    const std::string proof = prove(salted, exchange).proof;
    ASSERT_TRUE(check_proof(*verifier, exchange, proof).right);
    auto with = [&](auto change) {
        ScramExchange other = exchange;
        change(other);
        return check_proof(*verifier, other, proof).right;
    };
    EXPECT_FALSE(with([](ScramExchange& e) { e.nonce += "x"; }));
    EXPECT_FALSE(with([](ScramExchange& e) { e.client_nonce += "x"; }));
    EXPECT_FALSE(with([](ScramExchange& e) { e.authid = "other"; }));
    EXPECT_FALSE(with([](ScramExchange& e) { e.salt_base64 = "AAAA"; }));
    EXPECT_FALSE(with([](ScramExchange& e) { e.iterations = 4097; }));
    EXPECT_FALSE(with([](ScramExchange& e) { e.channel_binding = "tls-unique", e.cbind = "id"; }));
    EXPECT_FALSE(check_proof(*verifier, exchange, "").right);
    EXPECT_FALSE(check_proof(*verifier, exchange, proof.substr(1)).right);
    EXPECT_FALSE(check_proof(*verifier, exchange, verifier->stored_key).right);
    EXPECT_FALSE(check_proof(*verifier, exchange, std::string(32, '\0')).right);
}

TEST(AuthScram, TheChannelIsPartOfWhatIsProved) {
    ScramExchange exchange = rfc_exchange();
    exchange.channel_binding = "tls-unique";
    exchange.cbind = "channel";
    EXPECT_NE(auth_message(exchange).find(",c=" + base64::encode("p=tls-unique,,channel") + ",r="), std::string::npos);
    const ScramCost cost{Kdf::pbkdf2, 4096, 0};
    const auto verifier = make_verifier("pencil", salt16, cost);
    const std::string salted = *salted_password("pencil", salt16, cost);
    EXPECT_TRUE(check_proof(*verifier, exchange, prove(salted, exchange).proof).right);
    ScramExchange elsewhere = exchange;
    elsewhere.cbind = "another";
    EXPECT_FALSE(check_proof(*verifier, exchange, prove(salted, elsewhere).proof).right);
}

/// autobahn-python's AuthScram.on_challenge, word for word in C++: `c=` empty, authid as it is.
TEST(AuthScram, AutobahnsFormWithoutBinding) {
    const ScramCost cost{Kdf::argon2id_13, 2, 64};
    const auto verifier = make_verifier("pencil", salt16, cost);
    ScramExchange exchange = rfc_exchange();
    exchange.authid = "a,b=c";
    EXPECT_NE(auth_message(exchange).find("n=a=2Cb=3Dc,r="), std::string::npos);
    const std::string message = "n=a,b=c,r=" + exchange.client_nonce + ",r=" + exchange.nonce + ",s=" + exchange.salt_base64 +
                                ",i=4096,c=,r=" + exchange.nonce;
    const std::string salted = *salted_password("pencil", salt16, cost);
    EXPECT_EQ(salted.size(), 43u);  // base64 text
    const std::string client_key = hmac_sha256(salted, "Client Key");
    const std::string proof = exclusive_or(client_key, hmac_sha256(sha256(client_key), message));
    const ScramAnswer answer = check_proof(*verifier, exchange, proof);
    EXPECT_TRUE(answer.right);
    EXPECT_EQ(answer.server_signature, hmac_sha256(hmac_sha256(salted, "Server Key"), message));
    exchange.channel_binding = "tls-unique";
    EXPECT_FALSE(check_proof(*verifier, exchange, proof).right);
}

TEST(AuthScram, VerifiersSurviveTheirText) {
    const auto made = make_verifier("pencil", salt16, {Kdf::argon2id13, 1, 64});
    const std::string text = print_verifier(*made);
    EXPECT_EQ(text.substr(0, 45), "scram$argon2id13$i=1,m=64$MDEyMzQ1Njc4OWFiY2R");
    const auto read = parse_verifier(text);
    ASSERT_TRUE(read) << read.error().what;
    EXPECT_EQ(read->salt, made->salt);
    EXPECT_EQ(read->stored_key, made->stored_key);
    EXPECT_EQ(read->server_key, made->server_key);
    EXPECT_EQ(read->cost.memory_kib, 64u);
    EXPECT_EQ(print_verifier(*read), text);
    const std::string pbkdf2 = print_verifier(*make_verifier("x", salt16, {Kdf::pbkdf2, 4096, 0}));
    EXPECT_EQ(pbkdf2.substr(0, 22), "scram$pbkdf2$i=4096$MD");
    EXPECT_EQ(print_verifier(*parse_verifier(pbkdf2)), pbkdf2);
}

TEST(AuthScram, WhatIsNoVerifierIsAnError) {
    const std::string tail = "$MDEyMzQ1Njc4OWFiY2RlZg==$" + base64::encode(std::string(32, 's')) + "$" +
                             base64::encode(std::string(32, 't'));
    ASSERT_TRUE(parse_verifier("scram$pbkdf2$i=4096" + tail));
    for (const std::string& bad :
         {std::string(), std::string("scram"), std::string("pencil"), "SCRAM$pbkdf2$i=4096" + tail, "scram$md5$i=4096" + tail,
          "scram$pbkdf2$i=4095" + tail, "scram$pbkdf2$i=99999999" + tail, "scram$pbkdf2$4096" + tail, "scram$pbkdf2$i=4096,m=64" + tail,
          "scram$argon2id13$i=2" + tail, "scram$argon2id13$i=2,m=9999999" + tail, "scram$argon2id13$m=64,i=2" + tail,
          "scram$pbkdf2$i=4096" + tail + "$", "scram$pbkdf2$i=4096" + tail.substr(0, tail.rfind('$')),
          "scram$pbkdf2$i=4096$MDEy" + tail.substr(tail.find('$', 1)), "scram$pbkdf2$i=4096" + tail.substr(0, tail.size() - 8)})
        EXPECT_FALSE(parse_verifier(bad)) << bad;
}

TEST(AuthScram, ClientsTakeOnlyReasonableChallenges) {
    EXPECT_TRUE(parse_cost("pbkdf2", 4096, 0));
    EXPECT_TRUE(parse_cost("argon2id13", 2, 19456));
    EXPECT_FALSE(parse_cost("pbkdf2", 1, 0));  // a false router that wants to guess cheaply
    EXPECT_FALSE(parse_cost("pbkdf2", 1'000'000'000, 0));
    EXPECT_FALSE(parse_cost("argon2id13", 2, 4'000'000));
    EXPECT_FALSE(parse_cost("argon2id13", 10'000'000, 19456));
    EXPECT_FALSE(parse_cost("argon2id13", -1, 19456));
    EXPECT_FALSE(parse_cost("none", 4096, 0));
}

TEST(AuthScram, UnknownUsersLookTheSameEachTime) {
    const ScramVerifier once = fake_verifier("server secret", "nobody", default_cost(Kdf::pbkdf2));
    EXPECT_EQ(print_verifier(once), print_verifier(fake_verifier("server secret", "nobody", default_cost(Kdf::pbkdf2))));
    EXPECT_NE(once.salt, fake_verifier("server secret", "nobodz", default_cost(Kdf::pbkdf2)).salt);
    EXPECT_NE(once.salt, fake_verifier("other secret", "nobody", default_cost(Kdf::pbkdf2)).salt);
    EXPECT_EQ(once.salt.size(), 16u);
    EXPECT_TRUE(parse_verifier(print_verifier(once)));
    EXPECT_NE(once.stored_key, sha256(once.stored_key));
}

TEST(AuthSaslprep, Rfc4013AndWhatWeLeaveOut) {
    EXPECT_EQ(*saslprep("user"), "user");
    EXPECT_EQ(*saslprep("USER"), "USER");
    EXPECT_EQ(*saslprep("I\u00ADX"), "IX");
    EXPECT_EQ(*saslprep("a\u00A0b\u3000c"), "a b c");
    EXPECT_EQ(*saslprep("gr\u00fc\u00dfe \U0001F511"), "gr\u00fc\u00dfe \U0001F511");
    EXPECT_EQ(*saslprep(""), "");
    EXPECT_EQ(*saslprep("\u00AA"), "\u00AA");  // NFKC would make it "a"
    for (std::string_view bad : {std::string_view("\x07"), std::string_view("a\x7f"), std::string_view("\0", 1), std::string_view("\u0085"),
                                 std::string_view("\u200E"), std::string_view("\uFFFD"), std::string_view("\uE000"),
                                 std::string_view("\xF0\x9F\xBF\xBE"), std::string_view("\xff")})
        EXPECT_FALSE(saslprep(bad));
    EXPECT_FALSE(make_verifier("tab\there", salt16, {Kdf::pbkdf2, 4096, 0}));
    EXPECT_TRUE(check_password(*make_verifier("a\u00A0b", salt16, {Kdf::pbkdf2, 4096, 0}), "a b"));
}

}  // namespace
}  // namespace heddle::auth
