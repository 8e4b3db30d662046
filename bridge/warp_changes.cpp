// Changes: commands that become publications, or changes of retained state.
#include <optional>
#include <string>
#include <vector>

#include "bridge/map_keys.hpp"
#include "bridge/warp_state.hpp"
#include "serializers/removal.hpp"

namespace heddle {

using recon::Items;
using recon::Node;

namespace {

std::optional<std::size_t> count_of(const Node& node) {
    if (node.kind != Node::Kind::integer || node.integer < 0) return std::nullopt;
    return static_cast<std::size_t>(node.integer);
}

}  // namespace

std::optional<Cut> cut_of(Items body) {
    constexpr std::size_t all = ~std::size_t{0};
    if (!body.single() || body.begin->kind != Node::Kind::attribute) return std::nullopt;
    if (body.begin->text == "clear") return Cut{0, all};
    const auto count = count_of(value_of(*body.begin));
    if (count && body.begin->text == "drop") return Cut{0, *count};
    if (count && body.begin->text == "take") return Cut{*count, all};
    return std::nullopt;
}

const Node* tagged(Items items, std::string_view tag, std::string_view name) {
    if (items.empty() || items.begin->kind != Node::Kind::attribute || items.begin->text != tag) return nullptr;
    const Node& header = value_of(*items.begin);
    if (header.kind != Node::Kind::record) return nullptr;
    for (Items slots = items_of(header); !slots.empty(); slots = slots.rest()) {
        const Node& slot = *slots.begin;
        if (slot.kind == Node::Kind::slot && key_of(slot).kind == Node::Kind::text && key_of(slot).text == name)
            return &value_of_slot(slot);
    }
    return nullptr;
}

// Each change of an entry is a publication to its own topic, under the permission for that topic.
void WarpSession::State::change_map(const TopicName& map, Items body, Turn turn) {
    if (const auto cut = cut_of(body)) return cut_map(map, *cut, turn);
    const Node* updated = tagged(body, "update", "key");
    const Node* removed = tagged(body, "remove", "key");
    const Node* key = updated ? updated : removed;
    if (!key) return;
    const auto topic = topic_of_key(map.match, map.uri, *key);
    if (!topic) return;
    if (removed) return remove(*topic, turn);
    if (!payload.read(body.rest())) return close(CloseReason::malformed_message, turn.out);
    publish(*topic, payload.view(), true, turn);
}

/// Removes the entries, in the order of their topics, from place `first` on, up to place `end`: of as many as the map
/// may have, since nobody can see more of it. Those that this client may not remove stay.
void WarpSession::State::cut_map(const TopicName& map, Cut cut, Turn turn) {
    std::vector<std::string> topics;
    std::size_t place = 0;
    const std::size_t entries = entries_max(map);
    realm.read_state(self, map.match, map.uri, {}, [&](const StateEntry& entry) {
        if (place >= cut.end || place >= entries) return false;
        if (place++ >= cut.first) topics.emplace_back(entry.topic);
        return true;
    });
    for (const std::string& topic : topics)
        if (stage == Stage::joined) remove(topic, turn);
}

// The publisher hears itself: a Swim client that sets a value waits for the event (docs/warp.md 6.2).
void WarpSession::State::publish(std::string_view topic, const Payload& what, bool retain, Turn turn) {
    PublishOptions options;
    options.exclude_me = false;
    options.retain = retain;
    realm.on_message(self, Publish{next_request(), options, topic, what}, turn.now, turn.egress);
}

// A key that is not there: no event (docs/warp.md 3).
void WarpSession::State::remove(std::string_view topic, Turn turn) {
    if (realm.has_retained(topic)) publish(topic, removal(), false, turn);
}

}  // namespace heddle
