// What the router itself tells through the broker (meta_events.hpp).
#include <algorithm>

#include "realms/broker.hpp"
#include "realms/random_id.hpp"

namespace heddle {

bool Broker::heard(std::string_view topic) {
    matches_.clear();
    index_.match(topic, matches_);
    return std::any_of(matches_.begin(), matches_.end(),
                       [&](Handle handle) { return !subscriptions_[handle].subscribers.empty(); });
}

void Broker::announce(std::string_view topic, const Payload& payload, Egress& out) {
    if (!heard(topic)) return;
    Event event{{}, {random_id(entropy_)}, {}, payload, {}};
    for (const Handle handle : matches_) {
        const Subscription& subscription = subscriptions_[handle];
        if (subscription.subscribers.empty()) continue;
        event.subscription = subscription.id;
        event.details.topic = subscription.match == Match::exact ? std::string_view() : topic;
        out.event(event, subscription.subscribers, EndpointId{});
    }
}

}  // namespace heddle
