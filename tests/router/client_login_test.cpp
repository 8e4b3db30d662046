#include "router/client/login.hpp"

#include <gtest/gtest.h>

#include "realms/auth/cra.hpp"
#include "realms/auth/cryptosign.hpp"
#include "realms/auth/digest.hpp"
#include "realms/auth/scram.hpp"
#include "realms/auth/text.hpp"
#include "serializers/base64.hpp"

namespace heddle {
namespace {

using nlohmann::json;

const std::string random16 = "0123456789abcdef", channel(32, 'c'), seed(32, 's'), salt = "saltsaltsaltsalt";

std::optional<std::string> no_channel(std::string_view) { return std::nullopt; }
std::optional<std::string> exporter(std::string_view type) {
    return type == "tls-exporter" ? std::optional(channel) : std::nullopt;
}

Login login_of(const LoginCredentials& credentials, const Login::ChannelId& id = no_channel) {
    return Login(credentials, random16, id);
}
std::string complaint(const std::function<void()>& act) {
    try {
        act();
    } catch (const Failure& failure) {
        return failure.message;
    }
    return "none";
}
LoginCredentials by_password() {
    LoginCredentials credentials;
    credentials.authid = "kim";
    credentials.secret = "pencil";
    return credentials;
}

/// The router's side: a challenge for `verifier`, and whether the answer is right.
struct ScramRouter {
    auth::ScramVerifier verifier = *auth::make_verifier("pencil", salt, {auth::Kdf::pbkdf2, 4096, 0});
    auth::ScramExchange exchange;

