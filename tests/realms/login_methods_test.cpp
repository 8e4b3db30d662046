// Each method: somebody who is let in, and everybody who is not.
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/realms/login_play.hpp"

namespace heddle::test {
namespace {

using M = AuthMethod;
TEST(LoginAnonymous, HasARoleAndANewName) {
    RealmSettings settings = login_realm({M::anonymous});
    settings.anonymous_role = "guest";
    LoginPlay play(settings);
    play.connect("a");
    play.hello("a", {});
    const std::string line = play.received("a");
    EXPECT_TRUE(line.starts_with("WELCOME ")) << line;
    EXPECT_TRUE(line.ends_with(" guest anonymous static")) << line;
    EXPECT_EQ(play.notes, std::vector<std::string>{"anonymous ok"});
    LoginPlay closed(login_realm({M::ticket}));
    closed.connect("a");
    closed.hello("a", {});
    EXPECT_EQ(closed.received("a"), "ABORT wamp.error.no_matching_auth_method");
    EXPECT_EQ(closed.notes, std::vector<std::string>{"anonymous no_method"});
}

TEST(LoginTicket, IsCheckedElsewhere) {
    LoginPlay play(login_realm({M::ticket}));
    play.connect("a");
    play.hello("a", {"ticket"}, "kim");
    EXPECT_EQ(play.received("a"), "CHALLENGE ticket");
    play.authenticate("a", "secret");
    EXPECT_EQ(play.received("a"), "") << "the answer is not there yet";
    play.verify();
    EXPECT_EQ(play.received("a"), "WELCOME kim operator ticket static");
    EXPECT_EQ(play.notes, std::vector<std::string>{"ticket ok kim"});
}

TEST(LoginTicket, WrongOnesAreRefused) {
    struct Case {
        const char *authid, *ticket, *note;
    };
    for (const Case& c : {Case{"kim", "Secret", "ticket bad_proof kim"}, Case{"kim", "", "ticket bad_proof kim"},
                          Case{"nobody", "secret", "ticket unknown_user"}, Case{"lee", "secret", "ticket disabled lee"},
                          Case{"ann", "secret", "ticket expired ann"}, Case{"bob", "plain secret", "ticket unknown_user bob"}}) {
        LoginPlay play(login_realm({M::ticket}));
        play.connect("a");
        play.hello("a", {"ticket"}, c.authid);
        EXPECT_EQ(play.received("a"), "CHALLENGE ticket");
        play.authenticate("a", c.ticket);
        ASSERT_EQ(play.asked.size(), 1u) << "the same work for everybody: " << c.authid;
        play.verify();
        EXPECT_REFUSED(play, "a");
        EXPECT_EQ(play.notes, std::vector<std::string>{c.note});
    }
}

TEST(LoginTicket, AVerifierOfScramServesAsWell) {
    RealmSettings settings = login_realm({M::ticket});
    settings.users[0].ticket.clear();
    LoginPlay play(settings);
    play.connect("a");
    play.hello("a", {"ticket"}, "kim");
    play.authenticate("a", "secret");
    ASSERT_TRUE(play.asked.front().stored.starts_with("scram$"));
    play.verify();
    EXPECT_TRUE(play.open("a"));
}

TEST(LoginTicket, RightOnesAreRememberedForAWhile) {
    LoginPlay play(login_realm({M::ticket}));
    const auto log_in = [&](const std::string& peer, const char* ticket) {
        play.connect(peer);
        play.hello(peer, {"ticket"}, "kim");
        play.authenticate(peer, ticket);
        return play.asked.size();
    };
    ASSERT_EQ(log_in("a", "secret"), 1u);
    play.verify();
    EXPECT_EQ(log_in("b", "secret"), 0u);
    EXPECT_TRUE(play.open("b"));
    EXPECT_EQ(log_in("c", "other"), 1u);
    play.verify();
    EXPECT_EQ(log_in("d", "other"), 1u) << "wrong ones are not remembered";
    play.verify();
    play.pass(std::chrono::seconds(60));
    EXPECT_EQ(log_in("e", "secret"), 1u);
    play.verify();
    UserSettings kim = login_realm({}).users[0];
    kim.keys.clear();
    play.realm().put_user(kim, play.now(), play.egress());
    EXPECT_EQ(log_in("f", "secret"), 1u) << "the user was changed";
}

TEST(LoginTicket, WhenNobodyHasTimeToCheckItThatIsSaid) {
    LoginPlay play(login_realm({M::ticket}));
    play.connect("a");
    play.hello("a", {"ticket"}, "kim");
    play.received("a");
    play.authenticate("a", "secret");
    play.answer("", "wamp.error.unavailable");
    EXPECT_EQ(play.received("a"), "ABORT wamp.error.unavailable");
    EXPECT_EQ(play.notes, std::vector<std::string>{"ticket busy kim"});
}

TEST(LoginWampcra, SaltedAndPlain) {
    LoginPlay play(login_realm({M::wampcra}));
    for (const auto& [authid, password, as] :
         {std::tuple("kim", "secret", "WELCOME kim operator wampcra static"),
          std::tuple("bob", "plain secret", "WELCOME bob guest wampcra static")}) {
        play.connect("a");
        play.hello("a", {"wampcra"}, authid);
        EXPECT_EQ(play.received("a"), "CHALLENGE wampcra");
        const auto text = nlohmann::json::parse(play.challenge("a", "challenge"));
        EXPECT_EQ(text.at("authid"), authid);
        EXPECT_EQ(text.at("authmethod"), "wampcra");
        EXPECT_EQ(text.at("timestamp"), "1970-01-02T00:00:00.000Z");
        EXPECT_GE(text.at("nonce").get<std::string>().size(), 22u) << "128 bits";
        play.authenticate("a", cra_signature(play, "a", password));
        EXPECT_EQ(play.received("a"), as);
        EXPECT_EQ(play.session("a").value, text.at("session").get<std::uint64_t>());
    }
}

TEST(LoginWampcra, WrongOnesAreRefused) {
    for (const auto& [authid, password, note] :
         {std::tuple("kim", "Secret", "wampcra bad_proof kim"), std::tuple("nobody", "secret", "wampcra unknown_user"),
          std::tuple("lee", "secret", "wampcra disabled lee"), std::tuple("ann", "secret", "wampcra expired ann")}) {
        LoginPlay play(login_realm({M::wampcra}));
        play.connect("a");
        play.hello("a", {"wampcra"}, authid);
        EXPECT_EQ(play.received("a"), "CHALLENGE wampcra");
        play.authenticate("a", cra_signature(play, "a", password));
        EXPECT_REFUSED(play, "a");
        EXPECT_EQ(play.notes, std::vector<std::string>{note});
    }
}

TEST(LoginWampcra, AnAnswerToAnotherChallengeIsNone) {
    LoginPlay play(login_realm({M::wampcra}));
    play.connect("a");
    play.connect("b");
    play.hello("a", {"wampcra"}, "kim");
    play.hello("b", {"wampcra"}, "kim");
    EXPECT_NE(play.challenge("a", "challenge"), play.challenge("b", "challenge"));
    play.received("b");
    play.authenticate("b", cra_signature(play, "a"));
    EXPECT_REFUSED(play, "b");
}

const std::string nonce_extra = R"({"nonce":")" + std::string(client_nonce) + "\"}";

TEST(LoginScram, BothSidesProveThemselves) {
    LoginPlay play(login_realm({M::scram}));
    for (const std::string_view method : {"wamp-scram", "scram"}) {
        play.connect("a");
        play.hello("a", {method}, "kim", nonce_extra);
        EXPECT_EQ(play.received("a"), "CHALLENGE " + std::string(method));
        EXPECT_TRUE(play.challenge("a", "nonce").starts_with(client_nonce));
        EXPECT_EQ(play.challenge_form("a"), "iterations:4096 kdf:pbkdf2 nonce:44 salt:24 ") << "Autobahn wants no more";
        const ScramReply reply = scram_reply(play, "a", "kim");
        play.authenticate("a", reply.signature, reply.extra);
        EXPECT_EQ(play.received("a"), "WELCOME kim operator " + std::string(method) + " static");
        EXPECT_EQ(play.welcome_extra("a"), R"({"scram_server_signature":")" + reply.server_signature +
                                               R"(","verifier":")" + reply.server_signature + "\"}");
    }
}

