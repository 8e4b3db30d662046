#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "bridge/names.hpp"

/// The names of meta lanes, which tell of other lanes (docs/warp.md 3, "Meta"; README.md here):
///
///   swim:meta:host                           nodes  uplinks  pulse      also swim:meta:mesh: a realm is both
///   swim:meta:node/%2fcom%2fcar              lanes  uplinks  pulse      of node /com/car
///   swim:meta:node/%2fcom%2fcar/lane/speed          uplinks  pulse      of its lane speed
///
/// `nodes#/com` are the children of /com alone, `nodes?q=car` those whose name holds "car".
namespace heddle {

struct MetaLane {
    enum class Scope : std::uint8_t { host, node, lane };
    enum class What : std::uint8_t { nodes, lanes, uplinks, pulse };

    Scope scope = Scope::host;
    What what = What::pulse;
    std::string node;          // as lane_of spells it
    TopicName topic;           // of a lane: what it names
    bool child_nodes = false;  // nodes#/com
    std::string parent;        // the same: "/com"; of nodes#/ empty
    std::string search;        // nodes?q=car: "car"
    /// Whoever links needs the permission to subscribe to this URI: swim.meta.host.nodes, swim.meta.node.com.car.lanes,
    /// swim.meta.lane.com.car.speed.uplinks. A gap is a star, the map of a node is its lane `topics`.
    std::string permission;
    std::string_view refusal;  // as in TopicName

    explicit operator bool() const { return refusal.empty(); }
    bool is_map() const { return what != What::pulse; }
    /// What is different for different lanes, however they were spelled.
    std::string key() const {
        return permission + '\n' + node + '\n' + topic.uri + '\n' + (child_nodes ? '#' : '?') + parent + search;
    }
};

bool is_meta_node(std::string_view node);
MetaLane meta_lane_of(std::string_view node, std::string_view lane);

/// Node and lane of a topic or a pattern, if it has some: a prefix is the map of its node.
std::optional<LaneName> lane_of(Match match, std::string_view uri);

}  // namespace heddle
