#include "realms/retained.hpp"

#include <utility>

namespace heddle {
namespace {

/// Text and payload, and about what the containers take around them.
std::size_t cost(std::string_view topic, const RetainedEvent& event) {
    constexpr std::size_t overhead = 256;
    return topic.size() + event.payload.size() + (event.lists ? event.lists->bytes() : 0) +
           (event.origin ? event.origin->bytes() : 0) + event.publisher.bytes() + overhead;
}

}  // namespace

/// Is there room, once what the event replaces is gone?
RetainedStore::Fault RetainedInMemory::fault_of(const Kept* kept, std::string_view topic,
                                                const RetainedEvent& event) const {
    const KeptShare* const share = event.share;
    std::size_t events = events_, bytes = bytes_;
    std::size_t own_events = share ? share->count : 0, own_bytes = share ? share->bytes : 0;
    const auto without = [&](const std::optional<RetainedEvent>& gone) {
        if (!gone) return;
        const std::size_t size = cost(topic, *gone);
        --events;
        bytes -= size;
        if (!share || gone->share != share) return;
        --own_events;
        own_bytes -= size;
    };
    if (kept) without(kept->restricted);
    if (kept && !event.lists) without(kept->open);
    const std::size_t size = cost(topic, event);
    const auto fits = [&](std::size_t count, std::size_t count_max, std::size_t used, std::size_t used_max) {
        return count < count_max && size <= used_max && used <= used_max - size;
    };
    if (!fits(events, limits_.events_max, bytes, bytes_bound_.now())) return Fault::full;
    if (share && !fits(own_events, limits_.user_events_max, own_bytes, limits_.user_bytes_max)) return Fault::user_full;
    return Fault::none;
}

RetainedStore::Put RetainedInMemory::put(std::string_view topic, RetainedEvent event, std::string_view user) {
    auto at = topics_.find(topic);
    event.share = shares_.of(user);
    const std::size_t bytes = cost(topic, event);
    if (const Fault fault = fault_of(at == topics_.end() ? nullptr : &at->second, topic, event); fault != Fault::none) {
        shares_.forget_if_empty(event.share);
        return {nullptr, false, fault};
    }
    shares_.add(event.share, bytes);  // first: what it replaces may be the last of its user's
    if (at != topics_.end()) {
        drop(topic, at->second.restricted);
        if (!event.lists) drop(topic, at->second.open);  // the new one is the newest for everybody
    }
    const bool first = at == topics_.end();
    if (first) {
        at = topics_.emplace(std::string(topic), Kept{}).first;
        in_order_.emplace(at->first, &at->second);
    }
    ++events_;
    bytes_ += bytes;
    std::optional<RetainedEvent>& place = event.lists ? at->second.restricted : at->second.open;
    place = std::move(event);
    place->body.count_in(copy_bytes_);
    return {&*place, first};
}

bool RetainedInMemory::remove(std::string_view topic) {
    const auto at = topics_.find(topic);
    if (at == topics_.end()) return false;
    drop(topic, at->second.open);
    drop(topic, at->second.restricted);
    erase(at);
    return true;
}

void RetainedInMemory::walk(UriSet which, std::string_view after, FunctionRef<bool(const RetainedTopic&)> visit) const {
    const auto show = [&](std::string_view topic, const Kept& kept) {
        return visit({topic, kept.open ? &*kept.open : nullptr, kept.restricted ? &*kept.restricted : nullptr});
    };
    if (which.match == Match::exact) {
        const auto at = topics_.find(which.uri);
        if (at != topics_.end() && (after.empty() || which.uri > after)) show(at->first, at->second);
        return;
    }
    // All that can fit stands in one run of the order: the texts that begin like the pattern does.
    const std::string_view head = which.match == Match::wildcard ? fixed_head(which.uri) : which.uri;
    auto at = after.empty() || after < head ? in_order_.lower_bound(head) : in_order_.upper_bound(after);
    for (; at != in_order_.end() && at->first.starts_with(head); ++at)
        if (holds(which, at->first) && !show(at->first, *at->second)) return;
}

void RetainedInMemory::drop(std::string_view topic, std::optional<RetainedEvent>& event) {
    if (!event) return;
    --events_;
    const std::size_t size = cost(topic, *event);
    bytes_ -= size;
    shares_.remove(event->share, size);
    event.reset();
}

void RetainedInMemory::erase(Topics::iterator at) {
    in_order_.erase(at->first);
    topics_.erase(at);
}

}  // namespace heddle
