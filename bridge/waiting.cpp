#include "bridge/waiting.hpp"

#include <utility>

namespace heddle {

bool WaitingEvents::value() {
    if (tells_state_) return true;
    push({What::value, {}});
    tells_state_ = true;
    return false;
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

bool WaitingEvents::newest(SharedBytes frame) {
    for (std::size_t i = next_; i < items_.size(); ++i)
        if (items_[i].what == What::event) {
            bytes_ += frame.size();
            bytes_ -= items_[i].frame.size();
            items_[i].frame = std::move(frame);
            return true;
        }
    event(std::move(frame));
    return false;
}

void WaitingEvents::pop() {
    const What what = items_[next_].what;
    if (what == What::event) {
        --events_;
        bytes_ -= items_[next_].frame.size() + frame_overhead;
    }
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
