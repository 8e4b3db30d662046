// Who a WARP connection is (warp_login.cpp): @auth, what it brought along, and what becomes of its links.
#include "bridge/credentials.hpp"
#include "realms/auth/token.hpp"
#include "serializers/recon_parser.hpp"
#include "tests/bridge/warp_script.hpp"

namespace heddle::test {
namespace {

std::string at(std::string_view kind, std::string_view lane, std::string_view rest = {}) {
    return "@" + std::string(kind) + "(node:\"/com\",lane:" + std::string(lane) + ")" + std::string(rest);
}

std::string token() { return auth::make_token(std::string(auth::token_random_bytes, 'r')).text(); }
std::string auth_frame() { return "@auth{token:\"" + token() + "\"}"; }
constexpr const char* authed = "@authed{authid:kim,authrole:operator}";
constexpr const char* ticket = "@auth{ticket:\"pass word\",authid:kim}";

PermissionRule rule(std::string uri, bool allowed) {
    PermissionRule made{Match::exact, std::move(uri), {}, {}};
    for (const Action action : {Action::call, Action::register_, Action::publish, Action::subscribe})
        (allowed ? made.allow : made.deny).add(action);
    return made;
}

/// Anybody may use com.open and com.both, who logged in com.both and com.secret.
RealmSettings realm_with_users(bool anonymous = true) {
    RealmSettings settings;
    settings.name = "realm1";
    if (anonymous) settings.anonymous_role = "anonymous";
    settings.roles = {{"anonymous", {rule("com.open", true), rule("com.both", true), rule("com.map.", true)}},
                      {"operator", {rule("com.both", true), rule("com.secret", true), rule("com.map.", true)}}};
    settings.lanes = {{Match::exact, "com.both", LaneKind::value}, {Match::exact, "com.secret", LaneKind::value}};
    for (const AuthMethod method : {AuthMethod::ticket, AuthMethod::token, AuthMethod::tls})
        settings.auth.methods.add(method);
    if (anonymous) settings.auth.methods.add(AuthMethod::anonymous);
    settings.auth.mock_key = std::string(32, 'm');
    UserSettings kim;
    kim.authid = "kim";
    kim.role = "operator";
    kim.token = auth::token_hash(token());
    kim.ticket = "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    kim.certificates = {std::string(64, '0')};
    settings.users = {kim};
    return settings;
}

std::string credentials(std::string_view frame) {
    recon::Tape tape;
    recon::Parser parser(tape);
    EXPECT_TRUE(parser.body_at(frame, std::string_view("@auth").size())) << frame;
    const auto found = credentials_of(recon::items_of(tape.root()));
    return found ? std::string(found->method) + " " + found->authid + " " + found->secret : "none";
}

TEST(WarpLogin, CredentialsAreATicketOrATokenAndNothingElse) {
    EXPECT_EQ(credentials("@auth{ticket:\"p w\",authid:kim}"), "ticket kim p w");
    EXPECT_EQ(credentials("@auth{authid:kim,ticket:pw}"), "ticket kim pw");
    EXPECT_EQ(credentials("@auth{token:hdl_1_2}"), "token  hdl_1_2");
    EXPECT_EQ(credentials("@auth{token:\"a.b.c\"}"), "jwt  a.b.c");
    EXPECT_EQ(credentials("@auth{jwt:\"a.b.c\"}"), "jwt  a.b.c");
    EXPECT_EQ(credentials("@auth\"a.b.c\""), "jwt  a.b.c");
    EXPECT_EQ(credentials("@auth\"hdl_1_2\""), "token  hdl_1_2");
    for (const char* bad : {"@auth", "@auth{}", "@auth{ticket:pw}", "@auth{authid:kim}", "@auth{ticket:pw,authid:kim,jwt:x}",
                            "@auth{jwt:a,token:b}", "@auth{ticket:1,authid:kim}", "@auth{password:pw}", "@auth 5",
                            "@auth{ticket:a,ticket:b,authid:kim}", "@auth{jwt:a,role:admin}", "@auth{a,b}"})
        EXPECT_EQ(credentials(bad), "none") << bad;
}

TEST(WarpLogin, AFrameThatProvesWhoItIsOpensWhatThatOneMay) {
    WarpScript s(realm_with_users());
    s.open("jane").send("jane", auth_frame()).receives("jane", authed);
    s.send("jane", at("link", "secret")).receives("jane", at("linked", "secret"));
    s.send("jane", at("link", "open")).receives("jane", at("unlinked", "open", "@notAuthorized"));
}

TEST(WarpLogin, FramesWaitForTheAnswerAndKeepTheirOrder) {
    WarpScript s(realm_with_users());
    s.open("jane").send("jane", ticket).send("jane", at("sync", "secret")).send("jane", at("command", "secret", "5"));
    s.silence("jane").verify(true).receives("jane", authed).receives("jane", at("linked", "secret"));
    s.receives("jane", at("event", "secret")).receives("jane", at("synced", "secret")).receives("jane", at("event", "secret", " 5"));
}

TEST(WarpLogin, WhoProvesNothingIsDeniedAndClosed) {
    WarpScript wrong(realm_with_users());
    wrong.open("jane").send("jane", ticket).send("jane", at("link", "open"));
    wrong.verify(false).receives("jane", "@deauthed@denied").receives("jane", "CLOSED refused").silence("jane");
    for (const char* bad : {"@auth", "@auth{token:hdl_0123456789abcdef_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA}",
                            "@auth{password:x}", "@auth{jwt:x}"}) {
        WarpScript s(realm_with_users());
        s.open("jane").send("jane", bad).receives("jane", "@deauthed@denied").receives("jane", "CLOSED refused");
        s.send("jane", at("link", "open")).silence("jane");
    }
    WarpScript nobody_does;  // a realm without users
    nobody_does.open("jane").send("jane", auth_frame()).receives("jane", "@deauthed@denied").receives("jane", "CLOSED refused");
}

TEST(WarpLogin, LinksAreMadeAgainUnderTheNewIdentity) {
    WarpScript s(realm_with_users());
    s.open("jane").open("mary").send("mary", at("command", "both", "1"));
    s.send("jane", at("sync", "both")).receives("jane", at("linked", "both")).receives("jane", at("event", "both", " 1"));
    s.receives("jane", at("synced", "both"));
    s.send("jane", at("link", "open")).receives("jane", at("linked", "open"));
    s.send("jane", ticket).send("mary", at("command", "both", "2")).silence("jane");
    s.verify(true).receives("jane", authed).receives("jane", at("unlinked", "open", "@notAuthorized"));
    s.receives("jane", at("event", "both", " 2")).receives("jane", at("synced", "both"));
    s.send("mary", at("command", "both", "3")).receives("jane", at("event", "both", " 3")).silence("mary");
    s.send("mary", at("command", "open", "4")).silence("jane");
}

TEST(WarpLogin, DeauthGoesBackToAnybody) {
    WarpScript s(realm_with_users());
    s.open("jane").send("jane", auth_frame()).receives("jane", authed);
    s.send("jane", at("link", "secret")).receives("jane", at("linked", "secret"));
    s.send("jane", at("link", "both")).receives("jane", at("linked", "both"));
    s.send("jane", "@deauth").receives("jane", "@deauthed").receives("jane", at("unlinked", "secret", "@notAuthorized"));
    s.send("jane", at("command", "both", "1")).receives("jane", at("event", "both", " 1"));
    s.send("jane", at("link", "open")).receives("jane", at("linked", "open"));
    s.send("jane", "@deauth").receives("jane", "@deauthed").send("jane", auth_frame()).receives("jane", authed);
    s.receives("jane", at("unlinked", "open", "@notAuthorized"));
}

TEST(WarpLogin, WithoutAnonymousTheFirstFrameDecides) {
    WarpScript s(realm_with_users(false));
    s.open("jane").send("jane", at("link", "both")).receives("jane", at("unlinked", "both", "@notAuthorized"));
    s.send("jane", auth_frame()).receives("jane", authed);
    s.send("jane", at("link", "both")).receives("jane", at("linked", "both"));
    s.send("jane", "@deauth").receives("jane", "@deauthed").receives("jane", at("unlinked", "both", "@notAuthorized"));
}

TEST(WarpLogin, WhoeverSaysNothingIsAnybodyAfterAWhile) {
    WarpPlay play(realm_with_users());
    play.open("jane");
    EXPECT_EQ(play.realm().counts().sessions, 0u);
    play.pass(std::chrono::milliseconds(4'999));
    EXPECT_EQ(play.realm().counts().sessions, 0u);
    play.pass(std::chrono::milliseconds(1));
    EXPECT_EQ(play.realm().counts().sessions, 1u);
}

TEST(WarpLogin, WhoIsNobodyMayNotStay) {
    using std::chrono::milliseconds;
    WarpScript silent(realm_with_users(false));
    silent.open("jane").pass(milliseconds(5'000)).silence("jane").pass(milliseconds(4'999)).silence("jane");
    silent.pass(milliseconds(1)).receives("jane", "CLOSED hello_timeout");
    WarpScript s(realm_with_users(false));
    s.open("jane").send("jane", at("link", "both")).receives("jane", at("unlinked", "both", "@notAuthorized"));
    s.pass(milliseconds(4'999)).silence("jane").send("jane", auth_frame()).receives("jane", authed);
    s.pass(milliseconds(60'000)).silence("jane");
    s.send("jane", "@deauth").receives("jane", "@deauthed").pass(milliseconds(5'000)).receives("jane", "CLOSED hello_timeout");
}

TEST(WarpLogin, ACertificateCountsWithoutAnyAuth) {
    PeerFacts facts = WarpPlay::on_this_machine();
    facts.certificate.emplace();
    WarpScript s(realm_with_users());
    s.open("jane", facts).send("jane", at("link", "secret")).receives("jane", at("linked", "secret"));
    s.send("jane", "@deauth").receives("jane", "@deauthed").receives("jane", at("unlinked", "secret", "@notAuthorized"));
    facts.certificate->fill(1);  // nobody's
    s.open("mary", facts).send("mary", at("link", "secret")).receives("mary", at("unlinked", "secret", "@notAuthorized"));
    s.send("mary", at("link", "open")).receives("mary", at("linked", "open"));
}

TEST(WarpLogin, WhatWaitsIsBounded) {
    for (const std::size_t waiting : {3u, 4u}) {
        WarpScript s(realm_with_users(), {.held_max = 3});
        s.open("jane").send("jane", ticket);
        for (std::size_t i = 0; i < waiting; ++i) s.send("jane", at("command", "both", "1"));
        if (waiting > 3) {
            s.receives("jane", "CLOSED backlog").verify(true).silence("jane");
        } else {
            s.silence("jane").verify(true).receives("jane", authed);
        }
    }
    WarpScript bytes(realm_with_users(), {.held_bytes_max = 100});
    bytes.open("jane").send("jane", ticket).send("jane", at("command", "both", std::string(70, '1')));
    bytes.receives("jane", "CLOSED backlog");
}

TEST(WarpLogin, OffersAreMadeAgainOrWithdrawn) {
    RealmSettings settings = realm_with_users();
    settings.lanes.clear();
    WarpScript s(settings);
    s.open("jane").join("caller");
    for (const char* lane : {"open", "both"}) {
        s.send("jane", at("link", lane)).receives("jane", at("linked", lane));
        s.send("jane", at("command", lane, "@offer")).receives("jane", at("event", lane, "@offered"));
    }
    s.send("jane", auth_frame()).receives("jane", authed).receives("jane", at("event", "open", "@withdrawn"));
    s.call("caller", "com.open", "[1]").receives("caller", "ERROR wamp.error.no_such_procedure");
    s.call("caller", "com.both", "[1]").receives("jane", at("event", "both", "@invoke(id:1) 1"));
    s.send("jane", at("command", "both", "@yield(id:1)2")).receives("caller", "RESULT [2]");
}

TEST(WarpLogin, CallsThatWereOpenAreOver) {
    RealmSettings settings = realm_with_users();
    settings.lanes.clear();
    WarpScript s(settings);
    s.join("callee").offer("callee", "com.both").open("jane").send("jane", at("link", "both")).receives("jane", at("linked", "both"));
    s.send("jane", at("command", "both", "@call(id:7)1")).receives("callee", "INVOCATION [1]");
    s.send("jane", auth_frame()).receives("jane", at("event", "both", "@error(id:7,uri:\"wamp.error.canceled\")"));
    s.receives("jane", authed).receives("callee", "INTERRUPT").yield("callee", "[2]").silence("jane");
}

TEST(WarpLogin, WhileTheAuthorizerIsAskedFramesWaitToo) {
    RealmSettings settings = realm_with_users();
    settings.auth.authorizer = "com.may";
    WarpScript s(settings);
    s.open("jane").send("jane", at("link", "unknown")).send("jane", at("link", "open")).silence("jane");
    s.authorize("[true]").receives("jane", at("linked", "unknown")).receives("jane", at("linked", "open"));
    s.send("jane", at("link", "other")).authorize("[false]").receives("jane", at("unlinked", "other", "@notAuthorized"));
}

}  // namespace
}  // namespace heddle::test
