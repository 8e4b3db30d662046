#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "router/admin/store.hpp"

namespace heddle::admin {

/// Keeps refused operations from filling the audit log. The first `written_max` of a user within
/// `window` are written one by one. Those that follow are counted, and become one entry, a summary,
/// when the window is over. One thread.
class RefusedEdits {
 public:
    using TimePoint = std::chrono::steady_clock::time_point;

    static constexpr std::size_t written_max = 20;  // of one user in one window
    static constexpr std::chrono::minutes window{10};
    static constexpr std::size_t users_max = 256;  // with windows of their own; the others share one

    /// True: write this entry. False: it was counted for the summary.
    bool admit(const AuditEntry& entry, TimePoint now);
    /// The summaries of windows that are over at `now`; their users start anew.
    std::vector<AuditEntry> take_due(TimePoint now);
    /// The summaries of all windows, at the end of the router.
    std::vector<AuditEntry> take_all() { return take_due(TimePoint::max()); }

 private:
    struct Window {
        TimePoint until;
        std::size_t written = 0;
        std::uint64_t folded = 0;
        std::int64_t folded_since = 0;  // Unix milliseconds
        AuditEntry last;                // of those that were folded
    };
    Window& window_of(const std::string& who, TimePoint now);

    std::map<std::string, Window> windows_;  // by user; "" is that of all beyond users_max
};

}  // namespace heddle::admin
