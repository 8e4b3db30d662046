#pragma once
#include <cstddef>
#include <iterator>
#include <optional>
#include <string_view>

#include "serializers/messages.hpp"

/// How the enums of messages.hpp are spelt on the wire, both ways.
namespace heddle {

inline constexpr std::string_view role_names[] = {"publisher", "subscriber", "caller", "callee", "broker", "dealer"};
static_assert(std::size(role_names) == role_count);

inline constexpr std::string_view feature_names[] = {
    "progressive_call_results",
    "progressive_call_invocations",
    "call_timeout",
    "call_canceling",
    "caller_identification",
    "call_trustlevels",
    "call_reroute",
    "registration_meta_api",
    "pattern_based_registration",
    "shared_registration",
    "sharded_registration",
    "registration_revocation",
    "session_meta_api",
    "testament_meta_api",
    "subscriber_blackwhite_listing",
    "publisher_exclusion",
    "publisher_identification",
    "publication_trustlevels",
    "subscription_meta_api",
    "pattern_based_subscription",
    "event_history",
    "event_retention",
    "subscription_revocation",
    "payload_passthru_mode",
};
static_assert(std::size(feature_names) == feature_count);

inline constexpr std::string_view match_names[] = {"exact", "prefix", "wildcard"};
inline constexpr std::string_view invoke_names[] = {"single", "first", "last", "roundrobin", "random"};
inline constexpr std::string_view cancel_mode_names[] = {"", "skip", "kill",
                                                         "killnowait"};  // unspecified is never written

constexpr std::string_view name_of(Role role) { return role_names[static_cast<std::size_t>(role)]; }
constexpr std::string_view name_of(Feature feature) { return feature_names[static_cast<std::size_t>(feature)]; }
constexpr std::string_view name_of(Match match) { return match_names[static_cast<std::size_t>(match)]; }
constexpr std::string_view name_of(Invoke invoke) { return invoke_names[static_cast<std::size_t>(invoke)]; }
constexpr std::string_view name_of(CancelMode mode) { return cancel_mode_names[static_cast<std::size_t>(mode)]; }

/// The enumerator whose name this is, if any.
template <class Enum, std::size_t N>
constexpr std::optional<Enum> named(const std::string_view (&names)[N], std::string_view name) {
    for (std::size_t i = 0; i < N; ++i)
        if (names[i] == name && !name.empty()) return static_cast<Enum>(i);
    return std::nullopt;
}

}  // namespace heddle
