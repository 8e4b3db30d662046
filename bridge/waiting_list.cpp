#include "bridge/waiting_list.hpp"

#include <utility>

namespace heddle {

void WaitingList::sync() {
    start_anew();
    synced_awaited = true;
}

void WaitingList::start_anew() {
    frames_.clear();
    bytes_ = 0;
    walk = Walk::begin;
    known = 0;
}

WaitingList::News WaitingList::meet(const ListChange& change) {
    using Change = ListChange::Kind;
    if (walk == Walk::begin) return News::none;
    if (walk == Walk::none) return News::change;
    const bool here = change.index < known;
    switch (change.kind) {
        case Change::none:
            return News::none;
        case Change::updated:
            return here ? News::change : News::none;
        case Change::inserted:
            if (!here) return News::none;
            ++known;
            return News::change;
        case Change::removed:
            if (!here) return News::none;
            --known;
            return News::change;
        case Change::moved: {
            const bool was_here = change.from < known;
            if (was_here && here) return News::change;
            if (was_here) {
                --known;
                return News::removal;
            }
            return here ? News::entry : News::none;
        }
        case Change::cleared:
            known = 0;
            return News::change;
    }
    return News::none;
}

void WaitingList::push(SharedBytes frame) {
    bytes_ += frame.size() + frame_overhead;
    frames_.push_back(std::move(frame));
}

void WaitingList::pop() {
    bytes_ -= frames_.front().size() + frame_overhead;
    frames_.pop_front();
}

}  // namespace heddle
