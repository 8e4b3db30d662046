// What a realm answers itself (wamp specification, "Session Meta API", "Subscription Meta API", "Registration Meta
// API"), and under which permission.
#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "realms/meta_procedures.hpp"
#include "serializers/codec.hpp"
#include "tests/realms/script.hpp"

namespace heddle::test {
namespace {

const std::string bad_argument = "wamp.error.invalid_argument";

/// A realm whose role "anonymous" may do all that the rules say.
RealmSettings realm_with(std::vector<PermissionRule> rules) {
    RealmSettings settings = open_realm();
    settings.roles = {{settings.anonymous_role, std::move(rules)}};
    return settings;
}
ActionSet all_actions() {
    ActionSet set;
    for (const Action action : {Action::call, Action::register_, Action::publish, Action::subscribe}) set.add(action);
    return set;
}

class Meta : public testing::Test {
 protected:
    explicit Meta(const RealmSettings& settings = open_realm()) : play(settings) {}

    void join(const std::string& peer) {
        play.connect(peer);
        play.send(peer, hello());
        ASSERT_TRUE(play.next(peer).starts_with("WELCOME"));
    }
    std::string say(const std::string& peer, const Message& message) {
        play.send(peer, message);
        return play.next(peer);
    }
    /// The payload of the RESULT, or the error's URI.
    std::string ask(const std::string& peer, std::string_view procedure, const Payload& given) {
        const std::string line = say(peer, Call{{++requests}, {}, procedure, given});
        const std::string number = std::to_string(requests);
        for (const std::string& head : {"RESULT " + number + " ", "ERROR 48 " + number + " "})
            if (line.starts_with(head)) return line.substr(head.size());
        return line;
    }
    std::string ask(const std::string& peer, std::string_view procedure, std::string_view args = {},
                    std::string_view kwargs = {}) {
        return ask(peer, procedure, payload(args, kwargs));
    }
    std::string id(const std::string& peer) const { return std::to_string(play.session(peer)); }

    Play play;
    std::uint64_t requests = 0;
};

class MetaSessions : public Meta {
 protected:
    MetaSessions() {
        join("ann");
        join("bob");
    }
    std::string both() const {  // in the order of joining
        return "[[" + id("ann") + "," + id("bob") + "]]";
    }
};

TEST_F(MetaSessions, CountAndListIncludeTheCaller) {
    EXPECT_EQ(ask("ann", "wamp.session.count"), "[2]");
    EXPECT_EQ(ask("ann", "wamp.session.list"), both());
    play.lose("bob");
    EXPECT_EQ(ask("ann", "wamp.session.count"), "[1]");
    EXPECT_EQ(ask("ann", "wamp.session.list"), "[[" + id("ann") + "]]");
}

TEST_F(MetaSessions, CountAndListTakeRoles) {
    EXPECT_EQ(ask("ann", "wamp.session.count", R"([["anonymous","admin"]])"), "[2]");
    EXPECT_EQ(ask("ann", "wamp.session.count", R"([["admin"]])"), "[0]");
    EXPECT_EQ(ask("ann", "wamp.session.count", "[[]]"), "[0]");
    EXPECT_EQ(ask("ann", "wamp.session.count", "[null]"), "[2]");
    EXPECT_EQ(ask("ann", "wamp.session.list", R"([["admin"]])"), "[[]]");
    EXPECT_EQ(ask("ann", "wamp.session.list", "[]", R"({"filter_authroles":["anonymous"]})"), both());
    for (const char* wrong : {R"(["anonymous"])", "[[1]]", R"([["anonymous"],1])"}) {
        EXPECT_EQ(ask("ann", "wamp.session.count", wrong), bad_argument) << wrong;
        EXPECT_EQ(ask("ann", "wamp.session.list", wrong), bad_argument) << wrong;
    }
}

TEST_F(MetaSessions, GetTellsWhoASessionIs) {
    const std::string bob = R"([{"session":)" + id("bob") + R"(,"authid":")" + play.authid("bob") +
                            R"(","authrole":"anonymous","authmethod":"anonymous","authprovider":"static"}])";
    EXPECT_EQ(ask("ann", "wamp.session.get", "[" + id("bob") + "]"), bob);
    EXPECT_EQ(ask("ann", "wamp.session.get", "[" + id("bob") + ".0]"), bob) << "some clients write ids as floats";
    EXPECT_EQ(ask("ann", "wamp.session.get", "[1]"), "wamp.error.no_such_session");
    for (const char* wrong : {"[]", "[0]", "[-1]", R"(["1"])", "[1.5]", "[9007199254740993]", "[[1]]", "[1,2]"})
        EXPECT_EQ(ask("ann", "wamp.session.get", wrong), bad_argument) << wrong;
}

