#pragma once
#include <chrono>
#include <cstdint>
#include <vector>

#include "realms/settings.hpp"
#include "router/outlet.hpp"

namespace heddle {

/// What one connection, as a consumer of messages, does to the connections that send them (docs/design.md, "Flow
/// control"). Knows no sockets: the owner reports what happens and carries out what is returned. One thread.
///
///             backlog above the high watermark
///   flowing ----------------------------------> holding     the senders in `held()` are not read
///      ^  ^         backlog below the low one      |
///      |  +----------------------------------------+
///      |            backlog below the low one      |  no progress for the patience: the senders are released
///      +---------------------------------------- stalled    holds nobody; the policy for slow readers applies
class BackPressure {
 public:
    /// Would `hold` hold this sender? Not while the reader has stalled, not one that is held already, and not nobody.
    bool takes(ConnectionRef sender) const;

    /// A message of `sender` was queued while the backlog is above the high watermark. True: the sender's connection
    /// must stop reading now; it is listed until it is released. `taken`: bytes that the socket's peer has taken so far.
    bool hold(ConnectionRef sender, TimePoint now, std::int64_t taken, std::chrono::milliseconds patience);

    /// The backlog is below the low watermark, or the connection ends: returns the senders that may read again.
    std::vector<ConnectionRef> drained();

    /// When `on_deadline` must be called; TimePoint::max() while nobody is held.
    TimePoint deadline() const { return deadline_; }
    /// Returns the senders that may read again, because the peer took less than `least` bytes since the last look: it has
    /// stalled.
    std::vector<ConnectionRef> on_deadline(TimePoint now, std::int64_t taken, std::chrono::milliseconds patience,
                                           std::int64_t least = 1);

    /// The peer had taken nothing for the patience when the backlog grew: nobody is held for it in the first place.
    void stall() { stalled_ = true; }
    bool stalled() const { return stalled_; }
    bool flowing() const { return held_.empty() && !stalled_; }

 private:
    std::vector<ConnectionRef> held_;
    TimePoint deadline_ = TimePoint::max();
    std::int64_t taken_ = 0;  // at the last look
    bool stalled_ = false;
};

}  // namespace heddle
