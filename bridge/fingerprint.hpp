#pragma once
#include <cstdint>

#include "serializers/payload.hpp"

/// Whether two payloads say the same, without keeping either. 64 bits: two of a topic's values look alike once in
/// 2^64; the one that came second would then not be passed on.
namespace heddle {

/// Of MessagePack as BodyPayload writes it: the same bytes.
std::uint64_t fingerprint(const Payload& payload);

/// The same value after a Swim server rewrote it (docs/warp.md 1.3, 1.4): 1.0 comes back as 1, -0.0 as 0, "true" as
/// true.
std::uint64_t loose_fingerprint(const Payload& payload);

}  // namespace heddle
