// What topics keep: the newest event, for those who come later.
#include <utility>

#include "realms/broker.hpp"
#include "serializers/removal.hpp"

namespace heddle {

/// What the topic keeps from now on, noted in the event. A removal is never kept: it takes away what was. Without room,
/// who asked for an acknowledgement is told so, and nothing happens (false). Who did not ask cannot be told: its event is
/// published, and the topic keeps nothing, since what it kept is no longer the newest.
bool Broker::keep(const Session& from, const Publish& message, Event& event, const Gate::Answer& answer) {
    using Change = StateNote::Change;
    if (is_removal(message.payload)) {
        event.state = {retained_.remove(message.topic) ? Change::removed : Change::none, nullptr};
        return true;
    }
    if (!message.options.retain && !answer.keep) return true;
    RetainedEvent kept{event.publication, OwnedPayload(message.payload), nullptr, EventOrigin::of(event.details), {},
                       gate_.publisher(from.actor(), answer)};
    if (message.options.lists) kept.lists = std::make_unique<const OwnedReceiverLists>(*message.options.lists);
    const RetainedStore::Put put = retained_.put(message.topic, std::move(kept), from.account);
    if (put.event) {
        event.state = {put.first ? Change::added : Change::replaced, &put.event->body};
        return true;
    }
    last_fault_ = put.fault;
    gate_.refuse(put.fault == RetainedStore::Fault::user_full ? Refusal::user_retained
                 : state_grows_                               ? Refusal::retained
                                                              : Refusal::memory);
    if (message.options.acknowledge) return false;
    retained_.remove(message.topic);
    return true;
}

void Broker::read_state(const Session& who, UriSet which, std::string_view after,
                        FunctionRef<bool(const StateEntry&)> visit) {
    retained_.walk(which, after, [&](const RetainedTopic& topic) {
        // The newest that the reader may see. The one with lists is newer, if there is one.
        const auto stands = [&](const RetainedEvent* kept) {
            return kept && gate_.still_published(kept->publisher, topic.topic);
        };
        const RetainedEvent* event = stands(topic.open) ? topic.open : nullptr;
        if (stands(topic.restricted)) {
            filter_.prepare(topic.restricted->lists->view());
            if (filter_.admits(who)) event = topic.restricted;
        }
        return !event ||
               visit({topic.topic, event->publication, event->payload.view(), event->origin.get(), event->body});
    });
}

void Broker::send_retained(const Session& to, const Subscription& subscription, Egress& out) {
    const bool pattern = subscription.match != Match::exact;
    read_state(to, {subscription.match, subscription.topic}, {}, [&](const StateEntry& entry) {
        // A pattern may hold what a permission for the pattern does not reach (Authorizer, `meta_lanes`).
        if (pattern && !gate_.reaches(to.actor(), Action::subscribe, entry.topic)) return true;
        Event message{subscription.id, entry.publication, {}, entry.payload, {}};
        if (entry.origin) entry.origin->put(message.details);
        if (!to.roles.has(Role::subscriber, Feature::publication_trustlevels)) message.details.trustlevel.reset();
        message.details.retained = true;
        if (pattern) message.details.topic = entry.topic;
        out.event(message, std::span(&to.endpoint, 1), EndpointId{});
        return true;
    });
    lists_.topics({subscription.match, subscription.topic},
                  [&](std::string_view topic) { send_list(to, subscription, topic, out); });
}

}  // namespace heddle
