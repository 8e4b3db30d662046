#include "bridge/lane_procedures.hpp"

#include <algorithm>
#include <map>
#include <optional>

#include "serializers/names.hpp"
#include "serializers/uris.hpp"

namespace heddle {
namespace {

constexpr std::uint64_t page_default = 100, page_max = 1'000;
constexpr std::size_t by_name = 1'000;  // a place that no argument has: given by name only

struct Slots {
    MsgpackWriter& out;
    void text(std::string_view name, std::string_view value) {
        out.key(name);
        out.text(value);
    }
    void number(std::string_view name, std::uint64_t value) {
        out.key(name);
        out.unsigned_integer(value);
    }
    void real(std::string_view name, double value) {
        out.key(name);
        out.real(value);
    }
    void flag(std::string_view name, bool value) {
        out.key(name);
        out.boolean(value);
    }
};

void put(const LaneFacts& lane, Slots slots) {
    slots.text("node", lane.node);
    slots.text("lane", lane.lane);
    slots.text("kind", lane.kind);
    slots.text("uri", lane.uri);
    slots.text("match", name_of(lane.match));
    slots.number("links", lane.links);
    slots.number("subscribers", lane.subscribers);
    slots.flag("retained", lane.retained);
    slots.flag("callable", lane.callable);
}

void put(const LinkFacts& link, Slots slots) {
    slots.text("link", link.key);
    slots.number("session", link.session.value);
    slots.text("node", link.node);
    slots.text("lane", link.lane);
    slots.text("kind", link.kind);
    slots.text("uri", link.uri);
    slots.text("match", name_of(link.match));
    slots.real("prio", link.prio);
    slots.real("rate", link.rate);
    slots.number("waiting", link.waiting);
    slots.number("events", link.events);
}

struct NodeFacts {
    std::string_view node;
    std::size_t lanes = 0, links = 0;
};
void put(const NodeFacts& node, Slots slots) {
    slots.text("node", node.node);
    slots.number("lanes", node.lanes);
    slots.number("links", node.links);
}

// Cursors: what a list is sorted by. A space is less than all that stands in nodes and lanes.
std::string cursor_of(const LaneFacts& lane) { return lane.node + ' ' + lane.lane + ' ' + lane.uri; }
std::string cursor_of(const LinkFacts& link) { return link.key; }
std::string cursor_of(const NodeFacts& node) { return std::string(node.node); }

/// `items` and, where more follow, `next`: what `after` takes to go on.
template <class Item, class Wanted>
void put_page(const std::vector<Item>& sorted, MetaCall& call, Wanted wanted) {
    std::uint64_t limit = page_default;
    std::optional<std::string_view> after;
    if (!call.optional_integer(by_name, "limit", limit) || !call.optional_text(by_name, "after", after)) return;
    if (limit < 1 || limit > page_max) return void(call.refuse_argument("limit", "a number from 1 to 1000"));
    auto at = sorted.begin();
    if (after)
        at = std::upper_bound(sorted.begin(), sorted.end(), *after,
                              [](std::string_view cursor, const Item& item) { return cursor < cursor_of(item); });
    MsgpackWriter& out = call.keywords();
    out.key("items");
    out.list_begin();
    std::string last;
    bool more = false;
    for (; at != sorted.end(); ++at) {
        if (!wanted(*at)) continue;
        more = limit == 0;
        if (more) break;
        --limit;
        out.map_begin();
        put(*at, Slots{out});
        out.map_end();
        last = cursor_of(*at);
    }
    out.list_end();
    if (!more) return;
    out.key("next");
    out.text(last);
}

/// A node in the spelling of facts; false where the call was refused.
bool read_node(MetaCall& call, std::size_t place, std::optional<std::string>& node) {
    std::optional<std::string_view> text;
    if (!call.optional_text(place, "node", text)) return false;
    if (!text) return true;
    const TopicName name = topic_of(*text, "x");
    if (!name) return call.refuse_argument("node", "a node: /com/example");
    node = lane_of(name.match, name.uri)->node;
    return true;
}

/// The facts, whole or of one node; null where the call was refused.
std::shared_ptr<const Facts> facts_for(MetaBoard& board, const std::optional<std::string>& node, MetaCall& call) {
    auto facts = board.facts(call.now());
    if (facts->too_many && node)
        facts = std::make_shared<const Facts>(board.facts({MetaLane::Scope::node, *node, {}}, call.now()));
    if (!facts->too_many) return facts;
    call.refuse(uri::limit_exceeded, node ? "the node has too many lanes or links to list them"
                                          : "the realm has too many lanes or links to list them: name a node");
    return nullptr;
}

void lane_list(MetaBoard& board, MetaCall& call) {
    std::optional<std::string> node;
    if (!call.takes_at_most(0) || !read_node(call, by_name, node)) return;
    if (const auto facts = facts_for(board, node, call))
        put_page(facts->lanes, call, [&](const LaneFacts& lane) { return !node || lane.node == *node; });
}

void lane_get(MetaBoard& board, MetaCall& call) {
    std::string_view node, lane;
    if (!call.takes_at_most(2) || !call.text(0, "node", node) || !call.text(1, "lane", lane)) return;
    const TopicName name = resolve(board.realm(), topic_of(node, lane));
    if (!name) return call.refuse(uri::not_found, "no topic or procedure has such a lane");
    const Facts facts = board.facts({MetaLane::Scope::lane, {}, name}, call.now());
    if (facts.lanes.empty()) return call.refuse(uri::not_found, "nobody is at this lane, and it keeps nothing");
    put(facts.lanes.front(), Slots{call.keywords()});
}

void node_list(MetaBoard& board, MetaCall& call) {
    if (!call.takes_at_most(0)) return;
    const auto facts = facts_for(board, std::nullopt, call);
    if (!facts) return;
    std::vector<NodeFacts> nodes;
    for (const LaneFacts& lane : facts->lanes) {  // sorted by node
        if (nodes.empty() || nodes.back().node != lane.node) nodes.push_back({lane.node});
        ++nodes.back().lanes;
        nodes.back().links += lane.links;
    }
    put_page(nodes, call, [](const NodeFacts&) { return true; });
}

void link_list(MetaBoard& board, MetaCall& call) {
    std::optional<std::string> node;
    std::optional<std::string_view> lane;
    std::uint64_t session = 0;
    if (!call.takes_at_most(0) || !read_node(call, by_name, node) || !call.optional_text(by_name, "lane", lane) ||
        !call.optional_integer(by_name, "session", session))
        return;
    const auto facts = facts_for(board, node, call);
    if (!facts) return;
    put_page(facts->links, call, [&](const LinkFacts& link) {
        return (!node || link.node == *node) && (!lane || link.lane == *lane) &&
               (session == 0 || link.session.value == session);
    });
}

constexpr LaneProcedures::Row table[] = {
    {"heddle.lane.get", lane_get},
    {"heddle.lane.list", lane_list},
    {"heddle.link.list", link_list},
    {"heddle.node.list", node_list},
};

const LaneProcedures::Row* find(std::string_view uri) {
    const auto at = std::find_if(std::begin(table), std::end(table), [&](const auto& row) { return row.uri == uri; });
    return at == std::end(table) ? nullptr : at;
}

}  // namespace

std::span<const LaneProcedures::Row> LaneProcedures::procedures() { return table; }
bool LaneProcedures::has(std::string_view procedure) const { return find(procedure) != nullptr; }
void LaneProcedures::answer(std::string_view procedure, MetaCall& call) { find(procedure)->answer(board_, call); }

}  // namespace heddle
