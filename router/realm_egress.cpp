// What the realm wishes from the world (Egress): messages and events to endpoints, encoded once per form.
#include <array>
#include <utility>

#include "router/realm_host.hpp"
#include "serializers/codec.hpp"
#include "serializers/rules.hpp"

namespace heddle {

namespace {

/// The router's own session: nobody's business.
bool own(const Endpoint& endpoint) { return endpoint.local && endpoint.via == "router"; }

}  // namespace

constexpr std::size_t event_message = rule_for<Event>().alternative;

/// An HTTP request comes and goes: a line for each would be one too many.
static LogLevel usual_level(const Endpoint& endpoint) {
    return endpoint.local && endpoint.via == "http" ? LogLevel::debug : LogLevel::info;
}

Delivery RealmHost::send(EndpointId to, const Message& message) {
    Endpoint* endpoint = endpoints_.find(to);
    if (!endpoint) return Delivery::gone;
    if (const auto* welcome = std::get_if<Welcome>(&message)) {
        log_end(*endpoint, CloseReason::goodbye);  // a WARP connection may change who it is
        endpoint->session = true;
        endpoint->authid = welcome->details.authid;
        endpoint->since = now_;
        endpoint->session_id = welcome->session;
        if (!own(*endpoint)) tally_.opened();
        log_.write(own(*endpoint) ? LogLevel::trace : usual_level(*endpoint), "session.join",
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
        WrappedText last;
        WarpSink sink(outlet_, batch_, endpoint->connection, last);
        endpoint->warp->on_message(message, sink);
        after_warp(*endpoint);
        return Delivery::queued;
    }
    const Delivery delivery = deliver(*endpoint, message);
    const auto* welcome = std::get_if<Welcome>(&message);
    if (delivery != Delivery::too_big) return delivery;
    if (!welcome) {
        ++counters_.too_big;
        return delivery;
    }
    // A client that takes little (RawSocket: down to 512 bytes) is told less: features may be absent (WAMP, "WELCOME").
    Welcome brief = *welcome;
    for (auto& features : brief.details.roles.features) features = 0;
    if (deliver(*endpoint, brief) == Delivery::queued) return Delivery::queued;
    ++counters_.too_big;
    outlet_.close(endpoint->connection, CloseReason::message_too_big);
    return Delivery::too_big;
}

Delivery RealmHost::deliver(const Endpoint& to, const Message& message) {
    FrameBuilder builder(to.form, 256);
    encode(message, to.form.encoding, builder.body());
    if (builder.body_size() > to.message_max) return Delivery::too_big;
    tally_.sent(message.index());
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
    const std::uint64_t encoded_before = bodies_.encoded(), delivered_before = counters_.events_delivered;
    std::uint64_t as_messages = 0;
    bodies_.expect(to.size());
    WrappedText last_link;
    for (const EndpointId id : to) {
        if (id == except) continue;
        Endpoint* endpoint = endpoints_.find(id);
        if (!endpoint) continue;
        ++counters_.events_delivered;
        if (endpoint->warp) {
            WarpSink sink(outlet_, batch_, endpoint->connection, last_link);
            endpoint->warp->on_event(event, bodies_, now_, sink);
            after_warp(*endpoint);
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
        ++as_messages;
        outlet_.deliver(endpoint->connection, frame, event_kind_);
    }
    tally_.sent(event_message, as_messages);
    if (!event.details.retained) tally_.delivered(event.publication, counters_.events_delivered - delivered_before);
    counters_.transcodings += static_cast<std::uint64_t>(payloads.transcodings());
    counters_.bodies_encoded += bodies_.encoded() - encoded_before;
}

void RealmHost::detached(EndpointId id, CloseReason why) {
    if (Endpoint* endpoint = endpoints_.find(id)) {
        log_end(*endpoint, why);
        endpoint->told = true;
        if (endpoint->local) return endpoint->local->on_closed(why);
        batch_.deliver(outlet_);
        outlet_.detached(endpoint->connection, why);
    }
}

void RealmHost::close(EndpointId id, CloseReason why) {
    // The endpoint itself goes when its connection does (on_lost): its WARP session may be in the middle of a call.
    if (Endpoint* endpoint = endpoints_.find(id)) {
        // It tells its links one by one (warp_session.hpp).
        if (endpoint->warp && why == CloseReason::refused) return outlet_.turned_away(endpoint->connection);
        log_end(*endpoint, why);
        endpoint->told = true;
        if (endpoint->local) return endpoint->local->on_closed(why);
        batch_.deliver(outlet_);
        outlet_.close(endpoint->connection, why);
    }
}

void RealmHost::log_end(Endpoint& endpoint, CloseReason why) {
    if (!endpoint.session) return;
    endpoint.session = false;
    if (own(endpoint)) return;
    tally_.ended(why);
    const bool fault =
        why != CloseReason::goodbye && why != CloseReason::transport_lost && why != CloseReason::shutdown;
    const auto age = std::chrono::duration_cast<std::chrono::seconds>(std::max(now_ - endpoint.since, {}));
    log_.write(fault ? LogLevel::warn : usual_level(endpoint), "session.end",
               {{"realm", name()},
                {"session", endpoint.session_id.value},
                {"authid", endpoint.authid},
                {"reason", name_of(why)},
                {"age", std::to_string(age.count()) + "s"},
                {"from", endpoint.from}});
}

}  // namespace heddle
