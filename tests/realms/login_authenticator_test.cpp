// The dynamic authenticator: what it is asked, what it may answer, and who it is not asked about.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "realms/auth/cra.hpp"
#include "realms/auth/scram.hpp"
#include "realms/auth/text.hpp"
#include "tests/realms/login_play.hpp"

namespace heddle::test {
namespace {

using M = AuthMethod;
using nlohmann::json;
const std::string nonce_extra = R"({"nonce":")" + std::string(client_nonce) + R"(","city":"Bonn"})";

RealmSettings asking_realm() {
    RealmSettings settings =
        login_realm({M::ticket, M::wampcra, M::scram, M::cryptosign, M::jwt, M::tls, M::anonymous});
    settings.auth.authenticator = "com.auth";
    return settings;
}

TEST(LoginAuthenticator, IsAskedAboutTicketsOfUsersNobodyKnows) {
    LoginPlay play(asking_realm());
    play.connect("a");
    play.hello("a", {"ticket"}, "zoe", R"({"city":"Bonn"})");
    EXPECT_EQ(play.received("a"), "CHALLENGE ticket");
    play.authenticate("a", "open sesame");
    ASSERT_EQ(play.asked.size(), 1u);
    EXPECT_EQ(play.asked.front().procedure, "com.auth");
    json arguments = json::parse(play.asked.front().arguments);
    EXPECT_GT(arguments[2].at("session").get<std::uint64_t>(), 0u);
    arguments[2].erase("session");
    EXPECT_EQ(arguments, json::parse(R"(["realm1","zoe",{"authmethod":"ticket","ticket":"open sesame","authextra":{"city":"Bonn"},
        "transport":{"type":"wss","peer":"10.0.0.1","secure":true}}])"));
    play.answer(R"(["guest"])");
    EXPECT_EQ(play.received("a"), "WELCOME zoe guest ticket dynamic");
}

TEST(LoginAuthenticator, MayAnswerWithMore) {
    LoginPlay play(asking_realm());
    play.connect("a");
    play.hello("a", {"ticket"}, "zoe");
    play.authenticate("a", "t");
    play.answer(R"([{"role":"operator","authid":"Zoe Z","extra":{"desk":7},"realm":"realm1"}])");
    play.received("a");
    EXPECT_EQ(play.received("a"), "WELCOME Zoe Z operator ticket dynamic");
    EXPECT_EQ(play.welcome_extra("a"), R"({"desk":7})");
}

TEST(LoginAuthenticator, BadAnswersLetNobodyIn) {
    struct Case {
        const char *args, *error, *why;
    };
    for (const Case& c : {Case{"", "com.error.no_such_user", "error"}, Case{"[]", "", "nonsense"}, Case{"[null]", "", "nonsense"},
                          Case{"[true]", "", "nonsense"}, Case{R"([{}])", "", "nonsense"}, Case{R"([""])", "", "nonsense"},
                          Case{R"(["boss"])", "", "no_role"}, Case{R"([{"role":7}])", "", "nonsense"},
                          Case{R"([{"role":"guest","realm":"other"}])", "", "other_realm"},
                          Case{R"([{"role":"guest","authid":"lee"}])", "", "not_now"}}) {
        LoginPlay play(asking_realm());
        play.connect("a");
        play.hello("a", {"ticket"}, "zoe");
        play.authenticate("a", "t");
        play.received("a");
        play.answer(c.args, c.error);
        EXPECT_REFUSED(play, "a");
        EXPECT_EQ(play.notes, std::vector<std::string>{"ticket authenticator " + std::string(c.why)}) << c.args;
    }
}

TEST(LoginAuthenticator, MayNameAnAuthidUpToTheLimitThatHelloHas) {
    for (const std::size_t length : {255u, 256u}) {
        LoginPlay play(asking_realm());
        play.connect("a");
        play.hello("a", {"ticket"}, "zoe");
        play.authenticate("a", "t");
        play.received("a");
        play.answer(R"([{"role":"guest","authid":")" + std::string(length, 'z') + "\"}]");
        EXPECT_EQ(play.open("a"), length == 255) << length;
        if (length == 255) continue;
        EXPECT_EQ(play.notes, std::vector<std::string>{"ticket authenticator nonsense"});
    }
}

TEST(LoginAuthenticator, IsNotAskedAboutUsersOfTheRealm) {
    for (const char* authid : {"kim", "lee", "ann", "bob"}) {
        LoginPlay play(asking_realm());
        play.connect("a");
        play.hello("a", {"ticket"}, authid);
        play.authenticate("a", "wrong");
        ASSERT_EQ(play.asked.size(), 1u);
        EXPECT_EQ(play.asked.front().procedure, "") << authid;
    }
    LoginPlay nobody(asking_realm(), false);
    nobody.connect("a");
    nobody.hello("a", {"ticket"}, "zoe");
    nobody.authenticate("a", "t");
    nobody.received("a");
    EXPECT_REFUSED(nobody, "a") << "nobody answers";
}

TEST(LoginAuthenticator, SilenceIsANo) {
    LoginPlay play(asking_realm());
    play.connect("a");
    play.hello("a", {"ticket"}, "zoe");
    play.authenticate("a", "t");
    play.received("a");
    play.pass(std::chrono::seconds(5));
    EXPECT_REFUSED(play, "a");
    EXPECT_EQ(play.notes, std::vector<std::string>{"ticket authenticator timeout"});
    play.answer(R"(["guest"])");
    EXPECT_FALSE(play.open("a"));
}

