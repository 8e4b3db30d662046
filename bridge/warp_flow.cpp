// What links hear: at once while there is room, otherwise when the socket has taken what went before (flow.hpp).
#include <cmath>
#include <utility>

#include "bridge/warp_state.hpp"

namespace heddle {
namespace {

using Change = StateNote::Change;
using Walk = WaitingMap::Walk;
using What = WaitingEvents::What;

constexpr std::size_t turn_bytes_max = 16 << 10;  // then another link of the same prio has its turn
constexpr std::size_t crowded_from = 4;           // a session is crowded above this part of a limit
constexpr double slowest_rate = 1e-6;             // one event in 11 days

}  // namespace

// ---- from inside the realm's call: at once, or it waits

void WarpSession::State::tell_event(Link& link, const Event& event, BodyCache& cache, TimePoint now, FrameSink& out) {
    // An event lane hears every event. Elsewhere what the topic keeps is its state, of which only the newest counts.
    const bool state = link.kind != LaneKind::event && (event.state.kept() || event.state.change == Change::removed);
    const bool at_once = !link.waiting && flow.room() && may_speak(link, now) && (!state || flow.has_left(link.ticket));
    if (at_once && cache.for_one(event)) {
        scratch.clear();
        cache.put_event(event, link.header, scratch);
        return hand_out_own(link, state, now, out);
    }
    if (at_once) return hand_out(link, cache.event_frame(event, link.header), state, now, out);
    if (state)
        totals.conflated += wait(link, now).events.value() ? 1 : 0;
    else
        wait_event(link, cache.event_frame(event, link.header), now, out);
}

void WarpSession::State::tell_entry(Link& link, const Event& event, BodyCache& cache, TimePoint now, FrameSink& out) {
    if (event.state.of_list()) return;  // a list is no entry of a map
    const std::string_view topic = event.details.topic;
    const bool state = event.state.kept() || event.state.change == Change::removed;
    if (state && link.waiting && link.waiting->map.left_to_walk(topic)) return;
    if (!count_entry(link, event.state.change, out)) return;
    const std::size_t key = std::hash<std::string_view>{}(topic);
    if (!link.waiting && flow.room() && may_speak(link, now) && flow.has_left(link.ticket) &&
        !link.keys.has(key, flow)) {
        link.keys.add(key, flow.ticket(), flow);
        return hand_out(link, cache.entry_frame(event, link.header, link.match, link.uri), true, now, out);
    }
    WaitingMap& waiting = wait(link, now).map;
    if (waiting.changes() >= link.entries_max && !waiting.has_change(topic)) {
        realm.count(Refusal::map_entries);
        return abandon(link, "@mapTooLarge", out);
    }
    totals.conflated += waiting.change(topic, state ? SharedBytes() : cache.entry_frame(event, link.header, link.match, link.uri)) ? 1 : 0;
}

/// Keeps count of the entries. False: they were too many, and the link is no more.
bool WarpSession::State::count_entry(Link& link, Change change, FrameSink& out) {
    if (change == Change::removed && link.entries > 0) --link.entries;
    if (change != Change::added || ++link.entries <= link.entries_max) return true;
    realm.count(Refusal::map_entries);
    abandon(link, "@mapTooLarge", out);
    return false;
}

/// Ends a link inside the realm's own call: the realm hears of it in the next turn.
void WarpSession::State::abandon(Link& link, std::string_view why, FrameSink& out) {
    abandoned.push_back(link.subscription);
    end_link(link, why, out);
}

bool WarpSession::State::may_speak(const Link& link, TimePoint now) const {
    return link.rate <= 0 || link.not_before <= now;
}

void WarpSession::State::hand_out(Link& link, SharedBytes frame, bool state, TimePoint now, FrameSink& out) {
    const std::size_t size = frame.size();
    out.frame(std::move(frame));
    handed_out(link, size, state, now, out);
}

/// The same with the frame that stands in `scratch`.
void WarpSession::State::hand_out_own(Link& link, bool state, TimePoint now, FrameSink& out) {
    out.own(scratch.view());
    handed_out(link, scratch.size(), state, now, out);
}

void WarpSession::State::handed_out(Link& link, std::size_t size, bool state, TimePoint now, FrameSink& out) {
    // A map link knows its keys one by one; of a value link the frame itself is on its way.
    if (state && !link.is_map()) link.ticket = flow.ticket();
    spoke(link, now);
    if (flow.sent(size, state)) out.tell_when_sent();
}

void WarpSession::State::spoke(Link& link, TimePoint now) {
    if (link.rate <= 0) return;
    const std::chrono::duration<double> gap(1 / std::max(link.rate, slowest_rate));
    link.not_before = now + std::chrono::ceil<TimePoint::duration>(gap);
}

Link::Waiting& WarpSession::State::wait(Link& link, TimePoint now) {
    if (!link.waiting) link.waiting = std::make_unique<Link::Waiting>();
    queue.add(link, now);
    return *link.waiting;
}

// A client that asked for a rate gets the newest event when its time has come; any other gets each of them.
void WarpSession::State::wait_event(Link& link, SharedBytes frame, TimePoint now, FrameSink& out) {
    WaitingEvents& events = wait(link, now).events;
    // One frame may always go beyond the bytes, however long it is.
    const bool full = events.events() >= link.waiting_max || waiting_bytes > limits.waiting_bytes_max;
    waiting_bytes -= events.bytes();
    if (link.rate <= 0)
        events.event(std::move(frame));
    else if (events.newest(std::move(frame)))
        ++totals.conflated;
    waiting_bytes += events.bytes();
    crowded |= events.events() > link.waiting_max / crowded_from || waiting_bytes > limits.waiting_bytes_max / crowded_from;
    if (!full || link.rate > 0) return;
    realm.count(Refusal::event_frames);
    close(CloseReason::slow_consumer, out);
}

// ---- when there is room

void WarpSession::State::on_sent(Turn turn) {
    if (stage == Stage::closed) return;
    if (flow.left()) turn.out.tell_when_sent();
    settle(turn);
    pump(turn);
}

void WarpSession::State::on_tick(Turn turn) {
    if (stage == Stage::closed) return;
    if (turn.now >= join_by) out_of_patience(turn);
    if (stage == Stage::closed) return;
    unsubscribe_abandoned(turn);
    queue.wake(turn.now);
    settle(turn);
    pump(turn);
}

/// The state, if the lane has one, and `@synced`.
void WarpSession::State::sync(Link& link, Turn turn) {
    link.synced = true;
    Link::Waiting& waiting = wait(link, turn.now);
    if (link.is_list()) {
        waiting_bytes -= waiting.list.bytes();
        waiting.list.sync();
    } else if (!link.subscription || !link.is_map())
        waiting.events.sync(link.subscription && link.kind != LaneKind::event);
    else
        waiting.map.sync();
    // A sync is an answer, and its state one: no rate holds it back.
    queue.remove(link);
    link.not_before = TimePoint::min();
    queue.add(link, turn.now);
    pump(turn);
}

/// Lets the links speak for which something waits, one after the other, while there is room. Not while the session that
/// may read their state is only being made.
void WarpSession::State::pump(Turn turn) {
    if (stage == Stage::closed || stage == Stage::asking || !relinking.empty()) return;
    while (Link* link = flow.room() ? queue.first() : nullptr) {
        queue.remove(*link);
        emitted = 0;
        link->ticket = flow.ticket();
        link->is_map() ? emit_map(*link, turn) : link->is_list() ? emit_list(*link, turn) : emit_events(*link, turn);
        if (emitted > 0 && flow.sent(emitted, true)) turn.out.tell_when_sent();
        if (overfull) {
            const SubscriptionId subscription = link->subscription;
            overfull = false;
            realm.count(Refusal::map_entries);
            end_link(*link, "@mapTooLarge", turn.out);
            unsubscribe(subscription, turn);
        } else if (link->waiting->empty()) {
            link->waiting.reset();
        } else {
            queue.add(*link, turn.now);
        }
    }
    look_at_crowd();
    if (meta) pump_meta(turn);
}

bool WarpSession::State::turn_goes_on() const { return emitted < turn_bytes_max && flow.room(emitted); }

void WarpSession::State::emit(std::string_view text, Turn turn) {
    turn.out.own(text);
    emitted += text.size();
}

void WarpSession::State::emit_events(Link& link, Turn turn) {
    WaitingEvents& events = link.waiting->events;
    while (!events.empty() && turn_goes_on() && may_speak(link, turn.now)) {
        const What what = events.front().what;
        switch (what) {
            case What::event:
                waiting_bytes -= events.bytes();
                emit(events.front().frame.view(), turn);
                break;
            case What::value:
            case What::state:
                emit_value(link, what == What::value || link.kind == LaneKind::value, turn);
                break;
            case What::synced:
                scratch.clear();
                put_envelope(EnvelopeKind::synced, link.header, scratch);
                emit(scratch.view(), turn);
                break;
        }
        events.pop();
        if (what == What::event) waiting_bytes += events.bytes();
        if (what == What::event || what == What::value) spoke(link, turn.now);
    }
}

/// What the topic keeps. `always`: where it keeps nothing, an empty value (docs/warp.md 2.3).
void WarpSession::State::emit_value(Link& link, bool always, Turn turn) {
    bool found = false;
    const auto show = [&](std::string_view body) {
        scratch.clear();
        put_envelope(EnvelopeKind::event, link.header, scratch);
        scratch.append(body);
        emit(scratch.view(), turn);
        found = true;
    };
    realm.read_state(self, Match::exact, link.uri, {}, [&](const StateEntry& entry) {
        show(kept_body(entry.payload, entry.body).view());
        return false;
    });
    if (!found && always) show({});
}

void WarpSession::State::emit_map(Link& link, Turn turn) {
    WaitingMap& map = link.waiting->map;
    if (map.walk != Walk::none) walk(link, turn);
    if (overfull || map.walk != Walk::none) return;
    while (map.has_change() && turn_goes_on() && may_speak(link, turn.now)) {
        emit_change(link, map.pop(), turn);
        spoke(link, turn.now);
    }
}

/// One stretch of a sync: `@clear`, because Swim's JavaScript client keeps entries over a reconnect (docs/warp.md 2.4),
/// the entries in the order of their topics, `@synced`.
void WarpSession::State::walk(Link& link, Turn turn) {
    WaitingMap& map = link.waiting->map;
    if (map.walk == Walk::begin) {
        scratch.clear();
        put_envelope(EnvelopeKind::event, link.header, scratch);
        scratch.append("@clear");
        emit(scratch.view(), turn);
        link.entries = 0;
        map.walk = Walk::on;
    }
    bool more = false;
    std::string_view last;
    realm.read_state(self, link.match, link.uri, map.cursor, [&](const StateEntry& entry) {
        more = !turn_goes_on();
        overfull = !more && link.entries == link.entries_max;
        if (more || overfull) return false;
        ++link.entries;
        scratch.clear();
        put_envelope(EnvelopeKind::event, link.header, scratch);
        put_entry_head(false, link.match, link.uri, entry.topic, scratch);
        scratch.append(kept_body(entry.payload, entry.body).view());
        emit(scratch.view(), turn);
        last = entry.topic;
        return true;
    });
    if (overfull) return;
    if (more) {
        if (!last.empty()) map.cursor = last;
        return;
    }
    map.walk = Walk::none;
    scratch.clear();
    put_envelope(EnvelopeKind::synced, link.header, scratch);
    emit(scratch.view(), turn);
}

void WarpSession::State::emit_change(Link& link, const WaitingMap::Change& change, Turn turn) {
    if (change.frame) return emit(change.frame.view(), turn);
    bool removed = true;
    scratch.clear();
    put_envelope(EnvelopeKind::event, link.header, scratch);
    realm.read_state(self, Match::exact, change.topic, {}, [&](const StateEntry& entry) {
        removed = false;
        put_entry_head(false, link.match, link.uri, change.topic, scratch);
        scratch.append(kept_body(entry.payload, entry.body).view());
        return false;
    });
    if (removed) put_entry_head(true, link.match, link.uri, change.topic, scratch);
    emit(scratch.view(), turn);
}

}  // namespace heddle
