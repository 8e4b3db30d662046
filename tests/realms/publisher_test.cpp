// Publisher identification, trust levels, payloads in passthru mode and subscription revocation (advanced profile).
#include <gtest/gtest.h>

#include "tests/realms/script.hpp"

namespace heddle::test {
namespace {

IdentifiedSet publisher() {
    IdentifiedSet set;
    set.add(Identified::publisher);
    return set;
}
RealmSettings with_rule(std::string_view uri, IdentifiedSet disclose, IdentifiedSet conceal) {
    RealmSettings settings = open_realm();
    settings.roles[0].permissions.push_back(
        {Match::exact, std::string(uri), actions({Action::publish}), {}, disclose, conceal});
    return settings;
}
EventDetails of_kim() {
    EventDetails details;
    details.publisher = {1};
    details.publisher_authid = "kim";
    return details;
}
Roles knows(Feature feature) {
    Roles roles = all_roles();
    for (const Role role : {Role::publisher, Role::subscriber}) roles.add(role, feature);
    return roles;
}
Script& subscribed_bob(Script& s, std::string_view topic = "t") {
    return s.join("bob").send("bob", subscribe(1, topic)).expect("bob", subscribed(1, 1));
}

TEST(PublisherIdentification, IsGivenWhereThePublisherAsks) {
    Script s;
    subscribed_bob(s).admit("kim", "kim", all_roles()).send("kim", publish(1, "t", "[1]"));
    s.expect("bob", event(1, 1, "[1]")).send("kim", publish(2, "t", "[2]", named()));
    s.expect("bob", event_with(1, 2, of_kim(), "[2]"));
}

TEST(PublisherIdentification, IsGivenUnaskedWhereARuleSaysSo) {
    Script s(with_rule("t", publisher(), {}));
    subscribed_bob(s).admit("kim", "kim", all_roles()).send("kim", publish(1, "t"));
    s.expect("bob", event_with(1, 1, of_kim())).send("bob", subscribe(2, "u")).expect("bob", subscribed(2, 2));
    s.send("kim", publish(2, "u")).expect("bob", event(2, 2));
}

TEST(PublisherIdentification, IsRefusedWhereARuleSaysSoAndNothingIsPublished) {
    Script s(with_rule("t", {}, publisher()));
    PublishOptions options = named();
    options.acknowledge = true;
    subscribed_bob(s).admit("kim", "kim", all_roles()).send("kim", publish(1, "t", "", options));
    s.expect("kim", error(16, 1, "wamp.error.option_disallowed.disclose_me")).expect_silence("bob");
    s.send("kim", publish(2, "t", "", named())).expect_silence("kim").expect_silence("bob");
    s.send("kim", publish(3, "t")).expect("bob", event(1, 1));
}

TEST(PublisherIdentification, StaysWithARetainedEventThoughThePublisherLeft) {
    Script s;
    PublishOptions options = named();
    options.retain = true;
    s.admit("kim", "kim", all_roles()).send("kim", publish(1, "t", "[1]", options)).lose("kim");
    EventDetails details = of_kim();
    details.retained = true;
    s.join("bob").send("bob", subscribe(1, "t", with_retained())).expect("bob", subscribed(1, 1));
    s.expect("bob", event_with(1, 1, details, "[1]"));
}

TEST(PublisherIdentification, NamesThePublisherOfAListToo) {
    RealmSettings settings = open_realm();
    settings.lanes = {{Match::exact, "t", LaneKind::list}};
    Play play(settings);
    for (const std::string peer : {"bob", "kim"}) {
        play.connect(peer);
        play.admit(peer, all_roles(), {peer, "anonymous", "ticket", "static"});
        play.next(peer);
    }
    play.send("bob", subscribe(1, "t"));
    play.next("bob");
    play.send("kim", publish(1, "t", "[1]", named()));
    EXPECT_NE(play.next("bob").find("publisher of=kim"), std::string::npos);
}

TEST(PublicationTrustLevels, AreForThoseWhoKnowThemAndOthersGetTheSameEventWithout) {
    RealmSettings settings = open_realm();
    settings.roles[0].trustlevel = 7;
    Script s(settings);
    s.join("ann").join("bob", knows(Feature::publication_trustlevels)).join("cat");
    for (const char* peer : {"bob", "cat", "ann"})
        s.send(peer, subscribe(1, "t", with_retained())).expect(peer, subscribed(1, 1));
    EventDetails details;
    details.trustlevel = 7;
    s.send("ann", publish(2, "t", "[1]", retain())).expect("bob", event_with(1, 1, details, "[1]"));
    s.expect("cat", event(1, 1, "[1]")).expect_silence("ann");
    ReceiverLists lists;
    lists.eligible_authid = {"nobody"};
    s.send("ann", publish(3, "t", "[2]", with_lists(lists))).expect_silence("bob").expect_silence("cat");
    details.retained = true;
    s.send("bob", subscribe(2, "t", with_retained())).expect("bob", subscribed(2, 1));
    s.expect("bob", event_with(1, 1, details, "[1]")).send("cat", subscribe(2, "t", with_retained()));
    s.expect("cat", subscribed(2, 1)).expect("cat", retained_event(1, 1, "[1]"));
}

TEST(PublishPassthru, AttributesReachEverySubscriberLiveAndRetained) {
    Script s;
    PublishOptions options = retain();
    options.extras = extras({{"ppt_scheme", "\"x_seal\""}, {"_trace", "{\"a\":1}"}});
    EventDetails details;
    details.extras = options.extras;
    subscribed_bob(s).join("ann", knows(Feature::payload_passthru_mode));
    s.send("ann", publish(1, "t", "[\"bytes\"]", options)).expect("bob", event_with(1, 1, details, "[\"bytes\"]"));
    details.retained = true;
    s.send("bob", subscribe(2, "t", with_retained())).expect("bob", subscribed(2, 1));
    s.expect("bob", event_with(1, 1, details, "[\"bytes\"]"));
}

TEST(PublishPassthru, NeedsToBeAnnouncedButCustomAttributesDoNot) {
    Script s;
    PublishOptions custom;
    custom.extras = extras({{"x_mine", "1"}});
    EventDetails details;
    details.extras = custom.extras;
    subscribed_bob(s).join("ann").send("ann", publish(1, "t", "", custom)).expect("bob", event_with(1, 1, details));
    PublishOptions sealed;
    sealed.extras = extras({{"ppt_scheme", "\"wamp\""}});
    s.send("ann", publish(2, "t", "", sealed)).expect_violation("ann").expect_silence("bob");
}

TEST(SubscriptionRevocation, IsToldToThoseWhoAnnouncedItAndEndsTheSubscriptionOfAll) {
    Script s;
    s.join("ann").join("bob", knows(Feature::subscription_revocation)).join("cat");
    for (const char* peer : {"bob", "cat"}) s.send(peer, subscribe(1, "t")).expect(peer, subscribed(1, 1));
    s.revoke("bob", 1, "app.enough").expect("bob", revoked(1, "app.enough"));
    s.send("ann", publish(1, "t", "[1]")).expect("cat", event(1, 1, "[1]")).expect_silence("bob");
    s.revoke("cat", 1, "app.enough").expect_silence("cat").send("ann", publish(2, "t")).expect_silence("cat");
    s.revoke("cat", 1, "app.enough").expect_silence("cat");
    s.send("bob", subscribe(2, "t")).expect("bob", subscribed(2, 2));
}

TEST(RetentionPermission, IsAskedForEachTopicWhenRetainedEventsAreDelivered) {
    RealmSettings settings = open_realm();
    settings.roles.push_back({"writer", settings.roles[0].permissions, 0});
    Script s(settings);
    // A prefix does not reach what only a rule of its own reaches (meta_lanes).
    s.join("ann").send("ann", publish(1, "swim.meta.x", "[1]", retain()));
    s.send("ann", publish(2, "swim.other", "[2]", retain()));
    s.send("ann", subscribe(3, "swim.", with_retained(Match::prefix))).expect("ann", subscribed(3, 1));
    s.expect("ann", retained_event(1, 1, "[2]", "swim.other")).expect_silence("ann");
}

}  // namespace
}  // namespace heddle::test
