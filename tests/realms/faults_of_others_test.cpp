// Faults that other routers had, by name (tests/conformance/faults.toml); those that no other test is about.
#include <gtest/gtest.h>
#include <malloc.h>

#include <set>

#include "tests/realms/feature_transcripts.hpp"
#include "tests/realms/script.hpp"

namespace heddle::test {
namespace {

using namespace std::chrono_literals;

TEST(FaultsOfOthers, ATimeoutIsCalledOneAndEveryCallerLearnsOfIt) {
    for (const Roles& announced : {all_roles(), Announcing::every_feature()}) {
        RealmSettings settings = open_realm();
        settings.limits.call_timeout = 100ms;
        Script script(settings);
        script.join("ann", announced).join("bob");
        script.send("bob", register_(1, "p")).expect("bob", registered(1, 1));
        script.send("ann", call(1, "p")).expect("bob", invocation(1, 1));
        script.pass(99ms).expect_silence("ann");
        script.pass(1ms).expect("ann", error(48, 1, "wamp.error.timeout"));
    }
}

TEST(FaultsOfOthers, InvocationIdsOfOneCalleeSayNothingOfAnother) {
    Script script;
    script.join("ann").join("bob").join("cat");
    script.send("bob", register_(1, "b")).expect("bob", registered(1, 1));
    script.send("cat", register_(1, "c")).expect("cat", registered(1, 2));
    for (std::uint64_t n = 1; n <= 3; ++n) {
        script.send("ann", call(2 * n - 1, "b")).expect("bob", invocation(n, 1));
        script.send("ann", call(2 * n, "c")).expect("cat", invocation(n, 2));
    }
}

TEST(FaultsOfOthers, NothingInterruptsACalleeThatDidNotAnnounceCanceling) {
    RealmSettings settings = open_realm();
    settings.limits.call_timeout = 100ms;
    Script script(settings);
    script.join("ann", Announcing::every_feature()).join("cat", Announcing::every_feature()).join("bob");
    script.send("bob", register_(1, "p")).expect("bob", registered(1, 1));
    script.send("ann", call(1, "p")).expect("bob", invocation(1, 1));
    script.send("ann", call(2, "p")).expect("bob", invocation(2, 1));
    script.send("cat", call(1, "p")).expect("bob", invocation(3, 1));
    script.send("ann", cancel(1, CancelMode::kill)).expect("ann", error(48, 1, "wamp.error.canceled"));
    script.lose("cat");
    script.pass(100ms).expect("ann", error(48, 2, "wamp.error.timeout"));
    script.expect_silence("bob");
}

TEST(FaultsOfOthers, AListOfRolesIsNotOneOfAuthids) {
    Play play(open_realm());
    for (const std::string peer : {"ann", "bob"}) {
        play.connect(peer);
        play.send(peer, hello());
        EXPECT_EQ(play.next(peer), "WELCOME authrole=anonymous");
    }
    play.send("bob", subscribe(1, "t"));
    EXPECT_EQ(play.next("bob"), Play::expected(subscribed(1, 1)));
    const std::string authid = play.authid("bob");
    ReceiverLists by_role, by_authid;
    by_role.eligible_authrole = {authid};
    by_authid.eligible_authid = {"anonymous"};
    play.send("ann", publish(1, "t", "[1]", with_lists(by_role)));
    play.send("ann", publish(2, "t", "[2]", with_lists(by_authid)));
    EXPECT_EQ(play.unheard(), "");
    by_role.eligible_authrole = {"anonymous"};
    by_role.eligible_authid = {authid};
    play.send("ann", publish(3, "t", "[3]", with_lists(by_role)));
    EXPECT_EQ(play.next("bob"), Play::expected(event(1, 1, "[3]")));
}

TEST(FaultsOfOthers, MetaProceduresAreSpeltAsSpecified) {
    RealmSettings settings = open_realm();
    settings.roles.front().permissions.push_back({Match::prefix, "wamp.", actions({Action::call}), {}});
    Play play(settings);
    play.connect("ann");
    play.send("ann", hello());
    EXPECT_EQ(play.next("ann"), "WELCOME authrole=anonymous");
    std::uint64_t request = 0;
    for (const std::string procedure : {"session.count",
                                        "session.list",
                                        "session.get",
                                        "session.kill",
                                        "session.kill_by_authid",
                                        "session.kill_by_authrole",
                                        "session.kill_all",
                                        "session.add_testament",
                                        "session.flush_testaments",
                                        "registration.list",
                                        "registration.lookup",
                                        "registration.match",
                                        "registration.get",
                                        "registration.list_callees",
                                        "registration.count_callees",
                                        "registration.remove_callee",
                                        "subscription.list",
                                        "subscription.lookup",
                                        "subscription.match",
                                        "subscription.get",
                                        "subscription.list_subscribers",
                                        "subscription.count_subscribers",
                                        "subscription.get_events",
                                        "subscription.remove_subscriber"}) {
        play.send("ann", call(++request, "wamp." + procedure));
        const std::string line = play.next("ann");
        EXPECT_TRUE(line.starts_with("RESULT") || line.find("wamp.error.invalid_argument") != line.npos)
            << procedure << ": " << line;
    }
}

/// Takes what a realm says, and keeps the session ids that it gives.
class Ids final : public Egress {
 public:
    std::set<std::uint64_t> sessions;
    bool keep = true;

