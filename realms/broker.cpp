#include "realms/broker.hpp"

#include <cassert>
#include <utility>

#include "realms/random_id.hpp"
#include "realms/replies.hpp"

namespace heddle {

Broker::Broker(const RealmSettings& settings, Entropy& entropy, Sessions& sessions, Gate& gate, RetainedStore& retained,
               const WallClock& clock, HistoryStores* stores)
    : settings_(settings),
      entropy_(entropy),
      sessions_(sessions),
      gate_(gate),
      retained_(retained),
      clock_(clock),
      stores_(stores),
      lists_(settings.limits.list_bytes_max, settings.limits.user_list_bytes_max) {
    apply_histories(TimePoint{});
}

void Broker::publish(Session& from, const Publish& message, TimePoint now, Egress& out) {
    const Gate::Answer answer = gate_.check(from.actor(), Action::publish, message.topic);
    if (answer.verdict != Gate::Verdict::allowed) {
        // Who did not ask for an answer gets none, not even this: clients take an unexpected ERROR for a broken router.
        if (!message.options.acknowledge) return;
        return answer.verdict == Gate::Verdict::denied
                   ? refuse<Publish>(out, from.endpoint, message.request, uri::not_authorized, text::denied)
                   : refuse<Publish>(out, from.endpoint, message.request, uri::invalid_uri, text::bad_uri);
    }
    if (message.options.disclose_me && answer.disclosure == Disclosure::never) {
        if (message.options.acknowledge)
            refuse<Publish>(out, from.endpoint, message.request, uri::disclose_me_disallowed,
                            text::publisher_not_named);
        return;
    }
    if (answer.list) {
        ++published_;
        return publish_list(from, message, answer, now, out);
    }
    const PublicationId publication{random_id(entropy_)};
    Event event{{}, publication, {}, message.payload, {}};
    tell_origin(from, message.options, answer.disclosure, event.details);
    if (!keep(from, message, event, answer)) {
        const bool own_share = last_fault_ == RetainedStore::Fault::user_full;
        return refuse<Publish>(out, from.endpoint, message.request, uri::limit_exceeded,
                               own_share ? text::user_retains_too_much : text::no_room_to_retain);
    }
    ++published_;
    fan_out(from.endpoint, message, event, now, out);
    if (message.options.acknowledge) out.send(from.endpoint, Published{message.request, publication});
}

/// What all subscribers are told of the publication. Its trust level is for those only who announced that they know
/// them (`deliver_trusted`); who did not announce publisher identification may pass over keys that it does not know.
void Broker::tell_origin(const Session& from, const PublishOptions& options, Disclosure disclosure,
                         EventDetails& details) {
    if (options.disclose_me || disclosure == Disclosure::always) {
        details.publisher = from.id;
        details.publisher_authid = from.authid;
        details.publisher_authrole = from.authrole;
    }
    if (from.trustlevel) details.trustlevel = from.trustlevel;
    if (options.extras) details.extras = options.extras;
}

void Broker::fan_out(EndpointId from, const Publish& message, Event& event, TimePoint now, Egress& out) {
    matches_.clear();
    index_.match(message.topic, matches_);
    if (matches_.empty()) return;
    const bool filtered = message.options.lists != nullptr;
    if (filtered) filter_.prepare(*message.options.lists);
    const EndpointId except = message.options.exclude_me ? from : EndpointId{};
    for (const Handle handle : matches_) {
        const Subscription& subscription = subscriptions_[handle];
        event.subscription = subscription.id;
        event.details.topic = subscription.match == Match::exact ? std::string_view() : message.topic;
        if (subscription.history) remember(subscription, message, event, now);
        if (!subscription.subscribers.empty()) deliver(subscription, event, filtered, except, out);
    }
}

void Broker::deliver(const Subscription& subscription, Event& event, bool filtered, EndpointId except, Egress& out) {
    if (event.details.trustlevel) return deliver_trusted(subscription, event, filtered, except, out);
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

/// One event with its trust level for those who know such, and one without for the others.
void Broker::deliver_trusted(const Subscription& subscription, Event& event, bool filtered, EndpointId except,
                             Egress& out) {
    filtered_.clear();
    told_.clear();
    for (const EndpointId endpoint : subscription.subscribers) {
        const Session& subscriber = *sessions_.find(endpoint);
        if (endpoint == except || (filtered && !filter_.admits(subscriber))) continue;
        const bool knows = subscriber.roles.has(Role::subscriber, Feature::publication_trustlevels);
        (knows ? told_ : filtered_).push_back(endpoint);
    }
    if (!told_.empty()) out.event(event, told_, EndpointId{});
    if (filtered_.empty()) return;
    const auto trustlevel = std::exchange(event.details.trustlevel, std::nullopt);
    out.event(event, filtered_, EndpointId{});
    event.details.trustlevel = trustlevel;
}

void Broker::subscribe(Session& from, const Subscribe& message, TimePoint now, Egress& out) {
    const Match match = message.options.match;
    const Gate::Verdict verdict = gate_.check(from.actor(), Action::subscribe, match, message.topic);
    if (verdict == Gate::Verdict::invalid_uri)
        return refuse<Subscribe>(out, from.endpoint, message.request, uri::invalid_uri, text::bad_uri);
    if (verdict == Gate::Verdict::denied)
        return refuse<Subscribe>(out, from.endpoint, message.request, uri::not_authorized, text::denied);

    Handle handle = index_.find(match, message.topic);
    const bool held = handle != PatternIndex::none && from.subscriptions.contains(subscriptions_[handle].id);
    if (!held) {
        const auto refuse_at = [&](Refusal limit, std::string_view text) {
            gate_.refuse(limit);
            refuse<Subscribe>(out, from.endpoint, message.request, uri::limit_exceeded, text);
        };
        if (from.subscriptions.size() >= settings_.limits.subscriptions_max)
            return refuse_at(Refusal::subscriptions, text::too_many_subscriptions);
        if (handle == PatternIndex::none && index_.size() >= settings_.limits.topics_max)
            return refuse_at(Refusal::topics, text::too_many_topics);
        const bool first = handle == PatternIndex::none;
        if (first) handle = make_subscription(match, message.topic, now);
        take_seat(from, handle);
        if (watch_) watch_->taken(from, facts_of(subscriptions_[handle]), first);
    }
    out.send(from.endpoint, Subscribed{message.request, subscriptions_[handle].id});
    if (message.options.get_retained) send_retained(from, subscriptions_[handle], out);
}

void Broker::unsubscribe(Session& from, const Unsubscribe& message, Egress& out) {
    const auto found = from.subscriptions.find(message.subscription);
    if (found == from.subscriptions.end())
        return refuse<Unsubscribe>(out, from.endpoint, message.request, uri::no_such_subscription,
                                   text::not_subscribed);
    const Session::Seat seat = found->second;
    from.subscriptions.erase(found);
    give_up_seat(from, seat);
    out.send(from.endpoint, Unsubscribed{message.request, {}, {}});
}

void Broker::leave(Session& session) {
    for (const auto& [id, seat] : std::exchange(session.subscriptions, {})) give_up_seat(session, seat);
}

bool Broker::revoke(Session& subscriber, SubscriptionId id, std::string_view reason, Egress& out) {
    const auto found = subscriber.subscriptions.find(id);
    if (found == subscriber.subscriptions.end()) return false;
    const Session::Seat seat = found->second;
    subscriber.subscriptions.erase(found);
    give_up_seat(subscriber, seat);
    if (subscriber.roles.has(Role::subscriber, Feature::subscription_revocation))
        out.send(subscriber.endpoint, Unsubscribed{{}, id, reason});
    return true;
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
    if (subscription.history && subscription.subscribers.empty()) --unheard_;
    session.subscriptions.emplace(subscription.id,
                                  Session::Seat{handle, static_cast<std::uint32_t>(subscription.subscribers.size())});
    subscription.subscribers.push_back(session.endpoint);
}

/// The last one takes the place that becomes free, so that leaving costs the same however many there are.
void Broker::give_up_seat(const Session& session, Session::Seat seat) {
    Subscription& subscription = subscriptions_[seat.subscription];
    const EndpointId last = subscription.subscribers.back();
    subscription.subscribers.pop_back();
    if (seat.position < subscription.subscribers.size()) {
        subscription.subscribers[seat.position] = last;
        sessions_.find(last)->subscriptions.find(subscription.id)->second.position = seat.position;
    }
    const bool empty = subscription.subscribers.empty();
    if (watch_) watch_->given_up(session, facts_of(subscription), empty && !subscription.history);
    if (!empty) return;
    if (subscription.history) return void(++unheard_);
    erase_subscription(seat.subscription);
}

void Broker::erase_subscription(Handle handle) {
    Subscription& subscription = subscriptions_[handle];
    index_.erase(subscription.match, subscription.topic);
    by_id_.erase(subscription.id);
    subscription = Subscription{};
    free_.push_back(handle);
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
