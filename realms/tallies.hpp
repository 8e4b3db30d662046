#pragma once
#include <array>
#include <cstdint>

#include "realms/histogram.hpp"
#include "realms/login_note.hpp"
#include "realms/refusals.hpp"
#include "realms/settings.hpp"

namespace heddle {

/// How a call ended, as its caller heard it.
enum class CallOutcome : std::uint8_t { ok, error, timeout, canceled, no_callee, callee_lost, denied };
inline constexpr std::size_t call_outcome_count = 7;

/// What a realm counted since it began, for metrics: plain numbers, on its thread.
struct Tallies {
    std::array<std::uint64_t, call_outcome_count> calls{};
    CallSeconds call_seconds;  // of those that reached a callee
    struct Decisions {
        std::uint64_t allowed = 0, denied = 0;
    };
    std::array<Decisions, action_count> authorizations{};

    /// Attempts to log in, by method and result; where no method applied, under anonymous.
    std::array<std::array<std::uint64_t, login_result_count>, auth_method_count> logins{};

    Refusals refusals;  // at limits

    TimePoint now{};  // what the realm was told last

    void call(CallOutcome outcome) { ++calls[static_cast<std::size_t>(outcome)]; }
    void call(CallOutcome outcome, TimePoint started) {
        call(outcome);
        call_seconds.observe(call_seconds_bounds, std::chrono::duration<double>(now - started).count());
    }
};

}  // namespace heddle