 private:
    Delivery send(EndpointId, const Message& message) override {
        if (const auto* welcome = std::get_if<Welcome>(&message); welcome && keep)
            sessions.insert(welcome->session.value);
        return Delivery::queued;
    }
    void event(const Event&, std::span<const EndpointId>, EndpointId) override {}
    void detached(EndpointId, CloseReason) override {}
    void close(EndpointId, CloseReason) override {}
};

TEST(FaultsOfOthers, RandomIdsAreFromOneToTwoToThe53) {
    CountedEntropy entropy;
    Realm realm(open_realm(), entropy);
    Ids out;
    for (std::uint32_t slot = 0; slot < 10'000; ++slot) realm.on_message({slot, 1}, hello(), {}, out);
    ASSERT_EQ(out.sessions.size(), 10'000u);
    EXPECT_GE(*out.sessions.begin(), 1u);
    EXPECT_LE(*out.sessions.rbegin(), id_max);
    EXPECT_GT(*out.sessions.rbegin(), id_max / 2) << "over the whole range";
}

/// Sessions that subscribe, register, call, publish with lists and vanish. A sanitizer counts its own way: there only
/// the realm's counts speak, here the heap does too.
TEST(FaultsOfOthers, AMillionSessionsLeaveNothingBehind) {
    CountedEntropy entropy;
    Realm realm(open_realm(), entropy);
    Ids out;
    out.keep = false;
    realm.on_message({0, 1}, hello(), {}, out);
    realm.on_message({0, 1}, register_(1, "always"), {}, out);
    realm.on_message({0, 1}, subscribe(2, "always"), {}, out);
    std::uint32_t generation = 1;
    const auto live = [&](int sessions) {
        for (int n = 0; n < sessions; ++n) {
            const EndpointId guest{1 + static_cast<std::uint32_t>(n % 8), ++generation};
            realm.on_message(guest, hello(), {}, out);
            realm.on_message(guest, subscribe(1, "always"), {}, out);
            realm.on_message(guest, subscribe(2, n % 2 ? "odd" : "even", subscribed_as(Match::prefix)), {}, out);
            realm.on_message(guest, register_(3, "own"), {}, out);
            realm.on_message(guest, call(4, "always"), {}, out);
            realm.on_message(guest, publish(5, "always", "[1]"), {}, out);
            realm.on_lost(guest, CloseReason::transport_lost, {}, out);
        }
        return mallinfo2().uordblks;
    };
    const std::size_t before = live(10'000);
    const std::size_t after = live(1'000'000);
    EXPECT_LT(after, before + 64 * 1024);
    const Realm::Counts counts = realm.counts();
    EXPECT_EQ(counts.sessions, 1u);
    EXPECT_EQ(counts.subscriptions, 1u);
    EXPECT_EQ(counts.registrations, 1u);
    EXPECT_EQ(counts.calls, 0u);
}

}  // namespace
}  // namespace heddle::test
