// Edits over random rules and holdings: what preview says is what apply does (Play::apply checks that); afterwards
// nobody holds what he may not have, and everybody still holds what he may.
#include <gtest/gtest.h>

#include <map>
#include <ostream>
#include <random>
#include <set>

#include "realms/gate.hpp"
#include "tests/realms/script.hpp"

namespace heddle::test {
namespace {

const std::vector<std::string> exact = {"a", "a.b", "a.b.c", "b.c", "a.kim.x", "a.lee.x", "kim.a"};
const std::vector<std::string> prefixes = {"", "a", "a.", "a.b.", "a.kim.", "b"};
const std::vector<std::string> wildcards = {"a.", "a..c", ".b", "a..x", "..c"};
const std::vector<std::string> roles = {"anonymous", "operator", "viewer"};
const std::vector<std::string> ids = {"kim", "lee", "kim.a", "max"};

struct Random {
    explicit Random(unsigned seed) : bits(seed) {}
    std::uint64_t below(std::uint64_t bound) { return bits() % bound; }
    template <class List>
    const auto& pick(const List& list) {
        return list[below(list.size())];
    }
    std::pair<Match, std::string> pattern() {
        const auto match = static_cast<Match>(below(3));
        return {match, pick(match == Match::exact ? exact : match == Match::prefix ? prefixes : wildcards)};
    }
    std::mt19937 bits;
};

RealmSettings settings_of(Random& random) {
    RealmSettings made = open_realm();
    made.roles.clear();
    for (const std::string& role : roles) {
        if (role != "anonymous" && random.below(8) == 0) continue;  // there is no such role
        RoleSettings one{role, {}, 0};
        for (std::uint64_t count = random.below(6); count > 0; --count) {
            auto [match, uri] = random.pattern();
            if (const auto at = uri.find("kim"); at != uri.npos && random.below(2)) uri.replace(at, 3, "{authid}");
            PermissionRule rule{match, uri, {}, {}};
            (random.below(3) ? rule.allow : rule.deny).bits = static_cast<std::uint8_t>(1 + random.below(15));
            one.permissions.push_back(rule);
        }
        made.roles.push_back(one);
    }
    if (random.below(10) == 0) made.anonymous_role = "viewer";
    if (random.below(10) == 0) made.uri_check = UriCheck::strict;
    if (random.below(10) == 0) made.limits.uri_parts_max = 2;
    return made;
}

struct Peer {
    std::string name, authid, role;
    bool anonymous = false, there = true;
    std::uint64_t requests = 0;
    struct Held {
        Action action;
        Match match;
        std::string uri;
        auto operator<=>(const Held&) const = default;
        friend void PrintTo(const Held& held, std::ostream* out) {
            *out << (held.action == Action::subscribe ? "topic " : "procedure ") << static_cast<int>(held.match) << " '"
                 << held.uri << "'";
        }
    };
    std::set<Held> held;
};

/// What the realm itself says that each session holds.
std::map<std::uint64_t, std::set<Peer::Held>> holdings(const Realm& realm) {
    std::map<std::uint64_t, std::set<Peer::Held>> all;
    const auto note = [&](Action action, const PatternFacts& facts) {
        for (const EndpointId member : facts.members)
            all[realm.session_of(member).value].insert({action, facts.match, std::string(facts.uri)});
    };
    realm.each_subscription([&](const PatternFacts& facts) { note(Action::subscribe, facts); });
    realm.each_registration([&](const PatternFacts& facts) { note(Action::register_, facts); });
    return all;
}

class World {
 public:
    explicit World(unsigned seed) : random_(seed), settings_(settings_of(random_)), play_(settings_) {
        for (int number = 0; number < 6; ++number) enter("p" + std::to_string(number));
    }
    void run() {
        for (int round = 0; round < 6 && !testing::Test::HasFailure(); ++round) {
            for (int step = 0; step < 15; ++step) take_something();
            edit();
        }
    }
    std::size_t ended = 0, kept = 0;

 private:
    void enter(const std::string& name) {
        play_.connect(name);
        Peer peer;
        peer.name = name;
        peer.authid = random_.pick(ids);
        peer.role = random_.pick(roles);
        peer.anonymous = peer.role == "anonymous";
        if (peer.anonymous) {
            play_.send(name, hello());
        } else {
            play_.admit(name, all_roles(), {peer.authid, peer.role, "ticket", "static"});
        }
        const std::string said = play_.next(name);
        if (!said.starts_with("WELCOME")) return play_.lose(name);
        peer.role = said.substr(said.find('=') + 1);
        peer.authid = play_.authid(name);
        peers_.push_back(peer);
    }

    void take_something() {
        if (peers_.empty()) return;
        Peer& peer = peers_[random_.below(peers_.size())];
        if (!peer.there) return;
        const auto [match, uri] = random_.pattern();
        const bool subscribes = random_.below(2);
        SubscribeOptions how;
        how.match = match;
        RegisterOptions as = registered_as(match);
        as.invoke = Invoke::roundrobin;
        play_.send(peer.name, subscribes ? subscribe(++peer.requests, uri, how) : register_(++peer.requests, uri, as));
        bool got = false;  // between meta events, which prefix "" receives
        for (std::string said = play_.next(peer.name); !said.empty(); said = play_.next(peer.name))
            got = got || said.starts_with("SUBSCRIBED") || said.starts_with("REGISTERED");
        if (got)
            peer.held.insert({subscribes ? Action::subscribe : Action::register_, match, uri});
    }

