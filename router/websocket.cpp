#include "router/websocket.hpp"

#include <utility>

#include "router/batch.hpp"
#include "router/connection.hpp"
#include "router/websocket_engine.hpp"
#include "router/worker.hpp"

namespace heddle {
namespace {

std::uint16_t code_for(CloseReason why) {
    switch (why) {
        case CloseReason::goodbye:
        case CloseReason::aborted:
        case CloseReason::goodbye_timeout:
            return close_code::normal;
        case CloseReason::shutdown:
        case CloseReason::realm_closed:
            return close_code::going_away;
        case CloseReason::protocol_violation:
        case CloseReason::malformed_message:
            return close_code::protocol_error;
        case CloseReason::message_too_big:
            return close_code::message_too_big;
        default:
            return close_code::policy_violation;
    }
}

class WebSocket final : public Protocol {
 public:
    WebSocket(Connection& connection, const Subprotocol& subprotocol)
        : connection_(connection), subprotocol_(subprotocol), reader_(message_max(connection)) {
        if (subprotocol.form.framing == Framing::batched)
            connection.batch_with(websocket_batch_header(subprotocol.form.encoding));
    }

    std::string_view name() const override { return "websocket"; }
    std::size_t on_bytes(std::span<char> bytes) override;
    void on_closing(CloseReason why) override {
        const std::string_view name = name_of(why);
        const auto code = error_code_ ? error_code_ : code_for(why);
        const char payload[] = {static_cast<char>(code >> 8), static_cast<char>(code & 0xFF)};
        connection_.send(websocket_control(ControlFrame::close, std::string(payload, 2).append(name)),
                         FrameKind::control);
    }
    std::uint64_t unfinished() const override { return reader_.in_frame() ? messages_ + 1 : 0; }
    std::size_t kept_input() const override { return reader_.kept_input() + held_.capacity(); }
    bool ping() override {
        connection_.send(websocket_control(ControlFrame::ping, {}), FrameKind::control);
        return true;
    }
    void set_message_max(std::size_t bytes) override { reader_.set_message_max(bytes); }
    void on_resumed() override {
        if (const std::string held = std::exchange(held_, {}); !held.empty()) take_batch(held);
    }
    bool awaits_peer_close() const override { return !peer_closed_ && !error_code_; }

 private:
    /// A WARP client may be in a realm already: where nobody has to log in, it joins with the connection.
    static std::size_t message_max(const Connection& connection) {
        const Limits& limits = connection.worker().limits();
        return connection.in_session() ? limits.message : limits.message_before_session;
    }
    void on_found(WebSocketReader::Found found);
    void on_data(std::string_view payload, bool text);
    void take_batch(std::string_view bytes);
    void violated(CloseReason why, std::string_view what);
    void on_close_frame();
    void on_broken();

    Connection& connection_;
    Subprotocol subprotocol_;
    WebSocketReader reader_;
    std::string held_;                // the rest of a batch whose GOODBYE a realm on another thread has to answer first
    std::uint64_t messages_ = 0;      // that were read whole
    std::uint16_t error_code_ = 0;    // close code of a frame that RFC 6455 forbids
    bool peer_closed_ = false;
};

std::size_t WebSocket::on_bytes(std::span<char> bytes) {
    std::size_t used = 0;
    while (used < bytes.size() && !error_code_ && !peer_closed_ && !connection_.paused()) {
        on_found(reader_.take(bytes.subspan(used), used));
        reader_.let_go();
    }
    return error_code_ || peer_closed_ ? bytes.size() : used;
}

void WebSocket::on_found(WebSocketReader::Found found) {
    switch (found) {
        case WebSocketReader::Found::more:
        case WebSocketReader::Found::pong:  // its arrival is enough: any bytes count as a sign of life
            return;
        case WebSocketReader::Found::message:
            ++messages_;
            if (!connection_.closing()) on_data(reader_.payload(), reader_.text());
            return;
        case WebSocketReader::Found::ping:
            connection_.send(websocket_control(ControlFrame::pong, reader_.payload()), FrameKind::control);
            return;
        case WebSocketReader::Found::close:
            return on_close_frame();
        case WebSocketReader::Found::broken:
            return on_broken();
    }
}

void WebSocket::on_data(std::string_view payload, bool text) {
    const bool text_expected =
        subprotocol_.form.encoding == Encoding::json || subprotocol_.form.encoding == Encoding::recon;
    if (text != text_expected) {
        const std::string_view what =
            text ? "text frame on a binary subprotocol" : "binary frame on a text subprotocol";
        return violated(CloseReason::protocol_violation, what);
    }
    if (subprotocol_.form.framing != Framing::batched) return connection_.peer().on_message(payload);
    take_batch(payload);
}

void WebSocket::take_batch(std::string_view bytes) {
    Batch batch(subprotocol_.form.encoding, bytes);
    while (!connection_.closing() && !connection_.paused()) {
        const auto part = batch.next();
        if (!part) break;
        connection_.peer().on_message(*part);
    }
    if (connection_.closing()) return;
    if (connection_.paused()) {
        held_ = batch.rest();
    } else if (batch.malformed()) {
        violated(CloseReason::malformed_message, "a batch that is empty or cut off");
    }
}

/// Ends the session through its peer, and takes nothing more until a realm on another thread has said its ABORT.
void WebSocket::violated(CloseReason why, std::string_view what) {
    connection_.peer().on_violation(why, what);
    if (!connection_.closing()) connection_.pause_reading(true);
}

void WebSocket::on_close_frame() {
    error_code_ = reader_.code();
    peer_closed_ = true;
    if (connection_.closing()) {
        connection_.worker().mark_dirty(connection_);  // it answered our close frame: nothing more to wait for
    } else {
        connection_.close(CloseReason::goodbye);
    }
}

/// A frame that RFC 6455 forbids. The session, if any, hears of it as a violation.
void WebSocket::on_broken() {
    error_code_ = reader_.code();
    if (connection_.closing()) return connection_.worker().mark_dirty(connection_);
    violated(reader_.why(), reader_.what());
}

}  // namespace

std::unique_ptr<Protocol> make_websocket(Connection& connection, const Subprotocol& subprotocol) {
    return std::make_unique<WebSocket>(connection, subprotocol);
}

}  // namespace heddle
