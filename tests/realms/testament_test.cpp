// Testaments: what a session leaves behind (advanced profile, "Session Testament").
#include "tests/realms/meta_script.hpp"

namespace heddle::test {
namespace {

constexpr std::string_view add = "wamp.session.add_testament", flush = "wamp.session.flush_testaments";

/// ann receives what is published to "will"; bob leaves testaments.
struct Heirs : MetaScript {
    explicit Heirs(RealmSettings settings = powerful_realm()) : MetaScript(std::move(settings)) {
        join("ann").join("bob").listens("ann", {"will"});
    }
    Heirs& leave(std::uint64_t request, const std::string& args, const std::string& kwargs = {}) {
        call("bob", request, add, args, kwargs).receives("bob", "RESULT " + std::to_string(request));
        return *this;
    }
    Heirs& refused(std::uint64_t request, const std::string& args, const std::string& kwargs,
                   const std::string& error) {
        call("bob", request, add, args, kwargs).receives("bob", "ERROR 48 " + std::to_string(request) + " " + error);
        return *this;
    }
};

TEST(Testament, IsPublishedInTheOrderOfAddingDetachedFirst) {
    Heirs script;
    script.leave(1, R"(["will",[1],{}])").leave(2, R"(["will",[2],{"a":3}])", R"({"scope":"destroyed"})");
    script.leave(3, R"(["will",["4"]])", R"({"scope":"detached"})").leave(4, R"(["will"])");
    script->expect_silence("ann").lose("bob");
    script->expect("ann", event(1, 1, R"(["4"])")).expect("ann", event(1, 2, "[1]"));
    script.receives("ann", R"(EVENT subscription=1 publication=3 [2] {"a":3})");
    script->expect("ann", event(1, 4));
}

TEST(Testament, IsPublishedHoweverTheSessionEnds) {
    {
        Heirs script;
        script.leave(1, R"(["will",[1],{}])")->send("bob", goodbye());
        script->expect("bob", goodbye("wamp.close.goodbye_and_out")).expect_detached("bob");
        script->expect("ann", event(1, 1, "[1]"));
    }
    {
        Heirs script;
        script.leave(1, R"(["will",[1]])")->send("bob", abort("wamp.close.normal"));
        script->expect_closed("bob", CloseReason::aborted).expect("ann", event(1, 1, "[1]"));
    }
    {
        Heirs script;
        script.leave(1, R"(["will",[1]])")->violate("bob", CloseReason::slow_consumer);
        script->expect("bob", abort("wamp.error.protocol_violation")).expect_closed("bob", CloseReason::slow_consumer);
        script->expect("ann", event(1, 1, "[1]"));
    }
    {
        Heirs script;
        script.leave(1, R"(["will",[1]])").call("ann", 2, "wamp.session.kill", "[@bob]").receives("ann", "RESULT 2");
        script->expect("ann", event(1, 1, "[1]")).expect("bob", goodbye("wamp.close.killed"));
        script->lose("bob").expect_silence("ann");
    }
}

TEST(Testament, OfWhoComesBackOnTheSameTransportIsNotPublishedTwice) {
    Heirs script;
    script.leave(1, R"(["will",[1]])")->send("bob", goodbye());
    script->expect("bob", goodbye("wamp.close.goodbye_and_out")).expect_detached("bob");
    script->expect("ann", event(1, 1, "[1]"));
    script->send("bob", hello());
    script->check([](Play& play) { EXPECT_TRUE(play.next("bob").starts_with("WELCOME")); });
    script->lose("bob").expect_silence("ann");
}

TEST(Testament, PrecedesOnLeave) {
    Heirs script;
    script->send("ann", subscribe(2, "wamp.session.on_leave")).expect("ann", subscribed(2, 2));
    script.leave(1, R"(["will",[1]])")->lose("bob").expect("ann", event(1, 1, "[1]"));
    script.receives("ann", R"(EVENT subscription=2 publication=2 [@bob,@@bob,"anonymous"])");
}

TEST(Testament, DoesNotReachTheTestator) {
    Heirs script;
    script->send("bob", subscribe(1, "will")).expect("bob", subscribed(1, 1));
    script.leave(2, R"(["will",[1]])", R"({"publish_options":{"exclude_me":false}})")->send("bob", goodbye());
    script->expect("bob", goodbye("wamp.close.goodbye_and_out")).expect_detached("bob");
    script->expect("ann", event(1, 1, "[1]"));
}

TEST(Testament, ObeysItsPublishOptions) {
    Heirs script;
    script.join("cat")->send("cat", subscribe(1, "will")).expect("cat", subscribed(1, 1));
    script.leave(1, R"(["will",[1]])", R"({"publish_options":{"exclude":[@cat],"acknowledge":true}})");
    script.leave(2, R"(["will",[2]])", R"({"publish_options":{"eligible_authid":[@@cat],"retain":true}})");
    script->lose("bob");
    script->expect("ann", event(1, 1, "[1]")).expect("cat", event(1, 2, "[2]"));
    script->send("cat", subscribe(2, "will", with_retained())).expect("cat", subscribed(2, 1));
    script->expect("cat", retained_event(1, 2, "[2]"));
}

TEST(Testament, CanBeFlushedByScope) {
    Heirs script;
    script.leave(1, R"(["will",[1]])").leave(2, R"(["will",[2]])", R"({"scope":"detached"})");
    script.call("bob", 3, flush).receives("bob", "RESULT 3");
    script.leave(4, R"(["will",[3]])")->lose("bob").expect("ann", event(1, 1, "[2]")).expect("ann", event(1, 2, "[3]"));
    script.join("cat").call("cat", 1, flush, "[]", R"({"scope":"detached"})").receives("cat", "RESULT 1");
    script.call("cat", 2, add, R"(["will",[9]])", R"({"scope":"detached"})").receives("cat", "RESULT 2");
    script.call("cat", 3, flush, "[]", R"({"scope":"detached"})").receives("cat", "RESULT 3");
    script->lose("cat").expect_silence("ann");
}

TEST(Testament, IsRefusedWhereItMakesNoSense) {
    Heirs script;
    const std::string wrong = "wamp.error.invalid_argument";
    script.refused(1, "[]", {}, wrong).refused(2, "[1]", {}, wrong).refused(3, R"(["will",1])", {}, wrong);
    script.refused(4, R"(["will",[],[]])", {}, wrong).refused(5, R"(["will",[],{},1])", {}, wrong);
    script.refused(6, R"(["will"])", R"({"scope":"forever"})", wrong);
    script.refused(7, R"(["will"])", R"({"publish_options":[]})", wrong);
    script.refused(8, R"(["will"])", R"({"publish_options":{"retain":1}})", wrong);
    script.refused(12, R"(["will"])", R"({"publish_options":{"ppt_scheme":"x_seal"}})", wrong);  // not announced
    script.refused(9, R"(["wi ll"])", {}, "wamp.error.invalid_uri");
    script.refused(10, R"(["wamp.session.on_leave"])", {}, "wamp.error.invalid_uri");
    script.call("bob", 11, flush, "[]", R"({"scope":"all"})").receives("bob", "ERROR 48 11 " + wrong);
    script->lose("bob").expect_silence("ann");
}

TEST(Testament, NeedsThePermissionToPublish) {
    RealmSettings settings = MetaScript::powerful_realm();
    settings.roles.front().permissions.push_back({Match::exact, "secret", {}, actions({Action::publish})});
    Heirs script(settings);
    script->send("ann", subscribe(2, "secret")).expect("ann", subscribed(2, 2));
    script.refused(1, R"(["secret"])", {}, "wamp.error.not_authorized")->lose("bob").expect_silence("ann");
}

TEST(Testament, IsBoundedInNumberAndSize) {
    RealmSettings settings = MetaScript::powerful_realm();
    settings.limits.testaments_max = 2;
    settings.limits.testament_bytes_max = 2'000;
    Heirs script(settings);
    const std::string full = "heddle.error.limit_exceeded", big = std::string(1'500, 'x');
    script.leave(1, R"(["will",[")" + big + R"("]])");
    script.refused(2, R"(["will",[")" + big + R"("]])", {}, full).leave(3, R"(["will"])");
    script.refused(4, R"(["will"])", {}, full);
    script.call("bob", 5, flush).receives("bob", "RESULT 5");
    script.leave(6, R"(["will",[")" + big + R"("]])");
}

TEST(Testament, GoesWithTheRealm) {
    Heirs script;
    script.leave(1, R"(["will",[1]])")->shut_down();
    script->expect("ann", goodbye("wamp.close.system_shutdown")).expect("bob", goodbye("wamp.close.system_shutdown"));
    script->lose("bob").expect_silence("ann");
}

}  // namespace
}  // namespace heddle::test
