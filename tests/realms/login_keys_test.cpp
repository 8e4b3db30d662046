// Methods that need no password: keys, certificates, tokens, local users.
#include <gtest/gtest.h>

#include "realms/auth/cryptosign.hpp"
#include "realms/auth/digest.hpp"
#include "realms/auth/text.hpp"
#include "realms/auth/token.hpp"
#include "tests/realms/login_play.hpp"

namespace heddle::test {
namespace {

using M = AuthMethod;

const std::string pubkey_extra = R"({"pubkey":")" + kims_pubkey() + R"(","channel_binding":null,"challenge":null})";

TEST(LoginCryptosign, TheKeyFindsTheUser) {
    for (const auto& [authid, extra] : {std::pair("", pubkey_extra), std::pair("kim", pubkey_extra), std::pair("kim", std::string())}) {
        LoginPlay play(login_realm({M::cryptosign}));
        play.connect("a");
        play.hello("a", {"cryptosign"}, authid, extra);
        EXPECT_EQ(play.received("a"), "CHALLENGE cryptosign");
        EXPECT_EQ(play.challenge_form("a"), "challenge:64 ");
        play.authenticate("a", cryptosign_signature(play, "a", kims_seed()));
        EXPECT_EQ(play.received("a"), "WELCOME kim operator cryptosign static");
    }
}

TEST(LoginCryptosign, WrongOnesAreRefused) {
    const std::string other(32, 'o'), others = R"({"pubkey":")" + auth::to_hex(*auth::public_key_of(other)) + "\"}";
    struct Case {
        const char* authid;
        std::string extra, seed;
        const char* note;
    };
    for (const Case& c : {Case{"", pubkey_extra, other, "cryptosign bad_proof kim"}, Case{"", others, other, "cryptosign unknown_user"},
                          Case{"kim", others, other, "cryptosign bad_proof kim"},
                          Case{"bob", pubkey_extra, kims_seed(), "cryptosign bad_proof bob"},
                          Case{"kim", "", other, "cryptosign bad_proof kim"},
                          Case{"nobody", pubkey_extra, kims_seed(), "cryptosign unknown_user"},
                          Case{"nobody", "", other, "cryptosign unknown_user"}}) {
        LoginPlay play(login_realm({M::cryptosign}));
        play.connect("a");
        play.hello("a", {"cryptosign"}, c.authid, c.extra);
        EXPECT_EQ(play.received("a"), "CHALLENGE cryptosign");
        play.authenticate("a", cryptosign_signature(play, "a", c.seed));
        EXPECT_REFUSED(play, "a");
        EXPECT_EQ(play.notes, std::vector<std::string>{c.note});
    }
}

TEST(LoginCryptosign, BindsToTheChannelOrNotAtAll) {
    const auto extra = [](const char* type) { return R"({"pubkey":")" + kims_pubkey() + R"(","channel_binding":")" + type + "\"}"; };
    for (const auto& [type, seen, good] : {std::tuple("tls-exporter", 'e', true), std::tuple("tls-unique", 'u', true),
                                           std::tuple("tls-unique", 'e', false)}) {
        LoginPlay play(login_realm({M::cryptosign}));
        play.connect("a", channel('e', 'u', 's'));
        play.hello("a", {"cryptosign"}, "", extra(type));
        EXPECT_EQ(play.received("a"), "CHALLENGE cryptosign");
        EXPECT_EQ(play.challenge("a", "channel_binding"), type);
        play.authenticate("a", cryptosign_signature(play, "a", kims_seed(), std::string(32, seen)));
        EXPECT_EQ(play.open("a"), good) << type << seen;
    }
    for (const char* type : {"tls-exporter", "tls-unique", "tls-server-end-point", "another"}) {
        LoginPlay play(login_realm({M::cryptosign}));
        play.connect("a", channel(0, 0, 's'));
        play.hello("a", {"cryptosign", "anonymous"}, "", extra(type));
        EXPECT_EQ(play.received("a"), failed) << type;
    }
    LoginPlay play(login_realm({M::cryptosign}));
    play.connect("a", channel('e', 0, 0));
    play.hello("a", {"cryptosign"}, "", extra("tls-exporter"));
    play.authenticate("a", cryptosign_signature(play, "a", kims_seed()));
    EXPECT_FALSE(play.open("a")) << "an unbound signature where a binding was agreed on";
}

TEST(LoginCryptosign, TheRouterProvesItselfWhereItHasAKey) {
    const std::string asked(32, 'q'), seed(32, 'r');
    const std::string extra = R"({"pubkey":")" + kims_pubkey() + R"(","challenge":")" + auth::to_hex(asked) + "\"}";
    RealmSettings settings = login_realm({M::cryptosign});
    for (const bool key : {false, true}) {
        if (key) settings.auth.router_key = seed;
        LoginPlay play(settings);
        play.connect("a");
        play.hello("a", {"cryptosign"}, "", extra);
        EXPECT_EQ(play.challenge_form("a"), key ? "challenge:64 pubkey:64 signature:192 " : "challenge:64 ");
        if (key) {
            EXPECT_TRUE(auth::check_cryptosign(*auth::public_key_of(seed), asked, play.challenge("a", "signature")));
        }
    }
}

