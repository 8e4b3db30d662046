#include "bridge/meta_links.hpp"

#include <algorithm>

#include "serializers/recon_writer.hpp"

namespace heddle {
namespace {

constexpr std::size_t turn_bytes_max = 16 << 10;
constexpr std::string_view map_too_large = "@mapTooLarge";

const MetaContent nothing;

}  // namespace

MetaLinks::~MetaLinks() {
    while (!links_.empty()) erase(links_.begin());
}

MetaLinks::Links::iterator MetaLinks::erase(Links::iterator link) {
    const auto next = links_.erase(link);
    board_.leave();
    return next;
}

void MetaLinks::link(const Envelope& envelope, bool room, Turn turn) {
    MetaLane lane = meta_lane_of(envelope.node, envelope.lane);
    const auto refuse = [&](std::string_view why) {
        say(EnvelopeKind::unlinked, lane_header(envelope.node, envelope.lane), std::string("@") += why, turn);
    };
    if (!lane) return refuse(lane.refusal);
    if (!realm_.may(self_, Action::subscribe, lane.permission)) return refuse("notAuthorized");

    const bool sync = envelope.kind == EnvelopeKind::sync;
    const std::string key = lane.key();
    auto known = links_.find(key);
    if (known == links_.end()) {
        if (!room) {
            realm_.count(Refusal::links);
            return refuse("tooManyLinks");
        }
        known = links_.emplace(key, Link{}).first;
        board_.enter();
        known->second.lane = std::move(lane);
        known->second.header = lane_header(envelope.node, envelope.lane);
        known->second.linked_header = lane_header(envelope.node, envelope.lane, envelope.prio, envelope.rate);
        known->second.due = turn.now;
        say(EnvelopeKind::linked, known->second.linked_header, {}, turn);
    } else if (!sync) {
        return say(EnvelopeKind::linked, known->second.linked_header, {}, turn);
    }
    if (sync) known->second.sync = Sync::asked;
    pump(turn);
}

void MetaLinks::unlink(const Envelope& envelope, Turn turn) {
    const auto known = links_.find(meta_lane_of(envelope.node, envelope.lane).key());
    if (known == links_.end()) return;
    say(EnvelopeKind::unlinked, known->second.header, {}, turn);
    erase(known);
}

/// A permission may go and a realm grow while somebody looks: why the link must end, or nothing.
std::string_view MetaLinks::end_reason(const Link& link) const {
    if (!realm_.may(self_, Action::subscribe, link.lane.permission)) return "@notAuthorized";
    return link.next && link.next->too_large ? map_too_large : std::string_view();
}

void MetaLinks::count(const Link& link, Ends& ends) const {
    const auto who = realm_.identity_of(self_);
    ends.add({Ends::What::link, realm_.session_of(self_), std::string(who ? who->authid : std::string_view()),
              Match::exact, link.lane.permission});
}

void MetaLinks::recheck(Ends& ends, Turn turn) {
    for (auto at = links_.begin(); at != links_.end();) {
        const Link& link = at->second;
        if (realm_.may(self_, Action::subscribe, link.lane.permission)) {
            ++at;
            continue;
        }
        // Of a session that goes as a whole, the session is what ends.
        if (realm_.identity_of(self_)) count(link, ends);
        say(EnvelopeKind::unlinked, link.header, "@notAuthorized", turn);
        at = erase(at);
    }
}

void MetaLinks::preview(const RealmSettings& settings, Ends& ends) const {
    const auto who = realm_.identity_of(self_);
    if (!who || realm_.goes(self_, settings)) return;
    for (const auto& [key, link] : links_) {
        const std::string_view uri = link.lane.permission;
        if (!realm_.explain({who->authid, who->role, Action::subscribe, Match::exact, uri}, &settings).allowed)
            count(link, ends);
    }
}

void MetaLinks::look(Link& link, TimePoint now) {
    link.next = board_.content(link.lane, now);
    if (!link.next) {
        link.due = board_.ready_at();
        return;
    }
    link.due = now + MetaBoard::period;
    // Who linked without a sync hears what changes from now on.
    if (!link.told && link.sync == Sync::none) link.told = link.next;
    if (link.sync == Sync::none && link.next == link.told) link.next.reset();
}

void MetaLinks::pump(Turn turn) {
    for (auto at = links_.begin(); at != links_.end() && turn.flow.room();) {
        Link& link = at->second;
        const bool looks = !link.next && (link.due <= turn.now || link.sync == Sync::asked);
        if (looks) look(link, turn.now);
        const std::string_view reason = looks ? end_reason(link) : std::string_view();
        if (reason == map_too_large) realm_.count(Refusal::map_entries);
        if (!reason.empty()) {
            say(EnvelopeKind::unlinked, link.header, reason, turn);
            at = erase(at);
            continue;
        }
        while (link.next && turn.flow.room() && walk(link, turn)) {
        }
        ++at;
    }
}

/// One stretch of what is to be told. False: that was all.
bool MetaLinks::walk(Link& link, Turn turn) {
    emitted_ = 0;
    if (link.sync == Sync::asked) {
        begin_sync(link);
        if (link.lane.is_map()) {
            frame_.clear();
            put_envelope(EnvelopeKind::event, link.header, frame_);
            frame_.append("@clear");
            emit(turn.out);
        }
    }
    bool more = true;
    while (more && emitted_ < turn_bytes_max) {
        more = step(link);
        if (!frame_.empty()) emit(turn.out);
    }
    if (!more) {
        if (link.sync == Sync::walking) {
            put_envelope(EnvelopeKind::synced, link.header, frame_);
            emit(turn.out);
        }
        finish(link);
    }
    if (emitted_ > 0 && turn.flow.sent(emitted_, true)) turn.out.tell_when_sent();
    return more;
}

void MetaLinks::begin_sync(Link& link) {
    link.sync = Sync::walking;
    link.told.reset();
    link.at_told = link.at_next = 0;
}

void MetaLinks::finish(Link& link) {
    link.told = std::move(link.next);
    link.next.reset();
    link.at_told = link.at_next = 0;
    link.sync = Sync::none;
}

/// Passes one key of `told` and `next`, and writes what it says, if anything. False: there are no more.
bool MetaLinks::step(Link& link) {
    frame_.clear();
    const auto& told = link.told ? link.told->entries : nothing.entries;
    const auto& next = link.next->entries;
    const MetaContent::Entry* old = link.at_told < told.size() ? &told[link.at_told] : nullptr;
    const MetaContent::Entry* now = link.at_next < next.size() ? &next[link.at_next] : nullptr;
    if (!old && !now) return false;
    if (old && (!now || old->key < now->key)) {
        ++link.at_told;
        put_entry(link, true, *old);
        return true;
    }
    const bool same_key = old && old->key == now->key;
    if (same_key) ++link.at_told;
    ++link.at_next;
    if (!same_key || old->body != now->body) put_entry(link, false, *now);
    return true;
}

void MetaLinks::put_entry(const Link& link, bool removed, const MetaContent::Entry& entry) {
    put_envelope(EnvelopeKind::event, link.header, frame_);
    if (link.lane.is_map()) {
        frame_.append(removed ? "@remove(key:" : "@update(key:");
        ReconWriter(frame_).text(entry.key);
        frame_.append(")");
    }
    if (!removed) frame_.append(entry.body);
}

void MetaLinks::say(EnvelopeKind kind, std::string_view header, std::string_view rest, Turn turn) {
    frame_.clear();
    put_envelope(kind, header, frame_);
    frame_.append(rest);
    emit(turn.out);
}

void MetaLinks::emit(FrameSink& out) {
    out.own(frame_.view());
    emitted_ += frame_.size();
    frame_.clear();
}

TimePoint MetaLinks::next_deadline() const {
    TimePoint first = TimePoint::max();
    for (const auto& [key, link] : links_)
        if (!link.next) first = std::min(first, link.due);
    return first;
}

}  // namespace heddle
