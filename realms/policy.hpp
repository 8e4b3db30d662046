#pragma once
#include <utility>
#include <vector>

#include "realms/broker.hpp"
#include "realms/dealer.hpp"
#include "realms/ends.hpp"
#include "realms/gate.hpp"
#include "realms/lanes.hpp"
#include "realms/sessions.hpp"

namespace heddle {

/// One set of rules, as sessions are held against it.
struct Rules {
    const RealmSettings& settings;
    const Authorizer& authorizer;
    const Lanes& lanes;
    Gate& gate;
};

/// What an edit ends: made without changing anything, so that a preview and the edit itself cannot disagree.
struct EndingPlan {
    std::vector<std::pair<Session*, std::string_view>> sessions;  // with the reason for GOODBYE
    struct Subscription {
        Session* session;
        SubscriptionId id;
        std::string_view reason;
    };
    struct Registration {
        Session* session;
        RegistrationId id;
    };
    std::vector<Subscription> subscriptions;
    std::vector<Registration> registrations;
    Ends ends;
};

/// Why a session has to go under these rules; empty: it stays.
std::string_view reason_to_go(const Session& session, std::string_view anonymous_role, const Authorizer& authorizer);

/// What sessions are and hold under `before`, decided under `after`.
EndingPlan plan_endings(const Sessions& sessions, const Broker& broker, const Dealer& dealer, const Rules& before,
                        const Rules& after);

}  // namespace heddle
