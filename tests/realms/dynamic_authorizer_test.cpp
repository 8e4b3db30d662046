// Long because it is one feature with many ends, each a short transcript.
// The dynamic authorizer: a procedure that is asked where no rule of the role speaks (realms/realm_asking.cpp).
#include <gtest/gtest.h>

#include "realms/held_messages.hpp"
#include "tests/realms/script.hpp"

namespace heddle::test {
namespace {

using namespace std::chrono_literals;

const ActionSet everything = actions({Action::call, Action::register_, Action::publish, Action::subscribe});

/// Clients may do all below "open.", nothing below "shut."; about the rest `com.may` is asked.
RealmSettings asking(std::chrono::milliseconds cache = 0ms) {
    RealmSettings settings = open_realm();
    settings.roles = {{"anonymous",
                       {{Match::prefix, "open.", everything, {}}, {Match::prefix, "shut.", {}, everything}},
                       0},
                      {"worker", {{Match::prefix, "open.", everything, {}}}, 0}};
    settings.auth.authorizer = "com.may";
    settings.auth.authorizer_cache = cache;
    settings.auth.authorizer_timeout = 5s;
    return settings;
}

std::string question(std::string_view uri, std::string_view action, std::string_view options = "{}") {
    return "\"" + std::string(uri) + "\",\"" + std::string(action) + "\"," + std::string(options) + "]";
}
/// The realm asks this; the session's details, with ids of this run, stand before it.
Script& asks(Script& script, std::string_view uri, std::string_view action, std::string_view options = "{}") {
    return script.check([wanted = question(uri, action, options)](Play& play) {
        const std::string asked = play.asked();
        EXPECT_TRUE(asked.starts_with("com.may [{\"session\":")) << asked;
        EXPECT_TRUE(asked.ends_with(wanted)) << asked << "\nnot " << wanted;
    });
}
Script& nothing_asked(Script& script) {
    return script.check([](Play& play) { EXPECT_EQ(play.questions(), 0u) << play.asked(); });
}

TEST(DynamicAuthorizer, IsToldWhoAsksForWhatAndItsWordCounts) {
    Script script(asking());
    script.admit_as("kim", "kim", "worker").join("ann");
    script.send("kim", subscribe(1, "com.a"));
    script.check([](Play& play) {
        EXPECT_EQ(play.asked(), "com.may [{\"session\":" + std::to_string(play.session("kim")) +
                                    R"(,"authid":"kim","authrole":"worker","authmethod":"ticket",)"
                                    R"("authprovider":"static","realm":"realm1"},"com.a","subscribe",{"match":"exact"}])");
    });
    script.expect_silence("kim").answer("[true]").expect("kim", subscribed(1, 1));
    script.send("ann", publish(1, "com.a", "[1]", acknowledge()));
    asks(script, "com.a", "publish").answer("[true]").expect("ann", published(1, 1)).expect("kim", event(1, 1, "[1]"));
    script.send("kim", register_(2, "com.", registered_as(Match::prefix)));
    script.expect("kim", error(64, 2, "wamp.error.not_authorized"));
    nothing_asked(script);  // that would hold the authorizer's own procedure
    script.send("kim", register_(3, "com.x.", registered_as(Match::prefix)));
    asks(script, "com.x.", "register", R"({"match":"prefix"})").answer("[true]").expect("kim", registered(3, 1));
    script.send("ann", call(2, "com.x.y", "[5]"));
    asks(script, "com.x.y", "call").answer("[{\"allow\":true}]").expect("kim", invocation(1, 1, "[5]", "com.x.y"));
    script.send("kim", yield(1, "[6]")).expect("ann", result(2, "[6]"));
    script.send("ann", call(3, "com.x.z")).answer("[false]").expect("ann", error(48, 3, "wamp.error.not_authorized"));
    nothing_asked(script);
}

TEST(DynamicAuthorizer, IsNotAskedWhereRulesSpeakOrNoRuleCouldReach) {
    Script script(asking());
    script.join("ann");
    script.send("ann", subscribe(1, "open.a")).expect("ann", subscribed(1, 1));
    script.send("ann", subscribe(2, "shut.a")).expect("ann", error(32, 2, "wamp.error.not_authorized"));
    script.send("ann", subscribe(3, "a b")).expect("ann", error(32, 3, "wamp.error.invalid_uri"));
    script.send("ann", publish(4, "wamp.a", "[]", acknowledge())).expect("ann", error(16, 4, "wamp.error.invalid_uri"));
    script.send("ann", call(5, "wamp.session.kill_all")).expect("ann", error(48, 5, "wamp.error.not_authorized"));
    script.send("ann", call(6, "com.may")).expect("ann", error(48, 6, "wamp.error.not_authorized"));
    script.send("ann", register_(7, "com.may")).expect("ann", error(64, 7, "wamp.error.not_authorized"));
    nothing_asked(script);
    script.send("ann", call(8, "wamp.session.count"));
    asks(script, "wamp.session.count", "call").answer("[true]").expect("ann", result(8, "[1]"));
}

TEST(DynamicAuthorizer, WhatASessionSaysMeanwhileWaitsInOrderAndOthersGoOn) {
    Script script(asking());
    script.join("ann").join("bob");
    script.send("bob", subscribe(1, "open.a")).expect("bob", subscribed(1, 1));
    script.send("ann", publish(1, "com.a", "[1]", acknowledge()));
    script.send("ann", publish(2, "open.a", "[2]", acknowledge()));
    script.send("ann", publish(3, "com.b", "[3]", acknowledge()));
    script.send("ann", publish(4, "open.a", "[4]", acknowledge()));
    script.send("bob", publish(2, "open.a", "[0]", include_me())).expect("bob", event(1, 1, "[0]"));
    asks(script, "com.a", "publish").expect_silence("ann").answer("[true]");
    script.expect("ann", published(1, 2)).expect("ann", published(2, 3)).expect("bob", event(1, 3, "[2]"));
    script.expect_silence("ann");
    asks(script, "com.b", "publish").answer("[false]");
    script.expect("ann", error(16, 3, "wamp.error.not_authorized")).expect("ann", published(4, 4));
    script.expect("bob", event(1, 4, "[4]"));
    nothing_asked(script);
}

TEST(DynamicAuthorizer, AnswersToInvocationsDoNotWait) {
    Script script(asking());
    script.join("ann").join("may");
    script.send("may", register_(1, "open.p")).expect("may", registered(1, 1));
    script.send("ann", call(1, "open.p")).expect("may", invocation(1, 1));
    script.send("may", subscribe(2, "com.a")).send("may", yield(1, "[1]")).expect("ann", result(1, "[1]"));
    script.answer("[true]").expect("may", subscribed(2, 1));
}

TEST(DynamicAuthorizer, ErrorsSilenceAndNonsenseAreAuthorizationFailed) {
    Script script(asking());
    script.join("ann");
    script.send("ann", call(1, "com.x")).answer_error("wamp.error.no_such_procedure");
    script.expect("ann", error(48, 1, "wamp.error.authorization_failed"));
    script.send("ann", subscribe(2, "com.x")).pass(4999ms).expect_silence("ann").pass(1ms);
    script.expect("ann", error(32, 2, "wamp.error.authorization_failed"));
    script.answer("[true]").expect_silence("ann");  // too late
    std::uint64_t request = 2;
    for (const char* nonsense : {"", "[]", "[1]", "[\"yes\"]", "[{}]", "[{\"allow\":1}]", "[null]", "[[true]]",
                                 "[{\"allow\":true,\"cache\":-1}]", "[{\"allow\":true,\"cache\":\"long\"}]",
                                 "[{\"allow\":true,\"disclose\":\"me\"}]", "[{\"allow\":true,\"scope\":\"all\"}]"}) {
        script.send("ann", register_(++request, "com.x")).answer(nonsense);
        script.expect("ann", error(64, request, "wamp.error.authorization_failed"));
    }
    script.check([](Play& play) {
        if (play.connected().empty()) return;
        EXPECT_EQ(play.notes().size(), 12u);
        EXPECT_EQ(play.notes().front(), "authorizer.nonsense com.may");
    });
    script.send("ann", publish(++request, "com.x")).answer_error("com.app.broken").expect_silence("ann");
    script.send("ann", publish(++request, "com.x", "[]", acknowledge())).answer_error("com.app.broken");
    script.expect("ann", error(16, request, "wamp.error.authorization_failed"));
}

TEST(DynamicAuthorizer, AnswersHoldAsLongAsTheySayAndForWhomTheySay) {
    Script script(asking());
    script.admit_as("kim", "kim", "worker").admit_as("lee", "lee", "worker").admit_as("kim2", "kim", "worker");
    const auto call_as = [&](const char* who, std::uint64_t request) -> Script& {
        return script.send(who, call(request, "com.x"));
    };
    const auto allowed = [&](const char* who, std::uint64_t request) {
        script.expect(who, error(48, request, "wamp.error.no_such_procedure"));
    };
    call_as("kim", 1).answer("[{\"allow\":true,\"cache\":10}]");
    allowed("kim", 1);
    call_as("kim", 2).pass(0ms);
    allowed("kim", 2);
    call_as("kim2", 1);
    allowed("kim2", 1);  // the same user
    call_as("lee", 1).answer("[{\"allow\":false,\"cache\":1.5}]");
    script.expect("lee", error(48, 1, "wamp.error.not_authorized"));
    call_as("lee", 2).expect("lee", error(48, 2, "wamp.error.not_authorized"));
    nothing_asked(script);
    script.pass(1500ms);
    call_as("lee", 3);
    asks(script, "com.x", "call").answer("[{\"allow\":true,\"cache\":true}]");  // as the realm says: not at all
    allowed("lee", 3);
    script.pass(8500ms);
    call_as("kim", 3);
    asks(script, "com.x", "call").answer("[{\"allow\":true,\"cache\":60,\"scope\":\"role\"}]");
    allowed("kim", 3);
    call_as("lee", 4);
    allowed("lee", 4);  // everybody in the role
    script.send("lee", publish(5, "com.x", "[]", acknowledge()));
    asks(script, "com.x", "publish").answer("[true]").expect("lee", published(5, 1));
    script.check([](Play& play) { EXPECT_EQ(play.realm().purge(), 3u); });
    nothing_asked(script);
    call_as("lee", 6);
    asks(script, "com.x", "call").answer("[false]").expect("lee", error(48, 6, "wamp.error.not_authorized"));
}

TEST(DynamicAuthorizer, PurgingNeedsARuleThatNamesIt) {
    RealmSettings settings = asking(60s);
    settings.roles[0].permissions.push_back({Match::prefix, "", actions({Action::call}), {}});
    settings.roles.push_back({"boss", {{Match::exact, "heddle.authorizer.purge", actions({Action::call}), {}}}, 0});
    Script script(settings);
    script.join("ann").admit_as("bob", "bob", "boss").admit_as("kim", "kim", "worker");
    script.send("kim", call(1, "com.x")).answer("[true]").expect("kim", error(48, 1, "wamp.error.no_such_procedure"));
    script.send("ann", call(1, "heddle.authorizer.purge")).expect("ann", error(48, 1, "wamp.error.not_authorized"));
    script.send("bob", call(1, "heddle.authorizer.purge")).expect("bob", result(1, "[1]"));
    script.send("kim", call(2, "com.x"));
    asks(script, "com.x", "call").answer("[true]").expect("kim", error(48, 2, "wamp.error.no_such_procedure"));
}

TEST(DynamicAuthorizer, TheRealmSaysHowLongAnswersHoldThatDoNotSayIt) {
    Script script(asking(30s));
    script.join("ann");
    script.send("ann", call(1, "com.x")).answer("[false]").expect("ann", error(48, 1, "wamp.error.not_authorized"));
    script.pass(29s).send("ann", call(2, "com.x")).expect("ann", error(48, 2, "wamp.error.not_authorized"));
    script.pass(1s).send("ann", call(3, "com.x")).answer("[{\"allow\":true,\"cache\":false}]");
    script.expect("ann", error(48, 3, "wamp.error.no_such_procedure"));
    script.send("ann", call(4, "com.x"));
    asks(script, "com.x", "call").answer("[true]").expect("ann", error(48, 4, "wamp.error.no_such_procedure"));
    // An edit forgets what was said, also what is only on its way.
    script.send("ann", call(5, "com.y")).apply(asking(30s), "nothing").answer("[true]");
    script.expect("ann", error(48, 5, "wamp.error.no_such_procedure"));
    for (const char* uri : {"com.x", "com.y"}) {
        const std::uint64_t request = uri[4] == 'x' ? 6 : 7;
        script.send("ann", call(request, uri));
        asks(script, uri, "call").answer("[true]").expect("ann", error(48, request, "wamp.error.no_such_procedure"));
    }
}

TEST(DynamicAuthorizer, ItsAnswersAreBounded) {
    RealmSettings settings = asking(60s);
    settings.limits.decisions_max = 16;
    Play play(settings);
    play.connect("ann");
    play.send("ann", hello());
    for (std::uint64_t i = 1; i <= 100; ++i) {
        play.send("ann", call(i, "com.p" + std::to_string(i)));
        EXPECT_TRUE(play.answer({}, "[true]"));
    }
    const std::size_t kept = play.realm().purge();
    EXPECT_GE(kept, 8u);
    EXPECT_LE(kept, 16u);
}

TEST(DynamicAuthorizer, WhatWaitsIsBounded) {
    Play play(asking());
    play.connect("ann");
    play.send("ann", hello());
    play.next("ann");
    for (std::uint64_t i = 1; i <= HeldMessages::messages_max; ++i) play.send("ann", publish(i, "com.a", "[1]"));
    EXPECT_EQ(play.next("ann"), "");
    play.send("ann", publish(HeldMessages::messages_max + 1, "com.a", "[1]"));
    EXPECT_EQ(play.next("ann"), "ABORT heddle.error.limit_exceeded");
    EXPECT_EQ(play.next("ann"), "CLOSED backlog");
    EXPECT_EQ(play.counts().sessions, 0u);
    EXPECT_TRUE(play.answer({}, "[true]")) << "about somebody who is gone";

    play.connect("bob");
    play.send("bob", hello());
    play.next("bob");
    const std::string large = "[\"" + std::string(HeldMessages::bytes_max, 'x') + "\"]";
    play.send("bob", publish(1, "com.a", large, acknowledge()));  // one alone may have any size
    EXPECT_EQ(play.next("bob"), "");
    play.send("bob", publish(2, "com.a", "[1]"));
    EXPECT_EQ(play.next("bob"), "ABORT heddle.error.limit_exceeded");
}

TEST(DynamicAuthorizer, GoodbyeAndAbortOfWhoWaits) {
    Script script(asking());
    script.join("ann").join("bob");
    script.send("ann", publish(1, "com.a", "[1]", acknowledge())).send("ann", goodbye()).expect_silence("ann");
    script.answer("[true]").expect("ann", published(1, 1)).expect("ann", goodbye("wamp.close.goodbye_and_out"));
    script.expect_detached("ann");
    script.send("bob", publish(1, "com.a")).send("bob", abort("com.app.enough"));
    script.expect_closed("bob", CloseReason::aborted).answer("[true]");
}

TEST(DynamicAuthorizer, WhatItAllowedStaysThroughEditsWhileNoRuleSpeaks) {
    Script script(asking());
    script.join("ann", all_revocable_roles());
    script.send("ann", subscribe(1, "com.a")).answer("[true]").expect("ann", subscribed(1, 1));
    script.send("ann", register_(2, "com.p")).answer("[true]").expect("ann", registered(2, 1));
    script.send("ann", subscribe(3, "com.b.", subscribed_as(Match::prefix))).answer("[true]");
    script.expect("ann", subscribed(3, 2));
    RealmSettings more = asking();
    more.roles[0].permissions.push_back({Match::exact, "open.x", {}, everything});
    script.apply(more, "nothing").expect_silence("ann");
    more.roles[0].permissions.push_back({Match::exact, "com.b.c", {}, actions({Action::subscribe})});
    script.apply(more, "1 subscription").expect("ann", revoked(2, "wamp.error.not_authorized"));
    more.auth.authorizer = "";
    script.apply(more, "1 subscription 1 registration");
    script.expect("ann", revoked(1, "wamp.error.not_authorized"));
    script.expect("ann", revoked_registration(1, "wamp.error.not_authorized"));
}

TEST(DynamicAuthorizer, APatternThatItAllowedBringsItsRetainedEvents) {
    Script script(asking());
    script.join("ann").join("bob");
    script.send("ann", publish(1, "com.a.b", "[1]", retain())).answer("[true]");
    script.send("bob", subscribe(1, "com.a.", with_retained(Match::prefix))).answer("[true]");
    script.expect("bob", subscribed(1, 1)).expect("bob", retained_event(1, 1, "[1]", "com.a.b"));
}

TEST(DynamicAuthorizer, SaysWhoIsNamed) {
    Script script(asking());
    script.join("ann").join("bob");
    script.send("bob", register_(1, "com.p")).answer("[true]").expect("bob", registered(1, 1));
    script.send("ann", call(1, "com.p")).answer(R"([{"allow":true,"disclose":true}])");
    script.check([](Play& play) { EXPECT_TRUE(play.next("bob").find("caller") != std::string::npos); });
    CallOptions me;
    me.disclose_me = true;
    script.send("ann", call(2, "com.p", {}, me)).answer(R"([{"allow":true,"disclose":false}])");
    script.expect("ann", error(48, 2, "wamp.error.option_disallowed.disclose_me"));
}

TEST(DynamicAuthorizer, IsAskedOnceForACallThatStreams) {
    Script script(asking());
    const Roles roles = rpc_roles({Feature::progressive_call_invocations, Feature::progressive_call_results,
                                   Feature::call_canceling});
    script.join("ann", roles).join("bob", roles);
    script.send("bob", register_(1, "open.p")).expect("bob", registered(1, 1));
    RealmSettings unsaid = asking();
    unsaid.roles[0].permissions[0].allow = actions({Action::register_});
    script.apply(unsaid, "nothing");
    InvocationDetails more;
    more.progress = true;
    script.send("ann", call(1, "open.p", "[1]", unfinished())).send("ann", call(1, "open.p", "[2]"));
    script.answer("[true]").expect("bob", invocation_with(1, 1, more, "[1]")).expect("bob", invocation(1, 1, "[2]"));
    nothing_asked(script);
    script.send("bob", yield(1, "[3]")).expect("ann", result(1, "[3]"));
}

}  // namespace
}  // namespace heddle::test
