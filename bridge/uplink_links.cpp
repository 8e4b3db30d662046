// The client's end of each link: asked for, answered in time or asked for again, told what the frames say.
#include <algorithm>
#include <utility>

#include "bridge/uplink_state.hpp"
#include "serializers/escapes.hpp"
#include "serializers/recon_text.hpp"

namespace heddle {
namespace {

using Level = UplinkNote::Level;

SharedBytes bare(EnvelopeKind kind, std::string_view header) {
    ByteBuffer frame(16 + header.size());
    put_envelope(kind, header, frame);
    return frame.freeze();
}

/// Why a server said no, as its text says it.
std::string body_text(recon::Items body) {
    ByteBuffer text;
    recon::put_rest(body, text);
    const std::string_view view = text.view();
    return std::string(view.substr(std::min(view.find_first_not_of(' '), view.size())).substr(0, 200));
}

}  // namespace

void Uplink::State::ask(Lane& lane, Turn turn) {
    if (lane.rule.kind == LaneKind::command) {  // needs no link
        lane.stage = Lane::Stage::up;
        return;
    }
    lane.stage = Lane::Stage::asked;
    lane.due = turn.now + settings.link;
    turn.wire.frame(bare(lane.has_state() ? EnvelopeKind::sync : EnvelopeKind::link, lane.header));
}

/// Another snapshot, and what it does not name is gone.
void Uplink::State::resync(Lane& lane, Turn turn) {
    lane.again = false;
    lane.epoch += 1;
    ask(lane, turn);
}

/// Not linked for now.
void Uplink::State::rest(Lane& lane, std::string_view what, std::string_view why, Turn turn) {
    const auto delay = lane.retry.next(entropy);
    lane.stage = Lane::Stage::down;
    lane.due = turn.now + delay;
    note(turn, Level::warn, what, &lane, why, delay);
}

void Uplink::State::tick(Turn turn) {
    if (phase == Phase::idle && due <= turn.now) connect(turn);
    if (phase == Phase::connecting && due <= turn.now) drop("no connection in time", turn);
    if (phase == Phase::open) {
        for (Lane& lane : lanes) {
            if (lane.due > turn.now) continue;
            if (lane.stage == Lane::Stage::asked)
                rest(lane, "uplink.unanswered", {}, turn);
            else
                ask(lane, turn);
        }
    }
    settle(turn);
}

TimePoint Uplink::State::next_deadline() const {
    TimePoint next = due;
    if (phase == Phase::open)
        for (const Lane& lane : lanes) next = std::min(next, lane.due);
    return next;
}

/// Node and lane however they are spelled: Java rewrites percent escapes, and `x` is `/x` (docs/warp.md 2.1).
std::string Uplink::State::name_of_lane(std::string_view node, std::string_view lane) {
    std::string key;
    if (node.starts_with('/')) node.remove_prefix(1);
    if (!percent_decode(node, key)) key = node;
    key += '\n';
    const std::size_t start = key.size();
    if (!percent_decode(lane, key)) key.replace(start, std::string::npos, lane);
    return key;
}

Uplink::State::Lane* Uplink::State::find(std::string_view node, std::string_view lane) {
    const auto found = by_name.find(name_of_lane(node, lane));
    return found == by_name.end() ? nullptr : found->second;
}

void Uplink::State::frame(std::string_view text, Turn turn) {
    if (phase != Phase::open) return;
    switch (reader.read(text)) {
        case EnvelopeReader::Found::envelope:
            handle(reader.envelope(), turn);
            return settle(turn);
        case EnvelopeReader::Found::other:
            return;
        case EnvelopeReader::Found::malformed:
            // A value that nobody here can read, such as an expression, would come again with each snapshot: the other
            // lanes should not suffer for it.
            ++counts.unreadable;
            if (!std::exchange(told_unreadable, true))
                note(turn, Level::warn, "uplink.unreadable", nullptr, reader.error().what);
            return;
    }
}

void Uplink::State::handle(const Envelope& envelope, Turn turn) {
    if (envelope.kind == EnvelopeKind::authed) return note(turn, Level::debug, "uplink.authed", nullptr, {});
    if (envelope.kind == EnvelopeKind::deauthed)
        return drop("the server refused the credentials: " + body_text(envelope.body), turn);
    if (!has_lane(envelope.kind) || sent_by_client(envelope.kind)) return;
    Lane* lane = find(envelope.node, envelope.lane);
    if (!lane || lane->rule.kind == LaneKind::command) return;
    switch (envelope.kind) {
        case EnvelopeKind::linked:
            if (lane->stage == Lane::Stage::up) return;
            if (!lane->has_state()) return synced(*lane, turn);
            lane->stage = Lane::Stage::asked;
            lane->due = turn.now + settings.link;
            return;
        case EnvelopeKind::event:
            if (lane->stage == Lane::Stage::asked) lane->due = turn.now + settings.link;
            ++counts.events;
            return event(*lane, envelope.body, turn);
        case EnvelopeKind::synced:
            return synced(*lane, turn);
        case EnvelopeKind::unlinked:
            lane->epoch += 1;
            return rest(*lane, "uplink.unlinked", body_text(envelope.body), turn);
        default:
            return;
    }
}

void Uplink::State::synced(Lane& lane, Turn turn) {
    if (lane.has_state() && lane.again) return resync(lane, turn);
    const bool news = lane.stage != Lane::Stage::up;
    lane.stage = Lane::Stage::up;
    lane.due = TimePoint::max();
    lane.retry.reset();
    if (lane.has_state()) sweep(lane, turn);
    if (news) note(turn, Level::info, "uplink.linked", &lane, {}, {}, lane.entries.size());
}

}  // namespace heddle
