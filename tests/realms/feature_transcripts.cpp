#include "tests/realms/feature_transcripts.hpp"

namespace heddle::test {
namespace {

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
    script.expect("bob", retained_event(1, 1, "[2]"));  // the first publication that anybody hears of
}

// The same order as in realms/announced.hpp.
constexpr FeatureTranscript rows[] = {
    {Feature::publisher_exclusion, publisher_exclusion},
    {Feature::subscriber_blackwhite_listing, subscriber_blackwhite_listing},
    {Feature::pattern_based_subscription, pattern_based_subscription},
    {Feature::event_retention, event_retention},
    {Feature::pattern_based_registration, pattern_based_registration},
    {Feature::shared_registration, shared_registration},
    {Feature::progressive_call_results, progressive_call_results},
    {Feature::call_canceling, call_canceling},
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
