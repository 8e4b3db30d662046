#include "realms/broker.hpp"

#include <cassert>
#include <utility>

#include "realms/random_id.hpp"
#include "realms/replies.hpp"
#include "serializers/removal.hpp"

namespace heddle {

Broker::Broker(const RealmSettings& settings, Entropy& entropy, Sessions& sessions, Gate& gate, RetainedStore& retained)
    : settings_(settings),
      entropy_(entropy),
      sessions_(sessions),
      gate_(gate),
      retained_(retained),
      lists_(settings.limits.list_bytes_max) {}

void Broker::publish(Session& from, const Publish& message, Egress& out) {
    const Gate::Answer answer = gate_.check(from.role, Action::publish, message.topic);
    if (answer.verdict != Gate::Verdict::allowed) {
        // Who did not ask for an answer gets none, not even this: clients take an unexpected ERROR for a broken router.
        if (!message.options.acknowledge) return;
        return answer.verdict == Gate::Verdict::denied
                   ? refuse<Publish>(out, from.endpoint, message.request, uri::not_authorized, text::denied)
                   : refuse<Publish>(out, from.endpoint, message.request, uri::invalid_uri, text::bad_uri);
    }
    if (answer.list) return publish_list(from, message, *answer.list, out);
    const PublicationId publication{random_id(entropy_)};
    Event event{{}, publication, {}, message.payload, {}};
    event.state = keep(message, publication, message.options.retain || answer.keep);
    fan_out(from, message, event, out);
    if (message.options.acknowledge) out.send(from.endpoint, Published{message.request, publication});
}

void Broker::fan_out(const Session& from, const Publish& message, Event& event, Egress& out) {
    matches_.clear();
    index_.match(message.topic, matches_);
    if (matches_.empty()) return;
    const bool filtered = message.options.lists != nullptr;
    if (filtered) filter_.prepare(*message.options.lists);
    const EndpointId except = message.options.exclude_me ? from.endpoint : EndpointId{};
    for (const Handle handle : matches_) {
        const Subscription& subscription = subscriptions_[handle];
        event.subscription = subscription.id;
        event.details.topic = subscription.match == Match::exact ? std::string_view() : message.topic;
        deliver(subscription, event, filtered, except, out);
    }
}

void Broker::deliver(const Subscription& subscription, Event& event, bool filtered, EndpointId except, Egress& out) {
    if (!filtered) {
        const bool nobody_else = subscription.subscribers.size() == 1 && subscription.subscribers.front() == except;
        if (!nobody_else) out.event(event, subscription.subscribers, except);
        return;
    }
    filtered_.clear();
    for (const EndpointId endpoint : subscription.subscribers)
        if (endpoint != except && filter_.admits(*sessions_.find(endpoint))) filtered_.push_back(endpoint);
    if (!filtered_.empty()) out.event(event, filtered_, EndpointId{});
}

/// What the topic keeps from now on. A removal is never kept: it takes away what was.
StateNote Broker::keep(const Publish& message, PublicationId publication, bool asked) {
    using Change = StateNote::Change;
    if (is_removal(message.payload)) return {retained_.remove(message.topic) ? Change::removed : Change::none, nullptr};
    if (!asked) return {};
    RetainedEvent event{publication, OwnedPayload(message.payload), nullptr, {}};
    if (message.options.lists) event.lists = std::make_unique<const OwnedReceiverLists>(*message.options.lists);
    const RetainedStore::Put put = retained_.put(message.topic, std::move(event));
    if (!put.event) {
        ++retained_refused_;
        return {};
    }
    return {put.first ? Change::added : Change::replaced, &put.event->body};
}

void Broker::subscribe(Session& from, const Subscribe& message, TimePoint now, Egress& out) {
    const Match match = message.options.match;
    const Gate::Verdict verdict = gate_.check(from.role, Action::subscribe, match, message.topic);
    if (verdict == Gate::Verdict::invalid_uri)
        return refuse<Subscribe>(out, from.endpoint, message.request, uri::invalid_uri, text::bad_uri);
    if (verdict == Gate::Verdict::denied)
        return refuse<Subscribe>(out, from.endpoint, message.request, uri::not_authorized, text::denied);

    Handle handle = index_.find(match, message.topic);
    const bool held = handle != PatternIndex::none && from.subscriptions.contains(subscriptions_[handle].id);
    if (!held) {
        const bool room = from.subscriptions.size() < settings_.limits.subscriptions_max &&
                          (handle != PatternIndex::none || index_.size() < settings_.limits.topics_max);
        if (!room)
            return refuse<Subscribe>(out, from.endpoint, message.request, uri::limit_exceeded,
                                     text::too_many_subscriptions);
        if (handle == PatternIndex::none) handle = make_subscription(match, message.topic, now);
        take_seat(from, handle);
    }
    out.send(from.endpoint, Subscribed{message.request, subscriptions_[handle].id});
    if (message.options.get_retained) send_retained(from, subscriptions_[handle], out);
}

void Broker::read_state(const Session& who, UriSet which, std::string_view after,
                        FunctionRef<bool(const StateEntry&)> visit) {
    retained_.walk(which, after, [&](const RetainedTopic& topic) {
        // The newest that the reader may see. The one with lists is newer, if there is one.
        const RetainedEvent* event = topic.open;
        if (topic.restricted) {
            filter_.prepare(topic.restricted->lists->view());
            if (filter_.admits(who)) event = topic.restricted;
        }
        return !event || visit({topic.topic, event->publication, event->payload.view(), event->body});
    });
}

void Broker::send_retained(const Session& to, const Subscription& subscription, Egress& out) {
    read_state(to, {subscription.match, subscription.topic}, {}, [&](const StateEntry& entry) {
        Event message{subscription.id, entry.publication, {}, entry.payload, {}};
        message.details.retained = true;
        if (subscription.match != Match::exact) message.details.topic = entry.topic;
        out.event(message, std::span(&to.endpoint, 1), EndpointId{});
        return true;
    });
    lists_.topics({subscription.match, subscription.topic},
                  [&](std::string_view topic) { send_list(to, subscription, topic, out); });
}

void Broker::unsubscribe(Session& from, const Unsubscribe& message, Egress& out) {
    const auto found = from.subscriptions.find(message.subscription);
    if (found == from.subscriptions.end())
        return refuse<Unsubscribe>(out, from.endpoint, message.request, uri::no_such_subscription,
                                   text::not_subscribed);
    const Session::Seat seat = found->second;
    from.subscriptions.erase(found);
    give_up_seat(seat);
    out.send(from.endpoint, Unsubscribed{message.request, {}, {}});
}

void Broker::leave(Session& session) {
    for (const auto& [id, seat] : std::exchange(session.subscriptions, {})) give_up_seat(seat);
}

Broker::Handle Broker::make_subscription(Match match, std::string_view topic, TimePoint now) {
    Handle handle;
    if (free_.empty()) {
        handle = static_cast<Handle>(subscriptions_.size());
        subscriptions_.emplace_back();
    } else {
        handle = free_.back();
        free_.pop_back();
    }
    subscriptions_[handle] = {{++last_id_}, match, std::string(topic), {}, now};
    by_id_.emplace(subscriptions_[handle].id, handle);
    index_.insert(match, topic, handle);
    return handle;
}

void Broker::take_seat(Session& session, Handle handle) {
    Subscription& subscription = subscriptions_[handle];
    session.subscriptions.emplace(subscription.id,
                                  Session::Seat{handle, static_cast<std::uint32_t>(subscription.subscribers.size())});
    subscription.subscribers.push_back(session.endpoint);
}

/// The last one takes the place that becomes free, so that leaving costs the same however many there are.
void Broker::give_up_seat(Session::Seat seat) {
    Subscription& subscription = subscriptions_[seat.subscription];
    const EndpointId last = subscription.subscribers.back();
    subscription.subscribers.pop_back();
    if (seat.position < subscription.subscribers.size()) {
        subscription.subscribers[seat.position] = last;
        sessions_.find(last)->subscriptions.find(subscription.id)->second.position = seat.position;
    }
    if (!subscription.subscribers.empty()) return;
    index_.erase(subscription.match, subscription.topic);
    by_id_.erase(subscription.id);
    subscription = Subscription{};
    free_.push_back(seat.subscription);
}

// ---- for the meta API

PatternFacts Broker::facts_of(const Subscription& subscription) {
    PatternFacts facts;
    facts.id = subscription.id.value;
    facts.match = subscription.match;
    facts.uri = subscription.topic;
    facts.created = subscription.created;
    facts.members = subscription.subscribers;
    return facts;
}

std::optional<PatternFacts> Broker::facts(SubscriptionId id) const {
    const auto found = by_id_.find(id);
    if (found == by_id_.end()) return std::nullopt;
    return facts_of(subscriptions_[found->second]);
}

SubscriptionId Broker::find(Match match, std::string_view topic) const {
    const Handle handle = index_.find(match, topic);
    return handle == PatternIndex::none ? SubscriptionId{} : subscriptions_[handle].id;
}

void Broker::match(std::string_view topic, std::vector<SubscriptionId>& found) const {
    std::vector<Handle> handles;
    index_.match(topic, handles);
    for (const Handle handle : handles) found.push_back(subscriptions_[handle].id);
}

}  // namespace heddle
