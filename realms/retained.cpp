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

RetainedStore::Put RetainedInMemory::put(std::string_view topic, RetainedEvent event) {
    auto at = topics_.find(topic);
    if (at != topics_.end()) {
        drop(topic, at->second.restricted);
        if (!event.lists) drop(topic, at->second.open);  // the new one is the newest for everybody
    }
    const std::size_t bytes = cost(topic, event);
    if (events_ >= events_max_ || bytes > bytes_max_ || bytes_ > bytes_max_ - bytes) {
        if (at != topics_.end()) {
            drop(topic, at->second.open);
            erase(at);
        }
        return {};
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
    bytes_ -= cost(topic, *event);
    event.reset();
}

void RetainedInMemory::erase(Topics::iterator at) {
    in_order_.erase(at->first);
    topics_.erase(at);
}

}  // namespace heddle