    void edit() {
        const RealmSettings next = settings_of(random_);
        const Ends ends = play_.apply(next);
        ended += ends.total();
        const Authorizer authorizer(next.roles, next.anonymous_role);
        const Lanes lanes(next.lanes);
        Gate gate(next, authorizer, lanes);
        auto real = holdings(play_.realm());
        std::size_t sessions = 0, lost = 0;
        for (Peer& peer : peers_) {
            if (!peer.there) continue;
            const auto role = authorizer.find(peer.role);
            if (!role || (peer.anonymous && peer.role != next.anonymous_role)) {
                peer.there = false;
                ++sessions;
                EXPECT_TRUE(real[play_.session(peer.name)].empty()) << peer.name << " is gone and holds something";
                continue;
            }
            std::set<Peer::Held> due;
            for (const Peer::Held& held : peer.held)
                if (gate.check({*role, peer.authid}, held.action, held.match, held.uri) == Gate::Verdict::allowed)
                    due.insert(held);
            lost += peer.held.size() - due.size();
            kept += due.size();
            EXPECT_EQ(real[play_.session(peer.name)], due) << peer.name << " " << peer.authid << " " << peer.role;
            peer.held = due;
            while (!play_.next(peer.name).empty()) {
            }
        }
        EXPECT_EQ(ends.sessions, sessions);
        EXPECT_EQ(ends.subscriptions + ends.registrations, lost);
        settings_ = next;
    }

    Random random_;
    RealmSettings settings_;
    Play play_;
    std::vector<Peer> peers_;
};

TEST(PolicyProperty, EditsEndWhatIsForbiddenAndNothingElse) {
    std::size_t ended = 0, kept = 0;
    for (unsigned seed = 0; seed < 5'000 && !HasFailure(); ++seed) {
        testing::ScopedTrace trace(__FILE__, __LINE__, "seed " + std::to_string(seed));
        World world(seed);
        world.run();
        ended += world.ended;
        kept += world.kept;
    }
    EXPECT_GT(ended, 5'000u);
    EXPECT_GT(kept, 5'000u);
}

TEST(Policy, ExplainNamesTheRulesNowAndWithUnsavedOnes) {
    RealmSettings settings = open_realm();
    const ActionSet publishes = actions({Action::publish});
    settings.roles = {{"operator",
                       {{Match::prefix, "com.plant.", actions({Action::call, Action::publish, Action::subscribe}), {}},
                        {Match::wildcard, "com.plant.valve..set", {}, publishes},
                        {Match::prefix, "com.plant.desk.{authid}.", actions({Action::register_}), {}}}}};
    settings.users.emplace_back();
    settings.users[0].authid = "kim";
    settings.users[0].role = "operator";
    Play play(settings);
    const auto explain = [&](std::string_view authid, std::string_view role, Action action, std::string_view uri,
                             Match match = Match::exact, const RealmSettings* with = nullptr) {
        return play.realm().explain({authid, role, action, match, uri}, with);
    };
    using Because = Explanation::Because;
    Explanation said = explain("kim", "operator", Action::publish, "com.plant.valve.3.set");
    EXPECT_FALSE(said.allowed);
    EXPECT_EQ(said.because, Because::rules);
    ASSERT_EQ(said.deciding.size(), 1u);
    EXPECT_EQ(said.deciding[0].uri, "com.plant.valve..set");
    ASSERT_EQ(said.beaten.size(), 1u);
    EXPECT_EQ(said.beaten[0].uri, "com.plant.");

    said = explain("kim", "", Action::register_, "com.plant.desk.kim.lamp");
    EXPECT_TRUE(said.allowed) << "the role of a user is known";
    ASSERT_EQ(said.deciding.size(), 1u);
    EXPECT_EQ(said.deciding[0].uri, "com.plant.desk.{authid}.") << "as the role has it";
    EXPECT_FALSE(explain("lee", "operator", Action::register_, "com.plant.desk.kim.lamp").allowed);
    EXPECT_FALSE(explain("", "operator", Action::register_, "com.plant.desk.kim.lamp").allowed);

    EXPECT_EQ(explain("kim", "operator", Action::call, "com.other").because, Because::no_rule);
    EXPECT_EQ(explain("kim", "nobody", Action::call, "com.plant.a").because, Because::no_role);
    EXPECT_EQ(explain("lee", "", Action::call, "com.plant.a").because, Because::no_role);
    EXPECT_EQ(explain("kim", "operator", Action::call, "com..a").because, Because::bad_uri);
    EXPECT_EQ(explain("kim", "operator", Action::publish, "wamp.a").because, Because::bad_uri);
    EXPECT_TRUE(explain("kim", "operator", Action::subscribe, "com.plant.", Match::prefix).allowed);
    EXPECT_FALSE(explain("kim", "operator", Action::subscribe, "com.", Match::prefix).allowed);

    RealmSettings unsaved = settings;
    unsaved.roles[0].permissions.erase(unsaved.roles[0].permissions.begin() + 1);
    unsaved.auth.authorizer = "com.plant.may";
    EXPECT_TRUE(explain("kim", "operator", Action::publish, "com.plant.valve.3.set", Match::exact, &unsaved).allowed);
    EXPECT_EQ(explain("kim", "operator", Action::call, "com.other", Match::exact, &unsaved).because,
              Because::authorizer);
    EXPECT_FALSE(explain("kim", "operator", Action::publish, "com.plant.valve.3.set").allowed) << "nothing changed";
}

}  // namespace
}  // namespace heddle::test
