// What time and edits change about a login: before, during and after the proof.
#include <gtest/gtest.h>

#include "realms/attempt.hpp"
#include "realms/auth/digest.hpp"
#include "realms/auth/text.hpp"
#include "tests/realms/login_play.hpp"

namespace heddle::test {
namespace {

using namespace std::chrono_literals;
using M = AuthMethod;

constexpr const char* no_method = "ABORT wamp.error.no_matching_auth_method";
const std::string jwt_key(40, 'j');

/// A signed token with these claims.
std::string jwt_of(const std::string& payload) {
    const std::string text = auth::to_base64url(R"({"alg":"HS256"})") + "." + auth::to_base64url(payload);
    return text + "." + auth::to_base64url(auth::hmac_sha256(jwt_key, text));
}
std::string as_token(const std::string& token) { return R"({"token":")" + token + "\"}"; }

/// A connection that gets a cookie with its login, and a later one of the same browser that shows it.
struct Browser {
    PeerFacts first, again;
    explicit Browser(std::string cookie = "c00k1e") {
        first.secure = again.secure = true;
        first.new_cookie = again.cookie = std::move(cookie);
    }
    /// What a new connection receives when it logs in by the cookie.
    std::string log_in(LoginPlay& play) {
        play.connect("browser", again);
        play.hello("browser", {"cookie"});
        return play.received("browser");
    }
};

/// A realm in which kim logs in by her token or by a cookie.
RealmSettings token_realm(std::int64_t kims_expiry = 0) {
    RealmSettings settings = login_realm({M::cookie, M::token});
    settings.users[0].expires = kims_expiry;
    return settings;
}
void log_in_kim(LoginPlay& play, const Browser& browser) {
    play.connect("kim", browser.first);
    play.hello("kim", {"token"}, "kim", as_token(kims_token()));
    ASSERT_EQ(play.received("kim"), "WELCOME kim operator token static");
}

TEST(LoginChanges, ACookieOfAUserLetsNobodyInOnceTheUserHasExpired) {
    LoginPlay play(token_realm(86'400 + 7'200));
    Browser browser;
    log_in_kim(play, browser);
    play.pass(7'199s);
    EXPECT_EQ(browser.log_in(play), "WELCOME kim operator cookie static");
    play.pass(1s);
    EXPECT_EQ(browser.log_in(play), no_method);
}

TEST(LoginChanges, ASessionIsSentAwayInTheSecondInWhichItsUserExpires) {
    LoginPlay play(token_realm(86'400 + 7'200));
    log_in_kim(play, Browser());
    play.pass(7'199s);
    EXPECT_EQ(play.received("kim"), "");
    EXPECT_EQ(play.realm().next_deadline(), play.now() + 1s);
    play.pass(1s);
    EXPECT_EQ(play.received("kim"), "GOODBYE heddle.close.user_expired");
    play.connect("late");
    play.hello("late", {"token"}, "kim", as_token(kims_token()));
    EXPECT_REFUSED(play, "late");
}

TEST(LoginChanges, ACookieEndsWithTheTokenThatItWasGivenFor) {
    RealmSettings settings = login_realm({M::cookie, M::jwt});
    settings.auth.jwt_keys = jwt_key;
    LoginPlay play(settings);
    Browser browser;
    play.connect("zoe", browser.first);
    play.hello("zoe", {"jwt"}, "", as_token(jwt_of(R"({"sub":"zoe","exp":90000,"role":"guest"})")));
    EXPECT_TRUE(play.open("zoe"));
    play.pass(3'599s);
    EXPECT_EQ(browser.log_in(play), "WELCOME zoe guest cookie jwt");
    play.pass(1s);
    EXPECT_EQ(browser.log_in(play), no_method);
}

TEST(LoginChanges, ACookieEndsWithItsOwnAgeToo) {
    RealmSettings settings = token_realm();
    settings.auth.cookie_age = 60s;
    LoginPlay play(settings);
    Browser browser;
    log_in_kim(play, browser);
    play.pass(59'999ms);
    EXPECT_EQ(browser.log_in(play), "WELCOME kim operator cookie static");
    play.pass(1ms);
    EXPECT_EQ(browser.log_in(play), no_method);
}

TEST(LoginChanges, ACookieHasTheRoleThatItsUserHasNow) {
    LoginPlay play(token_realm());
    Browser browser;
    log_in_kim(play, browser);
    RealmSettings demoted = play.realm().settings();
    demoted.roles[0].trustlevel = 7;  // an edit that concerns no account forgets no cookie
    play.realm().apply(demoted, play.now(), play.egress());
    EXPECT_EQ(browser.log_in(play), "WELCOME kim operator cookie static");
    UserSettings kim = token_realm().users[0];
    kim.role = "guest";
    play.realm().put_user(kim, play.now(), play.egress());
    EXPECT_EQ(browser.log_in(play), no_method) << "an edit of the account forgets its cookies";
}

TEST(LoginChanges, TheOldestCookieGoesWhenThereAreTooMany) {
    RealmSettings settings = token_realm();
    settings.auth.cookies_max = 2;
    LoginPlay play(settings);
    Browser one("one"), two("two"), three("three");
    for (const Browser* browser : {&one, &two}) log_in_kim(play, *browser);
    EXPECT_EQ(one.log_in(play), "WELCOME kim operator cookie static") << "two fit";
    log_in_kim(play, three);
    EXPECT_EQ(one.log_in(play), no_method);
    EXPECT_EQ(two.log_in(play), "WELCOME kim operator cookie static");
    EXPECT_EQ(three.log_in(play), "WELCOME kim operator cookie static");
}

TEST(LoginChanges, AnEditReachesAClientThatNamedNothingButItsKey) {
    LoginPlay play(login_realm({M::cryptosign}));
    play.connect("a");
    play.hello("a", {"cryptosign"}, "", R"({"pubkey":")" + kims_pubkey() + "\"}");
    EXPECT_EQ(play.received("a"), "CHALLENGE cryptosign");
    UserSettings kim = login_realm({}).users[0];
    kim.disabled = true;
    play.realm().put_user(kim, play.now(), play.egress());
    play.authenticate("a", cryptosign_signature(play, "a", kims_seed()));
    EXPECT_REFUSED(play, "a");
}

TEST(LoginChanges, AnEditReachesAClientWhoseTicketIsBeingChecked) {
    LoginPlay play(login_realm({M::ticket}));
    for (const bool removed : {false, true}) {
        play.connect("a");
        play.hello("a", {"ticket"}, "kim");
        EXPECT_EQ(play.received("a"), "CHALLENGE ticket");
        play.authenticate("a", "secret");
        UserSettings kim = login_realm({}).users[0];
        kim.disabled = true;
        if (removed)
            play.realm().remove_user("kim", play.now(), play.egress());
        else
            play.realm().put_user(kim, play.now(), play.egress());
        play.verify();
        EXPECT_REFUSED(play, "a");
        kim.disabled = false;
        play.realm().put_user(kim, play.now(), play.egress());
    }
}

TEST(LoginChanges, AMethodThatIsTakenAwayEndsTheAttemptsThatUseIt) {
    LoginPlay play(login_realm({M::ticket, M::wampcra}));
    for (const char* peer : {"ticket", "wampcra"}) {
        play.connect(peer);
        play.hello(peer, {peer}, "kim");
        EXPECT_EQ(play.received(peer), std::string("CHALLENGE ") + peer);
    }
    RealmSettings fewer = play.realm().settings();
    fewer.auth.methods = {};
    fewer.auth.methods.add(M::wampcra);
    play.realm().apply(fewer, play.now(), play.egress());
    play.authenticate("ticket", "secret");
    if (!play.asked.empty()) play.verify();
    EXPECT_REFUSED(play, "ticket");
    play.authenticate("wampcra", cra_signature(play, "wampcra"));
    EXPECT_EQ(play.received("wampcra"), "WELCOME kim operator wampcra static");
}

TEST(LoginChanges, AuthenticateAtItsDeadlineIsTooLateWithoutAnyTick) {
    for (const auto wait : {9'999ms, 10'000ms}) {
        LoginPlay play(login_realm({M::wampcra}));
        play.connect("a");
        play.hello("a", {"wampcra"}, "kim");
        play.received("a");
        const std::string signature = cra_signature(play, "a");
        play.realm().on_message({0, 1}, Authenticate{signature, {}}, play.now() + wait, play.egress());
        EXPECT_EQ(play.open("a"), wait < 10s);
    }
}

TEST(LoginChanges, ALoginUnderAnotherNameForgivesNoFailures) {
    RealmSettings settings = login_realm({M::ticket, M::wampcra});
    settings.auth.authenticator = "com.who";
    settings.auth.throttle.attempts = 3;
    LoginPlay play(settings);
    int address = 0;
    const auto guess = [&](bool right) {
        play.connect("g", "10.0.1." + std::to_string(++address));
        play.hello("g", {"ticket"}, "zed");
        play.received("g");
        play.authenticate("g", "some ticket");
        if (!play.asked.empty())
            right ? play.answer(R"([{"authid":"other","role":"guest"}])") : play.answer("[]", "com.no");
        return play.received("g").substr(0, 7);
    };
    EXPECT_EQ(guess(false), "ABORT w");
    EXPECT_EQ(guess(false), "ABORT w");
    EXPECT_EQ(guess(true), "WELCOME") << "as other, which says nothing about zed";
    EXPECT_EQ(guess(false), "ABORT w");
    EXPECT_EQ(guess(true), "ABORT w") << "the third failure of zed blocks that name";
}

TEST(LoginChanges, AnAddressIsKeptOutUntilItsTimeIsOver) {
    RealmSettings settings = login_realm({M::anonymous});
    settings.anonymous_role = "guest";
    LoginPlay play(settings);
    play.realm().keep_out("", "10.0.0.9", play.now() + 10s);
    const auto joins = [&](const char* address) {
        play.connect("a", address);
        play.hello("a", {"anonymous"});
        return play.open("a");
    };
    EXPECT_FALSE(joins("10.0.0.9"));
    EXPECT_TRUE(joins("10.0.0.8"));
    play.pass(9'999ms);
    EXPECT_FALSE(joins("10.0.0.9"));
    play.pass(1ms);
    EXPECT_TRUE(joins("10.0.0.9"));
}

TEST(LoginChanges, AUserIsKeptOutWhateverTheMethodAndTheName) {
    LoginPlay play(login_realm({M::cryptosign, M::token}));
    play.realm().keep_out("kim", "", play.now() + 10s);
    play.connect("a");
    play.hello("a", {"cryptosign"}, "", R"({"pubkey":")" + kims_pubkey() + "\"}");
    play.received("a");
    play.authenticate("a", cryptosign_signature(play, "a", kims_seed()));
    EXPECT_REFUSED(play, "a");
    play.connect("b");
    play.hello("b", {"token"}, "", as_token(kims_token()));
    EXPECT_REFUSED(play, "b");
    play.pass(10s);
    play.connect("b");
    play.hello("b", {"token"}, "", as_token(kims_token()));
    EXPECT_TRUE(play.open("b"));
}

TEST(LoginChanges, ATokenMayNotNameAnAuthidThatIsTooLong) {
    RealmSettings settings = login_realm({M::jwt});
    settings.auth.jwt_keys = jwt_key;
    for (const std::size_t size : {authid_bytes_max, authid_bytes_max + 1}) {
        LoginPlay play(settings);
        play.connect("a");
        const std::string claims = R"({"exp":90000,"role":"guest","sub":")" + std::string(size, 'x') + "\"}";
        play.hello("a", {"jwt"}, "", as_token(jwt_of(claims)));
        EXPECT_EQ(play.open("a"), size == authid_bytes_max);
    }
}

TEST(LoginChanges, ATokenOfAUserWhoMayNotLogInNowLetsNobodyIn) {
    RealmSettings settings = login_realm({M::jwt});
    settings.auth.jwt_keys = jwt_key;
    for (const char* authid : {"lee", "ann", "kim"}) {  // lee is disabled, ann has expired
        LoginPlay play(settings);
        play.connect("a");
        play.hello("a", {"jwt"}, "", as_token(jwt_of(R"({"exp":90000,"role":"guest","sub":")" + std::string(authid) + "\"}")));
        EXPECT_EQ(play.open("a"), authid == std::string("kim"));
    }
}

}  // namespace
}  // namespace heddle::test
