#include "bridge/meta_names.hpp"

#include "realms/uri_set.hpp"
#include "serializers/escapes.hpp"

namespace heddle {
namespace {

using Scope = MetaLane::Scope;
using What = MetaLane::What;

constexpr std::string_view schemes[] = {"swim:meta:", "swimos:meta:"};  // Java and JavaScript; Rust
constexpr std::string_view star = "*";

std::string_view without_scheme(std::string_view node) {
    for (const std::string_view scheme : schemes)
        if (node.starts_with(scheme)) return node.substr(scheme.size());
    return {};
}

std::string_view take_segment(std::string_view& path) {
    const std::size_t slash = path.find('/');
    const std::string_view segment = path.substr(0, slash);
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash + 1);
    return segment;
}

/// The pattern with a star in each gap, so that it is a URI that rules can name.
std::string with_stars(std::string_view uri) {
    std::string text;
    for (UriParts parts(uri); parts.next();) {
        if (!text.empty()) text += '.';
        text += parts.part.empty() ? star : parts.part;
    }
    return text;
}

std::optional<What> what_of(Scope scope, std::string_view lane) {
    if (lane == "pulse") return What::pulse;
    if (lane == "uplinks") return What::uplinks;
    if (lane == "nodes" && scope == Scope::host) return What::nodes;
    if (lane == "lanes" && scope == Scope::node) return What::lanes;
    return std::nullopt;
}

/// Reads what follows `nodes`. False: it is none of the two.
bool read_selection(std::string_view text, MetaLane& lane) {
    if (text.empty()) return true;
    if (text.starts_with('#')) {
        lane.child_nodes = true;
        lane.parent = text.substr(1);
        while (lane.parent.ends_with('/')) lane.parent.pop_back();
        return lane.parent.empty() || lane.parent.starts_with('/');
    }
    return text.starts_with("?q=") && percent_decode(text.substr(3), lane.search);
}

/// The node that `segment` names, and how it is spelled. A lane's name is needed to look at one: any will do.
bool read_node(std::string_view segment, MetaLane& lane, std::string& components) {
    std::string node;
    if (!percent_decode(segment, node)) return false;
    TopicName name = topic_of(node, "x");
    if (!name) return false;
    lane.node = lane_of(name.match, name.uri)->node;
    components = with_stars(name.uri);
    components.resize(components.size() - 1);  // "com.car." of "com.car.x"
    return true;
}

bool read_lane(std::string_view segment, MetaLane& lane, std::string& components) {
    std::string text;
    if (segment.empty() || !percent_decode(segment, text)) return false;
    // The segment is the lane as it stands in a frame, encoded once more, or, from a client that does not, as it is.
    lane.topic = topic_of(lane.node, text);
    if (!lane.topic) return false;
    if (lane.topic.match == Match::prefix)
        components += map_lane;
    else
        components = with_stars(lane.topic.uri);
    components += '.';
    return true;
}

}  // namespace

bool is_meta_node(std::string_view node) { return !without_scheme(node).empty(); }

MetaLane meta_lane_of(std::string_view node, std::string_view lane) {
    MetaLane found;
    std::string components;
    std::string_view path = without_scheme(node);
    const std::string_view root = take_segment(path);
    bool known = false;
    if (root == "host" || root == "mesh") {
        found.permission = "swim.meta.host.";
        known = path.empty();
    } else if (root == "node" && read_node(take_segment(path), found, components)) {
        found.scope = Scope::node;
        found.permission = "swim.meta.node.";
        known = path.empty();
        if (!known && take_segment(path) == "lane") {
            found.scope = Scope::lane;
            found.permission = "swim.meta.lane.";
            known = read_lane(take_segment(path), found, components) && path.empty();
        }
    }
    const std::size_t name_end = lane.find_first_of("#?");
    const auto what = what_of(found.scope, lane.substr(0, name_end));
    const std::string_view rest = name_end == std::string_view::npos ? std::string_view() : lane.substr(name_end);
    if (!known) {
        found.refusal = "nodeNotFound";
    } else if (!what || (!rest.empty() && *what != What::nodes) || !read_selection(rest, found)) {
        found.refusal = "laneNotFound";
    } else {
        found.what = *what;
        found.permission += components;
        found.permission += lane.substr(0, name_end);
    }
    return found;
}

std::optional<LaneName> lane_of(Match match, std::string_view uri) {
    if (match == Match::exact) return lane_of(uri);
    if (match == Match::prefix) {
        if (!uri.empty() && !uri.ends_with('.')) return std::nullopt;
        auto name = lane_of(std::string(uri) + "x");
        if (name) name->lane = map_lane;
        return name;
    }
    LaneName name;
    for (UriParts parts(uri); parts.next();) {
        std::string component(star);
        if (!parts.part.empty()) {
            const auto spelled = lane_of(parts.part);
            if (!spelled || (!parts.done && parts.part.find('/') != std::string_view::npos)) return std::nullopt;
            component = spelled->lane;
        }
        if (parts.done)
            name.lane = component;
        else
            name.node += '/' + component;
    }
    if (name.node.empty()) name.node = "/";
    return name;
}

}  // namespace heddle
