// From HELLO to the end of a session.
#include <gtest/gtest.h>

#include <set>

#include "realms/announced.hpp"
#include "tests/realms/script.hpp"

namespace heddle::test {
namespace {

using namespace std::chrono_literals;

/// Keeps the whole WELCOME, which a script's lines do not show.
class WelcomeCatcher final : public Egress {
 public:
    Delivery send(EndpointId, const Message& message) override {
        if (const auto* m = std::get_if<Welcome>(&message)) {
            welcome = *m;
            authid = m->details.authid;
        }
        return Delivery::queued;
    }
    void event(const Event&, std::span<const EndpointId>, EndpointId) override {}
    void detached(EndpointId, CloseReason) override {}
    void close(EndpointId, CloseReason) override {}
    Welcome welcome;
    std::string authid;
};

TEST(Hello, WelcomeSaysWhoTheClientIsAndWhatIsBuilt) {
    CountedEntropy entropy;
    Realm realm(open_realm(), entropy);
    WelcomeCatcher out;
    realm.on_message({0, 1}, hello(), {}, out);
    EXPECT_GE(out.welcome.session.value, 1u);
    EXPECT_LE(out.welcome.session.value, id_max);
    const WelcomeDetails& details = out.welcome.details;
    EXPECT_EQ(details.realm, "realm1");
    EXPECT_EQ(details.authrole, "anonymous");
    EXPECT_EQ(details.authmethod, "anonymous");
    EXPECT_FALSE(out.authid.empty());
    EXPECT_FALSE(details.agent.empty());

    std::set<std::pair<Role, Feature>> announced;
    for (std::size_t role = 0; role < role_count; ++role)
        for (std::size_t feature = 0; feature < feature_count; ++feature)
            if (details.roles.has(static_cast<Role>(role), static_cast<Feature>(feature)))
                announced.emplace(static_cast<Role>(role), static_cast<Feature>(feature));
    const std::set<std::pair<Role, Feature>> built = {
        {Role::broker, Feature::publisher_exclusion},
        {Role::broker, Feature::subscriber_blackwhite_listing},
        {Role::broker, Feature::pattern_based_subscription},
        {Role::broker, Feature::event_retention},
        {Role::broker, Feature::event_history},
        {Role::broker, Feature::publisher_identification},
        {Role::broker, Feature::publication_trustlevels},
        {Role::broker, Feature::subscription_revocation},
        {Role::broker, Feature::payload_passthru_mode},
        {Role::dealer, Feature::pattern_based_registration},
        {Role::dealer, Feature::shared_registration},
        {Role::dealer, Feature::progressive_call_results},
        {Role::dealer, Feature::call_canceling},
        {Role::dealer, Feature::progressive_call_invocations},
        {Role::dealer, Feature::call_timeout},
        {Role::dealer, Feature::caller_identification},
        {Role::dealer, Feature::call_trustlevels},
        {Role::dealer, Feature::call_reroute},
        {Role::dealer, Feature::registration_revocation},
        {Role::dealer, Feature::payload_passthru_mode},
        {Role::broker, Feature::session_meta_api},
        {Role::broker, Feature::subscription_meta_api},
        {Role::dealer, Feature::session_meta_api},
        {Role::dealer, Feature::registration_meta_api},
        {Role::dealer, Feature::testament_meta_api},
    };
    EXPECT_EQ(announced, built);
    EXPECT_TRUE(details.roles.has(Role::broker) && details.roles.has(Role::dealer));
    EXPECT_FALSE(details.roles.has(Role::caller));
}

TEST(Hello, EverySessionHasItsOwnIdAndAuthid) {
    CountedEntropy entropy;
    Realm realm(open_realm(), entropy);
    WelcomeCatcher out;
    std::set<SessionId> ids;
    std::set<std::string> authids;
    for (std::uint32_t slot = 0; slot < 1000; ++slot) {
        realm.on_message({slot, 1}, hello(), {}, out);
        ids.insert(out.welcome.session);
        authids.insert(out.authid);
    }
    EXPECT_EQ(ids.size(), 1000u);
    EXPECT_EQ(authids.size(), 1000u);
}

/// Gives the same numbers again and again, as if ids collided.
class StutteringEntropy final : public Entropy {
 public:
    std::uint64_t next() override { return std::uint64_t{calls_++ / 8 + 1} << 11; }

