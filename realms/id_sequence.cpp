#include "realms/id_sequence.hpp"

#include <cassert>

namespace heddle {

RequestId IdSequence::take() {
    if (last_ == id_max) wrapped_ = true;
    return {last_ = next_id(last_)};
}

void IdSequence::untake() {
    assert(last_ != 0);
    last_ = last_ == 1 && wrapped_ ? id_max : last_ - 1;
}

bool IdSequence::used(RequestId id) const { return id.value != 0 && (id.value <= last_ || wrapped_); }

}  // namespace heddle
