// Sessions that the router itself vouches for (Realm::admit): with a role of their own, and asked for nothing.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "realms/realm.hpp"
#include "tests/realms/script.hpp"
#include "tests/realms/words.hpp"

namespace heddle::test {
namespace {

/// What the realm says, to whomever.
class Said final : public Egress {
 public:
    Delivery send(EndpointId, const Message& message) override {
        if (const auto* welcome = std::get_if<Welcome>(&message))
            received.push_back("welcome " + std::string(welcome->details.authid) + " " +
                            std::string(welcome->details.authrole) + " " + std::string(welcome->details.authmethod));
        else if (const auto* abort = std::get_if<Abort>(&message))
            received.push_back(std::string(abort->reason));
        else if (const auto* error = std::get_if<ErrorReply>(&message))
            received.push_back(std::string(error->error));
        else
            received.push_back("other");
        return Delivery::queued;
    }
    void event(const Event&, std::span<const EndpointId>, EndpointId) override { received.push_back("event"); }
    void detached(EndpointId, CloseReason) override { received.push_back("detached"); }
    void close(EndpointId, CloseReason why) override { received.push_back("close " + std::string(name_of(why))); }
    std::vector<std::string> received;
};

using Received = std::vector<std::string>;

/// Nobody gets in by himself; role "plant" may publish and nothing else.
RealmSettings closed_realm() {
    RealmSettings settings;
    settings.name = "realm1";
    PermissionRule rule{Match::prefix, "plant.", {}, {}};
    rule.allow.add(Action::publish);
    settings.roles = {{"plant", {rule}}};
    return settings;
}

HelloDetails with_all_roles() {
    HelloDetails details;
    details.roles = all_roles();
    return details;
}

TEST(Admit, SessionHasTheRoleItWasGiven) {
    CountedEntropy entropy;
    Realm realm(closed_realm(), entropy);
    Said said;
    const EndpointId at{1, 1};
    {
        const std::string authid = "halls", role = "plant";  // good for the call, not longer
        realm.admit(at, with_all_roles(), {authid, role, "uplink", "static"}, {}, said);
    }
    EXPECT_EQ(said.received, (Received{"welcome halls plant uplink"}));
    said.received.clear();
    PublishOptions acknowledged;
    acknowledged.acknowledge = true;
    realm.on_message(at, Publish{RequestId{1}, acknowledged, "plant.a", payload("[1]")}, {}, said);
    realm.on_message(at, Publish{RequestId{2}, acknowledged, "other.a", payload("[1]")}, {}, said);
    realm.on_message(at, Subscribe{RequestId{3}, {}, "plant.a"}, {}, said);
    EXPECT_EQ(said.received, (Received{"other", "wamp.error.not_authorized", "wamp.error.not_authorized"}));
    realm.on_lost(at, CloseReason::goodbye, {}, said);
    EXPECT_EQ(realm.counts().sessions, 0u);
}

TEST(Admit, RoleThatTheRealmDoesNotHaveIsRefused) {
    CountedEntropy entropy;
    Realm realm(closed_realm(), entropy);
    Said said;
    realm.admit({1, 1}, with_all_roles(), {"halls", "nobody", "uplink", "static"}, {}, said);
    EXPECT_EQ(said.received, (Received{"wamp.error.no_such_role", "close refused"}));
    EXPECT_EQ(realm.counts().sessions, 0u);
}

TEST(Admit, NobodyIsLetInWhileTheRealmCloses) {
    CountedEntropy entropy;
    Realm realm(closed_realm(), entropy);
    Said said;
    realm.shut_down({}, said);
    realm.admit({1, 1}, with_all_roles(), {"halls", "plant", "uplink", "static"}, {}, said);
    EXPECT_EQ(said.received, (Received{"wamp.close.system_shutdown", "close shutdown"}));
}

}  // namespace
}  // namespace heddle::test
