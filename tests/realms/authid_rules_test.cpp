// Rules with {authid}: realms/authorizer.hpp.
#include <gtest/gtest.h>

#include <random>

#include "realms/gate.hpp"
#include "tests/realms/script.hpp"

namespace heddle::test {
namespace {

const ActionSet everything = actions({Action::call, Action::register_, Action::publish, Action::subscribe});
PermissionRule allow(Match match, std::string uri, ActionSet what = everything) { return {match, uri, what, {}}; }
PermissionRule deny(Match match, std::string uri, ActionSet what = everything) { return {match, uri, {}, what}; }

struct Rules {
    explicit Rules(std::vector<PermissionRule> rules) : authorizer({{"role", std::move(rules)}}, "") {}
    bool may(std::string_view authid, std::string_view uri, Match match = Match::exact,
             Action action = Action::subscribe) const {
        return authorizer.decide(0, action, {match, uri}, authid).allowed;
    }
    Authorizer authorizer;
};

/// Ids that mean more, or less, than one part of a URI.
const std::vector<std::string> unfit = {"",    ".",     "kim.lee", "kim.",     ".kim",     "a,b",    "#",
                                        "k m", "k\tm",  "k\nm",    "k\x7Fm",   "k\x01m",   "{authid}", "k}m",
                                        "k{",  "k\u00A0m", "k\u2028m", "k\u0085m", "k\u3000m", "k\u0080m"};
const std::vector<std::string> fit = {"kim", "Kim-2", "kim@lee", "panel_4", "k\u00E4the", "7", "*", "kim:lee"};

TEST(AuthidRules, StandForWhoeverActs) {
    const Rules rules({allow(Match::prefix, "desk.{authid}."), allow(Match::exact, "{authid}.{authid}"),
                       allow(Match::wildcard, "room..{authid}")});
    for (const std::string& id : fit) {
        EXPECT_TRUE(fits_one_part(id)) << id;
        EXPECT_TRUE(rules.may(id, "desk." + id + ".lamp")) << id;
        EXPECT_TRUE(rules.may(id, "desk." + id + ".", Match::prefix)) << id;
        EXPECT_TRUE(rules.may(id, id + "." + id)) << id;
        EXPECT_TRUE(rules.may(id, "room.7." + id)) << id;
        EXPECT_TRUE(rules.may(id, "room.." + id, Match::wildcard)) << id;
        EXPECT_FALSE(rules.may(id, "desk.other.lamp")) << id;
        EXPECT_FALSE(rules.may(id, "desk.", Match::prefix)) << id;
        EXPECT_FALSE(rules.may(id, "room..", Match::wildcard)) << id;
    }
    EXPECT_FALSE(rules.may("kim", "desk.kimberly.lamp"));
    EXPECT_FALSE(rules.may("kim", "desk.{authid}.lamp")) << "not as text";
}

TEST(AuthidRules, AnIdThatIsNoPartGetsNothingByThem) {
    const Rules rules({allow(Match::prefix, "desk.{authid}."), allow(Match::prefix, "{authid}"),
                       allow(Match::exact, "x.{authid}"), allow(Match::wildcard, "room..{authid}")});
    for (const std::string& id : unfit) {
        EXPECT_FALSE(fits_one_part(id)) << id;
        for (const std::string& uri : {"desk." + id + ".lamp", id, "x." + id, "room.7." + id, std::string("desk.a.b"),
                                       std::string("kim.lee"), std::string("x.kim")})
            EXPECT_FALSE(rules.may(id, uri)) << "'" << id << "' " << uri;
    }
}

TEST(AuthidRules, ADenyFitsAllThatTheIdCouldMean) {
    const Rules rules({allow(Match::prefix, ""), deny(Match::prefix, "desk.{authid}."),
                       deny(Match::wildcard, "room..{authid}"), allow(Match::prefix, "desk.public."),
                       allow(Match::exact, "desk.a.b")});
    for (const std::string& id : unfit) {
        EXPECT_FALSE(rules.may(id, "desk.x.lamp")) << id;
        EXPECT_FALSE(rules.may(id, "desk.public.x")) << id << ": nor does it yield to an allow inside of it";
        EXPECT_FALSE(rules.may(id, "desk.a.b")) << id;
        EXPECT_FALSE(rules.may(id, "room.1.2.3")) << id;
        EXPECT_FALSE(rules.may(id, "", Match::prefix)) << id;
        EXPECT_TRUE(rules.may(id, "other.x")) << id;
    }
    EXPECT_FALSE(rules.may("kim", "desk.kim.lamp"));
    EXPECT_TRUE(rules.may("kim", "desk.lee.lamp"));
    EXPECT_TRUE(rules.may("kim", "room.1.2.3"));
}

TEST(AuthidRules, APrefixThatEndsWithTheIdEndsWithThatPart) {
    const Rules rules({allow(Match::prefix, "desk.{authid}")});
    EXPECT_TRUE(rules.may("kim", "desk.kim"));
    EXPECT_TRUE(rules.may("kim", "desk.kim.lamp"));
    EXPECT_TRUE(rules.may("kim", "desk.kim.", Match::prefix));
    EXPECT_TRUE(rules.may("kim", "desk.kim..x", Match::wildcard));
    EXPECT_FALSE(rules.may("kim", "desk.kimberly"));
    EXPECT_FALSE(rules.may("kim", "desk.kim", Match::prefix)) << "kimberly's would be in it";
    EXPECT_FALSE(rules.may("kim", "desk.kimberly.", Match::prefix));
    const Rules denied({allow(Match::prefix, "desk."), deny(Match::prefix, "desk.{authid}")});
    EXPECT_FALSE(denied.may("kim", "desk.kim.lamp"));
    EXPECT_FALSE(denied.may("kim", "desk.kimberly")) << "a deny is taken as wide as it is written";
}

TEST(AuthidRules, NoIdMakesARuleNameWhatIsGuarded) {
    const Rules rules({allow(Match::prefix, "{authid}."), allow(Match::wildcard, "{authid}.."),
                       allow(Match::exact, "{authid}.session.kill")});
    EXPECT_TRUE(rules.may("wamp", "wamp.session.count", Match::exact, Action::call));
    EXPECT_FALSE(rules.may("wamp", "wamp.session.kill", Match::exact, Action::call));
    EXPECT_FALSE(rules.may("swim", "swim.meta.host", Match::exact, Action::subscribe));
    const Rules named({allow(Match::prefix, "wamp.session.{authid}")});
    EXPECT_TRUE(named.may("kill", "wamp.session.kill", Match::exact, Action::call));
}

TEST(AuthidRules, DecideLikeTheSameRulesWithTheIdWrittenOut) {
    const std::vector<std::string> texts = {"",           "a.",          "a.{authid}.", "a.{authid}.x", "{authid}.",
                                            "a..{authid}", "{authid}..x", "a.b.",        "a.b.x"};
    const std::vector<std::string> uris = {"a", "a.b", "a.b.x", "a.c.x", "b.c.x", "b", "a.x.b", "c.b", "a.b.y"};
    int allowed = 0;
    for (unsigned seed = 0; seed < 3000; ++seed) {
        std::mt19937 random(seed);
        std::vector<PermissionRule> rules, written;
        for (std::uint64_t count = 1 + random() % 5; count > 0; --count) {
            std::string text = texts[random() % texts.size()];
            const auto match = text.find("..") != text.npos || text.starts_with('.') ? Match::wildcard
                               : text.ends_with('.') || text.empty()               ? Match::prefix
                                                                                   : Match::exact;
            const PermissionRule rule = random() % 3 ? allow(match, text) : deny(match, text);
            rules.push_back(rule);
            written.push_back(rule);
            if (const auto at = text.find("{authid}"); at != text.npos)
                written.back().uri = text.substr(0, at) + "b" + text.substr(at + 8);
        }
        const Rules one(rules), other(written);
        for (const std::string& uri : uris) {
            ASSERT_EQ(one.may("b", uri), other.may("any", uri)) << "seed " << seed << " " << uri;
            allowed += one.may("b", uri);
            // Whoever has an unfit id may no more than whoever has any other.
            if (one.may("b.c", uri)) {
                ASSERT_TRUE(one.may("b", uri)) << "seed " << seed << " " << uri;
            }
        }
    }
    EXPECT_GT(allowed, 1000);
}

RealmSettings desks() {
    RealmSettings settings = open_realm();
    settings.roles = {{"anonymous", {allow(Match::prefix, "open.")}},
                      {"worker", {allow(Match::prefix, "desk.{authid}."), allow(Match::prefix, "open.")}}};
    return settings;
}

TEST(AuthidRules, GateRemembersPerIdOnlyWhereRulesNameIt) {
    RealmSettings settings = desks();
    settings.limits.decisions_max = 16;
    const Authorizer authorizer(settings.roles, "");
    const Lanes lanes(settings.lanes);
    Gate gate(settings, authorizer, lanes);
    const auto may = [&](RoleIndex role, std::string_view id, std::string_view uri) {
        return gate.check({role, id}, Action::publish, uri).verdict == Gate::Verdict::allowed;
    };
    for (int round = 0; round < 3; ++round)
        for (int number = 0; number < 50; ++number) {
            const std::string id = "u" + std::to_string(number), uri = "desk." + id + ".lamp";
            EXPECT_TRUE(may(1, id, uri));
            EXPECT_FALSE(may(1, "other", uri));
            EXPECT_FALSE(may(1, id + ".lamp", uri));
            EXPECT_FALSE(may(1, "", uri));
            EXPECT_FALSE(may(0, id, uri));
            EXPECT_LE(gate.remembered(), 16u);
        }
    Gate fresh(settings, authorizer, lanes);
    for (const char* id : {"a", "b", "c"}) fresh.check({0, id}, Action::publish, "open.x");
    EXPECT_EQ(fresh.remembered(), 1u) << "no rule of the role names ids";
    for (const std::string& id : unfit) fresh.check({1, id}, Action::publish, "open.x");
    EXPECT_EQ(fresh.remembered(), 2u) << "ids that are no part are all one";
    for (const char* id : {"a", "b", "c"}) fresh.check({1, id}, Action::publish, "open.x");
    EXPECT_EQ(fresh.remembered(), 5u);
    fresh.forget();
    EXPECT_EQ(fresh.remembered(), 0u);
}

TEST(AuthidRules, EachUserHasADeskOfItsOwn) {
    Script script(desks());
    script.admit_as("kim", "kim", "worker").admit_as("lee", "lee", "worker").admit_as("evil", "kim.lamp", "worker");
    script.send("kim", subscribe(1, "desk.kim.", subscribed_as(Match::prefix))).expect("kim", subscribed(1, 1));
    script.send("lee", subscribe(1, "desk.kim.lamp")).expect("lee", error(32, 1, "wamp.error.not_authorized"));
    script.send("evil", subscribe(1, "desk.kim.lamp")).expect("evil", error(32, 1, "wamp.error.not_authorized"));
    script.send("evil", publish(2, "desk.kim.lamp", "[]", acknowledge()));
    script.expect("evil", error(16, 2, "wamp.error.not_authorized"));
    script.send("lee", publish(2, "desk.kim.lamp")).expect_silence("kim");
    script.send("kim", publish(2, "desk.kim.lamp", "[1]", include_me()));
    script.expect("kim", event(1, 1, "[1]", "desk.kim.lamp"));
    // A rule with {authid} is taken away like any other.
    RealmSettings none = desks();
    none.roles[1].permissions.erase(none.roles[1].permissions.begin());
    script.apply(none, "1 subscription").expect("kim", revoked(1, "wamp.error.not_authorized"));
}

}  // namespace
}  // namespace heddle::test
