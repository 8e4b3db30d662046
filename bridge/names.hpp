#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "serializers/messages.hpp"

/// Topics and procedures as lanes, and back (docs/warp.md 6.1, 6.2):
///
///   com.example.vehicle.7.speed       <->  node /com/example/vehicle/7   lane speed
///   prefix   com.example.vehicle.     <->  node /com/example/vehicle     lane topics (or ~)    a map lane
///   wildcard com.example..speed       <->  node /com/example/*           lane speed            a map lane
namespace heddle {

/// Node and lane as they stand in a frame: percent-encoded, hex in lower case.
struct LaneName {
    std::string node, lane;
};

/// Nothing where the topic has no lane: an empty component, or a slash in one that would have to be a node's.
std::optional<LaneName> lane_of(std::string_view topic);

/// What a node and a lane name. Where they name nothing, `refusal` says which of the two is at fault: the attribute of
/// the
/// `@unlinked` that answers, "nodeNotFound" or "laneNotFound".
struct TopicName {
    Match match = Match::exact;
    std::string uri;
    std::string_view refusal;
    explicit operator bool() const { return refusal.empty(); }
};
TopicName topic_of(std::string_view node, std::string_view lane);

/// The lanes of a node that are maps of all topics below it.
inline constexpr std::string_view map_lane = "topics", short_map_lane = "~";

}  // namespace heddle