TEST(LoginScram, WrongOnesAreRefused) {
    struct Case {
        const char *authid, *password, *extra, *note;
    };
    for (const Case& c : {Case{"kim", "Secret", "", "scram bad_proof kim"}, Case{"nobody", "secret", "", "scram unknown_user"},
                          Case{"lee", "secret", "", "scram disabled lee"}, Case{"ann", "secret", "", "scram expired ann"},
                          Case{"kim", "secret", R"({"nonce":"b3RoZXI="})", "scram bad_proof kim"},
                          Case{"kim", "secret", R"({"channel_binding":"tls-exporter","cbind_data":"YQ=="})", "scram bad_proof kim"},
                          Case{"kim", "secret", R"({"cbind_data":"YQ=="})", "scram bad_proof kim"}}) {
        LoginPlay play(login_realm({M::scram}));
        play.connect("a");
        play.hello("a", {"wamp-scram"}, c.authid, nonce_extra);
        EXPECT_EQ(play.received("a"), "CHALLENGE wamp-scram");
        const ScramReply reply = scram_reply(play, "a", c.authid, c.password);
        play.authenticate("a", reply.signature, *c.extra ? std::string_view(c.extra) : reply.extra);
        EXPECT_REFUSED(play, "a");
        EXPECT_EQ(play.welcome_extra("a"), "");
        EXPECT_EQ(play.notes, std::vector<std::string>{c.note});
    }
}

