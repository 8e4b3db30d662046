// Event history: subscriptions whose events are kept, and who may read them (advanced profile, "Event History").
#include <algorithm>

#include "realms/broker.hpp"
#include "serializers/codec.hpp"

namespace heddle {
namespace {

constexpr std::chrono::milliseconds flush_wait{100};

/// May this session see an event that was published with lists? They are kept as the PUBLISH that they came in.
bool admits(std::string_view lists, const Session& session) {
    if (lists.empty()) return true;
    const auto message = decode(Encoding::msgpack, lists);
    if (!message) return false;
    const auto* publish = std::get_if<Publish>(&*message);
    if (!publish || !publish->options.lists) return false;
    ReceiverFilter filter;
    filter.prepare(*publish->options.lists);
    return filter.admits(session);
}

}  // namespace

void Broker::begin(TimePoint now) {
    for (const Handle handle : histories_)
        if (subscriptions_[handle].created == TimePoint{}) subscriptions_[handle].created = now;
}

/// What was published for some sessions only is not kept: later, their ids mean nobody or somebody else.
void Broker::remember(const Subscription& subscription, const Publish& message, const Event& event, TimePoint now) {
    const ReceiverLists* lists = message.options.lists.get();
    if (lists && (lists->exclude || lists->eligible)) return;
    Event kept = event;
    kept.details.topic = {};  // the entry has it
    kept_event_.clear();
    encode(kept, Encoding::msgpack, kept_event_);
    kept_lists_.clear();
    if (lists) {
        PublishOptions options;
        options.lists = message.options.lists;
        encode(Message(Publish{{1}, options, message.topic, {}}), Encoding::msgpack, kept_lists_);
    }
    const bool flush = subscription.history->append(
        {0, clock_.milliseconds(now), event.publication, message.topic, kept_event_.view(), kept_lists_.view()});
    if (flush) flush_due_ = std::min(flush_due_, now + flush_wait);
}

HistoryReading Broker::read_history(const Session& who, SubscriptionId id, const HistoryQuery& query, TimePoint now,
                                    FunctionRef<bool(const HistoryEntry&)> visit) const {
    const auto found = by_id_.find(id);
    if (found == by_id_.end()) return {HistoryAnswer::no_such_subscription};
    const Subscription& subscription = subscriptions_[found->second];
    // Who holds it was let have it: another edit would have taken it away.
    const bool may = who.subscriptions.contains(id) ||
                     gate_.check(who.actor(), Action::subscribe, subscription.match, subscription.topic) ==
                         Gate::Verdict::allowed;
    if (!may) return {HistoryAnswer::not_allowed};
    if (!subscription.history) return {HistoryAnswer::not_kept};
    HistoryStore& history = *subscription.history;
    history.expire(clock_.milliseconds(now));

    std::uint64_t first = 1, last = std::numeric_limits<std::uint64_t>::max();
    bool known = true;
    const auto place = [&](PublicationId publication, auto&& use) {
        if (!publication) return;
        const std::uint64_t position = history.find(publication);
        known = known && position != 0;
        if (position != 0) use(position);
    };
    place(query.from_publication, [&](std::uint64_t at) { first = std::max(first, at); });
    place(query.after_publication, [&](std::uint64_t at) { first = std::max(first, at + 1); });
    place(query.before_publication, [&](std::uint64_t at) { last = std::min(last, at - 1); });
    place(query.until_publication, [&](std::uint64_t at) { last = std::min(last, at); });
    if (!known) return {HistoryAnswer::no_such_publication};

    HistoryReading reading;
    std::size_t left = query.limit;
    if (left == 0) return reading;
    std::size_t looked_at = 0, bytes = 0;
    PublicationId before;
    const auto is_for = [&](const HistoryEntry& entry) {
        if (!query.holds(entry) || !admits(entry.lists, who)) return false;
        return subscription.match == Match::exact || gate_.reaches(who.actor(), Action::subscribe, entry.topic);
    };
    history.walk(first, last, query.reverse, [&](const HistoryEntry& entry) {
        if (looked_at != 0 && (looked_at >= query.scan_max || bytes >= query.scan_bytes_max)) {
            reading.stopped_at = before;
            return false;
        }
        ++looked_at;
        bytes += entry.bytes();
        before = entry.publication;
        return !is_for(entry) || (visit(entry) && --left != 0);
    });
    return reading;
}

void Broker::on_tick(TimePoint now) {
    if (now < flush_due_) return;
    flush_due_ = TimePoint::max();
    for (const Handle handle : histories_) subscriptions_[handle].history->flush();
}

std::size_t Broker::history_events() const {
    std::size_t sum = 0;
    for (const Handle handle : histories_) sum += subscriptions_[handle].history->events();
    return sum;
}

std::size_t Broker::history_bytes() const {
    std::size_t sum = 0;
    for (const Handle handle : histories_) sum += subscriptions_[handle].history->bytes();
    return sum;
}

std::size_t Broker::history_memory_bytes() const {
    std::size_t sum = 0;
    for (const Handle handle : histories_) sum += subscriptions_[handle].history->memory_bytes();
    return sum;
}

void Broker::let_state_grow(bool yes) {
    state_grows_ = yes;
    retained_.let_grow(yes);
    lists_.let_grow(yes);
    for (const Handle handle : histories_) subscriptions_[handle].history->let_grow(yes);
}

}  // namespace heddle
