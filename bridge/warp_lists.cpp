// List lanes: what links to them hear, and what commands ask of them.
#include <algorithm>
#include <string>
#include <utility>

#include "bridge/list_body.hpp"
#include "bridge/warp_state.hpp"

namespace heddle {
namespace {

using Change = ListChange::Kind;
using Walk = WaitingList::Walk;

}  // namespace

// ---- what links hear

// Changes in order, at once or when there is room. They cannot be conflated: a reader that falls behind is told the
// whole list again.
void WarpSession::State::tell_list(Link& link, const Event& event, BodyCache& cache, TimePoint now, FrameSink& out) {
    if (!link.waiting && flow.room() && may_speak(link, now))
        return hand_out(link, cache.list_frame(event, link.header), false, now, out);
    WaitingList& list = wait(link, now).list;
    ListOperation operation;
    ListChange change;
    if (!read_list_event(event.payload, operation, change)) return;
    if (event.state.change == StateNote::Change::listed_new) change.kind = Change::inserted;
    waiting_bytes -= list.bytes();
    switch (list.meet(change)) {
        case WaitingList::News::change:
            list.push(cache.list_frame(event, link.header));
            break;
        case WaitingList::News::removal: {
            change.kind = Change::removed;
            change.index = change.from;
            ByteBuffer frame;
            put_envelope(EnvelopeKind::event, link.header, frame);
            put_list_change(change, frame);
            list.push(frame.freeze());
            break;
        }
        case WaitingList::News::entry:
            list.start_anew();
            break;
        case WaitingList::News::none:
            break;
    }
    if (list.frames() > link.waiting_max || waiting_bytes + list.bytes() > limits.waiting_bytes_max) list.start_anew();
    waiting_bytes += list.bytes();
}

void WarpSession::State::emit_list(Link& link, Turn turn) {
    WaitingList& list = link.waiting->list;
    while (list.has_frame() && turn_goes_on() && may_speak(link, turn.now)) {
        waiting_bytes -= list.bytes();
        emit(list.front().view(), turn);
        list.pop();
        waiting_bytes += list.bytes();
        spoke(link, turn.now);
    }
    if (!list.has_frame() && list.walk != Walk::none) walk_list(link, turn);
}

/// One stretch of the list from where the walk stands.
void WarpSession::State::walk_list(Link& link, Turn turn) {
    WaitingList& list = link.waiting->list;
    const auto say_event = [&](auto&& put) {
        scratch.clear();
        put_envelope(EnvelopeKind::event, link.header, scratch);
        put();
        emit(scratch.view(), turn);
    };
    if (list.walk == Walk::begin) {
        say_event([&] { scratch.append("@clear"); });
        list.walk = Walk::on;
    }
    bool more = false;
    realm.read_list(link.uri, list.known, [&](const Realm::ListItem& item) {
        more = !turn_goes_on();
        if (more) return false;
        say_event([&] {
            put_list_entry(item.index, item.key, scratch);
            scratch.append(kept_body(item.value, item.body).view());
        });
        ++list.known;
        return true;
    });
    if (more) return;
    list.walk = Walk::none;
    if (!std::exchange(list.synced_awaited, false)) return;
    scratch.clear();
    put_envelope(EnvelopeKind::synced, link.header, scratch);
    emit(scratch.view(), turn);
}

// ---- what commands ask for

void WarpSession::State::change_list(const std::string& topic, recon::Items body, Turn turn) {
    if (const auto cut = cut_of(body)) return cut_list(topic, *cut, turn);
    const ListCommand command = list_command(body);
    const std::size_t size = realm.list_size(topic);
    ListChange change;
    // A place stands for the key of the entry there. Places lie in the past of a list that others change too: one
    // beyond the end is the end.
    std::string key = command.key;
    if (key.empty() && command.index)
        realm.read_list(topic, *command.index, [&](const Realm::ListItem& item) { return key = item.key, false; });
    change.key = key;
    change.index = std::min(command.index.value_or(size), size);
    switch (command.kind) {
        case ListCommand::Kind::none:
            return;
        case ListCommand::Kind::update:
            if (!payload.read(command.value)) return close(CloseReason::malformed_message, turn.out);
            change.kind = Change::updated;
            change.value = payload.view();
            break;
        case ListCommand::Kind::move:
            if (key.empty() || !command.to || size == 0) return;
            change.kind = Change::moved;
            change.index = std::min(*command.to, size - 1);
            break;
        case ListCommand::Kind::remove:
            if (key.empty()) return;
            change.kind = Change::removed;
            break;
    }
    publish_change(topic, change, turn);
}

/// All at once, or entry by entry.
void WarpSession::State::cut_list(const std::string& topic, Cut cut, Turn turn) {
    const std::size_t size = realm.list_size(topic), end = std::min(cut.end, size);
    ListChange change;
    if (cut.first == 0 && end == size) {
        change.kind = Change::cleared;
        return publish_change(topic, change, turn);
    }
    change.kind = Change::removed;
    for (std::size_t left = end > cut.first ? end - cut.first : 0; left > 0 && stage == Stage::joined; --left) {
        change.index = cut.first + left - 1;
        publish_change(topic, change, turn);
    }
}

void WarpSession::State::publish_change(const std::string& topic, const ListChange& change, Turn turn) {
    ByteBuffer kwargs;
    put_list_kwargs(change, kwargs);
    publish(topic, {Encoding::msgpack, change.value.args, kwargs.view()}, false, turn);
}

}  // namespace heddle
