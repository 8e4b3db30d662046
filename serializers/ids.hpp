#pragma once
#include <compare>
#include <cstdint>
#include <functional>

namespace heddle {

/// WAMP ids, 1..2^53; 0 stands for "none" (and, in a revocation, for "no request"). WAMP section "IDs".
inline constexpr std::uint64_t id_max = std::uint64_t{1} << 53;

template <class Tag>
struct Id {
    std::uint64_t value = 0;
    auto operator<=>(const Id&) const = default;
    explicit operator bool() const { return value != 0; }
};
using SessionId = Id<struct SessionTag>;            // global scope: random
using PublicationId = Id<struct PublicationTag>;    // global scope: random
using SubscriptionId = Id<struct SubscriptionTag>;  // router scope
using RegistrationId = Id<struct RegistrationTag>;  // router scope
using RequestId = Id<struct RequestTag>;            // session scope, one counter per direction

/// The id after `value` in a session's sequence: 2^53 is followed by 1.
constexpr std::uint64_t next_id(std::uint64_t value) { return value >= id_max ? 1 : value + 1; }

}  // namespace heddle

template <class Tag>
struct std::hash<heddle::Id<Tag>> {
    std::size_t operator()(heddle::Id<Tag> id) const noexcept {
        return static_cast<std::size_t>(id.value * 0x9E3779B97F4A7C15u >> 7);
    }
};
