#include "router/wamp_peer.hpp"

#include <utility>

#include "router/listener.hpp"
#include "router/transport.hpp"
#include "router/worker.hpp"
#include "serializers/codec.hpp"
#include "serializers/uris.hpp"

namespace heddle {
namespace {

constexpr std::uint64_t goodbye_code = 6;

class WampPeer final : public Peer {
 public:
    WampPeer(Transport& transport, WireForm form, std::size_t message_max)
        : transport_(transport), worker_(transport.worker()), form_(form), message_max_(message_max) {}

    void on_message(std::string_view bytes) override {
        if (!realm_) return greet(bytes);
        worker_.bytes(realm_, transport_.self(), bytes);
        // What follows a GOODBYE belongs to the next session; a realm on another thread has to end this one first.
        if (realm_ && realm_.worker != &worker_ && peek_code(form_.encoding, bytes) == goodbye_code)
            transport_.pause_reading(true);
    }
    void on_violation(CloseReason why, std::string_view what) override {
        if (realm_) return worker_.violation(realm_, transport_.self(), why, what);
        abort(why, what, why == CloseReason::hello_timeout ? uri::timeout : uri::protocol_violation);
    }
    void on_detached() override { leave(CloseReason::goodbye); }
    std::string_view realm() const override { return realm_ ? std::string_view(realm_.host->name()) : ""; }
    void on_lost(CloseReason why) override { leave(why); }

 private:
    void greet(std::string_view bytes);
    void abort(CloseReason why, std::string_view message, std::string_view reason);
    void leave(CloseReason why) {
        if (realm_) worker_.lost(std::exchange(realm_, {}), transport_.self(), why);
    }
    std::string_view via() const {
        const bool local = !transport_.listener().settings.unix_path.empty();
        if (transport_.polled()) return local ? "lp+unix" : transport_.secure() ? "lps" : "lp";
        if (form_.framing == Framing::rawsocket) return local ? "rs+unix" : transport_.secure() ? "rss" : "rs";
        return local ? "ws+unix" : transport_.secure() ? "wss" : "ws";
    }

    Transport& transport_;
    Worker& worker_;
    WireForm form_;
    std::size_t message_max_;
    RealmAddress realm_;  // where the session is, or is being opened
};

/// Whoever says so is believed: it is no secret and gives no right.
const char* program_of(std::string_view agent) {
    if (agent.starts_with("heddle-console")) return "console";
    return agent == "heddle" || agent.starts_with("heddle/") ? "cli" : "";
}

/// Before a session there is HELLO, or ABORT, and nothing else (WAMP, "Session Establishment").
void WampPeer::greet(std::string_view bytes) {
    const auto message = decode(form_.encoding, bytes);
    if (!message) return abort(CloseReason::malformed_message, message.error().what, uri::protocol_violation);
    if (std::holds_alternative<Abort>(*message)) return transport_.close(CloseReason::aborted);
    const auto* hello = std::get_if<Hello>(&*message);
    if (!hello)
        return abort(CloseReason::protocol_violation, "the first message must be HELLO", uri::protocol_violation);
    const ListenerSettings& listener = transport_.listener().settings;
    const RealmAddress* realm = worker_.directory().find(hello->realm, listener);
    if (realm && !listener.wamp && !realm->administers) realm = nullptr;  // served is administration alone
    if (!realm) {
        const std::string text = "there is no realm \"" + std::string(hello->realm.substr(0, 255)) + "\" here";
        return abort(CloseReason::refused, text, uri::no_such_realm);
    }
    realm_ = *realm;
    Attachment attachment{transport_.self(), form_, message_max_, false, transport_.from(), via(), transport_.facts()};
    attachment.facts.transport = attachment.via;
    attachment.program = program_of(hello->details.agent);
    worker_.attach(*realm, std::move(attachment));
    worker_.bytes(*realm, transport_.self(), bytes);
}

void WampPeer::abort(CloseReason why, std::string_view message, std::string_view reason) {
    FrameBuilder builder(form_, 256);
    encode(Message(Abort{message, reason, {}}), form_.encoding, builder.body());
    transport_.send(builder.finish(), FrameKind::required);
    transport_.close(why);
}

}  // namespace

std::unique_ptr<Peer> make_wamp_peer(Transport& transport, WireForm form, std::size_t message_max) {
    return std::make_unique<WampPeer>(transport, form, message_max);
}

}  // namespace heddle