TEST(LoginTls, TheCertificateFindsTheUser) {
    PeerFacts facts = channel(0, 0, 0);
    facts.certificate = digest_of(static_cast<char>(0xcc));
    LoginPlay play(login_realm({M::tls}));
    play.connect("a", facts);
    play.hello("a", {"tls"});
    EXPECT_EQ(play.received("a"), "WELCOME kim operator tls static");
    play.connect("b", facts);
    play.hello("b", {"tls"}, "bob");
    EXPECT_EQ(play.received("b"), "ABORT wamp.error.no_matching_auth_method") << "it is not bob's";
    facts.certificate = digest_of('x');
    play.connect("c", facts);
    play.hello("c", {"tls"});
    EXPECT_EQ(play.received("c"), "ABORT wamp.error.no_matching_auth_method");
    play.connect("d");
    play.hello("d", {"tls"}, "kim");
    EXPECT_EQ(play.received("d"), "ABORT wamp.error.no_matching_auth_method");
}

TEST(LoginToken, AtOnceOrAsked) {
    LoginPlay play(login_realm({M::token}));
    play.connect("a");
    play.hello("a", {"token"});
    EXPECT_EQ(play.received("a"), "CHALLENGE token");
    play.authenticate("a", kims_token());
    EXPECT_EQ(play.received("a"), "WELCOME kim operator token static");
    play.connect("b");
    play.hello("b", {"token"}, "", R"({"token":")" + kims_token() + "\"}");
    EXPECT_EQ(play.received("b"), "WELCOME kim operator token static");
    const std::string other = auth::make_token(std::string(auth::token_random_bytes, 'o')).text();
    for (const auto& [authid, token] : {std::pair("", other), std::pair("bob", kims_token()),
            std::pair("", std::string("kim")), std::pair("", std::string())}) {
        play.connect("c");
        play.hello("c", {"token"}, authid);
        play.received("c");
        play.authenticate("c", token);
        EXPECT_REFUSED(play, "c");
    }
    EXPECT_TRUE(play.asked.empty()) << "no slow hash";
}

TEST(LoginToken, MayComeAsATicketToo) {
    LoginPlay play(login_realm({M::ticket}));
    play.connect("a");
    play.hello("a", {"ticket"}, "kim");
    play.authenticate("a", kims_token());
    EXPECT_TRUE(play.open("a"));
}

TEST(LoginLocal, OnlyOfTheRealmThatAdministers) {
    RealmSettings settings = login_realm({M::local});
    settings.roles.push_back({"administrator", {}});
    PeerFacts facts;
    facts.local_user = "root";
    for (const bool administers : {false, true}) {
        settings.administers = administers;
        LoginPlay play(settings);
        play.connect("a", facts);
        play.hello("a", {"local"});
        EXPECT_EQ(play.received("a"),
                  administers ? "WELCOME root administrator local static" : "ABORT wamp.error.no_matching_auth_method");
        play.connect("b");
        play.hello("b", {"local"}, "root");
        EXPECT_EQ(play.received("b"), "ABORT wamp.error.no_matching_auth_method");
    }
}

std::string jwt(const std::string& payload, const std::string& key) {
    const std::string text = auth::to_base64url(R"({"alg":"HS256"})") + "." + auth::to_base64url(payload);
    return text + "." + auth::to_base64url(auth::hmac_sha256(key, text));
}

TEST(LoginJwt, SaysWhoItIsAndWhatHeMay) {
    const std::string key(40, 'j');  // it is 86400 now
    RealmSettings settings = login_realm({M::jwt});
    settings.auth.jwt_keys = key;
    struct Case {
        const char *payload, *authid;
        const char* said;  // or the note
    };
    for (const Case& c : {Case{R"({"sub":"zoe","exp":90000,"role":"guest"})", "", "WELCOME zoe guest jwt jwt"},
                          Case{R"({"sub":"zoe","exp":90000,"role":["none","operator"]})", "zoe", "WELCOME zoe operator jwt jwt"},
                          Case{R"({"sub":"zoe","exp":80000,"role":"guest"})", "", "jwt expired expired"},
                          Case{R"({"sub":"zoe","exp":90000,"role":"guest"})", "kim", "jwt bad_proof other_authid"},
                          Case{R"({"sub":"zoe","exp":90000,"role":"boss"})", "", "jwt refused no_role"},
                          Case{R"({"sub":"lee","exp":90000,"role":"guest"})", "", "jwt disabled"},
                          Case{R"({"sub":"zoe","exp":90000})", "", "jwt bad_proof no_role"}}) {
        for (const bool at_once : {false, true}) {
            LoginPlay play(settings);
            play.connect("a");
            const std::string token = jwt(c.payload, key);
            play.hello("a", {"jwt"}, c.authid, at_once ? R"({"token":")" + token + "\"}" : "");
            if (!at_once) {
                EXPECT_EQ(play.received("a"), "CHALLENGE jwt");
                play.authenticate("a", token);
            }
            const bool good = std::string_view(c.said).starts_with("WELCOME");
            EXPECT_EQ(play.received("a"), good ? c.said : failed) << c.payload;
            EXPECT_EQ(play.notes, std::vector<std::string>{good ? "jwt ok" : c.said});
        }
    }
    LoginPlay play(settings);
    play.connect("a");
    play.hello("a", {"jwt"});
    play.authenticate("a", jwt(R"({"sub":"zoe","exp":90000,"role":"guest"})", std::string(40, 'x')));
    EXPECT_FALSE(play.open("a"));
    EXPECT_EQ(play.notes, std::vector<std::string>{"jwt bad_proof bad_signature"});
}

}  // namespace
}  // namespace heddle::test
