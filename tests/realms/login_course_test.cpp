// How logins go, whatever the method: the client's order, unknown users, deadlines, cookies, limits, takeover.
#include <gtest/gtest.h>

#include "tests/realms/login_play.hpp"

namespace heddle::test {
namespace {

using M = AuthMethod;
using namespace std::chrono_literals;
const std::string nonce_extra = R"({"nonce":")" + std::string(client_nonce) + "\"}";

TEST(LoginOrder, IsTheClients) {
    struct Case {
        std::vector<std::string_view> offered;
        const char* said;
    };
    const PeerFacts open_line;  // a stranger's: no TLS
    for (const Case& c : {Case{{"ticket", "wampcra"}, "CHALLENGE ticket"}, Case{{"wampcra", "ticket"}, "CHALLENGE wampcra"},
                          Case{{"wamp-scram", "wampcra"}, "CHALLENGE wampcra"},  // without a nonce
                          Case{{"cookie", "tls", "local", "jwt", "nonsense", "ticket"}, "CHALLENGE ticket"},
                          Case{{"cryptosign", "tls"}, "ABORT wamp.error.no_matching_auth_method"},
                          Case{{}, "ABORT wamp.error.no_matching_auth_method"}}) {
        LoginPlay play(login_realm({M::ticket, M::wampcra, M::scram, M::tls, M::cookie, M::jwt, M::local}));
        play.connect("a");
        play.hello("a", c.offered, "kim");
        EXPECT_EQ(play.received("a"), c.said);
    }
    LoginPlay play(login_realm({M::ticket, M::wampcra, M::token}));
    play.connect("a", open_line);
    play.hello("a", {"ticket", "token", "wampcra"}, "kim");
    EXPECT_EQ(play.received("a"), "CHALLENGE wampcra") << "no secrets on an open line";
    RealmSettings careless = login_realm({M::ticket});
    careless.auth.insecure_ticket = true;
    LoginPlay other(careless);
    other.connect("a", open_line);
    other.hello("a", {"ticket"}, "kim");
    EXPECT_EQ(other.received("a"), "CHALLENGE ticket");
}

/// All that somebody sees who tries to log in so, with texts of random content as their lengths.
std::string sight(LoginPlay& play, const std::string& peer, std::string_view method, std::string_view authid,
                  const std::string& password) {
    play.connect(peer);
    play.hello(peer, {method}, authid, method == "cryptosign" ? R"({"pubkey":")" + std::string(64, 'e') + "\"}" : nonce_extra);
    std::string all = play.received(peer) + " " + play.challenge_form(peer);
    if (method == "wampcra") play.authenticate(peer, cra_signature(play, peer, password));
    if (method == "ticket") play.authenticate(peer, password);
    if (method == "cryptosign") play.authenticate(peer, cryptosign_signature(play, peer, std::string(32, 'x')));
    if (method == "wamp-scram") {
        const ScramReply reply = scram_reply(play, peer, authid, password);
        play.authenticate(peer, reply.signature, reply.extra);
    }
    if (!play.asked.empty()) {
        all += "\n verify " + play.asked.front().stored.substr(0, 20);
        play.verify();
    }
    for (std::string line = play.received(peer); !line.empty(); line = play.received(peer)) all += "\n" + line;
    return all;
}

TEST(LoginUnknown, LooksLikeAWrongPassword) {
    RealmSettings settings = login_realm({M::ticket, M::wampcra, M::scram, M::cryptosign});
    settings.users.pop_back();  // bob, whose WAMP-CRA is of another kind
    for (UserSettings& user : settings.users) user.ticket.clear();  // verifiers serve as tickets
    LoginPlay play(settings);
    for (const std::string_view method : {"ticket", "wampcra", "wamp-scram", "cryptosign"}) {
        const std::string known = sight(play, "a", method, "kim", "wrong");
        EXPECT_NE(known.find("authentication_failed"), known.npos);
        for (const char* other : {"xyz", "lee", "ann"})
            EXPECT_EQ(sight(play, "b", method, other, "secret"), known) << method << " " << other;
    }
}

