#pragma once
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string_view>

#include "realms/replies.hpp"
#include "realms/session.hpp"

/// What a peer must have announced for what, as the sections of the advanced profile have it.
namespace heddle::rules {

inline bool cancels(const Session& callee) { return callee.roles.has(Role::callee, Feature::call_canceling); }

/// "Progressive Call Results". The section wants callees that can be canceled; autobahn-js announces the one and not the
/// other, and its procedures fail where nobody asks them for progress (README).
inline bool progresses(const Session& callee) {
    return callee.roles.has(Role::callee, Feature::progressive_call_results);
}

/// "Call Re-Routing": only from these `unavailable` means that somebody else shall be asked.
inline bool moves(const Session& callee) { return callee.roles.has(Role::callee, Feature::call_reroute); }

/// What the callee lacks for such a call, as a text for people; empty: nothing.
inline std::string_view missing(const Session& callee, const CallOptions& options) {
    const bool streams = callee.roles.has(Role::callee, Feature::progressive_call_invocations) && cancels(callee);
    if (options.progress && !streams) return text::callee_takes_no_stream;
    if (uses_passthru(options.extras) && !callee.roles.has(Role::callee, Feature::payload_passthru_mode))
        return text::callee_takes_no_passthru;
    return {};
}

inline bool reads_passthru(const Session& caller) {
    return caller.roles.has(Role::caller, Feature::payload_passthru_mode);
}

/// A timeout that somebody asked for, no longer than `most` (0: any) and than ten years, which no clock overflows.
inline std::uint64_t within(std::uint64_t asked_ms, std::chrono::milliseconds most) {
    constexpr std::uint64_t ten_years_ms = std::uint64_t{3652} * 24 * 3600 * 1000;
    return std::min(asked_ms, most.count() == 0 ? ten_years_ms : static_cast<std::uint64_t>(most.count()));
}

}  // namespace heddle::rules
