#include "bridge/warp_session.hpp"

#include <utility>

#include "bridge/warp_state.hpp"
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

CloseReason close_reason(std::string_view goodbye) {
    if (goodbye == uri::killed) return CloseReason::killed;
    return goodbye == uri::goodbye_and_out || goodbye == uri::normal ? CloseReason::goodbye : CloseReason::shutdown;
}

}  // namespace

SharedBytes bare_frame(EnvelopeKind kind, std::string_view header, std::string_view rest) {
    ByteBuffer frame(16 + header.size() + rest.size());
    put_envelope(kind, header, frame);
    frame.append(rest);
    return frame.freeze();
}

WarpSession::WarpSession(EndpointId self, Realm& realm, WarpLimits limits)
    : state_(std::make_unique<State>(self, realm, limits)) {}
WarpSession::~WarpSession() = default;

void WarpSession::start(TimePoint now, Egress& realm_egress, FrameSink& out) {
    state_->start({now, realm_egress, out});
}
void WarpSession::on_frame(std::string_view text, TimePoint now, Egress& realm_egress, FrameSink& out) {
    state_->on_frame(text, {now, realm_egress, out});
}
void WarpSession::on_message(const Message& message, FrameSink& out) { state_->on_message(message, out); }
void WarpSession::on_event(const Event& event, BodyCache& cache, FrameSink& out) {
    state_->on_event(event, cache, out);
}

void WarpSession::State::start(Turn turn) {
    Hello hello{realm.settings().name, {}};
    hello.details.agent = "warp";
    Roles& roles = hello.details.roles;
    roles.add(Role::publisher, Feature::publisher_exclusion);
    roles.add(Role::subscriber, Feature::pattern_based_subscription);
    roles.add(Role::subscriber, Feature::event_retention);
    roles.add(Role::subscriber, Feature::subscription_revocation);
    for (const Role role : {Role::caller, Role::callee}) {
        roles.add(role, Feature::progressive_call_results);
        roles.add(role, Feature::call_canceling);
    }
    realm.on_message(self, hello, turn.now, turn.egress);
}

// ---- what the client says

