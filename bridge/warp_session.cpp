#include "bridge/warp_session.hpp"

#include <utility>

#include "bridge/warp_state.hpp"
#include "realms/uri_check.hpp"
#include "serializers/rules.hpp"
#include "serializers/uris.hpp"

namespace heddle {
namespace {

/// Why a link cannot be, in the words of the error that refused it (docs/warp.md 2.2). Final for Swim clients.
std::string_view unlink_reason(std::string_view error) {
    if (error == uri::invalid_uri) return "@nodeNotFound";
    if (error == uri::limit_exceeded) return "@tooManyLinks";
    return "@notAuthorized";
}

/// Why it is no more: an edit made the lane another kind of lane, or the permission went.
std::string_view revocation(std::string_view reason) {
    return reason == uri::lane_changed ? "@laneChanged" : "@notAuthorized";
}

CloseReason close_reason(std::string_view goodbye) {
    if (goodbye == uri::system_shutdown) return CloseReason::shutdown;
    if (goodbye == uri::close_realm) return CloseReason::realm_closed;
    if (goodbye == uri::goodbye_and_out || goodbye == uri::normal) return CloseReason::goodbye;
    for (const std::string_view edit : {uri::role_removed, uri::role_changed, uri::user_removed, uri::user_disabled,
                                        uri::user_expired})
        if (goodbye == edit) return CloseReason::revoked;
    return CloseReason::killed;  // who kills may give any reason
}

}  // namespace

WarpSession::WarpSession(EndpointId self, Realm& realm, WarpLimits limits, MetaBoard* board, PeerFacts facts)
    : state_(std::make_unique<State>(self, realm, limits, board, std::move(facts))) {}
WarpSession::~WarpSession() = default;

void WarpSession::start(TimePoint now, Egress& realm_egress, FrameSink& out) {
    state_->start({now, realm_egress, out});
}
void WarpSession::on_frame(std::string_view text, TimePoint now, Egress& realm_egress, FrameSink& out) {
    state_->on_frame(text, {now, realm_egress, out});
}
void WarpSession::on_message(const Message& message, FrameSink& out) { state_->on_message(message, out); }
void WarpSession::on_event(const Event& event, BodyCache& cache, TimePoint now, FrameSink& out) {
    state_->on_event(event, cache, now, out);
}
void WarpSession::on_sent(TimePoint now, Egress& realm_egress, FrameSink& out) {
    state_->on_sent({now, realm_egress, out});
}
void WarpSession::on_tick(TimePoint now, Egress& realm_egress, FrameSink& out) {
    state_->on_tick({now, realm_egress, out});
}
TimePoint WarpSession::next_deadline() const { return state_->next_deadline(); }

std::size_t WarpSession::waiting_bytes() const { return state_->waiting_bytes; }
bool WarpSession::crowded() const { return state_->crowded; }

std::unique_ptr<Error> WarpSession::take_fault() { return std::move(state_->fault); }

// ---- what the client says

void WarpSession::State::on_frame(std::string_view text, Turn turn) {
    if (stage == Stage::closed) return;
    if (waits()) return hold(text, turn);
    take(text, turn);
    settle(turn);
}

void WarpSession::State::take(std::string_view text, Turn turn) {
    unsubscribe_abandoned(turn);
    switch (reader.read(text)) {
        case EnvelopeReader::Found::envelope:
            if (stage == Stage::fresh && has_lane(reader.envelope().kind)) join(turn);
            return waits() ? hold(text, turn) : handle(reader.envelope(), turn);
        case EnvelopeReader::Found::other:
            return;
        case EnvelopeReader::Found::malformed:
            fault = std::make_unique<Error>(reader.error());
            return close(CloseReason::malformed_message, turn.out);
    }
}

void WarpSession::State::handle(const Envelope& envelope, Turn turn) {
    switch (envelope.kind) {
        case EnvelopeKind::link:
        case EnvelopeKind::sync:
            return link(envelope, turn);
        case EnvelopeKind::unlink:
            return unlink(envelope, turn);
        case EnvelopeKind::command:
            return command(envelope, turn);
        case EnvelopeKind::auth:
            return authenticate(envelope, turn);
        case EnvelopeKind::deauth:
            return deauthenticate(turn);
        case EnvelopeKind::event:
        case EnvelopeKind::linked:
        case EnvelopeKind::synced:
        case EnvelopeKind::unlinked:
        case EnvelopeKind::authed:
        case EnvelopeKind::deauthed:
            return;  // a server's to say
    }
}

// A rule may make a map of a topic: all topics below it.
TopicName WarpSession::State::resolve(const Envelope& envelope, LaneKind& kind) const {
    TopicName name = topic_of(envelope.node, envelope.lane);
    if (!name || name.match != Match::exact) return name;
    kind = realm.lane_of(name.uri);
    if (kind == LaneKind::map) {
        name.match = Match::prefix;
        name.uri += '.';
    }
    return name;
}

void WarpSession::State::link(const Envelope& envelope, Turn turn) {
    if (meta_link(envelope, turn)) return;
    LaneKind kind = LaneKind::by_state;
    const TopicName name = resolve(envelope, kind);
    const bool sync = envelope.kind == EnvelopeKind::sync;
    const auto refuse = [&](std::string_view why) {
        say(EnvelopeKind::unlinked, lane_header(envelope.node, envelope.lane), std::string("@") += why, turn.out);
    };
    if (!name) return refuse(name.refusal);
    if (stage != Stage::joined) return refuse("notAuthorized");

    Link* known = links.find(name.match, name.uri);
    if (known && !sync) return say(EnvelopeKind::linked, known->linked_header, {}, turn.out);
    if (!known) {
        if (links.size() + (meta ? meta->size() : 0) >= limits.links_max) {
            realm.count(Refusal::links);
            return refuse("tooManyLinks");
        }
        Link& added = links.add(name.match, name.uri);
        added.kind = kind;
        added.header = lane_header(envelope.node, envelope.lane);
        added.linked_header = lane_header(envelope.node, envelope.lane, envelope.prio, envelope.rate);
        added.prio = envelope.prio;
        added.rate = envelope.rate;
        set_limits(added);
        if (kind != LaneKind::command) return subscribe(added, sync, false, turn);
        // Hears the results of its calls, which need no subscription.
        say(EnvelopeKind::linked, added.linked_header, {}, turn.out);
        known = &added;
    }
    if (sync) this->sync(*known, turn);
}

void WarpSession::State::set_limits(Link& link) const {
    const LaneRule& rule = realm.lane_rule(link.uri);
    link.entries_max = entries_max({link.match, link.uri, {}});
    link.waiting_max = rule.waiting_max ? rule.waiting_max : limits.waiting_max;
}

/// The map of all below `com.car.` is that of the topic `com.car`, which a rule may speak of.
std::size_t WarpSession::State::entries_max(const TopicName& map) const {
    std::string_view topic = map.uri;
    if (map.match == Match::prefix && topic.ends_with('.')) topic.remove_suffix(1);
    const LaneRule& rule = realm.lane_rule(topic);
    return rule.kind == LaneKind::map && rule.entries_max ? rule.entries_max : limits.map_entries_max;
}

/// The answer comes at once, or, where somebody has to be asked who may subscribe, later: then all frames wait.
void WarpSession::State::subscribe(Link& link, bool sync, bool again, Turn turn) {
    request = {&link, next_request(), false, {}, sync, again};
    realm.on_message(self, Subscribe{request.id, {link.match, false}, link.uri}, turn.now, turn.egress);
    if (stage != Stage::closed && request_answered()) finish_subscribe(turn);
}

void WarpSession::State::finish_subscribe(Turn turn) {
    const Request done = std::exchange(request, {});
    if (!done.link) return;  // it was taken away meanwhile
    Link& link = *done.link;
    if (!done.accepted) {
        // Who may not subscribe may still call: then this is a command lane.
        const bool callable = !link.is_map() && realm.has_procedure(link.uri);
        if (!callable) return end_link(link, unlink_reason(done.refusal), turn.out);
        if (!done.again) say(EnvelopeKind::linked, link.linked_header, {}, turn.out);
    }
    if (done.sync) sync(link, turn);
}

void WarpSession::State::unlink(const Envelope& envelope, Turn turn) {
    if (meta_unlink(envelope, turn)) return;
    LaneKind kind = LaneKind::by_state;
    const TopicName name = resolve(envelope, kind);
    Link* known = name ? links.find(name.match, name.uri) : nullptr;
    if (!known) return;
    const SubscriptionId subscription = known->subscription;
    end_link(*known, {}, turn.out);
    if (subscription) unsubscribe(subscription, turn);
    end_offer(name.uri, turn);
}

void WarpSession::State::unsubscribe(SubscriptionId subscription, Turn turn) {
    realm.on_message(self, Unsubscribe{next_request(), subscription}, turn.now, turn.egress);
}

void WarpSession::State::end_link(Link& link, std::string_view why, FrameSink& out) {
    say(EnvelopeKind::unlinked, link.header, why, out);
    if (request.link == &link) request.link = nullptr;  // revoked while it was being asked for
    queue.remove(link);
    if (link.waiting) waiting_bytes -= link.waiting->bytes();
    look_at_crowd();
    links.erase(link);
}

void WarpSession::State::unsubscribe_abandoned(Turn turn) {
    for (const SubscriptionId subscription : std::exchange(abandoned, {})) unsubscribe(subscription, turn);
}

void WarpSession::State::say(EnvelopeKind kind, std::string_view header, std::string_view rest, FrameSink& out) {
    scratch.clear();
    put_envelope(kind, header, scratch);
    scratch.append(rest);
    out.own(scratch.view());
}

void WarpSession::State::close(CloseReason why, FrameSink& out) {
    if (stage == Stage::closed) return;
    stage = Stage::closed;
    out.close(why);
}

// ---- what the realm says

void WarpSession::State::on_message(const Message& message, FrameSink& out) {
    const auto not_asked_for = [](const auto&) {};  // answers to nothing we say
    std::visit(Overload{
                   [&](const Welcome& m) { welcomed(m); },
                   [&](const Abort&) { aborted(out); },
                   [&](const Goodbye& m) { close(close_reason(m.reason), out); },
                   [&](const Subscribed& m) { subscribed(m, out); },
                   [&](const Unsubscribed& m) {
                       Link* revoked = m.request ? nullptr : links.find(m.revoked);
                       if (revoked) end_link(*revoked, revocation(m.reason), out);
                   },
                   [&](const ErrorReply& m) { error(m, out); },
                   [&](const CallResult& m) { result(m, out); },
                   [&](const Event& m) { not_asked_for(m); },  // they come by Egress::event
                   [&](const Hello& m) { not_asked_for(m); },
                   [&](const Challenge&) { login.challenged = stage == Stage::asking; },
                   [&](const Authenticate& m) { not_asked_for(m); },
                   [&](const Publish& m) { not_asked_for(m); },
                   [&](const Published& m) { not_asked_for(m); },
                   [&](const Subscribe& m) { not_asked_for(m); },
                   [&](const Unsubscribe& m) { not_asked_for(m); },
                   [&](const Call& m) { not_asked_for(m); },
                   [&](const Cancel& m) { not_asked_for(m); },
                   [&](const Register& m) { not_asked_for(m); },
                   [&](const Registered& m) { registered(m); },
                   [&](const Unregister& m) { not_asked_for(m); },
                   [&](const Unregistered& m) { revoked(m, out); },
                   [&](const Invocation& m) { invoked(m, out); },
                   [&](const Interrupt& m) { interrupted(m, out); },
                   [&](const Yield& m) { not_asked_for(m); },
               },
               message);
}

void WarpSession::State::subscribed(const Subscribed& message, FrameSink& out) {
    if (!request.link || message.request != request.id) return;
    Link& link = *request.link;
    request.accepted = true;
    links.set_subscription(link, message.subscription);
    if (!request.again) say(EnvelopeKind::linked, link.linked_header, {}, out);
}

void WarpSession::State::on_event(const Event& event, BodyCache& cache, TimePoint now, FrameSink& out) {
    Link* link = links.find(event.subscription);
    if (!link || stage == Stage::closed) return;
    // What the router tells of itself (meta events) is no entry of a map that happens to be wide enough.
    if (link->is_map() && reserved_uri(event.details.topic) && !reserved_uri(link->uri)) return;
    ++link->events;
    ++totals.events;
    if (link->is_map()) return tell_entry(*link, event, cache, now, out);
    if (link->is_list()) return tell_list(*link, event, cache, now, out);
    tell_event(*link, event, cache, now, out);
}

}  // namespace heddle