    json challenge(const json& hello) {
        exchange.authid = "kim";
        exchange.client_nonce = hello.at("authextra").at("nonce");
        exchange.nonce = exchange.client_nonce + "c2VydmVy";
        exchange.salt_base64 = base64::encode(salt);
        exchange.iterations = verifier.cost.iterations;
        json extra = {{"nonce", exchange.nonce}, {"salt", exchange.salt_base64},
                      {"kdf", name_of(verifier.cost.kdf)}, {"iterations", exchange.iterations},
                      {"memory", verifier.cost.memory_kib}};
        if (!exchange.channel_binding.empty()) extra["channel_binding"] = exchange.channel_binding;
        return extra;
    }
    auth::ScramAnswer check(const Login::Answer& answer) const {
        return check_proof(verifier, exchange, *auth::from_base64(answer.signature));
    }
};

TEST(ClientLogin, WhatIsThereChoosesTheMethod) {
    const auto methods = [](auto fill) {
        LoginCredentials credentials;
        credentials.authid = "kim";
        fill(credentials);
        return login_of(credentials, exporter).hello().at("authmethods").dump();
    };
    EXPECT_EQ(login_of({}).hello().dump(), R"({"authmethods":["anonymous"]})");
    EXPECT_EQ(methods([](LoginCredentials& c) { c.ticket = "t"; }), R"(["ticket"])");
    EXPECT_EQ(methods([](LoginCredentials& c) { c.ticket = "hdl_x"; }), R"(["token"])");
    EXPECT_EQ(methods([](LoginCredentials& c) { c.secret = "s"; }), R"(["wamp-scram","scram","wampcra"])");
    EXPECT_EQ(methods([](LoginCredentials& c) { c.secret = "s", c.channel_binding = "tls-exporter"; }), R"(["wamp-scram","scram"])");
    EXPECT_EQ(methods([](LoginCredentials& c) { c.secret = "s", c.method = "wampcra"; }), R"(["wampcra"])");
    EXPECT_EQ(methods([](LoginCredentials& c) { c.private_key = seed; }), R"(["cryptosign"])");
    EXPECT_EQ(methods([](LoginCredentials& c) { c.jwt = "a.b.c"; }), R"(["jwt"])");
    EXPECT_EQ(methods([](LoginCredentials& c) { c.certificate = true; }), R"(["tls"])");
    EXPECT_EQ(methods([](LoginCredentials& c) { c.local = true; }), R"(["local"])");
}

TEST(ClientLogin, WhatDoesNotMakeALoginIsWrongUsage) {
    const auto with = [](auto fill, const Login::ChannelId& id = no_channel) {
        LoginCredentials credentials;
        fill(credentials);
        return complaint([&] { login_of(credentials, id); });
    };
    EXPECT_EQ(with([](LoginCredentials& c) { c.ticket = "t"; }), "method ticket needs --authid");
    EXPECT_EQ(with([](LoginCredentials& c) { c.secret = "t"; }), "method wamp-scram needs --authid");
    EXPECT_EQ(with([](LoginCredentials& c) { c.method = "wampcra", c.authid = "kim"; }), "method wampcra needs --secret");
    EXPECT_EQ(with([](LoginCredentials& c) { c.method = "cryptosign"; }), "method cryptosign needs --private-key");
    EXPECT_EQ(with([](LoginCredentials& c) { c.method = "tls"; }), "method tls needs --tls-cert and --tls-key");
    EXPECT_EQ(with([](LoginCredentials& c) { c.jwt = "x", c.channel_binding = "tls-exporter"; }, exporter),
              "--channel-binding goes with --private-key or --secret");
    EXPECT_EQ(with([](LoginCredentials& c) { c.private_key = seed, c.channel_binding = "tls-unique"; }, exporter),
              "this connection has no tls-unique to bind to");
}

TEST(ClientLogin, TicketTokenAndJwtGoAsTheyAre) {
    LoginCredentials credentials;
    credentials.authid = "kim";
    credentials.ticket = "t1";
    EXPECT_EQ(login_of(credentials).answer("ticket", json::object()).signature, "t1");
    credentials.ticket.clear();
    credentials.jwt = "a.b.c";
    EXPECT_EQ(login_of(credentials).answer("jwt", json::object()).signature, "a.b.c");
    LoginCredentials local;
    local.local = true;
    EXPECT_EQ(complaint([&] { login_of(local).answer("ticket", json::object()); }),
              "the router's challenge is refused: it asks for ticket, which was not offered");
}

TEST(ClientLogin, WampCraPlainAndSalted) {
    Login plain = login_of(by_password());
    EXPECT_EQ(plain.answer("wampcra", {{"challenge", "{\"a\":1}"}}).signature, auth::sign_cra("pencil", "{\"a\":1}"));
    Login salted = login_of(by_password());
    const json extra = {{"challenge", "{\"a\":1}"}, {"salt", "c2FsdA=="}, {"iterations", 1000}, {"keylen", 32}};
    EXPECT_EQ(salted.answer("wampcra", extra).signature,
              auth::sign_cra(auth::derive_cra_key("pencil", "c2FsdA==", 1000), "{\"a\":1}"));
    const json costly = {{"challenge", "x"}, {"salt", "y"}, {"iterations", 4'000'000'000}};
    EXPECT_EQ(complaint([&] { login_of(by_password()).answer("wampcra", costly); }),
              "the router's challenge is refused: iterations must be 1000 to 10000000");
    EXPECT_EQ(complaint([&] { login_of(by_password()).answer("wampcra", json::object()); }),
              "the router's challenge is refused: it holds none");
}

TEST(ClientLogin, ScramBothWays) {
    for (auth::ScramCost cost : {auth::ScramCost{auth::Kdf::pbkdf2, 4096, 0}, auth::ScramCost{auth::Kdf::argon2id13, 1, 64}}) {
        ScramRouter router;
        router.verifier = *auth::make_verifier("pencil", salt, cost);
        Login login = login_of(by_password());
        const auto answer = login.answer("wamp-scram", router.challenge(login.hello()));
        EXPECT_EQ(answer.extra.at("nonce"), router.exchange.nonce);
        const auto checked = router.check(answer);
        ASSERT_TRUE(checked.right);
        const std::string proof = base64::encode(checked.server_signature);
        const auto welcome = [&](const json& extra) {
            return complaint([&] { login.check({{"authmethod", "wamp-scram"}, {"authextra", extra}}); });
        };
        EXPECT_EQ(welcome({{"verifier", proof}}), "none");
        EXPECT_EQ(welcome({{"verifier", "v=" + proof}}), "none");
        EXPECT_EQ(welcome({{"scram_server_signature", proof}}), "none");
        const std::string refused = "the router did not prove that it knows the password's verifier";
        EXPECT_EQ(welcome(json::object()), refused);
        EXPECT_EQ(welcome({{"verifier", base64::encode(std::string(32, 'x'))}}), refused);
        EXPECT_EQ(complaint([&] { login.check({{"authmethod", "wamp-scram"}}); }), refused);
    }
}

TEST(ClientLogin, ScramBindsToTheChannel) {
    LoginCredentials credentials = by_password();
    credentials.channel_binding = "tls-exporter";
    ScramRouter router;
    router.exchange.channel_binding = "tls-exporter";
    router.exchange.cbind = channel;
    Login login = login_of(credentials, exporter);
    EXPECT_EQ(login.hello().at("authextra").at("channel_binding"), "tls-exporter");
    const auto answer = login.answer("wamp-scram", router.challenge(login.hello()));
    EXPECT_TRUE(router.check(answer).right);
    EXPECT_EQ(answer.extra.at("cbind_data"), base64::encode(channel));
    ScramRouter unbound;  // somebody in between leaves it out
    Login other = login_of(credentials, exporter);
    EXPECT_EQ(complaint([&] { other.answer("wamp-scram", unbound.challenge(other.hello())); }),
              "the router's challenge is refused: it leaves out the channel binding tls-exporter");
}

TEST(ClientLogin, FalseRoutersLearnNothing) {
    const auto tampered = [](const char* name, const json& value) {
        Login login = login_of(by_password());
        ScramRouter router;
        json extra = router.challenge(login.hello());
        extra[name] = value;
        return complaint([&] { login.answer("wamp-scram", extra); });
    };
    const std::string head = "the router's challenge is refused: ";
    EXPECT_EQ(tampered("nonce", "b3RoZXI="), head + "its nonce does not go on from ours");
    EXPECT_EQ(tampered("nonce", base64::encode(random16)), head + "its nonce does not go on from ours");
    EXPECT_EQ(tampered("iterations", 1), head + "iterations of PBKDF2 must be 4096 to 10000000");
    EXPECT_EQ(tampered("iterations", 2'000'000'000), head + "iterations must be 1 to 10000000");
    EXPECT_EQ(tampered("kdf", "md5"), head + "kdf must be pbkdf2, argon2id13 or argon2id-13");
    EXPECT_EQ(tampered("salt", "AA=="), head + "its salt must be 8 to 64 bytes in base64");
    // Let in without ever having been asked.
    EXPECT_EQ(complaint([] { login_of(by_password()).check({{"authmethod", "wamp-scram"}}); }),
              "the router let us in without a challenge, which was not asked for");
    EXPECT_EQ(complaint([] { login_of(by_password()).check({{"authmethod", "anonymous"}}); }),
              "the router let us in by anonymous, which was not asked for");
    EXPECT_EQ(complaint([] { login_of({}).check({{"authmethod", "anonymous"}}); }), "none");
    LoginCredentials twice;
    twice.authid = "kim", twice.ticket = "t";
    Login login = login_of(twice);
    login.answer("ticket", json::object());
    EXPECT_EQ(complaint([&] { login.answer("ticket", json::object()); }), head + "it is the second one");
}

TEST(ClientLogin, CryptosignWithAndWithoutChannel) {
    const std::string challenge(32, 'x'), key = *auth::public_key_of(seed);
    LoginCredentials credentials;
    credentials.private_key = seed;
    Login plain = login_of(credentials);
    EXPECT_EQ(plain.hello().at("authextra").at("pubkey"), auth::to_hex(key));
    EXPECT_FALSE(plain.hello().contains("authid"));
    EXPECT_TRUE(auth::check_cryptosign(key, challenge, plain.answer("cryptosign", {{"challenge", auth::to_hex(challenge)}}).signature));
    credentials.channel_binding = "tls-exporter";
    Login bound = login_of(credentials, exporter);
    const json extra = {{"challenge", auth::to_hex(challenge)}, {"channel_binding", "tls-exporter"}};
    EXPECT_TRUE(auth::check_cryptosign(key, auth::exclusive_or(challenge, channel), bound.answer("cryptosign", extra).signature));
    EXPECT_EQ(complaint([&] { login_of(credentials, exporter).answer("cryptosign", {{"challenge", auth::to_hex(challenge)}}); }),
              "the router's challenge is refused: it leaves out the channel binding tls-exporter");
    EXPECT_EQ(complaint([&] { login_of(credentials, exporter).answer("cryptosign", {{"challenge", "00"}}); }),
              "the router's challenge is refused: it must be 32 bytes in hexadecimal digits");
}

}  // namespace
}  // namespace heddle