TEST(LoginUnknown, CostsWhatTheUsersOfTheRealmCost) {
    LoginPlay play(login_realm({M::ticket}));  // all tickets have the same cost, bob has none
    for (const char* authid : {"kim", "bob", "nobody"}) {
        play.connect("a");
        play.hello("a", {"ticket"}, authid);
        play.authenticate("a", "wrong");
        ASSERT_EQ(play.asked.size(), 1u);
        EXPECT_TRUE(play.asked.front().stored.starts_with("$argon2id$v=19$m=8,t=1,p=1$")) << play.asked.front().stored;
        play.verify();
    }
}

TEST(LoginUnknown, IsShownTheSameEachTime) {
    LoginPlay play(login_realm({M::wampcra, M::scram})), later(login_realm({M::wampcra, M::scram}));
    std::string salts[3];
    for (int i = 0; i < 3; ++i) {
        LoginPlay& one = i == 2 ? later : play;
        one.connect("a");
        one.hello("a", {"wamp-scram"}, "nobody", nonce_extra);
        salts[i] = one.challenge("a", "salt");
        one.connect("a");
        one.hello("a", {"wampcra"}, "nobody");
        salts[i] += one.challenge("a", "salt") + one.challenge("a", "iterations");
    }
    EXPECT_EQ(salts[0], salts[1]);
    EXPECT_EQ(salts[0], salts[2]) << "also after a restart";
    play.connect("a");
    play.hello("a", {"wamp-scram"}, "somebody", nonce_extra);
    EXPECT_FALSE(salts[0].starts_with(play.challenge("a", "salt")));
}

