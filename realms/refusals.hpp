#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace heddle {

/// Limits of a realm at which something is refused or ended, for metrics. docs/limits.md says what each one is and what
/// becomes of who meets it.
enum class Refusal : std::uint8_t {
    sessions,
    authid_sessions,
    address_sessions,
    logins,
    uri,
    subscriptions,
    topics,
    registrations,
    procedures,
    calls,
    invocations,
    caller_invocations,
    held_calls,
    testaments,
    retained,
    user_retained,
    lists,
    user_lists,
    authorizer_backlog,
    links,
    map_entries,
    event_frames,
    warp_calls,
    warp_backlog,
    memory,
};
inline constexpr std::size_t refusal_count = 25;

/// As the label `limit` has it.
inline constexpr std::array<std::string_view, refusal_count> refusal_names = {
    "sessions",   "authid_sessions", "address_sessions", "logins",        "uri",           "subscriptions",
    "topics",     "registrations",   "procedures",       "calls",         "invocations",   "caller_invocations",
    "held_calls", "testaments",      "retained",         "user_retained", "lists",         "user_lists",
    "authorizer_backlog", "links",   "map_entries",      "event_frames",  "warp_calls",    "warp_backlog",
    "memory"};
constexpr std::string_view name_of(Refusal refusal) { return refusal_names[static_cast<std::size_t>(refusal)]; }

/// How often, ever. Plain numbers, on the realm's thread.
struct Refusals {
    std::array<std::uint64_t, refusal_count> counts{};
    void add(Refusal refusal) { ++counts[static_cast<std::size_t>(refusal)]; }
    std::uint64_t operator[](Refusal refusal) const { return counts[static_cast<std::size_t>(refusal)]; }
};

}  // namespace heddle
