// What WAMP clients publish becomes commands. A lane with state has one command waiting per topic, the newest; the
// others say each.
#include <utility>

#include "bridge/fingerprint.hpp"
#include "bridge/map_keys.hpp"
#include "bridge/uplink_state.hpp"
#include "serializers/removal.hpp"

namespace heddle {
namespace {

/// Frames wait here, where newer ones replace them, rather than in the connection.
constexpr std::size_t on_the_way_max = 64 << 10;
constexpr std::size_t echoes_max = 1'024;  // remembered per lane

}  // namespace

void Uplink::State::on_event(const Event& event) {
    const auto found = by_subscription.find(event.subscription);
    if (found == by_subscription.end()) return;
    Lane& lane = *found->second;
    if (!lane.has_state()) return say(lane, event.payload);
    change(lane, lane.rule.kind == LaneKind::map ? event.details.topic : std::string_view(lane.topic), event.payload);
}

Uplink::State::Entries::value_type* Uplink::State::entry_of(Lane& lane, std::string_view topic) {
    const auto found = lane.entries.find(topic);
    if (found != lane.entries.end()) return &*found;
    if (lane.entries.size() >= settings.entries_max) return nullptr;
    return &*lane.entries.emplace(topic, Entry()).first;
}

/// The payload as the lane will say it back: into `own_payload`; its body into `own_text`.
bool Uplink::State::read_back(Lane& lane, const Payload& what) {
    own_text.clear();
    put_envelope(EnvelopeKind::event, lane.header, own_text);
    put_body(what, own_text);
    return own_reader.read(own_text.view()) == EnvelopeReader::Found::envelope &&
           own_payload.read(own_reader.envelope().body);
}

void Uplink::State::change(Lane& lane, std::string_view topic, const Payload& what) {
    const bool removed = is_removal(what);
    if (removed && !lane.entries.contains(topic) && lane.stage == Lane::Stage::up) return;  // it is not there either
    auto* known = entry_of(lane, topic);
    if (!known || (!removed && !read_back(lane, what))) {
        ++counts.dropped;
        return;
    }
    Entry& entry = known->second;
    const std::uint64_t shown = removed ? 0 : fingerprint(own_payload.view());
    const bool same = entry.present != removed && entry.shown == shown && entry.pending == Entry::Pending::none;
    entry.present = !removed;
    entry.shown = shown;
    // What came from the lane, perhaps by way of another router, does not go back to it.
    if (!lane.rule.commands || (same && lane.stage == Lane::Stage::up)) return;
    enqueue(lane, *known);
    entry.pending = removed ? Entry::Pending::removal : Entry::Pending::update;
    lane.waiting_bytes -= entry.body.size();
    entry.body =
        removed ? std::string_view() : own_text.view().substr(own_text.view().find(lane.header) + lane.header.size());
    lane.waiting_bytes += entry.body.size();
    entry.pending_echo = removed ? 0 : loose_fingerprint(own_payload.view());
    while (lane.waiting_bytes > settings.queue_bytes && lane.pending.size() > 1) give_up_oldest(lane);
}

void Uplink::State::enqueue(Lane& lane, Entries::value_type& entry) {
    if (entry.second.pending != Entry::Pending::none) {
        ++counts.conflated;
        return;
    }
    lane.pending.push_back(&entry);
    lane.waiting_bytes += entry.first.size();
}

/// The lane never hears of it: so here its own state has to count again, once it says it.
void Uplink::State::give_up_oldest(Lane& lane) {
    auto& [topic, entry] = *lane.pending.front();
    lane.pending.pop_front();
    lane.waiting_bytes -= topic.size() + entry.body.size();
    entry.pending = Entry::Pending::none;
    entry.body.clear();
    entry.shown = 0;
    lane.again = true;
    ++counts.dropped;
}

void Uplink::State::say(Lane& lane, const Payload& what) {
    if (lane.stage != Lane::Stage::up || !read_back(lane, what)) {
        ++counts.dropped;
        return;
    }
    const std::string_view text = own_text.view();
    std::string body(text.substr(text.find(lane.header) + lane.header.size()));
    lane.waiting_bytes += body.size();
    lane.said.push_back({std::move(body), loose_fingerprint(own_payload.view())});
    overflow = overflow || lane.waiting_bytes > settings.queue_bytes;
}

// ---- out

/// Lanes take turns, so that none keeps the others waiting.
void Uplink::State::pump(Turn turn) {
    for (std::size_t idle = 0; idle < lanes.size() && turn.wire.waiting() < on_the_way_max; ++first_to_send) {
        idle = send_next(lanes[first_to_send % lanes.size()], turn) ? 0 : idle + 1;
    }
}

bool Uplink::State::send_next(Lane& lane, Turn turn) {
    if (lane.stage != Lane::Stage::up || (lane.pending.empty() && lane.said.empty())) return false;
    ByteBuffer frame;
    put_envelope(EnvelopeKind::command, lane.header, frame);
    ++counts.commands;
    if (!lane.said.empty()) {
        const Said said = std::move(lane.said.front());
        lane.said.pop_front();
        lane.waiting_bytes -= said.body.size();
        frame.append(said.body);
        if (lane.rule.kind == LaneKind::event) {
            lane.echoes.push_back({said.echo, turn.now + settings.link});
            if (lane.echoes.size() > echoes_max) lane.echoes.pop_front();
        }
        turn.wire.frame(frame.freeze());
        return true;
    }
    auto& [topic, entry] = *lane.pending.front();
    lane.pending.pop_front();
    lane.waiting_bytes -= topic.size() + entry.body.size();
    const bool removed = entry.pending == Entry::Pending::removal;
    if (lane.rule.kind == LaneKind::map) {
        frame.append(removed ? "@remove(key:" : "@update(key:");
        put_map_key(Match::prefix, lane.topic, topic, frame);
        frame.push_back(')');
    }
    frame.append(entry.body);
    turn.wire.frame(frame.freeze());
    entry.pending = Entry::Pending::none;
    entry.body = {};
    entry.echo_due = !removed;
    entry.echo = entry.pending_echo;
    if (removed) lane.entries.erase(std::string(topic));
    return true;
}

}  // namespace heddle
