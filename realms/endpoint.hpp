#pragma once
#include <compare>
#include <cstdint>
#include <functional>

namespace heddle {

/// A realm's name for "whoever is at the other end": a WAMP client or a WARP connection. Given out by the realm's host
/// (router), which knows how to reach it; to the realm it is an opaque number. Never reused for somebody else: the
/// generation moves on, so a stale one reaches nobody.
struct EndpointId {
    std::uint32_t slot = 0;
    std::uint32_t generation = 0;  // 0: nobody
    auto operator<=>(const EndpointId&) const = default;
    explicit operator bool() const { return generation != 0; }
};

}  // namespace heddle

template <>
struct std::hash<heddle::EndpointId> {
    std::size_t operator()(heddle::EndpointId id) const noexcept {
        return ((std::uint64_t{id.generation} << 32 | id.slot) * 0x9E3779B97F4A7C15u) >> 7;
    }
};
