// What the remote lanes say becomes publications.
#include <string>
#include <utility>
#include <vector>

#include "bridge/fingerprint.hpp"
#include "bridge/map_keys.hpp"
#include "bridge/uplink_state.hpp"
#include "bridge/warp_state.hpp"
#include "serializers/removal.hpp"

namespace heddle {
namespace {

using recon::Items;
using recon::Node;

std::string_view tag_of(Items body) {
    return !body.empty() && body.begin->kind == Node::Kind::attribute ? body.begin->text : std::string_view();
}

}  // namespace

void Uplink::State::event(Lane& lane, Items body, Turn turn) {
    switch (lane.rule.kind) {
        case LaneKind::map:
            return map_event(lane, body, turn);
        case LaneKind::value:
            // A lane that was never set says an empty event when it is synced, and so does one that was emptied.
            if (body.empty()) return remove(lane, lane.topic, turn);
            return update(lane, lane.topic, body, turn);
        default:
            return occur(lane, body, turn);
    }
}

void Uplink::State::map_event(Lane& lane, Items body, Turn turn) {
    const Node* updated = tagged(body, "update", "key");
    const Node* removed = tagged(body, "remove", "key");
    if (const Node* key = updated ? updated : removed) {
        const auto topic = topic_of_key(Match::prefix, lane.topic, *key);
        if (!topic) return complain(lane, "a key that can be no topic", turn);
        return updated ? update(lane, *topic, body.rest(), turn) : remove(lane, *topic, turn);
    }
    const std::string_view tag = tag_of(body);
    if (tag == "clear") {
        // Some servers begin a snapshot with it. Then the end of the snapshot shows what is really gone.
        lane.epoch += 1;
        if (lane.stage == Lane::Stage::up) sweep(lane, turn);
    } else if (tag == "drop" || tag == "take") {
        // The first n of an order that is the server's own: it has to say what is left.
        lane.again = true;
    } else {
        complain(lane, "an event that changes no map", turn);
    }
}

/// The topic's event, kept for those who come later; unless everybody knows.
void Uplink::State::update(Lane& lane, std::string_view topic, Items body, Turn turn) {
    auto* known = entry_of(lane, topic);
    if (!known) return complain(lane, "more keys than entries_max", turn);
    Entry& entry = known->second;
    entry.heard = lane.epoch;
    if (entry.pending != Entry::Pending::none) return;  // overtaken: our command is about to change it
    if (!payload.read(body)) return complain(lane, "a value nested too deeply", turn);
    const std::uint64_t shown = fingerprint(payload.view());
    const bool echo_due = std::exchange(entry.echo_due, false);
    if ((entry.present && entry.shown == shown) || (echo_due && entry.echo == loose_fingerprint(payload.view()))) {
        ++counts.echoes;
        return;
    }
    entry.present = publish(lane, topic, payload.view(), true, turn);
    entry.shown = entry.present ? shown : 0;
}

void Uplink::State::remove(Lane& lane, std::string_view topic, Turn turn) {
    const auto found = lane.entries.find(topic);
    if (found == lane.entries.end() || found->second.pending != Entry::Pending::none) return;
    if (found->second.present) publish(lane, topic, removal(), false, turn);
    lane.entries.erase(found);
}

/// What no snapshot named since the epoch began is gone.
void Uplink::State::sweep(Lane& lane, Turn turn) {
    std::vector<std::string> gone;
    for (const auto& [topic, entry] : lane.entries)
        if (entry.heard != lane.epoch && entry.pending == Entry::Pending::none) gone.push_back(topic);
    for (const std::string& topic : gone) remove(lane, topic, turn);
}

/// An event of a lane without state. A command lane tells its own sender too: that is no news here.
void Uplink::State::occur(Lane& lane, Items body, Turn turn) {
    if (!payload.read(body)) return complain(lane, "a value nested too deeply", turn);
    while (!lane.echoes.empty() && lane.echoes.front().until <= turn.now) lane.echoes.pop_front();
    if (!lane.echoes.empty()) {
        const std::uint64_t mine = loose_fingerprint(payload.view());
        for (auto echo = lane.echoes.begin(); echo != lane.echoes.end(); ++echo) {
            if (echo->echo != mine) continue;
            lane.echoes.erase(echo);
            ++counts.echoes;
            return;
        }
    }
    publish(lane, lane.topic, payload.view(), false, turn);
}

bool Uplink::State::publish(Lane& lane, std::string_view topic, const Payload& what, bool retain, Turn turn) {
    if (!joined) return false;
    PublishOptions options;
    options.acknowledge = true;
    options.retain = retain;
    answer = {next_request(), {}, {}};
    turn.realm.say(Publish{answer.request, options, topic, what});
    if (!answer.error.empty()) {
        complain(lane, "publish: " + answer.error, turn);
        return false;
    }
    ++counts.publications;
    return true;
}

}  // namespace heddle
