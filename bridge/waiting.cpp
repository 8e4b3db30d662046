#include "bridge/waiting.hpp"

#include <algorithm>
#include <utility>

namespace heddle {

bool WaitingEvents::value() {
    if (tells_state_) return true;
    const bool older = drop(What::value);  // it would tell the newest state before the events behind it, which are older
    push({What::value, {}});
    tells_state_ = true;
    return older;
}

bool WaitingEvents::drop(What what) {
    const auto begin = items_.begin() + static_cast<std::ptrdiff_t>(next_);
    const auto end = std::remove_if(begin, items_.end(), [&](const Item& item) {
        if (item.what == what) uncount(item);
        return item.what == what;
    });
    const bool some = end != items_.end();
    items_.erase(end, items_.end());
    return some;
}

// A sync that still waits answers this one as well: its client will see the newest state either way.
void WaitingEvents::sync(bool with_state) {
    if (sync_waits_) return;
    if (with_state) push({What::state, {}});
    push({What::synced, {}});
    tells_state_ = with_state;
    sync_waits_ = true;
}

void WaitingEvents::event(SharedBytes frame) {
    bytes_ += frame.size() + frame_overhead;
    push({What::event, std::move(frame)});
    ++events_;
    tells_state_ = false;
}

void WaitingEvents::uncount(const Item& item) {
    if (item.what != What::event) return;
    --events_;
    bytes_ -= item.frame.size() + frame_overhead;
}

bool WaitingEvents::newest(SharedBytes frame) {
    const bool older = drop(What::event);
    event(std::move(frame));
    return older;
}

void WaitingEvents::pop() {
    const What what = items_[next_].what;
    uncount(items_[next_]);
    if (what == What::synced) sync_waits_ = false;
    if (what == What::value || what == What::state) tells_state_ = false;
    items_[next_++].frame = {};
    if (empty()) {
        items_.clear();
        next_ = 0;
    } else if (next_ >= 64 && next_ * 2 > items_.size()) {
        items_.erase(items_.begin(), items_.begin() + static_cast<std::ptrdiff_t>(next_));
        next_ = 0;
    }
}

void WaitingMap::sync() {
    walk = Walk::begin;
    cursor.clear();
    walked = 0;
}

bool WaitingMap::left_to_walk(std::string_view topic) {
    if (walk == Walk::none || (walk == Walk::on && topic <= cursor)) return false;
    // An event that waits for the end of the sync is older than what the sync will tell.
    if (const auto known = by_topic_.find(topic); known != by_topic_.end()) known->second->frame = {};
    return true;
}

bool WaitingMap::change(std::string_view topic, SharedBytes frame) {
    if (const auto known = by_topic_.find(topic); known != by_topic_.end()) {
        known->second->frame = std::move(frame);
        return true;
    }
    Change& added = changes_.emplace_back(Change{std::string(topic), std::move(frame)});
    by_topic_.emplace(added.topic, &added);
    return false;
}

WaitingMap::Change WaitingMap::pop() {
    by_topic_.erase(changes_.front().topic);
    Change change = std::move(changes_.front());
    changes_.pop_front();
    return change;
}

}  // namespace heddle
