// Long because it is one list: a transcript for each feature.
#include "tests/realms/feature_transcripts.hpp"

#include "tests/realms/meta_transcripts.hpp"

#include <gtest/gtest.h>

namespace heddle::test {
namespace {

using namespace std::chrono_literals;

void progressive_call_results(Script& script, const Announcing& who) {
    script.join("ann", who.ann()).join("bob", who.bob());
    script.send("bob", register_(1, "count")).expect("bob", registered(1, 1));
    script.send("ann", call(1, "count", "[2]", with_progress()));
    const bool agreed = who.asking && who.asked;
    script.expect("bob", agreed ? progressive_invocation(1, 1, "[2]") : invocation(1, 1, "[2]"));
    for (const std::string_view piece : {"[1]", "[2]"}) {
        script.send("bob", yield(1, piece, true));
        if (agreed)
            script.expect("ann", result(1, piece, true));
        else
            script.expect_silence("ann");
    }
    script.send("bob", yield(1, "[\"done\"]")).expect("ann", result(1, "[\"done\"]"));
}

void call_canceling(Script& script, const Announcing& who) {
    script.join("ann", who.ann()).join("bob", who.bob());
    script.send("bob", register_(1, "slow")).expect("bob", registered(1, 1));
    std::uint64_t request = 0;
    for (const CancelMode mode : {CancelMode::skip, CancelMode::kill, CancelMode::killnowait}) {
        ++request;
        script.send("ann", call(request, "slow")).expect("bob", invocation(request, 1));
        script.send("ann", cancel(request, mode));
        const bool told = who.asked && mode != CancelMode::skip;
        if (told) script.expect("bob", interrupt(request, mode));
        const bool waits = told && mode == CancelMode::kill;
        if (!waits) script.expect("ann", error(48, request, "wamp.error.canceled"));
        script.send("bob", error(68, request, "com.app.stopped"));
        if (waits) script.expect("ann", error(48, request, "com.app.stopped"));
        script.expect_silence("ann");
    }
}

void pattern_based_registration(Script& script, const Announcing& who) {
    script.join("ann", who.ann()).join("bob", who.bob());
    script.send("bob", register_(1, "a.b", registered_as(Match::prefix))).expect("bob", registered(1, 1));
    script.send("bob", register_(2, "a..c", registered_as(Match::wildcard))).expect("bob", registered(2, 2));
    script.send("bob", register_(3, "a.b.c")).expect("bob", registered(3, 3));
    script.send("ann", call(1, "a.b.c")).expect("bob", invocation(1, 3));
    script.send("ann", call(2, "a.b.d")).expect("bob", invocation(2, 1, {}, "a.b.d"));
    script.send("ann", call(3, "a.x.c")).expect("bob", invocation(3, 2, {}, "a.x.c"));
    for (std::uint64_t request = 1; request <= 3; ++request)
        script.send("bob", yield(request)).expect("ann", result(request));
}

void shared_registration(Script& script, const Announcing& who) {
    script.join("ann", who.ann()).join("bob", who.bob()).join("cat", who.bob());
    script.send("bob", register_(1, "p", shared(Invoke::roundrobin))).expect("bob", registered(1, 1));
    script.send("cat", register_(1, "p", shared(Invoke::roundrobin))).expect("cat", registered(1, 1));
    script.send("ann", call(1, "p")).expect("bob", invocation(1, 1));
    script.send("ann", call(2, "p")).expect("cat", invocation(1, 1));
    script.send("cat", yield(1, "[2]")).expect("ann", result(2, "[2]"));
    script.send("bob", yield(1, "[1]")).expect("ann", result(1, "[1]"));
    script.send("ann", call(3, "p")).expect("bob", invocation(2, 1));
    script.send("bob", yield(2)).expect("ann", result(3));
}

void publisher_exclusion(Script& script, const Announcing& who) {
    script.join("ann", who.ann()).join("bob", who.bob());
    script.send("ann", subscribe(1, "t")).expect("ann", subscribed(1, 1));
    script.send("bob", subscribe(1, "t")).expect("bob", subscribed(1, 1));
    script.send("ann", publish(2, "t", "[1]")).expect("bob", event(1, 1, "[1]")).expect_silence("ann");
    script.send("ann", publish(3, "t", "[2]", include_me()));
    script.expect("ann", event(1, 2, "[2]")).expect("bob", event(1, 2, "[2]"));
}

void subscriber_blackwhite_listing(Script& script, const Announcing& who) {
    script.join("ann", who.ann()).join("bob", who.bob()).join("cat", who.bob());
    script.send("bob", subscribe(1, "t")).expect("bob", subscribed(1, 1));
    script.send("cat", subscribe(1, "t")).expect("cat", subscribed(1, 1));
    script.send("ann", [](Play& play) {
        ReceiverLists lists;
        lists.exclude = {play.session("bob")};
        return publish(1, "t", "[1]", with_lists(lists));
    });
    script.expect("cat", event(1, 1, "[1]")).expect_silence("bob");
    script.send("ann", [](Play& play) {
        ReceiverLists lists;
        lists.eligible = {play.session("bob"), play.session("ann")};
        lists.eligible_authrole = {"anonymous"};
        return publish(2, "t", "[2]", with_lists(lists));
    });
    script.expect("bob", event(1, 2, "[2]")).expect_silence("cat");
}

void pattern_based_subscription(Script& script, const Announcing& who) {
    script.join("ann", who.ann()).join("bob", who.bob());
    script.send("bob", subscribe(1, "a.b")).expect("bob", subscribed(1, 1));
    script.send("bob", subscribe(2, "a", subscribed_as(Match::prefix))).expect("bob", subscribed(2, 2));
    script.send("bob", subscribe(3, "a.", subscribed_as(Match::wildcard))).expect("bob", subscribed(3, 3));
    script.send("ann", publish(1, "a.b", "[1]"));
    script.expect("bob", event(1, 1, "[1]"));
    script.expect("bob", event(2, 1, "[1]", "a.b")).expect("bob", event(3, 1, "[1]", "a.b"));
    script.send("ann", publish(2, "a.b.c")).expect("bob", event(2, 2, {}, "a.b.c"));
}

void event_retention(Script& script, const Announcing& who) {
    script.join("ann", who.ann()).join("bob", who.bob());
    script.send("ann", publish(1, "t", "[1]", retain())).send("ann", publish(2, "t", "[2]", retain()));
    script.send("ann", publish(3, "t", "[3]"));
    script.send("bob", subscribe(1, "t")).expect("bob", subscribed(1, 1)).expect_silence("bob");
    script.send("bob", subscribe(2, "t", with_retained())).expect("bob", subscribed(2, 1));
    script.expect("bob", retained_event(1, 1, "[2]"));  // the first publication that anybody learns of
}

Message progressing(std::uint64_t request, std::string_view args, bool more) {
    CallOptions options;
    options.progress = more;
    return call(request, "sum", args, options);
}

void progressive_call_invocations(Script& script, const Announcing& who) {
    script.join("ann", who.ann()).join("bob", who.bob());
    script.send("bob", register_(1, "sum")).expect("bob", registered(1, 1));
    script.send("ann", progressing(1, "[1]", true));
    if (!who.asking) return void(script.expect_violation("ann"));
    if (!who.asked) return void(script.expect("ann", error(48, 1, "wamp.error.feature_not_supported")));
    Invocation piece{{1}, {1}, {}, payload("[1]")};
    piece.details.progress = true;
    script.expect("bob", piece);
    piece.payload = payload("[2]");
    script.send("ann", progressing(1, "[2]", true)).expect("bob", piece);
    script.send("ann", progressing(1, "[3]", false)).expect("bob", invocation(1, 1, "[3]"));
    script.send("bob", yield(1, "[6]")).expect("ann", result(1, "[6]"));
}

void call_timeout(Script& script, const Announcing& who) {
    RegisterOptions own_clock;
    own_clock.forward_timeout = true;
    CallOptions soon;
    soon.timeout_ms = 100;
    script.join("ann", who.ann()).join("bob", who.bob());
    script.send("bob", register_(1, "routers")).expect("bob", registered(1, 1));
    script.send("bob", register_(2, "own", own_clock)).expect("bob", registered(2, 2));
    script.send("ann", call(1, "routers", {}, soon)).expect("bob", invocation(1, 1));
    Invocation forwarded{{2}, {2}, {}, {}};
    if (who.asked) forwarded.details.timeout_ms = 100;
    script.send("ann", call(2, "own", {}, soon)).expect("bob", forwarded);
    script.pass(99ms).expect_silence("ann").expect_silence("bob");
    script.pass(1ms).expect("ann", error(48, 1, "wamp.error.timeout"));
    if (who.asked) {  // which announced canceling too
        script.expect("bob", interrupt(1)).expect_silence("ann");
        script.send("bob", error(68, 2, "wamp.error.timeout"));
    }
    script.expect("ann", error(48, 2, "wamp.error.timeout"));
}

void caller_identification(Script& script, const Announcing& who) {
    CallOptions named;
    named.disclose_me = true;
    script.join("ann", who.ann()).join("bob", who.bob());
    script.send("bob", register_(1, "p")).expect("bob", registered(1, 1));
    script.send("ann", call(1, "p")).expect("bob", invocation(1, 1));
    Invocation disclosed{{2}, {1}, {}, {}};
    disclosed.details.caller = {1};
    script.send("ann", call(2, "p", {}, named)).expect("bob", disclosed);
}

void call_trustlevels(Script& script, const Announcing& who) {
    script.join("ann", who.ann()).join("bob", who.bob());
    script.send("bob", register_(1, "p")).expect("bob", registered(1, 1));
    Invocation trusted{{1}, {1}, {}, {}};
    if (who.asked) trusted.details.trustlevel = 5;
    script.send("ann", call(1, "p")).expect("bob", trusted);
}

void call_reroute(Script& script, const Announcing& who) {
    script.join("ann", who.ann()).join("bob", who.bob()).join("cat", who.bob());
    script.send("bob", register_(1, "p", shared(Invoke::first))).expect("bob", registered(1, 1));
    script.send("cat", register_(1, "p", shared(Invoke::first))).expect("cat", registered(1, 1));
    script.send("ann", call(1, "p", "[1]")).expect("bob", invocation(1, 1, "[1]"));
    script.send("bob", error(68, 1, "wamp.error.unavailable"));
    if (!who.asked) return void(script.expect("ann", error(48, 1, "wamp.error.unavailable")));
    script.expect("cat", invocation(1, 1, "[1]")).expect_silence("ann");
    script.send("cat", yield(1, "[2]")).expect("ann", result(1, "[2]"));
    script.send("ann", call(2, "p")).expect("bob", invocation(2, 1));
    script.send("bob", error(68, 2, "wamp.error.unavailable")).expect("cat", invocation(2, 1));
    script.send("cat", error(68, 2, "wamp.error.unavailable"));
    script.expect("ann", error(48, 2, "wamp.error.no_available_callee"));
}

SharedExtras sealed() {
    Extras extras;
    extras.entries = {{"ppt_scheme", "\"x_seal\""}, {"ppt_keyid", "\"7\""}};
    extras.passthru = true;
    return std::make_shared<const Extras>(extras);
}

void payload_passthru_mode(Script& script, const Announcing& who) {
    CallOptions options;
    options.extras = sealed();
    script.join("ann", who.ann()).join("bob", who.bob());
    script.send("bob", register_(1, "p")).expect("bob", registered(1, 1));
    script.send("ann", call(1, "p", "[\"bytes\"]", options));
    if (!who.asking) return void(script.expect_violation("ann"));
    if (!who.asked) return void(script.expect("ann", error(48, 1, "wamp.error.feature_not_supported")));
    Invocation carried{{1}, {1}, {}, payload("[\"bytes\"]")};
    carried.details.extras = options.extras;
    script.expect("bob", carried);
    script.send("bob", Yield{{1}, false, payload("[\"back\"]"), options.extras});
    script.expect("ann", CallResult{{1}, false, payload("[\"back\"]"), options.extras});
}

void registration_revocation(Script& script, const Announcing& who) {
    RegisterOptions instead;
    instead.force_reregister = true;
    script.join("ann", who.ann()).admit("bob", "kim", who.bob());
    script.send("bob", register_(1, "p")).expect("bob", registered(1, 1));
    script.admit("cat", "kim", who.bob()).send("cat", register_(1, "p", instead));
    if (who.asked) script.expect("bob", Unregistered{{}, {1}, "heddle.close.taken_over"});
    script.expect("cat", registered(1, 2)).expect_silence("bob");
    script.send("ann", call(1, "p", "[1]")).expect("cat", invocation(1, 2, "[1]"));
    script.send("cat", yield(1, "[2]")).expect("ann", result(1, "[2]"));
}

void publisher_identification(Script& script, const Announcing& who) {
    script.join("ann", who.ann()).join("bob", who.bob());
    script.send("bob", subscribe(1, "t")).expect("bob", subscribed(1, 1));
    script.send("ann", publish(1, "t", "[1]")).expect("bob", event(1, 1, "[1]"));
    EventDetails details;
    details.publisher = {1};
    details.publisher_authid = "kim";
    script.admit("cat", "kim", who.ann()).send("cat", publish(1, "t", "[2]", named()));
    script.expect("bob", event_with(1, 2, details, "[2]"));
}

void publication_trustlevels(Script& script, const Announcing& who) {
    script.join("ann", who.ann()).join("bob", who.bob()).join("cat", all_roles());
    script.send("bob", subscribe(1, "t")).expect("bob", subscribed(1, 1));
    script.send("cat", subscribe(1, "t")).expect("cat", subscribed(1, 1));
    EventDetails details;
    if (who.asked) details.trustlevel = 5;
    script.send("ann", publish(1, "t", "[1]")).expect("bob", event_with(1, 1, details, "[1]"));
    script.expect("cat", event(1, 1, "[1]"));
}

void subscription_revocation(Script& script, const Announcing& who) {
    script.join("ann", who.ann()).join("bob", who.bob());
    script.send("bob", subscribe(1, "t")).expect("bob", subscribed(1, 1)).revoke("bob", 1, "app.no_more");
    if (who.asked) script.expect("bob", revoked(1, "app.no_more"));
    script.send("ann", publish(1, "t")).expect_silence("bob");
    script.send("bob", unsubscribe(2, 1)).expect("bob", error(34, 2, "wamp.error.no_such_subscription"));
}

void event_history(Script& script, const Announcing& who) {
    script.join("ann", who.ann()).send("ann", publish(1, "t", "[1]"));
    script.join("bob", who.bob()).send("bob", call(1, "wamp.subscription.lookup", "[\"t\"]"));
    script.expect("bob", result(1, "[1]")).send("bob", call(2, "wamp.subscription.get_events", "[1,0]"));
    script.expect("bob", result(2, "[[]]")).send("bob", call(3, "wamp.subscription.get_events", "[2]"));
    script.expect("bob", error(48, 3, "wamp.error.no_such_subscription"));
    script.check([](Play& play) { EXPECT_EQ(play.counts().history_events, 1u); });
}

// The same order as in realms/announced.hpp.
constexpr FeatureTranscript rows[] = {
    {Feature::publisher_exclusion, publisher_exclusion},
    {Feature::subscriber_blackwhite_listing, subscriber_blackwhite_listing},
    {Feature::pattern_based_subscription, pattern_based_subscription},
    {Feature::event_retention, event_retention},
    {Feature::event_history, event_history},
    {Feature::publisher_identification, publisher_identification},
    {Feature::publication_trustlevels, publication_trustlevels},
    {Feature::subscription_revocation, subscription_revocation},
    {Feature::pattern_based_registration, pattern_based_registration},
    {Feature::shared_registration, shared_registration},
    {Feature::progressive_call_results, progressive_call_results},
    {Feature::call_canceling, call_canceling},
    {Feature::progressive_call_invocations, progressive_call_invocations},
    {Feature::call_timeout, call_timeout},
    {Feature::caller_identification, caller_identification},
    {Feature::call_trustlevels, call_trustlevels},
    {Feature::call_reroute, call_reroute},
    {Feature::registration_revocation, registration_revocation},
    {Feature::payload_passthru_mode, payload_passthru_mode},
    {Feature::session_meta_api, session_meta_api},
    {Feature::subscription_meta_api, subscription_meta_api},
    {Feature::registration_meta_api, registration_meta_api},
    {Feature::testament_meta_api, testament_meta_api},
};

}  // namespace

Roles Announcing::every_feature() {
    Roles made;
    for (const Role role : {Role::publisher, Role::subscriber, Role::caller, Role::callee})
        for (std::size_t feature = 0; feature < feature_count; ++feature) made.add(role, static_cast<Feature>(feature));
    return made;
}

std::span<const FeatureTranscript> feature_transcripts() { return rows; }

}  // namespace heddle::test