TEST_F(MetaSessions, ASessionThatWasToldGoodbyeIsNotListed) {
    play.shut_down();
    EXPECT_EQ(play.next("ann"), "GOODBYE wamp.close.system_shutdown");
    EXPECT_EQ(play.counts().sessions, 2u);
    play.send("ann", call(1, "wamp.session.count"));
    EXPECT_EQ(play.next("ann"), "") << "after GOODBYE nothing is answered";
}

TEST_F(MetaSessions, ArgumentsMayArriveInAnySerializer) {
    for (const Encoding encoding : {Encoding::json, Encoding::msgpack, Encoding::cbor}) {
        PayloadForms forms(payload("[[\"admin\"]]"));
        EXPECT_EQ(ask("ann", "wamp.session.count", forms.in(encoding)), "[0]");
    }
}

class MetaSubscriptions : public MetaSessions {
 protected:
    MetaSubscriptions() {
        play.pass(std::chrono::milliseconds(1'500));
        EXPECT_EQ(say("ann", subscribe(1, "a.b")), "SUBSCRIBED 1 subscription=1");
        EXPECT_EQ(say("bob", subscribe(1, "a.b")), "SUBSCRIBED 1 subscription=1");
        EXPECT_EQ(say("bob", subscribe(2, "a.", subscribed_as(Match::prefix))), "SUBSCRIBED 2 subscription=2");
        EXPECT_EQ(say("bob", subscribe(3, "a..c", subscribed_as(Match::wildcard))), "SUBSCRIBED 3 subscription=3");
        EXPECT_EQ(say("bob", subscribe(4, "", subscribed_as(Match::prefix))), "SUBSCRIBED 4 subscription=4");
        requests = 4;
    }
};

TEST_F(MetaSubscriptions, ListIsByMatch) {
    EXPECT_EQ(ask("ann", "wamp.subscription.list"), R"([{"exact":[1],"prefix":[2,4],"wildcard":[3]}])");
    play.lose("bob");
    EXPECT_EQ(ask("ann", "wamp.subscription.list"), R"([{"exact":[1],"prefix":[],"wildcard":[]}])");
    EXPECT_EQ(ask("ann", "wamp.subscription.list", "[1]"), bad_argument);
}

TEST_F(MetaSubscriptions, LookupFindsTheSameTextAndMatch) {
    EXPECT_EQ(ask("ann", "wamp.subscription.lookup", R"(["a.b"])"), "[1]");
    EXPECT_EQ(ask("ann", "wamp.subscription.lookup", R"(["a.b",{"match":"exact"}])"), "[1]");
    EXPECT_EQ(ask("ann", "wamp.subscription.lookup", R"(["a.b",{"match":"prefix"}])"), "[null]");
    EXPECT_EQ(ask("ann", "wamp.subscription.lookup", R"(["a.",{"match":"prefix"}])"), "[2]");
    EXPECT_EQ(ask("ann", "wamp.subscription.lookup", R"(["a..c",{"match":"wildcard"}])"), "[3]");
    EXPECT_EQ(ask("ann", "wamp.subscription.lookup", R"(["a.x"])"), "[null]") << "no matching";
    for (const char* wrong : {"[]", "[1]", R"(["a.b",{"match":"fuzzy"}])", R"(["a.b",{"match":7}])",
                              R"(["a.b","prefix"])", R"(["a",{},1])"})
        EXPECT_EQ(ask("ann", "wamp.subscription.lookup", wrong), bad_argument) << wrong;
}

TEST_F(MetaSubscriptions, MatchFindsAllThatAPublicationWouldReach) {
    EXPECT_EQ(ask("ann", "wamp.subscription.match", R"(["a.b"])"), "[[1,4,2]]");
    EXPECT_EQ(ask("ann", "wamp.subscription.match", R"(["a.x.c"])"), "[[4,2,3]]");
    EXPECT_EQ(ask("ann", "wamp.subscription.match", R"(["b"])"), "[[4]]");
    play.lose("bob");
    EXPECT_EQ(ask("ann", "wamp.subscription.match", R"(["b"])"), "[null]");
    EXPECT_EQ(ask("ann", "wamp.subscription.match", "[null]"), bad_argument);
}

TEST_F(MetaSubscriptions, GetTellsWhatASubscriptionIs) {
    EXPECT_EQ(ask("ann", "wamp.subscription.get", "[1]"),
              R"([{"id":1,"created":"1970-01-01T01:00:01.500Z","uri":"a.b","match":"exact"}])");
    EXPECT_EQ(ask("ann", "wamp.subscription.get", "[3]"),
              R"([{"id":3,"created":"1970-01-01T01:00:01.500Z","uri":"a..c","match":"wildcard"}])");
    EXPECT_EQ(ask("ann", "wamp.subscription.get", "[5]"), "wamp.error.no_such_subscription");
    EXPECT_EQ(ask("ann", "wamp.subscription.get"), bad_argument);
}

TEST_F(MetaSubscriptions, DatesAreWhatTheHostSaid) {
    play.realm().set_clock(play.now(), std::chrono::system_clock::time_point(std::chrono::seconds(1'795'255'924)));
    EXPECT_EQ(say("ann", subscribe(++requests, "c")), "SUBSCRIBED 5 subscription=5");
    EXPECT_EQ(ask("ann", "wamp.subscription.get", "[5]"),
              R"([{"id":5,"created":"2026-11-21T10:12:04.000Z","uri":"c","match":"exact"}])");
}

TEST_F(MetaSubscriptions, SubscribersAreListedAndCounted) {
    EXPECT_EQ(ask("ann", "wamp.subscription.list_subscribers", "[1]"), both());
    EXPECT_EQ(ask("ann", "wamp.subscription.count_subscribers", "[1]"), "[2]");
    EXPECT_EQ(ask("ann", "wamp.subscription.list_subscribers", "[2]"), "[[" + id("bob") + "]]");
    play.lose("bob");
    EXPECT_EQ(ask("ann", "wamp.subscription.count_subscribers", "[1]"), "[1]");
    EXPECT_EQ(ask("ann", "wamp.subscription.count_subscribers", "[2]"), "wamp.error.no_such_subscription");
    EXPECT_EQ(ask("ann", "wamp.subscription.list_subscribers", "[2]"), "wamp.error.no_such_subscription");
    EXPECT_EQ(ask("ann", "wamp.subscription.list_subscribers", R"(["1"])"), bad_argument);
    EXPECT_EQ(ask("ann", "wamp.subscription.count_subscribers", "[1,1]"), bad_argument);
}

class MetaRegistrations : public MetaSessions {
 protected:
    MetaRegistrations() {
        EXPECT_EQ(say("ann", register_(1, "p", shared(Invoke::roundrobin))), "REGISTERED 1 registration=1");
        EXPECT_EQ(say("bob", register_(1, "p", shared(Invoke::roundrobin))), "REGISTERED 1 registration=1");
        EXPECT_EQ(say("bob", register_(2, "a.", registered_as(Match::prefix))), "REGISTERED 2 registration=2");
        EXPECT_EQ(say("bob", register_(3, "a..c", registered_as(Match::wildcard))), "REGISTERED 3 registration=3");
        requests = 3;
    }
};

TEST_F(MetaRegistrations, ListLookupAndMatch) {
    EXPECT_EQ(ask("ann", "wamp.registration.list"), R"([{"exact":[1],"prefix":[2],"wildcard":[3]}])");
    EXPECT_EQ(ask("ann", "wamp.registration.lookup", R"(["p"])"), "[1]");
    EXPECT_EQ(ask("ann", "wamp.registration.lookup", R"(["a.",{"match":"prefix"}])"), "[2]");
    EXPECT_EQ(ask("ann", "wamp.registration.lookup", R"(["a."])"), "[null]");
    EXPECT_EQ(ask("ann", "wamp.registration.match", R"(["a.b.c"])"), "[2]") << "a prefix wins over a wildcard";
    EXPECT_EQ(ask("ann", "wamp.registration.match", R"(["nobody"])"), "[null]");
    EXPECT_EQ(ask("ann", "wamp.registration.match", R"(["wamp.session.count"])"), "[null]") << "nobody registered it";
    EXPECT_EQ(ask("ann", "wamp.registration.match"), bad_argument);
    EXPECT_EQ(ask("ann", "wamp.registration.lookup", R"(["p",7])"), bad_argument);
}

TEST_F(MetaRegistrations, GetAndCallees) {
    EXPECT_EQ(ask("ann", "wamp.registration.get", "[1]"),
              R"([{"id":1,"created":"1970-01-01T01:00:00.000Z","uri":"p","match":"exact","invoke":"roundrobin"}])");
    EXPECT_EQ(ask("ann", "wamp.registration.list_callees", "[1]"), both());
    EXPECT_EQ(ask("ann", "wamp.registration.count_callees", "[1]"), "[2]");
    play.lose("bob");
    EXPECT_EQ(ask("ann", "wamp.registration.count_callees", "[1]"), "[1]");
    for (const char* procedure :
         {"wamp.registration.get", "wamp.registration.list_callees", "wamp.registration.count_callees"}) {
        EXPECT_EQ(ask("ann", procedure, "[2]"), "wamp.error.no_such_registration") << procedure;
        EXPECT_EQ(ask("ann", procedure, "[{}]"), bad_argument) << procedure;
    }
}

// ---- the table as a whole

TEST(MetaTable, IsSortedSoThatItCanBeSearched) {
    const auto rows = RealmMeta::procedures();
    EXPECT_TRUE(std::is_sorted(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.uri < b.uri; }));
}

class MetaDenied : public Meta {
 protected:
    MetaDenied() : Meta(realm_with({{Match::prefix, "a.", all_actions(), {}}})) { join("ann"); }
};
TEST_F(MetaDenied, EachProcedureNeedsThePermissionToCallIt) {
    for (const MetaProcedure& row : RealmMeta::procedures())
        EXPECT_EQ(ask("ann", row.uri, "[1]"), "wamp.error.not_authorized") << row.uri;
}

class MetaAllowed : public Meta {
 protected:
    MetaAllowed() {
        join("ann");
        join("bob");
    }
};
TEST_F(MetaAllowed, EachProcedureRefusesArgumentsThatItDoesNotTake) {
    for (const MetaProcedure& row : RealmMeta::procedures())
        EXPECT_EQ(ask("ann", row.uri, "[1,2,3]"), bad_argument) << row.uri;
}

TEST_F(MetaAllowed, NobodyElseAnswersThem) {
    EXPECT_EQ(say("bob", register_(1, "", registered_as(Match::prefix))), "REGISTERED 1 registration=1");
    std::uint64_t request = 1;
    for (const MetaProcedure& row : RealmMeta::procedures()) {
        ask("ann", row.uri);
        EXPECT_EQ(play.next("bob"), "") << row.uri;
        EXPECT_TRUE(say("bob", register_(++request, row.uri)).ends_with("wamp.error.invalid_uri")) << row.uri;
    }
    EXPECT_EQ(ask("ann", "wamp.session.nosuch"), "wamp.error.no_such_procedure");
    EXPECT_TRUE(say("bob", register_(++request, "heddle.link.list")).ends_with("wamp.error.invalid_uri"));
}

TEST_F(MetaAllowed, ACallIsOverWhenItIsAnswered) {
    EXPECT_EQ(ask("ann", "wamp.session.count"), "[2]");
    EXPECT_EQ(say("ann", cancel(requests)), "");
    EXPECT_EQ(play.counts().calls, 0u);
    play.takes("ann", 60);
    EXPECT_EQ(ask("ann", "wamp.session.get", "[" + id("bob") + "]"), "wamp.error.payload_size_exceeded");
}

}  // namespace
}  // namespace heddle::test
