// Changes: commands that become publications, or changes of retained state.
#include <string>

#include "bridge/map_keys.hpp"
#include "bridge/warp_state.hpp"
#include "serializers/removal.hpp"

namespace heddle {

using recon::Items;
using recon::Node;

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

// @update and @remove; @clear, @drop and @take would be one client's to say for all, and lists are not maps of topics.
void WarpSession::State::change_entry(const TopicName& map, Items body, Turn turn) {
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
