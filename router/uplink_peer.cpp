#include "router/uplink_peer.hpp"

#include <boost/asio/post.hpp>
#include <stdexcept>

#include "router/realm_host.hpp"
#include "router/secret.hpp"
#include "router/uplink_address.hpp"
#include "router/uplink_connection.hpp"
#include "router/worker.hpp"

namespace heddle {
namespace {

UplinkSettings with_secrets(const UplinkEntry& entry) {
    UplinkSettings settings = entry.link;
    for (const UplinkEntry::Credential& credential : entry.credentials) {
        std::string value = credential.value;
        if (!credential.secret.empty()) {
            auto secret = read_secret(credential.secret);
            if (!secret) throw std::runtime_error("uplink " + settings.name + ": " + secret.error().what);
            value = *secret;
        }
        settings.credentials.push_back({credential.name, std::move(value)});
    }
    return settings;
}

Address address_of(const UplinkEntry& entry) {
    auto address = parse_warp_url(entry.link.url);
    if (!address) throw std::runtime_error("uplink " + entry.link.name + ": " + address.error().what);
    return *address;
}

}  // namespace

UplinkPeer::UplinkPeer(Worker& worker, RealmHost& host, const UplinkEntry& entry)
    : worker_(worker),
      host_(host),
      name_(entry.link.name),
      role_(entry.link.role),
      url_(entry.link.url),
      ca_(entry.ca),
      message_max_(entry.message),
      silence_(entry.silence),
      address_(address_of(entry)),
      uplink_(with_secrets(entry), entropy_),
      sender_(worker.add_sender(*this)),
      timer_(worker.io()) {}

UplinkPeer::~UplinkPeer() {
    if (connection_) connection_->abandon();
    worker_.remove_sender(sender_);
    if (self_) host_.leave(self_, worker_.begin_local_turn());
}

/// Every way in: the uplink does its work, and says when it wants to be called again.
template <class F>
void UplinkPeer::turn(F&& work) {
    in_turn_ = true;
    const Uplink::Turn now{worker_.begin_local_turn(), *this, *this};
    worker_.on_behalf_of(sender_, [&] {
        work(now);
        uplink_.settle(now);
    });
    in_turn_ = false;
    arm();
}

void UplinkPeer::start() {
    turn([&](Uplink::Turn now) { uplink_.start(now); });
}

void UplinkPeer::stop() {
    turn([&](Uplink::Turn now) { uplink_.stop(now); });
}

void UplinkPeer::arm() {
    const TimePoint due = uplink_.next_deadline();
    if (due >= armed_for_) return;  // waking too early is harmless
    armed_for_ = due;
    timer_.expires_at(due);
    timer_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
        const auto self = weak.lock();
        if (error || !self) return;
        self->armed_for_ = TimePoint::max();  // before the turn, which arms it anew
        self->turn([&](Uplink::Turn now) { self->uplink_.tick(now); });
    });
}

// ---- the realm

void UplinkPeer::join(const HelloDetails& details) {
    if (self_) host_.leave(self_, worker_.now());
    self_ = host_.join(*this, "uplink", details, {name_, role_, "uplink", "static"}, worker_.now());
}

void UplinkPeer::say(const Message& message) { host_.say(self_, message, worker_.now()); }

void UplinkPeer::on_message(const Message& message) {
    uplink_.on_message(message);
    settle_later();
}

void UplinkPeer::on_event(const Event& event) {
    uplink_.on_event(event);
    settle_later();
}

void UplinkPeer::on_closed(CloseReason why) {
    uplink_.on_closed(why);
    settle_later();
}

/// The realm is in the middle of something: afterwards, once for all that it said.
void UplinkPeer::settle_later() {
    if (in_turn_ || settling_) return;
    settling_ = true;
    boost::asio::post(worker_.io(), [weak = weak_from_this()] {
        const auto self = weak.lock();
        if (!self) return;
        self->settling_ = false;
        self->turn([](Uplink::Turn) {});
    });
}

// ---- the connection

void UplinkPeer::connect() {
    const std::uint64_t mine = ++connections_;
    const auto still = [weak = weak_from_this(), mine]() -> std::shared_ptr<UplinkPeer> {
        auto self = weak.lock();
        return self && self->connections_ == mine ? self : nullptr;
    };
    UplinkConnection::Events events;
    events.opened = [still](std::string_view subprotocol) {
        const auto self = still();
        if (!self) return;
        self->worker_.log().write(
            LogLevel::debug, "uplink.handshake",
            {{"realm", self->host_.name()}, {"uplink", self->name_}, {"subprotocol", subprotocol}});
        self->turn([&](Uplink::Turn now) { self->uplink_.connected(now); });
    };
    events.text = [still](std::string_view text) {
        if (const auto self = still()) self->turn([&](Uplink::Turn now) { self->uplink_.frame(text, now); });
    };
    events.lost = [still](const std::string& why) {
        const auto self = still();
        if (!self) return;
        self->connection_ = nullptr;
        self->turn([&](Uplink::Turn now) { self->uplink_.lost(why, now); });
    };
    events.drained = [still] {
        if (const auto self = still()) self->turn([](Uplink::Turn) {});
    };
    connection_ = UplinkConnection::open(worker_.io(), {address_, ca_, message_max_, silence_}, std::move(events));
    if (holds_ > 0) connection_->pause(true);
}

void UplinkPeer::hold() {
    if (holds_++ != 0) return;
    ++worker_.tally().held;
    if (connection_) connection_->pause(true);
}

void UplinkPeer::release() {
    if (holds_-- == 1 && connection_) connection_->pause(false);
}

void UplinkPeer::disconnect() {
    ++connections_;
    if (connection_) connection_->close();
    connection_ = nullptr;
}

void UplinkPeer::frame(SharedBytes text) {
    if (connection_) connection_->send(std::move(text));
}

std::size_t UplinkPeer::waiting() const { return connection_ ? connection_->waiting() : 0; }

void UplinkPeer::note(const UplinkNote& note) {
    LogLevel level = LogLevel::warn;
    if (note.level == UplinkNote::Level::debug) level = LogLevel::debug;
    if (note.level == UplinkNote::Level::info) level = LogLevel::info;
    if (!worker_.log().wants(level)) return;
    const LogField realm{"realm", host_.name()}, uplink{"uplink", name_};
    const LogField node{"node", note.node}, lane{"lane", note.lane}, why{"why", note.why};
    const auto retry = std::to_string(note.retry.count()) + "ms";
    if (!note.node.empty() && note.retry.count() > 0)
        worker_.log().write(level, note.what, {realm, uplink, node, lane, why, {"retry", retry}});
    else if (!note.node.empty() && note.why.empty())
        worker_.log().write(level, note.what, {realm, uplink, node, lane, {"entries", note.count}});
    else if (!note.node.empty())
        worker_.log().write(level, note.what, {realm, uplink, node, lane, why});
    else if (note.retry.count() > 0)
        worker_.log().write(level, note.what, {realm, uplink, {"url", url_}, why, {"retry", retry}});
    else if (!note.why.empty())
        worker_.log().write(level, note.what, {realm, uplink, {"url", url_}, why});
    else
        worker_.log().write(level, note.what, {realm, uplink, {"url", url_}});
}

}  // namespace heddle
