#include "router/realm_host.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "serializers/codec.hpp"

namespace heddle {

struct RealmHost::Endpoint {
    EndpointId id;         // its place in the table, and how often that was taken
    bool live = false;     // somebody stands behind it
    bool session = false;  // WELCOME went out, its end was not logged yet
    WireForm form;
    std::size_t message_max = 0;
    ConnectionRef connection;
    SessionId session_id;
    std::unique_ptr<WarpSession> warp;
    LocalPeer* local = nullptr;         // instead of a connection
    TimePoint wake = TimePoint::max();  // the earliest of its entries in wakes_
    std::string from;
    std::string_view via;
};

/// The text of a WARP frame and the same, wrapped for its transport. Links of one publication share their text: it is
/// wrapped for the first of them.
struct RealmHost::Wrapped {
    SharedBytes text;  // held, so that its address is not given to another text meanwhile
    Frame frame;
};

/// Where a WARP session's frames go. None of them may be dropped: a link that missed one would be wrong for good.
class RealmHost::Sink final : public FrameSink {
 public:
    Sink(Outlet& outlet, Batch& batch, ConnectionRef to, Wrapped& last)
        : outlet_(outlet), batch_(batch), to_(to), last_(last) {}
    ~Sink() override { batch_.deliver(outlet_); }

    void frame(SharedBytes text) override {
        batch_.deliver(outlet_);
        if (text.view().data() != last_.text.view().data()) {
            FrameBuilder builder({Encoding::recon, Framing::websocket}, text.size());
            builder.body().append(text.view());
            last_ = {std::move(text), builder.finish()};
        }
        outlet_.deliver(to_, last_.frame, FrameKind::required);
    }
    void own(std::string_view text) override {
        if (!(batch_.to == to_) || batch_.bytes.size() + text.size() > batch_max) batch_.deliver(outlet_);
        batch_.to = to_;
        put_websocket_text(text, batch_.bytes);
    }
    void tell_when_sent() override {
        batch_.deliver(outlet_);
        outlet_.tell_when_sent(to_);
    }
    void close(CloseReason why) override {
        batch_.deliver(outlet_);
        outlet_.close(to_, why);
    }

