#include "bridge/names.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "serializers/escapes.hpp"
#include "serializers/utf8.hpp"

namespace heddle {
namespace {

/// Stands for one component of a wildcard's topics. Legal in URIs; a component that is really a star is written %2a.
constexpr std::string_view gap = "*";

/// What may stand in a node or lane as it is. @swim/client throws on most of the rest, in what it reads too.
bool stands_bare(char c) {
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') ||
           std::string_view("-_~!$&'()*+,;=:@").find(c) != std::string_view::npos;
}

void encode(std::string_view component, std::string& out) {
    // A component that looks like one of our marks has its first character encoded: it is itself, then.
    bool plain = component != gap && component != map_lane && component != short_map_lane;
    for (const char c : component) {
        if (plain && stands_bare(c))
            out += c;
        else
            percent_encode(c, out);
        plain = true;
    }
}

bool no_component(char c) { return c == '.' || c == '#' || c == ' ' || (c >= '\t' && c <= '\r'); }

/// Appends the component that `text` stands for. False where that cannot be one.
bool decode(std::string_view text, std::string& out) {
    const std::size_t start = out.size();
    if (!percent_decode(text, out) || out.size() == start) return false;
    const std::string_view component = std::string_view(out).substr(start);
    return std::none_of(component.begin(), component.end(), no_component) && utf8::valid(component);
}

/// Appends `components` of a node, a dot after each. A gap leaves its place empty.
bool read_node(std::string_view node, std::string& uri, bool& wildcard) {
    if (node.starts_with('/')) {
        node.remove_prefix(1);
        if (node.empty()) return true;  // the root: topics without a dot
    } else if (node.empty() || node.substr(0, node.find('/')).find(':') != std::string_view::npos) {
        return false;  // nothing, or a URI with a scheme (swim:meta..)
    }
    for (;;) {
        const std::size_t slash = node.find('/');
        const std::string_view segment = node.substr(0, slash);
        const std::size_t start = uri.size();
        if (segment == gap)
            wildcard = true;
        else if (segment.find_first_of("?#") != std::string_view::npos || !decode(segment, uri) ||
                 uri.find('/', start) != std::string::npos)
            return false;
        uri += '.';
        if (slash == std::string_view::npos) return true;
        node.remove_prefix(slash + 1);
    }
}

constexpr std::array<bool, 256> plain_name = [] {
    std::array<bool, 256> table{};
    for (const char c : std::string_view("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-_"))
        table[static_cast<unsigned char>(c)] = true;
    return table;
}();

bool is_plain(char c) { return plain_name[static_cast<unsigned char>(c)]; }

/// The topic of names as nearly all are, without a character that means anything but itself. False: look closer.
bool read_plain(std::string_view node, std::string_view lane, std::string& uri) {
    if (node.size() < 2 || node.front() != '/' || node.back() == '/' || lane.empty() || lane == map_lane) return false;
    if (!std::all_of(lane.begin(), lane.end(), is_plain)) return false;
    node.remove_prefix(1);
    uri.reserve(node.size() + 1 + lane.size());
    uri.assign(node);
    char before = '/';
    for (char& c : uri) {
        if (c == '/' ? before == '/' : !is_plain(c)) return uri.clear(), false;
        before = std::exchange(c, c == '/' ? '.' : c);
    }
    uri.push_back('.');
    uri.append(lane);
    return true;
}

/// Whether `text` is one component, or several with dots between them.
bool is_components(std::string_view text) {
    bool empty = true;
    for (const char c : text) {
        if (c == '.' ? empty : no_component(c)) return false;
        empty = c == '.';
    }
    return !empty;
}

}  // namespace

std::optional<LaneName> lane_of(std::string_view topic) {
    if (!is_components(topic)) return std::nullopt;
    LaneName name;
    for (std::size_t dot; (dot = topic.find('.')) != std::string_view::npos; topic.remove_prefix(dot + 1)) {
        const std::string_view component = topic.substr(0, dot);
        if (component.find('/') != std::string_view::npos) return std::nullopt;
        name.node += '/';
        encode(component, name.node);
    }
    if (name.node.empty()) name.node.push_back('/');
    encode(topic, name.lane);
    return name;
}

TopicName topic_of(std::string_view node, std::string_view lane) {
    TopicName name;
    if (read_plain(node, lane, name.uri)) return name;
    bool wildcard = false;
    const bool map = lane == map_lane || lane == short_map_lane;
    const bool lane_gap = lane == gap;
    if (!read_node(node, name.uri, wildcard)) {
        name.refusal = "nodeNotFound";
    } else if (lane.empty()) {
        name.refusal = "laneNotFound";
    } else if (map) {
        name.match = Match::prefix;
        if (wildcard) name.refusal = "nodeNotFound";  // WAMP has no pattern for it
    } else if (!lane_gap && !decode(lane, name.uri)) {
        name.refusal = "nodeNotFound";
    } else if (wildcard || lane_gap) {
        name.match = Match::wildcard;
    }
    return name;
}

}  // namespace heddle
