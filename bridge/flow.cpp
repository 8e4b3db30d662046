#include "bridge/flow.hpp"

#include <utility>

namespace heddle {

bool Flow::sent(std::size_t bytes, bool must_know) {
    (asked_ ? since_ : asked_for_) += bytes;
    if (asked_) {
        ask_again_ |= must_know;
        return false;
    }
    // Events need no answer each: a question for every half of the window is soon enough.
    asked_ = must_know || asked_for_ * 2 >= window_;
    return asked_;
}

bool Flow::left() {
    ++answers_;
    asked_for_ = std::exchange(since_, 0);
    asked_ = std::exchange(ask_again_, false) || asked_for_ * 2 >= window_;
    return asked_;
}

namespace {
constexpr std::size_t slots_at_first = 16;
constexpr std::size_t slots_when_idle_max = 64;  // a table that grew beyond gives its memory back
}  // namespace

bool KeysOnTheWay::has(std::size_t key, const Flow& flow) const {
    if (used_ == 0 || flow.has_left(newest_)) return false;
    const std::size_t mask = slots_.size() - 1;
    for (std::size_t at = key & mask; slots_[at].ticket != 0; at = (at + 1) & mask)
        if (slots_[at].key == key) return !flow.has_left(slots_[at].ticket);
    return false;
}

void KeysOnTheWay::add(std::size_t key, std::uint64_t ticket, const Flow& flow) {
    if (used_ > 0 && flow.has_left(newest_)) {  // so have all: begin anew
        if (slots_.size() > slots_when_idle_max) slots_.clear();
        slots_.assign(slots_.size(), Slot{});
        used_ = 0;
    }
    newest_ = ticket;
    if ((used_ + 1) * 2 > slots_.size()) grow();
    put({key, ticket});
}

void KeysOnTheWay::put(Slot slot) {
    const std::size_t mask = slots_.size() - 1;
    std::size_t at = slot.key & mask;
    while (slots_[at].ticket != 0 && slots_[at].key != slot.key) at = (at + 1) & mask;
    used_ += slots_[at].ticket == 0;
    slots_[at] = slot;
}

void KeysOnTheWay::grow() {
    std::vector<Slot> old(slots_.empty() ? slots_at_first : slots_.size() * 2);
    old.swap(slots_);
    used_ = 0;
    for (const Slot& slot : old)
        if (slot.ticket != 0) put(slot);
}

}  // namespace heddle
