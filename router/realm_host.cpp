#include "router/realm_host.hpp"

#include <algorithm>
#include <utility>

#include "serializers/codec.hpp"
#include "serializers/uris.hpp"

namespace heddle {

namespace {

World& world_of(const Errands& errands) { return errands.world ? *errands.world : kernel_world(); }

}  // namespace

RealmHost::RealmHost(RealmEntry settings, Outlet& outlet, Log& log, Errands errands)
    : name_(settings.realm.name),
      histories_(settings.store, settings.realm.name,
                 [&log, realm = settings.realm.name](std::string_view why) {
                     log.write(LogLevel::error, "history.lost", {{"realm", realm}, {"why", why}});
                 },
                 errands.histories),
      entropy_(world_of(errands).entropy()),
      realm_(std::move(settings.realm), *entropy_, &histories_),
      outlet_(outlet),
      log_(log),
      event_kind_(settings.slow_reader == SlowReader::drop ? FrameKind::droppable : FrameKind::required),
      warp_limits_(settings.warp),
      board_(realm_, *this, warp_limits_.map_entries_max),
      lane_procedures_(board_),
      questions_(*this, errands, log) {
    realm_.set_clock(world_of(errands).now(), world_of(errands).wall_clock());
    // Administration has its own heddle.lane.list.
    if (!realm_.settings().administers) realm_.offer(lane_procedures_);
    realm_.ask(&questions_);
    if (realm_.settings().auth.methods.has(AuthMethod::cookie)) outlet_.cookies_offered(realm_.settings().administers);
}

RealmHost::~RealmHost() = default;

void RealmHost::attach(Attachment attachment, TimePoint now) {
    const ConnectionRef connection = attachment.connection;
    release(connection);  // an earlier session of the same transport
    Endpoint& endpoint = endpoints_.take();
    endpoints_.bind(endpoint, connection);
    endpoint.form = attachment.form;
    endpoint.message_max = attachment.message_max;
    endpoint.from = std::move(attachment.from);
    endpoint.via = attachment.via;
    endpoint.program = attachment.program;
    now_ = now;
    if (!attachment.warp) {
        realm_.introduce(endpoint.id, std::move(attachment.facts));
    } else {
        endpoint.warp = std::make_unique<WarpSession>(endpoint.id, realm_, warp_limits_, &board_,
                                                      std::move(attachment.facts));
        WrappedText last;
        WarpSink sink(outlet_, batch_, connection, last);
        endpoint.warp->start(now, *this, sink);
        after_warp(endpoint);
    }
}

EndpointId RealmHost::join(LocalPeer& peer, std::string_view via, const HelloDetails& hello, const Identity& as,
                           TimePoint now, bool passing) {
    Endpoint& endpoint = endpoints_.take();
    const EndpointId id = endpoint.id;
    endpoint.local = &peer;
    endpoint.via = via;
    now_ = now;
    if (passing) {
        PeerFacts facts;
        facts.transport = via;
        facts.secure = facts.passing = true;
        realm_.introduce(id, std::move(facts));
    }
    realm_.admit(id, hello, as, now, *this);
    return id;
}

EndpointId RealmHost::enter(LocalPeer& peer, PeerFacts facts, TimePoint now) {
    Endpoint& endpoint = endpoints_.take();
    const EndpointId id = endpoint.id;
    endpoint.local = &peer;
    endpoint.via = facts.transport;
    endpoint.from = facts.address;
    now_ = now;
    realm_.introduce(id, std::move(facts));
    return id;
}

void RealmHost::verified(QuestionId id, bool good, TimePoint now) {
    now_ = now;
    realm_.verified(id, good, now, *this);
}

void RealmHost::answered(QuestionId id, const Outcome& outcome, TimePoint now) {
    now_ = now;
    realm_.answered(id, outcome, now, *this);
}

void RealmHost::say(EndpointId from, const Message& message, TimePoint now) {
    now_ = now;
    if (endpoints_.find(from)) realm_.on_message(from, message, now, *this);
}

void RealmHost::leave(EndpointId id, TimePoint now) {
    Endpoint* endpoint = endpoints_.find(id);
    if (!endpoint || !endpoint->local) return;
    now_ = now;
    realm_.on_lost(id, CloseReason::goodbye, now, *this);
    log_end(*endpoint, CloseReason::goodbye);
    endpoints_.release(*endpoint);
}

void RealmHost::on_bytes(ConnectionRef from, std::string_view bytes, TimePoint now) {
    Endpoint* endpoint = endpoints_.find(from);
    if (!endpoint) return;
    const EndpointId id = endpoint->id;
    now_ = now;
    if (endpoint->warp) {
        tally_.received(metrics::warp_frame);
        WrappedText last;
        WarpSink sink(outlet_, batch_, from, last);
        endpoint->warp->on_frame(bytes, now, *this, sink);
        after_warp(*endpoint);
        if (const auto fault = endpoint->warp->take_fault())
            log_.write(LogLevel::info, "warp.malformed",
                       {{"realm", name()},
                        {"session", endpoint->session_id.value},
                        {"what", fault->what},
                        {"at", fault->offset},
                        {"from", endpoint->from}});
        return;
    }
    const bool timed = tally_.times_this_one();
    const TimePoint began = timed ? std::chrono::steady_clock::now() : TimePoint{};
    if (const auto message = decode(endpoint->form.encoding, bytes)) {
        tally_.received(message->index());
        realm_.on_message(id, *message, now, *this);
        if (timed) tally_.routed(std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count());
    } else {
        realm_.on_violation(id, CloseReason::malformed_message, message.error().what, now, *this);
    }
}

void RealmHost::on_sent(ConnectionRef from, TimePoint now) {
    Endpoint* endpoint = endpoints_.find(from);
    if (!endpoint || !endpoint->warp) return;
    now_ = now;
    WrappedText last;
    WarpSink sink(outlet_, batch_, from, last);
    endpoint->warp->on_sent(now, *this, sink);
    after_warp(*endpoint);
}

void RealmHost::on_tick(TimePoint now) {
    now_ = now;
    realm_.on_tick(now, *this);
    while (!wakes_.empty() && wakes_.top().when <= now) {
        const Wake wake = wakes_.top();
        wakes_.pop();
        Endpoint* endpoint = endpoints_.find(wake.endpoint);
        if (!endpoint || !endpoint->warp || endpoint->wake != wake.when) continue;
        endpoint->wake = TimePoint::max();
        WrappedText last;
        WarpSink sink(outlet_, batch_, endpoint->connection, last);
        endpoint->warp->on_tick(now, *this, sink);
        after_warp(*endpoint);
    }
}

TimePoint RealmHost::next_deadline() const {
    const TimePoint realm = realm_.next_deadline();
    return wakes_.empty() ? realm : std::min(realm, std::max(wakes_.top().when, now_));
}

/// After each call into a WARP session: it is called again when it wants to be, and while much waits for its links, those
/// who send it more are slowed down.
void RealmHost::after_warp(Endpoint& endpoint) {
    if (!endpoint.warp) return;
    const bool crowded = endpoint.warp->crowded();
    if (crowded || endpoint.crowded) {
        endpoint.crowded = crowded;
        outlet_.crowded(endpoint.connection, crowded);
    }
    const TimePoint when = endpoint.warp->next_deadline();
    if (when >= endpoint.wake) return;  // it is called before that anyway
    endpoint.wake = when;
    wakes_.push({when, endpoint.id});
}

void RealmHost::on_violation(ConnectionRef from, CloseReason why, std::string_view what, TimePoint now) {
    Endpoint* endpoint = endpoints_.find(from);
    if (!endpoint) return;
    now_ = now;
    realm_.on_violation(endpoint->id, why, what, now, *this);
}

void RealmHost::on_lost(ConnectionRef from, CloseReason why, TimePoint now) {
    Endpoint* endpoint = endpoints_.find(from);
    if (!endpoint) return;
    now_ = now;
    realm_.on_lost(endpoint->id, why, now, *this);
    log_end(*endpoint, why);
    release(from);
}

void RealmHost::shut_down(TimePoint now, CloseReason why) {
    now_ = now;
    realm_.shut_down(now, *this, why);
    if (why != CloseReason::realm_closed) return;
    std::vector<EndpointId> without_session;  // in the middle of logging in, or too early for that
    endpoints_.each([&](const Endpoint& endpoint) {
        if (!endpoint.session && !endpoint.told) without_session.push_back(endpoint.id);
        return true;
    });
    for (const EndpointId id : without_session) {
        const Endpoint* endpoint = endpoints_.find(id);
        if (!endpoint) continue;
        if (!endpoint->warp) send(id, Abort{"the realm is no more", uri::close_realm, {}});
        close(id, why);
    }
}

void RealmHost::drain(TimePoint now) {
    now_ = now;
    realm_.drain(now, *this);
}

std::size_t RealmHost::send_idle_away(std::size_t max, TimePoint now) {
    now_ = now;
    return realm_.send_idle_away(max, now, *this);
}

bool RealmHost::vacant() const {
    bool nobody = true;
    endpoints_.each([&](const Endpoint& endpoint) { return nobody = endpoint.local && endpoint.via == "router"; });
    return nobody;
}

void RealmHost::release(ConnectionRef connection) {
    Endpoint* endpoint = endpoints_.find(connection);
    if (!endpoint) return;
    if (endpoint->warp) gone_ += endpoint->warp->totals();
    endpoints_.release(*endpoint);
}

void RealmHost::each_link(FunctionRef<bool(const LinkSight&)> visit) const {
    endpoints_.each([&](const Endpoint& endpoint) { return !endpoint.warp || endpoint.warp->each_link(visit); });
}

LinkCensus::Totals RealmHost::totals() const {
    Totals sum = gone_;
    endpoints_.each([&](const Endpoint& endpoint) {
        if (!endpoint.warp) return true;
        sum += endpoint.warp->totals();
        return true;
    });
    return sum;
}

}  // namespace heddle
