// What an edit of the realm's settings changes about topics: histories, and what lanes keep.
#include <algorithm>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "realms/broker.hpp"
#include "realms/random_id.hpp"

namespace heddle {
namespace {

bool same_place(const HistoryRule& a, const HistoryRule& b) { return a.match == b.match && a.uri == b.uri; }

bool same(const HistoryRule& a, const HistoryRule& b) {
    return same_place(a, b) && a.events_max == b.events_max && a.bytes_max == b.bytes_max && a.age_max == b.age_max &&
           a.kind == b.kind;
}

}  // namespace

void Broker::apply(const Lanes& before, const Lanes& now_lanes, TimePoint now, Egress& out) {
    lists_.set_limits(settings_.limits.list_bytes_max, settings_.limits.user_list_bytes_max);
    apply_histories(now);
    const auto is_list = [](const Lanes& lanes, std::string_view topic) { return lanes.kind(topic) == LaneKind::list; };
    std::vector<std::string> ended, listed;
    lists_.topics({Match::prefix, ""}, [&](std::string_view topic) {
        if (!is_list(now_lanes, topic)) ended.emplace_back(topic);
    });
    for (const std::string& topic : ended) end_list(topic, now, out);
    lists_.forget_aside([&](std::string_view topic) { return !is_list(now_lanes, topic); });
    // A list is the same for all: what its publisher may not say any more is taken out for everybody.
    lists_.sift(
        [&](std::string_view topic, const ListEntry& entry) { return gate_.still_published(entry.publisher, topic); },
        [&](std::string_view topic, const ListChange& change) { tell_change(topic, change, now, out); });
    retained_.walk({Match::prefix, ""}, {}, [&](const RetainedTopic& kept) {
        if (is_list(now_lanes, kept.topic) && !is_list(before, kept.topic)) listed.emplace_back(kept.topic);
        return true;
    });
    for (const std::string& topic : listed) retained_.remove(topic);
}

/// As somebody would who removes all entries.
void Broker::end_list(std::string_view topic, TimePoint now, Egress& out) {
    ListOperation all;
    all.kind = ListOperation::Kind::clear;
    const Lists::Result done = lists_.apply(topic, all, 0, {random_id(entropy_)}, entropy_, {});
    tell_change(topic, done.change, now, out);
}

void Broker::tell_change(std::string_view topic, const ListChange& change, TimePoint now, Egress& out) {
    list_kwargs_.clear();
    put_list_kwargs(change, list_kwargs_);
    const Payload payload{Encoding::msgpack, change.value.args, list_kwargs_.view()};
    const bool made = change.kind == ListChange::Kind::inserted;
    const auto kind = made ? StateNote::Change::listed_new : StateNote::Change::listed;
    Event event{{}, {random_id(entropy_)}, {}, payload, {kind, nullptr}};
    fan_out(EndpointId{}, Publish{{}, {}, topic, payload}, event, now, out);
}

/// Those that are as they were stay as they are, with their subscriptions' ids.
void Broker::apply_histories(TimePoint now) {
    const auto& wanted = settings_.histories;
    for (std::size_t at = histories_.size(); at-- > 0;) {
        const HistoryRule& rule = history_rules_[at];
        const auto found = std::find_if(wanted.begin(), wanted.end(), [&](const auto& r) { return same_place(r, rule); });
        if (found != wanted.end() && same(*found, rule)) continue;
        const Handle handle = histories_[at];
        if (found == wanted.end()) {
            histories_.erase(histories_.begin() + static_cast<std::ptrdiff_t>(at));
            history_rules_.erase(history_rules_.begin() + static_cast<std::ptrdiff_t>(at));
            close_history(handle);
        } else {
            reopen_history(subscriptions_[handle].history, history_rules_[at], *found, now);
        }
    }
    for (const HistoryRule& rule : wanted) {
        const bool known = std::any_of(history_rules_.begin(), history_rules_.end(),
                                       [&](const HistoryRule& other) { return same_place(other, rule); });
        if (!known) open_history(rule, now);
    }
}

/// Always with a store. Where the place that the rule names cannot be used, the events stay in memory.
OpenedHistory Broker::make_history(const HistoryRule& rule) {
    OpenedHistory made;
    if (stores_) made = stores_->open(rule);
    if (!made.store) made.store = std::make_unique<HistoryInMemory>(rule);
    if (!state_grows_) made.store->let_grow(false);
    return made;
}

/// Where opening fails, the rule in force is one of memory: the next edit of the realm tries again.
void Broker::open_history(HistoryRule rule, TimePoint now) {
    Handle handle = index_.find(rule.match, rule.uri);
    if (handle == PatternIndex::none) handle = make_subscription(rule.match, rule.uri, now);
    Subscription& subscription = subscriptions_[handle];
    OpenedHistory made = make_history(rule);
    subscription.history = std::move(made.store);
    if (made.failed) rule.kind = HistoryKind::memory;
    if (subscription.subscribers.empty()) ++unheard_;
    histories_.push_back(handle);
    history_rules_.push_back(std::move(rule));
}

/// Other bounds, or another place. What was kept moves over, as far as the new bounds let it; a file finds its own again.
/// `rule` is the one in force; a file that cannot be opened again goes on with the old one.
void Broker::reopen_history(std::unique_ptr<HistoryStore>& history, HistoryRule& rule, const HistoryRule& wanted,
                            TimePoint now) {
    history->flush();
    const bool same_file = stores_ && rule.kind == wanted.kind && wanted.kind != HistoryKind::memory;
    OpenedHistory made = make_history(wanted);
    if (!made.failed || !same_file) {
        if (!same_file) {
            history->walk(1, std::numeric_limits<std::uint64_t>::max(), false, [&](const HistoryEntry& entry) {
                made.store->append(entry);
                return true;
            });
            made.store->flush();
        }
        history = std::move(made.store);
        rule = wanted;
        if (made.failed) rule.kind = HistoryKind::memory;
    }
    history->expire(clock_.milliseconds(now));
}

void Broker::close_history(Handle handle) {
    Subscription& subscription = subscriptions_[handle];
    subscription.history->flush();
    subscription.history.reset();
    if (!subscription.subscribers.empty()) return;
    --unheard_;
    erase_subscription(handle);
}

}  // namespace heddle
