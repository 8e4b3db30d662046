// Who a WARP connection is, after a while: before its first frame, after @deauth, and when an edit takes its role away.
#include <gtest/gtest.h>

#include "realms/auth/token.hpp"
#include "tests/bridge/warp_script.hpp"

namespace heddle::test {
namespace {

using namespace std::chrono_literals;

constexpr auto host = R"((node:"swim:meta:host",lane:nodes))";
constexpr auto value = R"((node:"/com/car",lane:speed))";
constexpr auto authed = "@authed{authid:kim,authrole:operator}";
std::string frame(std::string_view kind, std::string_view at, std::string_view rest = {}) {
    return "@" + std::string(kind) + std::string(at) + std::string(rest);
}
std::string token() { return auth::make_token(std::string(auth::token_random_bytes, 'r')).text(); }

/// Anybody may use topics; only kim, an operator, may link meta lanes.
RealmSettings realm_with_kim(std::initializer_list<AuthMethod> methods = {AuthMethod::token, AuthMethod::anonymous}) {
    RealmSettings settings = open_realm();
    for (const AuthMethod method : methods) settings.auth.methods.add(method);
    settings.auth.mock_key = std::string(32, 'm');
    settings.roles.push_back({"operator", settings.roles[0].permissions, 0});
    PermissionRule meta{Match::prefix, "swim.meta.", {}, {}};
    meta.allow.add(Action::subscribe);
    settings.roles.back().permissions.push_back(meta);
    UserSettings kim;
    kim.authid = "kim";
    kim.role = "operator";
    kim.token = auth::token_hash(token());
    settings.users = {kim};
    return settings;
}
std::string auth_frame() { return "@auth{token:\"" + token() + "\"}"; }

TEST(WarpIdentity, NobodyJoinsBeforeTheFirstFrameWhereUsersCanLogIn) {
    for (const AuthMethod method : {AuthMethod::token, AuthMethod::ticket, AuthMethod::jwt}) {
        const RealmSettings settings = realm_with_kim({method, AuthMethod::anonymous});
        WarpPlay play(settings, {.first_frame_wait = 5s});
        play.open("jane");
        EXPECT_EQ(play.realm().counts().sessions, 0u);
        play.pass(4'999ms);
        EXPECT_EQ(play.realm().counts().sessions, 0u);
        play.pass(1ms);
        EXPECT_EQ(play.realm().counts().sessions, 1u) << "then it is an anonymous client";
        play.open("mary");
        EXPECT_EQ(play.realm().counts().sessions, 1u);
        play.frame("mary", frame("link", value));
        EXPECT_EQ(play.realm().counts().sessions, 2u) << "the first frame decides";
        EXPECT_EQ(play.next("mary"), frame("linked", value));
    }
    WarpPlay play(realm_with_kim({AuthMethod::anonymous, AuthMethod::cookie}), {.first_frame_wait = 5s});
    play.open("jane");
    EXPECT_EQ(play.realm().counts().sessions, 1u) << "nothing that @auth could say counts here";
}

TEST(WarpIdentity, WithAnAuthenticatorTheFirstFrameIsWaitedForToo) {
    RealmSettings settings = realm_with_kim({AuthMethod::anonymous});
    settings.auth.authenticator = "com.who";
    WarpPlay play(settings);
    play.open("jane");
    EXPECT_EQ(play.realm().counts().sessions, 0u);
}

TEST(WarpIdentity, ALinkToAMetaLaneEndsWithTheIdentityThatAllowedIt) {
    WarpScript s(realm_with_kim());
    s.open("jane").send("jane", auth_frame()).receives("jane", authed);
    s.send("jane", frame("link", host)).receives("jane", frame("linked", host));
    s.send("jane", "@deauth").receives("jane", "@deauthed").pass(1s);
    s.receives("jane", frame("unlinked", host, "@notAuthorized"));
}

TEST(WarpIdentity, ALinkToAMetaLaneEndsWhenItsUserIsDisabled) {
    WarpPlay play(realm_with_kim());
    play.open("jane");
    play.frame("jane", auth_frame());
    EXPECT_EQ(play.next("jane"), authed);
    play.frame("jane", frame("link", host));
    EXPECT_EQ(play.next("jane"), frame("linked", host));
    UserSettings kim = realm_with_kim().users[0];
    kim.disabled = true;
    EXPECT_EQ(play.put_user(kim).sessions, 1u);
    EXPECT_EQ(play.next("jane"), "CLOSED revoked");
    play.frame("jane", frame("link", value));
    play.pass(1s);
    EXPECT_EQ(play.next("jane"), "") << "what comes after that is not answered";
}

TEST(WarpIdentity, AnEditThatRemovesARoleEndsASessionAndNotItsLinks) {
    WarpPlay play(realm_with_kim());
    play.open("jane");
    play.frame("jane", auth_frame());
    play.frame("jane", frame("link", host));
    play.frame("jane", frame("link", value));
    RealmSettings without = realm_with_kim();
    without.roles.pop_back();
    const Ends ends = play.apply(without);
    EXPECT_EQ(ends.sessions, 1u);
    EXPECT_EQ(ends.links, 0u);
    EXPECT_EQ(ends.total(), 1u);
}

TEST(WarpIdentity, AnEditDoesNotCountLinksOfAConnectionThatHasNoSessionAnyMore) {
    RealmSettings settings = realm_with_kim({AuthMethod::token});
    settings.anonymous_role.clear();
    WarpPlay play(settings);
    play.open("jane");
    play.frame("jane", auth_frame());
    play.frame("jane", frame("link", host));
    play.frame("jane", "@deauth");
    EXPECT_EQ(play.realm().counts().sessions, 0u) << "anonymous clients may not join";
    const Ends ends = play.apply(settings);
    EXPECT_EQ(ends.total(), 0u);
    for (const std::string& line : {std::string(authed), frame("linked", host), std::string("@deauthed")})
        EXPECT_EQ(play.next("jane"), line);
    EXPECT_EQ(play.next("jane"), frame("unlinked", host, "@notAuthorized"));
}

TEST(WarpIdentity, AnEditThatTakesMetaLanesFromARoleEndsTheLinkAndNotTheSession) {
    WarpPlay play(realm_with_kim());
    play.open("jane");
    play.frame("jane", auth_frame());
    play.frame("jane", frame("link", host));
    EXPECT_EQ(play.next("jane"), authed);
    EXPECT_EQ(play.next("jane"), frame("linked", host));
    RealmSettings without = realm_with_kim();
    without.roles.back().permissions.pop_back();
    const Ends ends = play.apply(without);
    EXPECT_EQ(ends.links, 1u);
    EXPECT_EQ(ends.total(), 1u);
    EXPECT_EQ(play.next("jane"), frame("unlinked", host, "@notAuthorized"));
    play.frame("jane", frame("link", host));
    EXPECT_EQ(play.next("jane"), frame("unlinked", host, "@notAuthorized"));
    play.apply(realm_with_kim());
    play.frame("jane", frame("link", host));
    EXPECT_EQ(play.next("jane"), frame("linked", host)) << "allowed again";
}

TEST(WarpIdentity, WhoIsAnybodyAlreadyKeepsWhatIsOpenAfterDeauth) {
    constexpr auto lane = R"((node:"/com",lane:proc))";
    WarpScript s(realm_with_kim());
    s.join("callee").offer("callee", "com.proc").open("jane");
    s.send("jane", frame("link", lane)).receives("jane", frame("linked", lane));
    s.send("jane", frame("command", lane, "@call(id:1)1")).receives("callee", "INVOCATION [1]");
    s.send("jane", "@deauth").receives("jane", "@deauthed");
    s.yield("callee", "[2]").receives("jane", frame("event", lane, "@result(id:1) 2"));
}

}  // namespace
}  // namespace heddle::test