TEST(LoginScram, BindsToTheChannelOrNotAtAll) {
    struct Case {
        const char* type;
        char seen;  // by the client
        bool good;
    };
    for (const Case& c : {Case{"tls-exporter", 'e', true}, Case{"tls-unique", 'u', true}, Case{"tls-server-end-point", 's', true},
                          Case{"tls-exporter", 'x', false}}) {
        LoginPlay play(login_realm({M::scram}));
        play.connect("a", channel('e', 'u', 's'));
        play.hello("a", {"wamp-scram"}, "kim",
                   R"({"nonce":")" + std::string(client_nonce) + R"(","channel_binding":")" + c.type + "\"}");
        EXPECT_EQ(play.received("a"), "CHALLENGE wamp-scram");
        EXPECT_EQ(play.challenge("a", "channel_binding"), c.type);
        const ScramReply reply = scram_reply(play, "a", "kim", "secret", c.type, std::string(32, c.seen));
        play.authenticate("a", reply.signature, reply.extra);
        EXPECT_EQ(play.open("a"), c.good) << c.type;
    }
    for (const auto& facts : {channel(0, 'u', 's'), PeerFacts{}}) {
        LoginPlay play(login_realm({M::scram, M::wampcra}));
        play.connect("a", facts);
        play.hello("a", {"wamp-scram", "wampcra"}, "kim",
                   R"({"nonce":")" + std::string(client_nonce) + R"(","channel_binding":"tls-exporter"})");
        EXPECT_EQ(play.received("a"), failed) << "no downgrade";
        EXPECT_EQ(play.notes, std::vector<std::string>{"scram refused"});
    }
}

TEST(LoginScram, AgreedBindingCannotBeLeftOut) {
    LoginPlay play(login_realm({M::scram}));
    play.connect("a", channel('e', 0, 0));
    play.hello("a", {"wamp-scram"}, "kim",
               R"({"nonce":")" + std::string(client_nonce) + R"(","channel_binding":"tls-exporter"})");
    play.received("a");
    const ScramReply reply = scram_reply(play, "a", "kim");  // as if none was agreed on
    play.authenticate("a", reply.signature, reply.extra);
    EXPECT_REFUSED(play, "a");
}

}  // namespace
}  // namespace heddle::test
