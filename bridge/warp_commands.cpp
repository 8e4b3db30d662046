// Commands: what a WARP client says to a lane becomes a call (warp_procedures.cpp), or a change (warp_changes.cpp).
#include "bridge/warp_state.hpp"

namespace heddle {

// Needs no link and has no answer (docs/warp.md 2.3).
void WarpSession::State::command(const Envelope& envelope, Turn turn) {
    LaneKind kind = LaneKind::by_state;
    const TopicName name = resolve(envelope, kind);
    if (!name || stage != Stage::joined) return;
    ++totals.commands;
    if (name.match != Match::exact) return change_map(name, envelope.body, turn);
    if (kind == LaneKind::list) return change_list(name.uri, envelope.body, turn);
    if (procedure_command(name.uri, kind, envelope.body, turn)) return;
    if (!payload.read(envelope.body)) return close(CloseReason::malformed_message, turn.out);
    publish(name.uri, payload.view(), kind != LaneKind::event, turn);
}

}  // namespace heddle