TEST(LoginAuthenticator, SaysWhatProvesAUserOfWampcra) {
    const std::string derived = auth::derive_cra_key("pass", "salty salt", 1000);
    for (const auto& [answer, good] :
         {std::pair(json({{"role", "guest"}, {"secret", "pass"}}), true),
          std::pair(json({{"role", "guest"}, {"secret", derived}, {"salt", "salty salt"}, {"iterations", 1000}, {"keylen", 32}}), true),
          std::pair(json({{"role", "guest"}, {"secret", derived}, {"salt", "salty salt"}}), true),
          std::pair(json({{"role", "guest"}, {"secret", "other"}}), false), std::pair(json({{"role", "guest"}}), false),
          std::pair(json({{"role", "guest"}, {"secret", derived}, {"salt", "s"}, {"iterations", 100'000'000}}), false),
          std::pair(json("guest"), false)}) {
        LoginPlay play(asking_realm());
        play.connect("a");
        play.hello("a", {"wampcra"}, "zoe");
        EXPECT_EQ(play.received("a"), "") << "it is asked first";
        play.answer(json::array({answer}).dump());
        EXPECT_EQ(play.received("a"), "CHALLENGE wampcra") << "whatever it said";
        play.authenticate("a", cra_signature(play, "a", "pass"));
        EXPECT_EQ(play.received("a"), good ? "WELCOME zoe guest wampcra dynamic" : failed) << answer;
    }
}

TEST(LoginAuthenticator, SaysWhatProvesAUserOfScram) {
    for (const auth::Kdf kdf : {auth::Kdf::pbkdf2, auth::Kdf::argon2id13, auth::Kdf::argon2id_13}) {
        const auth::ScramCost cost{kdf, kdf == auth::Kdf::pbkdf2 ? 4096u : 1u, kdf == auth::Kdf::pbkdf2 ? 0u : 64u};
        const auto verifier = *auth::make_verifier("pass", "sixteen bytes ..", cost);
        json answer = {{"role", "guest"}, {"kdf", std::string(auth::name_of(kdf))}, {"iterations", cost.iterations},
                       {"memory", cost.memory_kib}, {"salt", auth::to_hex(verifier.salt)},
                       {"stored-key", auth::to_hex(verifier.stored_key)}, {"server-key", auth::to_hex(verifier.server_key)}};
        for (const bool good : {true, false}) {
            LoginPlay play(asking_realm());
            play.connect("a");
            play.hello("a", {"scram"}, "zoe", nonce_extra);
            if (!good) answer.erase("server-key");
            play.answer(json::array({answer}).dump());
            EXPECT_EQ(play.received("a"), "CHALLENGE scram");
            const ScramReply reply = scram_reply(play, "a", "zoe", "pass");
            play.authenticate("a", reply.signature, reply.extra);
            EXPECT_EQ(play.received("a"), good ? "WELCOME zoe guest scram dynamic" : failed);
        }
    }
}

TEST(LoginAuthenticator, SaysWhoseKeyItIs) {
    const std::string extra = R"({"pubkey":")" + kims_pubkey() + "\"}";
    RealmSettings settings = asking_realm();
    settings.users.clear();
    for (const auto& [answer, said] :
         {std::pair(json({{"role", "guest"}, {"pubkey", kims_pubkey()}, {"authid", "zoe"}}), "WELCOME zoe guest cryptosign dynamic"),
          std::pair(json({{"role", "guest"}, {"pubkeys", {std::string(64, 'a'), kims_pubkey()}}, {"authid", "zoe"}}),
                    "WELCOME zoe guest cryptosign dynamic"),
          std::pair(json({{"role", "guest"}, {"pubkey", std::string(64, 'a')}}), failed), std::pair(json("guest"), failed)}) {
        LoginPlay play(settings);
        play.connect("a");
        play.hello("a", {"cryptosign"}, "", extra);
        ASSERT_EQ(play.asked.size(), 1u);
        EXPECT_EQ(json::parse(play.asked.front().arguments)[2].at("authextra").at("pubkey"), kims_pubkey());
        play.answer(json::array({answer}).dump());
        EXPECT_EQ(play.received("a"), "CHALLENGE cryptosign");
        play.authenticate("a", cryptosign_signature(play, "a", kims_seed()));
        EXPECT_EQ(play.received("a"), said);
    }
}

TEST(LoginAuthenticator, KnowsCertificatesTokensAndStrangers) {
    PeerFacts facts;
    facts.secure = true;
    facts.certificate = digest_of('z');
    facts.certificate_name = "zoe.example";
    LoginPlay play(asking_realm());
    play.connect("a", facts);
    play.hello("a", {"tls"});
    ASSERT_EQ(play.asked.size(), 1u);
    EXPECT_EQ(json::parse(play.asked.front().arguments)[2].at("certificate_name"), "zoe.example");
    play.answer(R"([{"role":"guest","authid":"zoe"}])");
    EXPECT_EQ(play.received("a"), "WELCOME zoe guest tls dynamic");
    play.connect("b");
    play.hello("b", {"jwt"}, "", R"({"token":"somebody else's"})");
    ASSERT_EQ(play.asked.size(), 1u) << "no keys of our own: it is asked";
    EXPECT_EQ(json::parse(play.asked.front().arguments)[2].at("ticket"), "somebody else's");
    play.answer(R"([{"role":"guest","authid":"zoe"}])");
    EXPECT_EQ(play.received("b"), "WELCOME zoe guest jwt dynamic");
    play.connect("c");
    play.hello("c", {"anonymous"});
    play.answer(R"(["guest"])");
    EXPECT_TRUE(play.received("c").ends_with(" guest anonymous dynamic"));
}

}  // namespace
}  // namespace heddle::test