 private:
    std::uint64_t calls_ = 0;
};

TEST(Hello, SessionIdsThatCollideAreDrawnAgain) {
    StutteringEntropy entropy;
    Realm realm(open_realm(), entropy);
    WelcomeCatcher out;
    std::set<SessionId> ids;
    for (std::uint32_t slot = 0; slot < 20; ++slot) {
        realm.on_message({slot, 1}, hello(), {}, out);
        ids.insert(out.welcome.session);
    }
    EXPECT_EQ(ids.size(), 20u);
}

void expect_refusal(const RealmSettings& settings, const Message& message, const char* reason) {
    Script s{settings};
    s.connect("ann").send("ann", message).expect("ann", abort(reason)).expect_closed("ann", CloseReason::refused);
    s.check([](Play& play) { EXPECT_EQ(play.counts().sessions, 0u); });
}

TEST(Hello, RefusedByRealmRoleOrMethod) {
    expect_refusal(open_realm(), hello("realm2"), "wamp.error.no_such_realm");
    expect_refusal(open_realm(), hello(""), "wamp.error.no_such_realm");
    expect_refusal(open_realm(), hello("realm1", {}), "wamp.error.no_such_role");
    expect_refusal(open_realm(), hello("realm1", roles({Role::broker})), "wamp.error.no_such_role");
    expect_refusal(open_realm(), hello("realm1", all_roles(), {"ticket"}), "wamp.error.no_matching_auth_method");
    RealmSettings closed = open_realm();
    closed.anonymous_role.clear();
    expect_refusal(closed, hello(), "wamp.error.no_matching_auth_method");
    expect_refusal(closed, hello("realm1", all_roles(), {"anonymous"}), "wamp.error.no_matching_auth_method");
}

TEST(Hello, AnonymousAmongOtherMethodsIsTaken) {
    Script s;
    s.connect("ann").send("ann", hello("realm1", all_roles(), {"ticket", "anonymous"}));
    s.check([](Play& play) { EXPECT_EQ(play.next("ann"), "WELCOME authrole=anonymous"); });
}

TEST(Hello, AnonymousRoleThatNobodyDefinedMayNothing) {
    RealmSettings settings = open_realm();
    settings.roles.clear();
    Script s{settings};
    s.join("ann").send("ann", subscribe(1, "a.b")).expect("ann", error(32, 1, "wamp.error.not_authorized"));
}

TEST(Hello, SessionsOfARealmAreLimited) {
    RealmSettings settings = open_realm();
    settings.limits.sessions_max = 2;
    Script s{settings};
    s.join("ann").join("bob").connect("cat").send("cat", hello());
    s.expect("cat", abort("heddle.error.limit_exceeded")).expect_closed("cat", CloseReason::refused);
    s.lose("bob").join("dan");
}

TEST(Goodbye, IsAnsweredAndTheTransportMayCarryANewSession) {
    Script s;
    s.join("ann").send("ann", subscribe(1, "a.b")).expect("ann", subscribed(1, 1));
    s.send("ann", goodbye()).expect("ann", goodbye("wamp.close.goodbye_and_out")).expect_detached("ann");
    s.check([](Play& play) { EXPECT_EQ(play.counts().subscriptions, 0u); });
    s.send("ann", hello()).check([](Play& play) { EXPECT_EQ(play.next("ann"), "WELCOME authrole=anonymous"); });
    s.send("ann", subscribe(1, "a.b")).expect("ann", subscribed(1, 2));
}

TEST(Goodbye, ANewSessionOnTheSameTransportStartsItsIdsAnew) {
    RealmSettings settings = open_realm();
    settings.request_ids = RequestIds::strict;
    Script s{settings};
    s.join("bob").join("ann").send("ann", register_(1, "p")).expect("ann", registered(1, 1));
    s.send("bob", call(1, "p")).expect("ann", invocation(1, 1)).send("ann", yield(1)).expect("bob", result(1));
    s.send("ann", goodbye()).expect("ann", goodbye("wamp.close.goodbye_and_out")).expect_detached("ann");
    s.send("ann", hello()).check([](Play& play) { EXPECT_EQ(play.next("ann"), "WELCOME authrole=anonymous"); });
    s.send("ann", register_(1, "p")).expect("ann", registered(1, 2));
    s.send("bob", call(2, "p")).expect("ann", invocation(1, 2));
}

TEST(Abort, FromTheClientEndsTheSessionWithoutAnAnswer) {
    Script s;
    s.join("ann").join("bob").send("ann", register_(1, "p")).expect("ann", registered(1, 1));
    s.send("bob", call(1, "p")).expect("ann", invocation(1, 1));
    s.send("ann", abort("wamp.close.normal")).expect_closed("ann", CloseReason::aborted);
    s.expect("bob", error(48, 1, "wamp.error.canceled"));
}

TEST(Shutdown, SaysGoodbyeAndWaitsForTheAnswer) {
    Script s;
    s.join("ann").join("bob").send("ann", register_(1, "p")).expect("ann", registered(1, 1));
    s.send("bob", call(1, "p")).expect("ann", invocation(1, 1)).shut_down();
    s.expect("bob", error(48, 1, "wamp.error.canceled")).expect("bob", goodbye("wamp.close.system_shutdown"));
    s.expect("ann", goodbye("wamp.close.system_shutdown"));
    s.send("ann", yield(1)).send("ann", publish(2, "a.b")).expect_silence("ann").expect_silence("bob");
    s.send("ann", goodbye("wamp.close.goodbye_and_out")).expect_closed("ann", CloseReason::shutdown);
    s.send("bob", goodbye()).expect_closed("bob", CloseReason::shutdown);
    s.connect("cat").send("cat", hello()).expect("cat", abort("wamp.close.system_shutdown"));
    s.expect_closed("cat", CloseReason::shutdown);
}

TEST(Shutdown, ClosesWhoDoesNotAnswerInTime) {
    RealmSettings settings = open_realm();
    settings.limits.goodbye_wait_max = 100ms;
    Script s{settings};
    s.join("ann").join("bob").shut_down();
    s.expect("ann", goodbye("wamp.close.system_shutdown")).expect("bob", goodbye("wamp.close.system_shutdown"));
    s.check([](Play& play) { EXPECT_EQ(play.realm().next_deadline(), play.now() + 100ms); });
    s.send("bob", goodbye()).expect_closed("bob", CloseReason::shutdown);
    s.pass(99ms).expect_silence("ann").pass(1ms).expect_closed("ann", CloseReason::goodbye_timeout);
    s.check([](Play& play) {
        EXPECT_EQ(play.counts().sessions, 0u);
        EXPECT_EQ(play.realm().next_deadline(), TimePoint::max());
    });
}

TEST(Endpoints, ANewGenerationInASlotIsSomebodyElse) {
    CountedEntropy entropy;
    Realm realm(open_realm(), entropy);
    WelcomeCatcher out;
    realm.on_message({3, 1}, hello(), {}, out);
    realm.on_message({3, 2}, hello(), {}, out);
    EXPECT_EQ(realm.counts().sessions, 1u);
    realm.on_lost({3, 1}, CloseReason::transport_lost, {}, out);
    EXPECT_EQ(realm.counts().sessions, 1u);
    realm.on_lost({3, 2}, CloseReason::transport_lost, {}, out);
    EXPECT_EQ(realm.counts().sessions, 0u);
}

}  // namespace
}  // namespace heddle::test