void WarpSession::State::on_frame(std::string_view text, Turn turn) {
    if (stage == Stage::closed) return;
    for (const SubscriptionId subscription : std::exchange(abandoned, {})) unsubscribe(subscription, turn);
    switch (reader.read(text)) {
        case EnvelopeReader::Found::envelope:
            return handle(reader.envelope(), turn);
        case EnvelopeReader::Found::other:
            return;
        case EnvelopeReader::Found::malformed:
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
        case EnvelopeKind::auth:  // nobody but anonymous, for now; the connection stays what it was
            return turn.out.frame(bare_frame(EnvelopeKind::deauthed, {}, "@denied"));
        case EnvelopeKind::deauth:
            return turn.out.frame(bare_frame(EnvelopeKind::deauthed, {}));
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
    LaneKind kind = LaneKind::by_state;
    const TopicName name = resolve(envelope, kind);
    const bool sync = envelope.kind == EnvelopeKind::sync;
    const auto refuse = [&](std::string_view why) {
        turn.out.frame(
            bare_frame(EnvelopeKind::unlinked, lane_header(envelope.node, envelope.lane), std::string("@") += why));
    };
    if (!name) return refuse(name.refusal);
    if (stage != Stage::joined) return refuse("notAuthorized");

    Link* known = links.find(name.match, name.uri);
    if (known && !sync) return turn.out.frame(bare_frame(EnvelopeKind::linked, known->linked_header));
    if (!known) {
        if (links.size() >= limits.links_max) return refuse("tooManyLinks");
        Link& added = links.add(name.match, name.uri);
        added.kind = kind;
        added.header = lane_header(envelope.node, envelope.lane);
        added.linked_header = lane_header(envelope.node, envelope.lane, envelope.prio, envelope.rate);
        if (kind != LaneKind::command) return subscribe(added, true, sync, turn);
        // Hears the results of its calls, which need no subscription.
        turn.out.frame(bare_frame(EnvelopeKind::linked, added.linked_header));
        known = &added;
    }
    if (known->subscription) return subscribe(*known, false, sync, turn);
    if (sync) turn.out.frame(bare_frame(EnvelopeKind::synced, known->header));
}

void WarpSession::State::subscribe(Link& link, bool fresh, bool sync, Turn turn) {
    request = {&link, next_request(), fresh, sync, false, false, 0, {}};
    if (sync) link.keys.clear();
    Subscribe message{request.id, {link.match, sync && link.kind != LaneKind::event}, link.uri};
    realm.on_message(self, message, turn.now, turn.egress);
    const Request done = std::exchange(request, {});
    if (stage == Stage::closed || !done.link) return;
    if (done.overflow) {
        const SubscriptionId subscription = link.subscription;
        end_link(link, "@mapTooLarge", turn.out);
        return unsubscribe(subscription, turn);
    }
    if (!done.accepted) {
        // Who may not subscribe may still call: then this is a command lane.
        const bool callable = fresh && !link.is_map() && realm.has_procedure(link.uri);
        if (!callable) return end_link(link, unlink_reason(done.refusal), turn.out);
        turn.out.frame(bare_frame(EnvelopeKind::linked, link.linked_header));
    }
    if (!sync) return;
    // A value lane that was never set has an empty value (docs/warp.md 2.3).
    if (link.kind == LaneKind::value && done.events == 0) turn.out.frame(bare_frame(EnvelopeKind::event, link.header));
    turn.out.frame(bare_frame(EnvelopeKind::synced, link.header));
}

void WarpSession::State::unlink(const Envelope& envelope, Turn turn) {
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
    out.frame(bare_frame(EnvelopeKind::unlinked, link.header, why));
    if (request.link == &link) request.link = nullptr;  // revoked while it was being asked for
    links.erase(link);
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
                   [&](const Welcome&) { stage = Stage::joined; },
                   [&](const Abort&) {
                       if (stage == Stage::joined)
                           close(CloseReason::protocol_violation, out);
                       else
                           stage = Stage::refused;
                   },
                   [&](const Goodbye& m) { close(close_reason(m.reason), out); },
                   [&](const Subscribed& m) { subscribed(m, out); },
                   [&](const Unsubscribed& m) {
                       Link* revoked = m.request ? nullptr : links.find(m.revoked);
                       if (revoked) end_link(*revoked, "@notAuthorized", out);
                   },
                   [&](const ErrorReply& m) { error(m, out); },
                   [&](const CallResult& m) { result(m, out); },
                   [&](const Event& m) {
                       BodyCache cache;
                       on_event(m, cache, out);
                   },
                   [&](const Hello& m) { not_asked_for(m); },
                   [&](const Challenge& m) { not_asked_for(m); },
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
                   [&](const Unregistered& m) { not_asked_for(m); },
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
    if (request.fresh) {
        links.set_subscription(link, message.subscription);
        out.frame(bare_frame(EnvelopeKind::linked, link.linked_header));
    }
    // What the client kept from before a reconnect is not ours to know: it starts anew (docs/warp.md 2.4).
    if (request.sync && link.is_map()) out.frame(bare_frame(EnvelopeKind::event, link.header, "@clear"));
}

void WarpSession::State::on_event(const Event& event, BodyCache& cache, FrameSink& out) {
    Link* link = links.find(event.subscription);
    if (!link || stage == Stage::closed) return;
    if (link->is_map()) return entry(*link, event, cache, out);
    if (request.link == link) ++request.events;
    out.frame(cache.event_frame(event, link->header));
}

void WarpSession::State::entry(Link& link, const Event& event, BodyCache& cache, FrameSink& out) {
    const std::size_t hash = std::hash<std::string_view>{}(event.details.topic);
    if (cache.is_removal(event)) {
        if (link.keys.erase(hash) == 0) return;  // the client does not have it
    } else if (link.keys.size() < limits.map_entries_max) {
        link.keys.insert(hash);
    } else if (!link.keys.contains(hash)) {
        // Inside the realm's own call: it is told of the end later.
        if (request.link == &link) {
            request.overflow = true;
            return;
        }
        abandoned.push_back(link.subscription);
        return end_link(link, "@mapTooLarge", out);
    }
    out.frame(cache.entry_frame(event, link.header, link.match, link.uri));
}

}  // namespace heddle
