#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "serializers/ids.hpp"

namespace heddle {

/// The newest calls of one session that ended while it might still send more of them (wamp specification, "Progressive
/// Call Invocations"): what comes late for one of these is dropped without a word. Bounded by number, not by time: a
/// client would have to end this many in one round trip to be told of a violation instead. Sessions that use no
/// progressive invocations pay for an empty vector.
class EndedStreams {
 public:
    static constexpr std::size_t kept_max = 256;

    void add(RequestId request) {
        if (ids_.size() < kept_max) return ids_.push_back(request.value);
        ids_[oldest_] = request.value;
        oldest_ = (oldest_ + 1) % kept_max;
    }
    bool has(RequestId request) const { return std::find(ids_.begin(), ids_.end(), request.value) != ids_.end(); }

 private:
    std::vector<std::uint64_t> ids_;
    std::size_t oldest_ = 0;
};

}  // namespace heddle
