#pragma once
#include "realms/egress.hpp"
#include "serializers/ids.hpp"

namespace heddle {

/// Uniform over 1..2^53 (WAMP section "IDs", global scope).
inline std::uint64_t random_id(Entropy& entropy) { return (entropy.next() >> 11) + 1; }

}  // namespace heddle
