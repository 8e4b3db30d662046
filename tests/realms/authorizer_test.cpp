#include "realms/authorizer.hpp"

#include <gtest/gtest.h>

#include <random>

#include "realms/gate.hpp"
#include "realms/uri_check.hpp"
#include "tests/realms/words.hpp"

namespace heddle {
namespace {

using test::actions;

ActionSet one(Action action) { return actions({action}); }
PermissionRule allow(Match match, const char* uri, Action action) { return {match, uri, one(action), {}}; }
PermissionRule deny(Match match, const char* uri, Action action) { return {match, uri, {}, one(action)}; }

struct Rules {
    explicit Rules(std::vector<PermissionRule> rules) : authorizer({{"role", std::move(rules)}}, "") {}
    bool may(Action action, std::string_view uri, Match match = Match::exact) const {
        return authorizer.decide(0, action, {match, uri}).allowed;
    }
    Authorizer authorizer;
};

TEST(Authorizer, NothingSaidMeansDenied) {
    const Rules none({});
    for (Action action : {Action::call, Action::register_, Action::publish, Action::subscribe})
        EXPECT_FALSE(none.may(action, "a.b"));
    const Rules other({allow(Match::exact, "a.b", Action::call)});
    EXPECT_TRUE(other.may(Action::call, "a.b"));
    EXPECT_FALSE(other.may(Action::publish, "a.b"));
    EXPECT_FALSE(other.may(Action::call, "a.b.c"));
}

TEST(Authorizer, TheExampleOfTheHandbook) {
    const Rules rules({
        {Match::prefix, "com.plant.", actions({Action::call, Action::publish, Action::subscribe}), {}},
        deny(Match::wildcard, "com.plant.valve..set", Action::publish),
    });
    EXPECT_TRUE(rules.may(Action::publish, "com.plant.valve.7.get"));
    EXPECT_FALSE(rules.may(Action::publish, "com.plant.valve.7.set"));
    EXPECT_TRUE(rules.may(Action::subscribe, "com.plant.valve.7.set"));
    EXPECT_FALSE(rules.may(Action::register_, "com.plant.valve.7.set"));
}

TEST(Authorizer, ARuleYieldsOnlyToARuleInsideIt) {
    const Rules rules({
        deny(Match::prefix, "", Action::publish),
        allow(Match::prefix, "a.", Action::publish),
        deny(Match::prefix, "a.b.", Action::publish),
        allow(Match::exact, "a.b.c", Action::publish),
    });
    EXPECT_FALSE(rules.may(Action::publish, "z"));
    EXPECT_TRUE(rules.may(Action::publish, "a.x"));
    EXPECT_FALSE(rules.may(Action::publish, "a.b.x"));
    EXPECT_TRUE(rules.may(Action::publish, "a.b.c"));
}

TEST(Authorizer, AWiderOrCrossingAllowDoesNotBeatADeny) {
    const Rules crossing({
        deny(Match::wildcard, "a..c", Action::call),
        allow(Match::prefix, "a.b", Action::call),
    });
    EXPECT_FALSE(crossing.may(Action::call, "a.b.c"));
    EXPECT_TRUE(crossing.may(Action::call, "a.b.d"));
}

TEST(Authorizer, OfEqualSetsTheDenyWins) {
    const Rules two({allow(Match::prefix, "a.", Action::call), deny(Match::prefix, "a.", Action::call)});
    EXPECT_FALSE(two.may(Action::call, "a.b"));
    const Rules spelled({allow(Match::exact, "a.b", Action::call), deny(Match::wildcard, "a.b", Action::call)});
    EXPECT_FALSE(spelled.may(Action::call, "a.b"));
    const Rules both({{Match::prefix, "a.", one(Action::call), one(Action::call)}});
    EXPECT_FALSE(both.may(Action::call, "a.b"));
}

TEST(Authorizer, APatternNeedsAnAllowForAllOfIt) {
    const Rules rules({allow(Match::prefix, "a.b.", Action::subscribe)});
    EXPECT_TRUE(rules.may(Action::subscribe, "a.b.", Match::prefix));
    EXPECT_TRUE(rules.may(Action::subscribe, "a.b.c", Match::prefix));
    EXPECT_TRUE(rules.may(Action::subscribe, "a.b..d", Match::wildcard));
    EXPECT_FALSE(rules.may(Action::subscribe, "a.b", Match::prefix));
    EXPECT_FALSE(rules.may(Action::subscribe, "a..d", Match::wildcard));
    EXPECT_FALSE(rules.may(Action::subscribe, "", Match::prefix));
}

TEST(Authorizer, ADenyThatCutsIntoAPatternForbidsIt) {
    const Rules rules({
        allow(Match::prefix, "a.", Action::subscribe),
        deny(Match::wildcard, "a..secret", Action::subscribe),
    });
    EXPECT_FALSE(rules.may(Action::subscribe, "a.", Match::prefix));
    EXPECT_FALSE(rules.may(Action::subscribe, "a.b.", Match::wildcard));
    EXPECT_TRUE(rules.may(Action::subscribe, "a.b.c.", Match::prefix));
    EXPECT_TRUE(rules.may(Action::subscribe, "a..open", Match::wildcard));
}

TEST(Authorizer, ADenyYieldsToAnAllowInsideItForPatternsToo) {
    const Rules rules({
        deny(Match::prefix, "a.", Action::subscribe),
        allow(Match::prefix, "a.b.", Action::subscribe),
    });
    EXPECT_TRUE(rules.may(Action::subscribe, "a.b.c.", Match::prefix));
    EXPECT_FALSE(rules.may(Action::subscribe, "a.c.", Match::prefix));
}

TEST(Authorizer, RemovingOthersNeedsARuleThatNamesWamp) {
    const Rules wide({allow(Match::prefix, "", Action::call), allow(Match::prefix, "wam", Action::call),
                      allow(Match::wildcard, "..", Action::call)});
    const char* guarded[] = {
        "wamp.session.kill",     "wamp.session.kill_by_authid",     "wamp.session.kill_by_authrole",
        "wamp.session.kill_all", "wamp.registration.remove_callee", "wamp.subscription.remove_subscriber"};
    for (const char* uri : guarded) EXPECT_FALSE(wide.may(Action::call, uri)) << uri;
    EXPECT_TRUE(wide.may(Action::call, "wamp.session.count"));
    const Rules named({allow(Match::prefix, "wamp.", Action::call)});
    for (const char* uri : guarded) EXPECT_TRUE(named.may(Action::call, uri)) << uri;
    const Rules exact({allow(Match::exact, "wamp.session.kill", Action::call)});
    EXPECT_TRUE(exact.may(Action::call, "wamp.session.kill"));
    EXPECT_FALSE(exact.may(Action::call, "wamp.session.kill_all"));
}

TEST(Authorizer, MetaLanesNeedARuleThatNamesThem) {
    const Rules everything(
        {allow(Match::prefix, "", Action::subscribe), allow(Match::wildcard, "..", Action::subscribe)});
    EXPECT_FALSE(everything.may(Action::subscribe, "swim.meta.host.nodes"));
    EXPECT_FALSE(everything.may(Action::subscribe, "swim.meta.x"));
    EXPECT_TRUE(everything.may(Action::subscribe, "swim.metal.x"));
    EXPECT_TRUE(everything.may(Action::subscribe, "swim.meta"));
    const Rules some({allow(Match::prefix, "swim.meta.node.com.car.", Action::subscribe)});
    EXPECT_TRUE(some.may(Action::subscribe, "swim.meta.node.com.car.7.lanes"));
    EXPECT_FALSE(some.may(Action::subscribe, "swim.meta.node.com.bus.lanes"));
    EXPECT_FALSE(some.may(Action::subscribe, "swim.meta.host.nodes"));
}

TEST(Authorizer, SaysWhichRulesDecidedAndWhichWereBeaten) {
    const Rules rules({
        allow(Match::prefix, "com.plant.", Action::publish),
        deny(Match::wildcard, "com.plant.valve..set", Action::publish),
        allow(Match::prefix, "com.other.", Action::publish),
    });
    const Decision denied = rules.authorizer.decide(0, Action::publish, {Match::exact, "com.plant.valve.7.set"});
    EXPECT_FALSE(denied.allowed);
    ASSERT_EQ(denied.deciding.size(), 1u);
    EXPECT_EQ(denied.deciding[0]->uri, "com.plant.valve..set");
    ASSERT_EQ(denied.beaten.size(), 1u);
    EXPECT_EQ(denied.beaten[0]->uri, "com.plant.");
    const Decision silent = rules.authorizer.decide(0, Action::publish, {Match::exact, "a"});
    EXPECT_FALSE(silent.allowed);
    EXPECT_TRUE(silent.deciding.empty() && silent.beaten.empty());
}

TEST(Authorizer, RolesAreKeptApart) {
    const Authorizer authorizer({{"a", {allow(Match::prefix, "", Action::call)}}, {"b", {}}}, "c");
    EXPECT_TRUE(authorizer.decide(*authorizer.find("a"), Action::call, {Match::exact, "p"}).allowed);
    EXPECT_FALSE(authorizer.decide(*authorizer.find("b"), Action::call, {Match::exact, "p"}).allowed);
    EXPECT_FALSE(authorizer.decide(*authorizer.find("c"), Action::call, {Match::exact, "p"}).allowed);
    EXPECT_EQ(authorizer.find("d"), std::nullopt);
}

/// What a pattern is allowed, each URI in it is allowed: nobody gets by a pattern what a plain request would not give.
TEST(AuthorizerProperty, APatternNeverGivesMoreThanItsUris) {
    std::vector<std::string> uris;
    for (const char* a : {"a", "b", "ab"})
        for (const char* b : {"", ".a", ".b", ".ab"})
            for (const char* c : {"", ".a", ".b"})
                if (*b || !*c) uris.push_back(std::string(a) + b + c);
    int allowed = 0;
    for (unsigned seed = 0; seed < 3000; ++seed) {
        std::mt19937 random(seed);
        const auto pattern = [&] {
            const char* texts[] = {"",     "a",  "a.",   "b",  "a.a", "a.b", "ab",
                                   "a.b.", ".a", "a..b", "..", ".",   "a..", ".b."};
            const auto match = static_cast<Match>(random() % 3);
            std::string text = texts[random() % std::size(texts)];
            return valid_uri(text, match, UriCheck::loose, {}) ? std::pair(match, text)
                                                               : std::pair(Match::wildcard, text);
        };
        std::vector<PermissionRule> rules;
        for (std::uint64_t count = 1 + random() % 5; count > 0; --count) {
            const auto [match, text] = pattern();
            const bool yes = random() % 3 != 0;
            rules.push_back(
                {match, text, yes ? one(Action::subscribe) : ActionSet{}, yes ? ActionSet{} : one(Action::subscribe)});
        }
        const Rules checked(rules);
        const auto [match, text] = pattern();
        if (!checked.may(Action::subscribe, text, match)) continue;
        ++allowed;
        for (const std::string& uri : uris)
            if (holds({match, text}, uri)) {
                ASSERT_TRUE(checked.may(Action::subscribe, uri)) << "seed " << seed << ", '" << text << "', " << uri;
            }
    }
    EXPECT_GT(allowed, 100);
}

TEST(Gate, RemembersWithinItsBoundAndAnswersTheSame) {
    RealmSettings settings = test::open_realm();
    settings.roles[0].permissions = {allow(Match::prefix, "a", Action::publish)};
    settings.limits.decisions_max = 16;
    const Authorizer authorizer(settings.roles, "");
    const Lanes lanes(settings.lanes);
    Gate gate(settings, authorizer, lanes);
    for (int round = 0; round < 3; ++round)
        for (int number = 0; number < 100; ++number) {
            const std::string good = "a." + std::to_string(number), bad = "b." + std::to_string(number);
            EXPECT_EQ(gate.check(0, Action::publish, good).verdict, Gate::Verdict::allowed);
            EXPECT_EQ(gate.check(0, Action::publish, bad).verdict, Gate::Verdict::denied);
            EXPECT_EQ(gate.check(0, Action::subscribe, good).verdict, Gate::Verdict::denied);
            EXPECT_EQ(gate.check(0, Action::publish, good + " ").verdict, Gate::Verdict::invalid_uri);
            EXPECT_LE(gate.remembered(), 16u);
        }
}

PermissionRule with(PermissionRule rule, std::initializer_list<Identified> disclose,
                    std::initializer_list<Identified> conceal) {
    for (const Identified who : disclose) rule.disclose.add(who);
    for (const Identified who : conceal) rule.conceal.add(who);
    return rule;
}

TEST(Authorizer, WhoIsNamedIsSaidByTheRulesThatAllow) {
    const PermissionRule all{Match::prefix, "", actions({Action::call, Action::register_, Action::publish}), {}};
    PermissionRule calls = allow(Match::prefix, "a.", Action::call);
    PermissionRule refused = deny(Match::exact, "a.x", Action::call);
    const Rules rules({all, with(calls, {Identified::caller}, {}), with(refused, {Identified::caller}, {}),
                       with(allow(Match::prefix, "a.b.", Action::call), {}, {Identified::caller}),
                       with(allow(Match::prefix, "p.", Action::publish), {Identified::publisher}, {Identified::caller}),
                       allow(Match::exact, "a.plain", Action::call)});
    const auto said = [&](Action action, std::string_view uri, Match match = Match::exact) {
        return rules.authorizer.decide(0, action, {match, uri}).disclosure;
    };
    EXPECT_EQ(said(Action::call, "z"), Disclosure::as_asked);
    EXPECT_EQ(said(Action::call, "a.c"), Disclosure::always);
    EXPECT_EQ(said(Action::call, "a.b.c"), Disclosure::never) << "a rule inside another decides alone";
    EXPECT_EQ(said(Action::call, "a.plain"), Disclosure::as_asked) << "even one that says nothing";
    EXPECT_EQ(said(Action::call, "a.x"), Disclosure::as_asked) << "what is denied names nobody";
    EXPECT_EQ(said(Action::publish, "a.c"), Disclosure::as_asked) << "each action has its own rules";
    EXPECT_EQ(said(Action::publish, "p.c"), Disclosure::always) << "of callers it may say otherwise";
    EXPECT_EQ(said(Action::register_, "a.", Match::prefix), Disclosure::as_asked);
}

TEST(Gate, RemembersWhoIsNamed) {
    RealmSettings settings = test::open_realm();
    settings.roles = {{"a", {with(allow(Match::exact, "x", Action::call), {Identified::caller}, {})}}};
    const Authorizer authorizer(settings.roles, "");
    const Lanes lanes(settings.lanes);
    Gate gate(settings, authorizer, lanes);
    for (int round = 0; round < 2; ++round) EXPECT_EQ(gate.check(0, Action::call, "x").disclosure, Disclosure::always);
}

TEST(Gate, ActionsAndRolesDoNotShareAnswers) {
    RealmSettings settings = test::open_realm();
    settings.roles = {{"a", {allow(Match::exact, "x", Action::publish)}},
                      {"b", {allow(Match::exact, "x", Action::call)}}};
    const Authorizer authorizer(settings.roles, "");
    const Lanes lanes(settings.lanes);
    Gate gate(settings, authorizer, lanes);
    for (int round = 0; round < 2; ++round)
        for (RoleIndex role : {0u, 1u})
            for (Action action : {Action::call, Action::register_, Action::publish, Action::subscribe}) {
                const bool allowed = action == (role == 0 ? Action::publish : Action::call);
                EXPECT_EQ(gate.check(role, action, "x").verdict == Gate::Verdict::allowed, allowed);
            }
}

TEST(Authorizer, ConcealWinsOverDiscloseInEitherOrder) {
    const ActionSet all = actions({Action::call, Action::register_, Action::publish, Action::subscribe});
    for (const Identified who : {Identified::caller, Identified::publisher}) {
        PermissionRule hides{Match::exact, "a", all, {}}, names{Match::exact, "a", all, {}};
        hides.conceal.add(who);
        names.disclose.add(who);
        const Action action = who == Identified::caller ? Action::call : Action::publish;
        for (const auto& rules : {std::vector{hides, names}, std::vector{names, hides}}) {
            const Authorizer authorizer({{"r", rules, 0}}, "");
            EXPECT_EQ(authorizer.decide(0, action, {Match::exact, "a"}, "").disclosure, Disclosure::never);
        }
    }
}

}  // namespace
}  // namespace heddle
