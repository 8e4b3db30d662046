#include <gtest/gtest.h>

#include "tests/realms/script.hpp"

/// wamp specification, "Caller Identification" and "Call Trust Levels".
namespace heddle::test {
namespace {

CallOptions disclose_me() {
    CallOptions options;
    options.disclose_me = true;
    return options;
}
RegisterOptions disclose_caller() {
    RegisterOptions options;
    options.disclose_caller = true;
    return options;
}
Message named_invocation(std::uint64_t request, std::uint64_t registration) {
    InvocationDetails details;
    details.caller = {1};
    return invocation_with(request, registration, details);
}
IdentifiedSet caller() {
    IdentifiedSet set;
    set.add(Identified::caller);
    return set;
}
/// Everything is allowed; about `uri` the rule has something to say of callers.
RealmSettings with_rule(std::string_view uri, ActionSet allow, IdentifiedSet disclose, IdentifiedSet conceal) {
    RealmSettings settings = open_realm();
    settings.roles[0].permissions.push_back({Match::exact, std::string(uri), allow, {}, disclose, conceal});
    return settings;
}
Script& with_callee(Script& s, RegisterOptions options = {}) {
    return s.join("ann").join("bob").send("bob", register_(1, "p", options)).expect("bob", registered(1, 1));
}

TEST(CallerIdentification, IsOnlyGivenWhereSomebodyAsks) {
    Script s;
    with_callee(s).send("ann", call(1, "p")).expect("bob", invocation(1, 1));
    s.send("ann", call(2, "p", "", disclose_me())).expect("bob", named_invocation(2, 1));
}

TEST(CallerIdentification, MayBeAskedForByTheCallee) {
    Script s;
    with_callee(s, disclose_caller()).send("ann", call(1, "p")).expect("bob", named_invocation(1, 1));
}

TEST(CallerIdentification, IsTheCallersOwn) {
    Play play(open_realm());
    for (const std::string peer : {"ann", "bob"}) {
        play.connect(peer);
        play.admit(peer, all_roles(), {peer + "@example.com", "anonymous", "ticket", "static"});
        play.next(peer);
    }
    class Look final : public Egress {
     public:
        Delivery send(EndpointId, const Message& message) override {
            if (const auto* invocation = std::get_if<Invocation>(&message)) {
                caller = invocation->details.caller.value;
                authid = invocation->details.caller_authid;
            }
            return Delivery::queued;
        }
        void event(const Event&, std::span<const EndpointId>, EndpointId) override {}
        void detached(EndpointId, CloseReason) override {}
        void close(EndpointId, CloseReason) override {}
        std::uint64_t caller = 0;
        std::string authid;
    } look;
    play.send("bob", register_(1, "p"));
    play.realm().on_message(play.endpoint("ann"), call(1, "p", "", disclose_me()), play.now(), look);
    EXPECT_EQ(look.caller, play.session("ann"));
    EXPECT_EQ(look.authid, "ann@example.com");
}

TEST(CallerIdentification, ConcernsEachCalleeOfASharedRegistration) {
    Script s;
    RegisterOptions wants = shared(Invoke::roundrobin);
    wants.disclose_caller = true;
    s.join("ann").join("bob").join("cat").send("bob", register_(1, "p", wants)).expect("bob", registered(1, 1));
    s.send("cat", register_(1, "p", shared(Invoke::roundrobin))).expect("cat", registered(1, 1));
    s.send("ann", call(1, "p")).expect("bob", named_invocation(1, 1));
    s.send("ann", call(2, "p")).expect("cat", invocation(1, 1)).lose("bob");
    s.expect("ann", error(48, 1, "wamp.error.canceled")).send("ann", call(3, "p")).expect("cat", invocation(2, 1));
}

TEST(CallerIdentification, MayBeForcedByARuleOfTheCallersRole) {
    Script s{with_rule("p", actions({Action::call}), caller(), {})};
    with_callee(s).send("ann", call(1, "p")).expect("bob", named_invocation(1, 1));
    s.send("bob", register_(2, "q")).expect("bob", registered(2, 2)).send("ann", call(2, "q"));
    s.expect("bob", invocation(2, 2));
}

TEST(CallerIdentification, MayBeForcedByARuleOfTheCalleesRole) {
    Script s{with_rule("p", actions({Action::register_}), caller(), {})};
    with_callee(s).send("ann", call(1, "p")).expect("bob", named_invocation(1, 1));
}

TEST(CallerIdentification, MayBeRefusedToTheCaller) {
    Script s{with_rule("p", actions({Action::call}), {}, caller())};
    with_callee(s, disclose_caller()).send("ann", call(1, "p", "", disclose_me()));
    s.expect("ann", error(48, 1, "wamp.error.option_disallowed.disclose_me")).expect_silence("bob");
    s.send("ann", call(2, "p")).expect("bob", invocation(1, 1));  // though the callee asked
}

TEST(CallerIdentification, MayBeRefusedToTheCallee) {
    Script s{with_rule("p", actions({Action::register_}), {}, caller())};
    s.join("ann").join("bob").send("bob", register_(1, "p", disclose_caller()));
    s.expect("bob", error(64, 1, "wamp.error.option_not_allowed"));
    s.send("bob", register_(2, "p")).expect("bob", registered(2, 1)).send("ann", call(1, "p", "", disclose_me()));
    s.expect("bob", named_invocation(1, 1));  // who wants to be known may be
}

TEST(CallerIdentification, IsRefusedWhereTwoRulesDisagree) {
    RealmSettings settings = open_realm();
    settings.roles[0].permissions.push_back({Match::wildcard, "a.", actions({Action::call}), {}, caller(), {}});
    settings.roles[0].permissions.push_back({Match::wildcard, ".b", actions({Action::call}), {}, {}, caller()});
    Script s{settings};
    s.join("ann").join("bob").send("bob", register_(1, "a.b")).expect("bob", registered(1, 1));
    s.send("bob", register_(2, "a.c")).expect("bob", registered(2, 2));
    s.send("ann", call(1, "a.b")).expect("bob", invocation(1, 1)).send("ann", call(2, "a.c"));
    s.expect("bob", named_invocation(2, 2));
}

TEST(TrustLevels, OfTheCallersRoleReachCalleesThatAnnouncedThem) {
    RealmSettings settings = open_realm();
    settings.roles[0].trustlevel = 3;
    Script s{settings};
    InvocationDetails trusted;
    trusted.trustlevel = 3;
    s.join("ann").join("bob", rpc_roles({Feature::call_trustlevels})).join("cat");
    s.send("bob", register_(1, "p")).expect("bob", registered(1, 1)).send("cat", register_(1, "q"));
    s.expect("cat", registered(1, 2)).send("ann", call(1, "p")).expect("bob", invocation_with(1, 1, trusted));
    s.send("ann", call(2, "q")).expect("cat", invocation(1, 2));
}

TEST(TrustLevels, AreNotInventedForRolesThatHaveNone) {
    Script s;
    s.join("ann").join("bob", rpc_roles({Feature::call_trustlevels})).send("bob", register_(1, "p"));
    s.expect("bob", registered(1, 1)).send("ann", call(1, "p")).expect("bob", invocation(1, 1));
}

}  // namespace
}  // namespace heddle::test