TEST(LoginCourse, AuthenticateComesInTimeOrNotAtAll) {
    LoginPlay play(login_realm({M::wampcra, M::ticket}));
    play.pass(0ms);  // ann's time is over: nobody of hers is there
    play.connect("a");
    play.hello("a", {"wampcra"}, "kim");
    play.received("a");
    EXPECT_EQ(play.realm().next_deadline(), play.now() + 10s);
    play.pass(9'999ms);
    EXPECT_EQ(play.received("a"), "");
    play.pass(1ms);
    EXPECT_EQ(play.received("a"), "ABORT wamp.error.authentication_failed");
    EXPECT_EQ(play.received("a"), "closed refused");
    play.authenticate("a", cra_signature(play, "a"));
    EXPECT_EQ(play.received("a"), "") << "nobody listens there any more";
    play.connect("b");
    play.hello("b", {"ticket"}, "kim");
    play.authenticate("b", "secret");
    play.received("b");
    play.pass(10s);
    EXPECT_EQ(play.received("b"), "ABORT wamp.error.authentication_failed") << "nobody checked it";
    play.verify();
    EXPECT_FALSE(play.open("b")) << "too late";
    EXPECT_EQ(play.realm().next_deadline(), TimePoint::max());
    EXPECT_EQ(play.notes, (std::vector<std::string>{"wampcra timed_out kim", "ticket timed_out kim"}));
}

TEST(LoginCourse, OneAnswerToOneChallenge) {
    LoginPlay play(login_realm({M::ticket, M::wampcra}));
    for (const Message& message : {Message(Authenticate{"secret", {}}), hello(), Message(Goodbye{{}, "wamp.close.normal"}),
                                   Message(Subscribe{{1}, {}, "com.a"})}) {
        play.connect("a");
        play.hello("a", {"ticket"}, "kim");
        play.authenticate("a", "secret");
        play.received("a");
        play.send("a", message);
        EXPECT_EQ(play.received("a"), "ABORT wamp.error.protocol_violation") << "while it is being checked";
        play.verify();
        EXPECT_EQ(play.received("a"), "closed protocol_violation");
        EXPECT_EQ(play.received("a"), "");
        EXPECT_FALSE(play.open("a"));
    }
    play.connect("a");
    play.send("a", Authenticate{"secret", {}});
    EXPECT_EQ(play.received("a"), "ABORT wamp.error.protocol_violation") << "before HELLO";
    play.connect("a");
    play.hello("a", {"wampcra"}, "kim");
    play.authenticate("a", cra_signature(play, "a"));
    ASSERT_TRUE(play.open("a"));
    play.authenticate("a", cra_signature(play, "a"));
    EXPECT_FALSE(play.open("a")) << "a violation in an open session";
}

TEST(LoginCourse, WhoLeavesInBetweenLeavesNothing) {
    RealmSettings settings = login_realm({M::ticket, M::wampcra});
    settings.auth.authenticator = "com.auth";
    for (const int step : {0, 1, 2, 3}) {
        LoginPlay play(settings);
        play.connect("a");
        play.hello("a", {step == 3 ? "wampcra" : "ticket"}, step >= 2 ? "nobody" : "kim");
        if (step == 1 || step == 2) play.authenticate("a", "secret");
        for (std::string line = play.received("a"); !line.empty();) line = play.received("a");
        const std::size_t asked = play.asked.size();
        EXPECT_EQ(asked, step == 0 ? 0u : 1u);
        if (step % 2)
            play.send("a", Abort{{}, "wamp.error.cannot_authenticate", {}});
        else
            play.lose("a");
        const auto question = asked ? play.asked.front().id : QuestionId{};
        play.realm().verified(question, true, play.now(), play.egress());
        play.realm().answered(question, {{}, payload(R"(["operator"])")}, play.now(), play.egress());
        play.pass(1h);
        EXPECT_EQ(play.received("a"), step % 2 ? "closed aborted" : "");
        EXPECT_EQ(play.received("a"), "");
        EXPECT_EQ(play.realm().counts().sessions, 0u);
        EXPECT_EQ(play.realm().next_deadline(), TimePoint::max());
        EXPECT_TRUE(play.notes.back().find(" gone") != std::string::npos);
    }
}

TEST(LoginCourse, EditsReachWhoIsAtTheDoor) {
    for (const int edit : {0, 1, 2}) {
        LoginPlay play(login_realm({M::wampcra}));
        play.connect("a");
        play.hello("a", {"wampcra"}, "kim");
        play.received("a");
        UserSettings kim = login_realm({}).users[0];
        kim.disabled = true;
        if (edit == 0) play.realm().put_user(kim, play.now(), play.egress());
        if (edit == 1) play.realm().remove_user("kim", play.now(), play.egress());
        if (edit == 2) play.realm().apply(login_realm({M::ticket}), play.now(), play.egress());
        play.authenticate("a", cra_signature(play, "a"));
        EXPECT_EQ(play.received("a"), "ABORT wamp.error.authentication_failed") << edit;
    }
    LoginPlay play(login_realm({M::wampcra}));
    play.connect("a");
    play.hello("a", {"wampcra"}, "kim");
    play.received("a");
    play.realm().shut_down(play.now(), play.egress());
    EXPECT_EQ(play.received("a"), "ABORT wamp.close.system_shutdown");
    EXPECT_EQ(play.received("a"), "closed shutdown");
}

TEST(LoginLimits, SessionsOfOneAuthidAndAttemptsAtOnce) {
    RealmSettings settings = login_realm({M::token, M::ticket});
    settings.limits.authid_sessions_max = 2;
    settings.limits.logins_max = 3;
    LoginPlay play(settings);
    const std::string token = R"({"token":")" + kims_token() + "\"}";
    for (const char* peer : {"a", "b", "c"}) {
        play.connect(peer);
        play.hello(peer, {"token"}, "", token);
    }
    EXPECT_TRUE(play.open("a") && play.open("b"));
    EXPECT_EQ(play.received("c"), "ABORT heddle.error.limit_exceeded");
    play.lose("a");
    play.connect("d");
    play.hello("d", {"token"}, "", token);
    EXPECT_TRUE(play.open("d"));
    for (const char* peer : {"e", "f", "g", "h"}) {
        play.connect(peer);
        play.hello(peer, {"ticket"}, "kim");
    }
    EXPECT_EQ(play.received("g"), "CHALLENGE ticket");
    EXPECT_EQ(play.received("h"), "ABORT heddle.error.limit_exceeded");
    play.connect("i");
    play.hello("i", {"ticket"}, std::string(256, 'x'));
    EXPECT_EQ(play.received("i").substr(0, 5), "ABORT");
}

