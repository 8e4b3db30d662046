#pragma once
#include <cstdint>

#include "serializers/ids.hpp"

namespace heddle {

/// The ids that the router gives to its own requests to one client: 1, 2, 3, .. up to 2^53, then from 1 again (wamp
/// specification, section "IDs").
class IdSequence {
 public:
    explicit IdSequence(std::uint64_t last = 0) : last_(last) {}

    RequestId take();
    /// Gives back the id that was taken last: nothing was sent under it, so the client must not see a gap.
    void untake();
    /// Whether `id` was ever taken.
    bool used(RequestId id) const;

 private:
    std::uint64_t last_;
    bool wrapped_ = false;  // the sequence went past 2^53, so each id was used
};

}  // namespace heddle
