#pragma once
#include "serializers/payload.hpp"

namespace heddle {

/// Whether the payload is the sign that a topic keeps no event any more: no args, kwargs `{"$removed": true}`. Whoever
/// may publish to the topic may say it; subscribers hear it as an event like any other.
bool is_removal(const Payload& payload);
/// That sign.
Payload removal();

}  // namespace heddle