TEST(LoginCookie, IsGoodAfterALogin) {
    RealmSettings settings = login_realm({M::cookie, M::wampcra, M::token, M::anonymous});
    settings.anonymous_role = "guest";
    LoginPlay play(settings);
    PeerFacts first, again;
    first.secure = again.secure = true;
    first.new_cookie = again.cookie = "c00k1e";
    const auto by_cookie = [&] {
        play.connect("b", again);
        play.hello("b", {"cookie"});
        return play.received("b");
    };
    const auto log_in = [&](std::vector<std::string_view> methods) {
        play.connect("a", first);
        play.hello("a", std::move(methods), "kim", R"({"token":")" + kims_token() + "\"}");
    };
    const char* none = "ABORT wamp.error.no_matching_auth_method";
    EXPECT_EQ(by_cookie(), none);
    log_in({"anonymous"});
    EXPECT_EQ(by_cookie(), none) << "an anonymous login is worth nothing";
    log_in({"wampcra"});
    EXPECT_EQ(by_cookie(), none) << "not before WELCOME";
    play.authenticate("a", cra_signature(play, "a"));
    EXPECT_EQ(by_cookie(), "WELCOME kim operator cookie static");
    play.connect("b", again);
    play.hello("b", {"cookie", "anonymous"}, "bob");
    EXPECT_NE(play.received("b").find("anonymous"), std::string::npos) << "who says to be bob is not kim";
    play.connect("b", again);
    play.hello("b", {"cookie"});
    play.send("b", Goodbye{{}, "wamp.close.logout"});
    EXPECT_EQ(by_cookie(), none) << "logged out";
    log_in({"token"});
    play.pass(24h - 1ms);
    EXPECT_EQ(by_cookie(), "WELCOME kim operator cookie static");
    play.pass(1ms);
    EXPECT_EQ(by_cookie(), none) << "too old";
    log_in({"token"});
    UserSettings kim = login_realm({}).users[0];
    play.realm().put_user(kim, play.now(), play.egress());
    EXPECT_EQ(by_cookie(), none) << "the user was changed";
    log_in({"token"});
    play.realm().remove_user("kim", play.now(), play.egress());
    EXPECT_EQ(by_cookie(), none);
}

TEST(LoginCourse, ProvenIdentityTakesOverWhatADeadConnectionHolds) {
    RealmSettings settings = login_realm({M::wampcra});
    settings.take_over = true;
    settings.users[3].role = "operator";
    LoginPlay play(settings);
    const auto log_in = [&](const char* peer, const char* authid, const char* password) {
        play.connect(peer);
        play.hello(peer, {"wampcra"}, authid);
        play.authenticate(peer, cra_signature(play, peer, password));
        play.received(peer), play.received(peer);
        play.send(peer, Register{{1}, {}, "com.a"});
        return play.received(peer);
    };
    EXPECT_EQ(log_in("old", "kim", "secret"), "REGISTERED");
    EXPECT_EQ(log_in("other", "bob", "plain secret"), "ERROR") << "it is not bob's";
    EXPECT_EQ(log_in("new", "kim", "secret"), "REGISTERED");
}

}  // namespace
}  // namespace heddle::test
