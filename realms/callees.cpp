#include "realms/callees.hpp"

#include <algorithm>
#include <cassert>

namespace heddle {

void Callees::add(EndpointId endpoint, Terms terms) {
    endpoints_.push_back(endpoint);
    terms_.push_back(terms);
}

void Callees::remove(EndpointId endpoint) {
    const auto found = std::find(endpoints_.begin(), endpoints_.end(), endpoint);
    assert(found != endpoints_.end());
    const auto place = found - endpoints_.begin();
    endpoints_.erase(found);
    terms_.erase(terms_.begin() + place);
    // The turn stays with whom it was; when the one whose turn it was leaves, the one behind it has it.
    if (static_cast<std::size_t>(place) < next_) --next_;
    if (next_ == endpoints_.size()) next_ = 0;
}

Callees::Choice Callees::choose(Invoke policy, Entropy& entropy) {
    assert(!empty());
    switch (policy) {
        case Invoke::single:
        case Invoke::first:
            return at(0);
        case Invoke::last:
            return at(size() - 1);
        case Invoke::random:
            return at(entropy.next() % size());
        case Invoke::roundrobin:
            break;
    }
    const std::size_t turn = next_;
    next_ = (turn + 1) % size();
    return at(turn);
}

Callees::Choice Callees::choose_other(Invoke policy, Entropy& entropy, std::span<const EndpointId> tried) {
    std::vector<std::size_t> left;  // places, in the order of turns
    const std::size_t first = policy == Invoke::roundrobin ? next_ : 0;
    for (std::size_t i = 0; i < size(); ++i) {
        const std::size_t place = (first + i) % size();
        if (std::find(tried.begin(), tried.end(), endpoints_[place]) == tried.end()) left.push_back(place);
    }
    if (left.empty()) return {};
    switch (policy) {
        case Invoke::single:
        case Invoke::first:
            return at(left.front());
        case Invoke::last:
            return at(left.back());
        case Invoke::random:
            return at(left[entropy.next() % left.size()]);
        case Invoke::roundrobin:
            break;
    }
    next_ = (left.front() + 1) % size();
    return at(left.front());
}

}  // namespace heddle