 private:
    static constexpr std::size_t batch_max = 32 << 10;
    Outlet& outlet_;
    Batch& batch_;
    ConnectionRef to_;
    Wrapped& last_;
};

RealmHost::RealmHost(RealmEntry settings, Outlet& outlet, Log& log)
    : realm_(std::move(settings.realm), entropy_),
      outlet_(outlet),
      log_(log),
      event_kind_(settings.slow_reader == SlowReader::drop ? FrameKind::droppable : FrameKind::required),
      warp_limits_(settings.warp),
      board_(realm_, *this, warp_limits_.map_entries_max),
      lane_procedures_(board_) {
    realm_.set_clock(std::chrono::steady_clock::now(), std::chrono::system_clock::now());
    realm_.offer(lane_procedures_);
}

RealmHost::~RealmHost() = default;

RealmHost::Endpoint* RealmHost::find(EndpointId id) {
    if (id.slot >= endpoints_.size()) return nullptr;
    Endpoint& endpoint = endpoints_[id.slot];
    return endpoint.live && endpoint.id == id ? &endpoint : nullptr;
}

RealmHost::Endpoint* RealmHost::find(ConnectionRef connection) {
    if (connection.worker >= by_connection_.size()) return nullptr;
    const auto& slots = by_connection_[connection.worker];
    if (connection.slot >= slots.size() || slots[connection.slot] == 0) return nullptr;
    Endpoint& endpoint = endpoints_[slots[connection.slot] - 1];
    return endpoint.live && endpoint.connection == connection ? &endpoint : nullptr;
}

RealmHost::Endpoint& RealmHost::take_place() {
    if (free_.empty()) {
        free_.push_back(static_cast<std::uint32_t>(endpoints_.size()));
        endpoints_.emplace_back();
    }
    const std::uint32_t slot = free_.back();
    free_.pop_back();
    Endpoint& endpoint = endpoints_[slot];
    const std::uint32_t generation = endpoint.id.generation + 1;
    endpoint = {};
    endpoint.id = {slot, generation};
    endpoint.live = true;
    return endpoint;
}

void RealmHost::attach(Attachment attachment, TimePoint now) {
    const ConnectionRef connection = attachment.connection;
    release(connection);  // an earlier session of the same transport
    Endpoint& endpoint = take_place();
    endpoint.form = attachment.form;
    endpoint.message_max = attachment.message_max;
    endpoint.connection = connection;
    endpoint.from = std::move(attachment.from);
    endpoint.via = attachment.via;
    now_ = now;
    if (by_connection_.size() <= connection.worker) by_connection_.resize(connection.worker + 1);
    auto& slots = by_connection_[connection.worker];
    if (slots.size() <= connection.slot) slots.resize(connection.slot + 1);
    slots[connection.slot] = endpoint.id.slot + 1;
    if (attachment.warp) {
        endpoint.warp = std::make_unique<WarpSession>(endpoint.id, realm_, warp_limits_, &board_);
        Wrapped last;
        Sink sink(outlet_, batch_, connection, last);
        endpoint.warp->start(now, *this, sink);
        note_deadline(endpoint);
    }
}

EndpointId RealmHost::join(LocalPeer& peer, std::string_view via, const HelloDetails& hello, const Identity& as,
                           TimePoint now) {
    Endpoint& endpoint = take_place();
    const EndpointId id = endpoint.id;
    endpoint.local = &peer;
    endpoint.via = via;
    now_ = now;
    realm_.admit(id, hello, as, *this);
    return id;
}

void RealmHost::say(EndpointId from, const Message& message, TimePoint now) {
    now_ = now;
    if (find(from)) realm_.on_message(from, message, now, *this);
}

void RealmHost::leave(EndpointId id) {
    Endpoint* endpoint = find(id);
    if (!endpoint || !endpoint->local) return;
    endpoint->local = nullptr;
    realm_.on_lost(id, CloseReason::goodbye, *this);
    log_end(*endpoint, CloseReason::goodbye);
    endpoint->live = false;
    free_.push_back(id.slot);
}

void RealmHost::on_bytes(ConnectionRef from, std::string_view bytes, TimePoint now) {
    Endpoint* endpoint = find(from);
    if (!endpoint) return;
    const EndpointId id = endpoint->id;
    now_ = now;
    if (endpoint->warp) {
        Wrapped last;
        Sink sink(outlet_, batch_, from, last);
        endpoint->warp->on_frame(bytes, now, *this, sink);
        note_deadline(*endpoint);
        return;
    }
    if (const auto message = decode(endpoint->form.encoding, bytes)) {
        realm_.on_message(id, *message, now, *this);
    } else {
        realm_.on_violation(id, CloseReason::malformed_message, message.error().what, *this);
    }
}

void RealmHost::on_sent(ConnectionRef from, TimePoint now) {
    Endpoint* endpoint = find(from);
    if (!endpoint || !endpoint->warp) return;
    now_ = now;
    Wrapped last;
    Sink sink(outlet_, batch_, from, last);
    endpoint->warp->on_sent(now, *this, sink);
    note_deadline(*endpoint);
}

void RealmHost::on_tick(TimePoint now) {
    now_ = now;
    realm_.on_tick(now, *this);
    while (!wakes_.empty() && wakes_.top().when <= now) {
        const Wake wake = wakes_.top();
        wakes_.pop();
        Endpoint* endpoint = find(wake.endpoint);
        if (!endpoint || !endpoint->warp || endpoint->wake != wake.when) continue;
        endpoint->wake = TimePoint::max();
        Wrapped last;
        Sink sink(outlet_, batch_, endpoint->connection, last);
        endpoint->warp->on_tick(now, *this, sink);
        note_deadline(*endpoint);
    }
}

TimePoint RealmHost::next_deadline() const {
    const TimePoint realm = realm_.next_deadline();
    return wakes_.empty() ? realm : std::min(realm, std::max(wakes_.top().when, now_));
}

/// Sees to it that the session is called when it wants to be.
void RealmHost::note_deadline(Endpoint& endpoint) {
    if (!endpoint.warp) return;
    const TimePoint when = endpoint.warp->next_deadline();
    if (when >= endpoint.wake) return;  // it is called before that anyway
    endpoint.wake = when;
    wakes_.push({when, endpoint.id});
}

void RealmHost::on_violation(ConnectionRef from, CloseReason why, std::string_view what) {
    if (Endpoint* endpoint = find(from)) realm_.on_violation(endpoint->id, why, what, *this);
}

void RealmHost::on_lost(ConnectionRef from, CloseReason why) {
    if (Endpoint* endpoint = find(from)) {
        realm_.on_lost(endpoint->id, why, *this);
        log_end(*endpoint, why);
        release(from);
    }
}

void RealmHost::release(ConnectionRef connection) {
    Endpoint* endpoint = find(connection);
    if (!endpoint) return;
    endpoint->live = false;
    if (endpoint->warp) {
        gone_.events += endpoint->warp->totals().events;
        gone_.commands += endpoint->warp->totals().commands;
    }
    endpoint->warp.reset();
    endpoint->from.clear();
    by_connection_[connection.worker][connection.slot] = 0;
    free_.push_back(endpoint->id.slot);
}

Delivery RealmHost::send(EndpointId to, const Message& message) {
    Endpoint* endpoint = find(to);
    if (!endpoint) return Delivery::gone;
    if (const auto* welcome = std::get_if<Welcome>(&message)) {
        endpoint->session = true;
        endpoint->session_id = welcome->session;
        log_.write(LogLevel::info, "session.join",
                   {{"realm", name()},
                    {"session", welcome->session.value},
                    {"authid", welcome->details.authid},
                    {"role", welcome->details.authrole},
                    {"method", welcome->details.authmethod},
                    {"via", endpoint->local
                                ? std::string(endpoint->via)
                                : std::string(endpoint->via) + "/" + std::string(name_of(endpoint->form.encoding))},
                    {"from", endpoint->from}});
        if (!endpoint->local) outlet_.welcomed(endpoint->connection);
    }
    if (endpoint->local) {
        endpoint->local->on_message(message);
        return Delivery::queued;
    }
    if (endpoint->warp) {
        Wrapped last;
        Sink sink(outlet_, batch_, endpoint->connection, last);
        endpoint->warp->on_message(message, sink);
        return Delivery::queued;
    }
    const Delivery delivery = deliver(*endpoint, message);
    const auto* welcome = std::get_if<Welcome>(&message);
    if (delivery != Delivery::too_big || !welcome) return delivery;
    // A client that takes little (RawSocket: down to 512 bytes) is told less: features may be absent (WAMP, "WELCOME").
    Welcome brief = *welcome;
    for (auto& features : brief.details.roles.features) features = 0;
    if (deliver(*endpoint, brief) == Delivery::queued) return Delivery::queued;
    outlet_.close(endpoint->connection, CloseReason::message_too_big);
    return Delivery::too_big;
}

Delivery RealmHost::deliver(const Endpoint& to, const Message& message) {
    FrameBuilder builder(to.form, 256);
    encode(message, to.form.encoding, builder.body());
    if (builder.body_size() > to.message_max) {
        ++counters_.too_big;
        return Delivery::too_big;
    }
    outlet_.deliver(to.connection, builder.finish(), FrameKind::required);
    return Delivery::queued;
}

Frame RealmHost::encode_event(const Event& event, WireForm form, PayloadForms& payloads) {
    Event in_form = event;
    in_form.payload = payloads.in(form.encoding);
    FrameBuilder builder(form, 128 + in_form.payload.args.size() + in_form.payload.kwargs.size());
    encode(in_form, form.encoding, builder.body());
    ++counters_.events_encoded;
    return builder.finish();
}

void RealmHost::event(const Event& event, std::span<const EndpointId> to, EndpointId except) {
    std::array<Frame, wire_form_count> frames;
    PayloadForms payloads(event.payload);
    const std::uint64_t encoded_before = bodies_.encoded();
    Wrapped last_link;
    for (const EndpointId id : to) {
        if (id == except) continue;
        Endpoint* endpoint = find(id);
        if (!endpoint) continue;
        ++counters_.events_delivered;
        if (endpoint->warp) {
            Sink sink(outlet_, batch_, endpoint->connection, last_link);
            endpoint->warp->on_event(event, bodies_, now_, sink);
            note_deadline(*endpoint);
            continue;
        }
        if (endpoint->local) {
            endpoint->local->on_event(event);
            continue;
        }
        Frame& frame = frames[endpoint->form.index()];
        if (!frame) frame = encode_event(event, endpoint->form, payloads);
        if (endpoint->form.framing == Framing::rawsocket &&
            frame.size() - rawsocket_header_size > endpoint->message_max) {
            ++counters_.too_big;
            --counters_.events_delivered;
            continue;
        }
        outlet_.deliver(endpoint->connection, frame, event_kind_);
    }
    counters_.transcodings += static_cast<std::uint64_t>(payloads.transcodings());
    counters_.bodies_encoded += bodies_.encoded() - encoded_before;
}

void RealmHost::each_link(FunctionRef<bool(const LinkSight&)> visit) const {
    for (const Endpoint& endpoint : endpoints_)
        if (endpoint.live && endpoint.warp && !endpoint.warp->each_link(visit)) return;
}

LinkCensus::Totals RealmHost::totals() const {
    Totals sum = gone_;
    for (const Endpoint& endpoint : endpoints_) {
        if (!endpoint.live || !endpoint.warp) continue;
        sum.events += endpoint.warp->totals().events;
        sum.commands += endpoint.warp->totals().commands;
    }
    return sum;
}

void RealmHost::detached(EndpointId id, CloseReason why) {
    if (Endpoint* endpoint = find(id)) {
        log_end(*endpoint, why);
        if (endpoint->local) return endpoint->local->on_closed(why);
        outlet_.detached(endpoint->connection, why);
    }
}

void RealmHost::close(EndpointId id, CloseReason why) {
    // The endpoint itself goes when its connection does (on_lost): its WARP session may be in the middle of a call.
    if (Endpoint* endpoint = find(id)) {
        if (endpoint->warp && why == CloseReason::refused) return;  // it tells its links one by one (warp_session.hpp)
        log_end(*endpoint, why);
        if (endpoint->local) return endpoint->local->on_closed(why);
        outlet_.close(endpoint->connection, why);
    }
}

void RealmHost::log_end(Endpoint& endpoint, CloseReason why) {
    if (!endpoint.session) return;
    endpoint.session = false;
    const bool fault =
        why != CloseReason::goodbye && why != CloseReason::transport_lost && why != CloseReason::shutdown;
    log_.write(
        fault ? LogLevel::warn : LogLevel::info, "session.end",
        {{"realm", name()}, {"session", endpoint.session_id.value}, {"reason", name_of(why)}, {"from", endpoint.from}});
}

}  // namespace heddle
