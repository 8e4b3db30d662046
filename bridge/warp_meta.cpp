// Introspection: links to meta lanes, and what other sessions may know of this one's links.
#include <algorithm>

#include "bridge/warp_state.hpp"

namespace heddle {

bool WarpSession::State::meta_link(const Envelope& envelope, Turn turn) {
    if (!board || !is_meta_node(envelope.node)) return false;
    if (!meta) meta = std::make_unique<MetaLinks>(self, realm, *board);
    meta->link(envelope, links.size() + meta->size() < limits.links_max, {turn.now, flow, turn.out});
    return true;
}

bool WarpSession::State::meta_unlink(const Envelope& envelope, Turn turn) {
    if (!meta || !is_meta_node(envelope.node)) return false;
    meta->unlink(envelope, {turn.now, flow, turn.out});
    return true;
}

void WarpSession::State::pump_meta(Turn turn) { meta->pump({turn.now, flow, turn.out}); }

TimePoint WarpSession::State::next_deadline() const {
    if (stage == Stage::closed) return TimePoint::max();
    if (!abandoned.empty() || login.challenged || login.answered || request_answered() || offering_answered())
        return TimePoint::min();
    if (stage == Stage::fresh || stage == Stage::asking || stage == Stage::refused) return join_by;
    // Without room the sink is waited for, not the clock.
    const TimePoint look = meta && flow.room() ? meta->next_deadline() : TimePoint::max();
    return std::min(queue.next_wake(), look);
}

void WarpSession::recheck(TimePoint now, FrameSink& out, Ends& ends) {
    if (state_->meta && state_->stage != State::Stage::closed) state_->meta->recheck(ends, {now, state_->flow, out});
}

void WarpSession::preview(const RealmSettings& settings, Ends& ends) const {
    if (state_->meta && state_->stage != State::Stage::closed) state_->meta->preview(settings, ends);
}

LinkCensus::Totals WarpSession::totals() const { return state_->totals; }

bool WarpSession::each_link(FunctionRef<bool(const LinkSight&)> visit) const {
    LinkSight sight;
    sight.session = state_->realm.session_of(state_->self);
    bool more = true;
    state_->links.for_each([&](const Link& link) {
        if (!more) return;
        sight.match = link.match;
        sight.uri = link.uri;
        sight.prio = link.prio;
        sight.rate = link.rate;
        sight.events = link.events;
        sight.waiting = link.waiting ? link.waiting->size() : 0;
        more = visit(sight);
    });
    return more;
}

}  // namespace heddle
