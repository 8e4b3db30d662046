#include <gtest/gtest.h>

#include "tests/realms/script.hpp"

/// A peer that comes back while the router does not know yet that its old connection is dead, and wamp specification,
/// "Registration Revocation".
namespace heddle::test {
namespace {

RegisterOptions forced(Invoke policy = Invoke::single) {
    RegisterOptions options = shared(policy);
    options.force_reregister = true;
    return options;
}
RealmSettings taking_over() {
    RealmSettings settings = open_realm();
    settings.take_over = true;
    return settings;
}
Message revoked(std::uint64_t registration, std::string_view reason = "heddle.close.taken_over") {
    return Unregistered{{}, {registration}, reason};
}
const char* const exists = "wamp.error.procedure_already_exists";

TEST(Takeover, IsForThoseWhoAskWithTheSameAuthid) {
    Script s;
    s.join("ann").admit("old", "kim", all_roles()).send("old", register_(1, "p")).expect("old", registered(1, 1));
    s.admit("new", "kim", all_roles()).send("new", register_(1, "p")).expect("new", error(64, 1, exists));
    s.send("new", register_(2, "p", forced())).expect("new", registered(2, 2)).expect_silence("old");
    s.send("ann", call(1, "p")).expect("new", invocation(1, 2)).send("new", yield(1)).expect("ann", result(1));
    s.send("old", unregister(2, 1)).expect("old", error(66, 2, "wamp.error.no_such_registration"));
}

TEST(Takeover, IsForThoseWhoAskOfARealmThatLetsThem) {
    Script s{taking_over()};
    s.join("ann").admit("old", "kim", all_roles()).send("old", register_(1, "p")).expect("old", registered(1, 1));
    s.admit("new", "kim", all_roles()).send("new", register_(1, "p")).expect("new", registered(1, 2));
    s.send("ann", call(1, "p")).expect("new", invocation(1, 2)).lose("old");
    s.send("new", yield(1)).expect("ann", result(1));
    s.check([](Play& play) { EXPECT_EQ(play.counts().registrations, 1u); });
}

TEST(Takeover, IsNotForOthers) {
    for (const RealmSettings& settings : {open_realm(), taking_over()}) {
        Script s{settings};
        s.admit("old", "kim", all_roles()).send("old", register_(1, "p")).expect("old", registered(1, 1));
        s.admit("eve", "eve", all_roles()).send("eve", register_(1, "p", forced())).expect("eve", error(64, 1, exists));
        s.join("dan").send("dan", register_(1, "p", forced())).expect("dan", error(64, 1, exists));  // anonymous
        s.send("dan", call(2, "p")).expect("old", invocation(1, 1));
    }
}

TEST(Takeover, NeedsTheSameRoleToo) {
    RealmSettings settings = taking_over();
    settings.roles.push_back({"other", settings.roles[0].permissions});
    Script s{settings};
    s.admit("old", "kim", all_roles()).send("old", register_(1, "p")).expect("old", registered(1, 1)).connect("new");
    s.check([](Play& play) {
        play.admit("new", all_roles(), {"kim", "other", "ticket", "static"});
        EXPECT_EQ(play.next("new"), "WELCOME authrole=other");
        play.send("new", register_(1, "p", forced()));
        EXPECT_EQ(play.next("new"), "ERROR 64 1 " + std::string(exists));
    });
}

TEST(Takeover, NeverConcernsTheSessionItself) {
    Script s{taking_over()};
    s.admit("kim", "kim", all_roles()).send("kim", register_(1, "p")).expect("kim", registered(1, 1));
    s.send("kim", register_(2, "p", forced())).expect("kim", error(64, 2, exists));
}

TEST(Takeover, LeavesWorkersOfOneAuthidBesideEachOther) {
    Script s{taking_over()};
    s.join("ann").admit("one", "kim", all_roles()).admit("two", "kim", all_roles());
    s.send("one", register_(1, "p", shared(Invoke::roundrobin))).expect("one", registered(1, 1));
    s.send("two", register_(1, "p", shared(Invoke::roundrobin))).expect("two", registered(1, 1));
    s.send("ann", call(1, "p"))
        .expect("one", invocation(1, 1))
        .send("ann", call(2, "p"))
        .expect("two", invocation(1, 1));
    // Asked for, it ends the places of the same authid in a shared registration, and no other.
    s.admit("eve", "eve", all_roles()).send("eve", register_(1, "p", shared(Invoke::roundrobin)));
    s.expect("eve", registered(1, 1)).admit("new", "kim", all_roles());
    s.send("new", register_(1, "p", forced(Invoke::roundrobin))).expect("new", registered(1, 1));
    s.send("ann", call(3, "p"))
        .expect("eve", invocation(1, 1))
        .send("ann", call(4, "p"))
        .expect("new", invocation(1, 1));
    s.send("ann", call(5, "p")).expect("eve", invocation(2, 1)).expect_silence("one").expect_silence("two");
}

TEST(Takeover, MayChangeThePolicyWhereItEndsAllWhoHeldIt) {
    Script s;
    s.admit("one", "kim", all_roles()).admit("two", "kim", all_roles());
    s.send("one", register_(1, "p", shared(Invoke::first))).expect("one", registered(1, 1));
    s.send("two", register_(1, "p", shared(Invoke::first))).expect("two", registered(1, 1));
    s.admit("new", "kim", all_roles()).send("new", register_(1, "p", forced())).expect("new", registered(1, 2));
    Script mixed;
    mixed.admit("one", "kim", all_roles()).admit("two", "eve", all_roles());
    mixed.send("one", register_(1, "p", shared(Invoke::first))).expect("one", registered(1, 1));
    mixed.send("two", register_(1, "p", shared(Invoke::first))).expect("two", registered(1, 1));
    mixed.admit("new", "kim", all_roles()).send("new", register_(1, "p", forced())).expect("new", error(64, 1, exists));
    mixed.join("ann").send("ann", call(1, "p")).expect("one", invocation(1, 1));
}

TEST(Takeover, LeavesCallsWithWhoWasAsked) {
    Script s;
    s.join("ann").admit("old", "kim", all_roles()).send("old", register_(1, "p")).expect("old", registered(1, 1));
    s.send("ann", call(1, "p")).expect("old", invocation(1, 1)).admit("new", "kim", all_roles());
    s.send("new", register_(1, "p", forced())).expect("new", registered(1, 2));
    s.send("old", yield(1, "[1]")).expect("ann", result(1, "[1]"));
    s.send("ann", call(2, "p"))
        .expect("new", invocation(1, 2))
        .lose("old")
        .send("new", yield(1))
        .expect("ann", result(2));
}

TEST(Revocation, IsToldToThoseWhoAnnouncedIt) {
    Script s;
    s.admit("old", "kim", rpc_roles({Feature::registration_revocation})).send("old", register_(1, "p"));
    s.expect("old", registered(1, 1)).admit("new", "kim", all_roles()).send("new", register_(1, "p", forced()));
    s.expect("old", revoked(1)).expect("new", registered(1, 2));
}

}  // namespace
}  // namespace heddle::test
