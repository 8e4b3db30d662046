#pragma once
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

#include "realms/history.hpp"

namespace heddle {

/// Which events of a history are asked for (`wamp.subscription.get_events`); everything that is there must hold.
/// Publications are places in the order of the history: their ids say nothing.
struct HistoryQuery {
    std::optional<WallMs> from_time, after_time, before_time, until_time;
    PublicationId from_publication, after_publication, before_publication, until_publication;  // 0: not given
    std::optional<std::string_view> topic;
    bool reverse = false;  // the newest first
    std::size_t limit = std::numeric_limits<std::size_t>::max();
    // Events that are looked at for one answer, and their bytes, whether they are in it or not.
    std::size_t scan_max = std::numeric_limits<std::size_t>::max();
    std::size_t scan_bytes_max = std::numeric_limits<std::size_t>::max();

    bool holds(const HistoryEntry& entry) const {
        return (!from_time || entry.time >= *from_time) && (!after_time || entry.time > *after_time) &&
               (!before_time || entry.time < *before_time) && (!until_time || entry.time <= *until_time) &&
               (!topic || entry.topic == *topic);
    }
};

enum class HistoryAnswer : std::uint8_t { given, no_such_subscription, not_allowed, not_kept, no_such_publication };

struct HistoryReading {
    HistoryAnswer answer = HistoryAnswer::given;
    /// So many events were looked at that the rest is for another call: behind this one (before it, in reverse). 0: no.
    PublicationId stopped_at = {};
};

}  // namespace heddle
