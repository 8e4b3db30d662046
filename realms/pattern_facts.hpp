#pragma once
#include <cstdint>
#include <span>
#include <string_view>

#include "realms/endpoint.hpp"
#include "realms/settings.hpp"

namespace heddle {

/// What the meta API tells of a subscription or a registration (wamp specification, "Subscription Meta API",
/// "Registration Meta API"). Views, good until the realm's next message.
struct PatternFacts {
    std::uint64_t id = 0;
    Match match = Match::exact;
    std::string_view uri;
    Invoke invoke = Invoke::single;  // of registrations
    TimePoint created;
    std::span<const EndpointId> members;  // subscribers or callees
};

}  // namespace heddle
