#include "router/websocket.hpp"

#include <algorithm>
#include <websocketpp/close.hpp>
#include <websocketpp/extensions/permessage_deflate/disabled.hpp>
#include <websocketpp/http/request.hpp>
#include <websocketpp/http/response.hpp>
#include <websocketpp/message_buffer/message.hpp>
#include <websocketpp/processors/hybi13.hpp>
#include <websocketpp/random/none.hpp>

#include "router/batch.hpp"
#include "router/connection.hpp"
#include "router/whole_frame.hpp"
#include "router/worker.hpp"
#include "serializers/utf8.hpp"

namespace heddle {
namespace {

namespace ws = websocketpp;

constexpr std::size_t kept_capacity_max = 64 << 10;  // of the message buffer that is used again

/// Hands the engine one message object again and again, instead of a new one for each message. One a thread.
template <class Message>
class ReusedMessages : public std::enable_shared_from_this<ReusedMessages<Message>> {
 public:
    using ptr = std::shared_ptr<ReusedMessages>;
    using weak_ptr = std::weak_ptr<ReusedMessages>;
    using message_ptr = typename Message::ptr;

    message_ptr get_message() { return std::make_shared<Message>(this->shared_from_this()); }
    message_ptr get_message(ws::frame::opcode::value opcode, std::size_t size) {
        if (!spare_ || spare_.use_count() > 1 || spare_->get_raw_payload().capacity() > kept_capacity_max)
            spare_ = get_message();
        spare_->set_opcode(opcode);
        spare_->get_raw_payload().clear();
        // The size is the peer's claim: memory comes as the bytes do.
        spare_->get_raw_payload().reserve(std::min(size, kept_capacity_max));
        return spare_;
    }
    bool recycle(Message*) { return false; }

 private:
    message_ptr spare_;
};

/// The engine is websocketpp's frame processor alone: no endpoint, no connection object, no transport of its own.
struct EngineConfig {
    using request_type = ws::http::parser::request;
    using response_type = ws::http::parser::response;
    using message_type = ws::message_buffer::message<ReusedMessages>;
    using con_msg_manager_type = ReusedMessages<message_type>;
    using rng_type = ws::random::none::int_generator<std::uint32_t>;
    struct permessage_deflate_config {};
    using permessage_deflate_type = ws::extensions::permessage_deflate::disabled<permessage_deflate_config>;
    static const bool enable_extensions = false;  // permessage-deflate of 0.8.2 inflates without bound
    static const std::size_t max_message_size = 1 << 20;
};
using Engine = ws::processor::hybi13<EngineConfig>;

EngineConfig::con_msg_manager_type::ptr messages_of_this_thread() {
    thread_local const auto manager = std::make_shared<EngineConfig::con_msg_manager_type>();
    return manager;
}
EngineConfig::rng_type no_random_numbers;  // servers do not mask

ws::close::status::value close_code(CloseReason why) {
    namespace status = ws::close::status;
    switch (why) {
        case CloseReason::goodbye:
        case CloseReason::aborted:
        case CloseReason::goodbye_timeout:
            return status::normal;
        case CloseReason::shutdown:
        case CloseReason::realm_closed:
            return status::going_away;
        case CloseReason::protocol_violation:
            return status::protocol_error;
        case CloseReason::malformed_message:
            return status::protocol_error;
        case CloseReason::message_too_big:
            return status::message_too_big;
        default:
            return status::policy_violation;
    }
}

class WebSocket final : public Protocol {
 public:
    WebSocket(Connection& connection, const Subprotocol& subprotocol)
        : connection_(connection),
          subprotocol_(subprotocol),
          engine_(false, true, messages_of_this_thread(), no_random_numbers) {
        const Limits& limits = connection.worker().limits();
        // A WARP client may be in a realm already: where nobody has to log in, it joins with the connection.
        set_message_max(connection.in_session() ? limits.message : limits.message_before_session);
        if (subprotocol.form.framing == Framing::batched)
            connection.batch_with(websocket_batch_header(subprotocol.form.encoding));
    }

    std::string_view name() const override { return "websocket"; }
    std::size_t on_bytes(std::span<char> bytes) override;
    void on_closing(CloseReason why) override {
        const std::string_view name = name_of(why);
        const auto code = engine_error_ ? engine_error_ : close_code(why);
        const char payload[] = {static_cast<char>(code >> 8), static_cast<char>(code & 0xFF)};
        connection_.send(websocket_control(ControlFrame::close, std::string(payload, 2).append(name)),
                         FrameKind::control);
    }
    std::uint64_t unfinished() const override { return in_engine_ ? messages_ + 1 : 0; }
    std::size_t kept_input() const override { return (in_engine_ ? engine_bytes_ : 0) + held_.capacity(); }
    bool ping() override {
        connection_.send(websocket_control(ControlFrame::ping, {}), FrameKind::control);
        return true;
    }
    void set_message_max(std::size_t bytes) override {
        message_max_ = bytes;
        engine_.set_max_message_size(bytes);
    }
    void on_resumed() override {
        if (const std::string held = std::exchange(held_, {}); !held.empty()) take_batch(held);
    }
    bool awaits_peer_close() const override { return !peer_closed_ && !engine_error_; }

 private:
    std::size_t feed_engine(std::span<char> bytes);
    void on_control(EngineConfig::message_type& message);
    void on_data(std::string_view payload, bool text);
    void take_batch(std::string_view bytes);
    void violated(CloseReason why, std::string_view what);
    void on_close_frame(const std::string& payload);
    void on_engine_error(const std::error_code& error);

    Connection& connection_;
    Subprotocol subprotocol_;
    Engine engine_;
    std::size_t message_max_ = 0;
    std::string held_;                // the rest of a batch whose GOODBYE a realm on another thread has to answer first
    std::uint64_t messages_ = 0;      // that were read whole
    bool in_engine_ = false;          // it has part of something
    std::size_t engine_bytes_ = 0;    // that it has been given since then
    bool data_in_engine_ = false;     // of a message, not of a control frame alone
    std::uint16_t engine_error_ = 0;  // close code of a frame that RFC 6455 forbids
    bool peer_closed_ = false;
};

std::size_t WebSocket::on_bytes(std::span<char> bytes) {
    std::size_t used = 0;
    while (used < bytes.size() && !engine_error_ && !peer_closed_ && !connection_.paused()) {
        const std::span<char> rest = bytes.subspan(used);
        if (!in_engine_ && !connection_.closing()) {
            if (const auto frame = take_whole_frame(rest, message_max_)) {
                used += frame->size;
                on_data(frame->payload, frame->text);
                continue;
            }
        }
        used += feed_engine(rest);
    }
    return engine_error_ || peer_closed_ ? bytes.size() : used;
}

/// Control frames, fragments, frames that came in pieces, and all that is wrong.
std::size_t WebSocket::feed_engine(std::span<char> bytes) {
    constexpr char control_bit = 0x08;
    if (!in_engine_) {
        in_engine_ = true;
        engine_bytes_ = 0;
        data_in_engine_ = (bytes[0] & control_bit) == 0;
    }
    std::error_code error;
    const std::size_t used = engine_.consume(reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size(), error);
    engine_bytes_ += used;
    if (error) {
        on_engine_error(error);
    } else if (engine_.ready()) {
        const auto message = engine_.get_message();
        const bool control = ws::frame::opcode::is_control(message->get_opcode());
        // A control frame may stand between the fragments of a message: then the engine still has the rest to come.
        if (!control || !data_in_engine_) in_engine_ = false;
        if (control) {
            on_control(*message);
        } else if (!connection_.closing()) {
            on_data(message->get_payload(), message->get_opcode() == ws::frame::opcode::text);
        }
    }
    return used;
}

void WebSocket::on_control(EngineConfig::message_type& message) {
    namespace opcode = ws::frame::opcode;
    if (message.get_opcode() == opcode::close) return on_close_frame(message.get_payload());
    if (message.get_opcode() == opcode::ping)
        connection_.send(websocket_control(ControlFrame::pong, message.get_payload()), FrameKind::control);
    // Of a pong the arrival is enough: any bytes count as a sign of life.
}

void WebSocket::on_data(std::string_view payload, bool text) {
    ++messages_;
    const bool text_expected =
        subprotocol_.form.encoding == Encoding::json || subprotocol_.form.encoding == Encoding::recon;
    if (text != text_expected) {
        const std::string_view what =
            text ? "text frame on a binary subprotocol" : "binary frame on a text subprotocol";
        return violated(CloseReason::protocol_violation, what);
    }
    if (text && !utf8::valid(payload)) {
        engine_error_ = ws::close::status::invalid_payload;
        return violated(CloseReason::malformed_message, "text that is not UTF-8");
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

void WebSocket::on_close_frame(const std::string& payload) {
    std::error_code bad_code, bad_reason;
    ws::close::extract_code(payload, bad_code);
    if (!bad_code) ws::close::extract_reason(payload, bad_reason);
    if (bad_code || bad_reason) engine_error_ = ws::close::status::protocol_error;
    peer_closed_ = true;
    if (connection_.closing()) {
        connection_.worker().mark_dirty(connection_);  // it answered our close frame: nothing more to wait for
    } else {
        connection_.close(CloseReason::goodbye);
    }
}

/// A frame that the engine refuses. The session, if any, hears of it as a violation; the close frame carries the
/// engine's own code.
void WebSocket::on_engine_error(const std::error_code& error) {
    namespace failure = ws::processor::error;
    const bool too_big = error == failure::make_error_code(failure::message_too_big);
    engine_error_ = ws::processor::error::to_ws(error);
    if (connection_.closing()) return connection_.worker().mark_dirty(connection_);
    const CloseReason why = too_big ? CloseReason::message_too_big : CloseReason::protocol_violation;
    violated(why, error.message());
}

}  // namespace

Handshake answer_handshake(std::string_view request_head, std::string_view subprotocol, std::string_view cookie) {
    EngineConfig::request_type request;
    EngineConfig::response_type response;
    Engine engine(false, true, messages_of_this_thread(), no_random_numbers);
    response.set_version("HTTP/1.1");
    try {
        request.consume(request_head.data(), request_head.size());
        const std::error_code error = engine.validate_handshake(request);
        if (error || request.get_header("Sec-WebSocket-Version") != "13") {
            const bool version = !error;
            response.set_status(version ? ws::http::status_code::upgrade_required : ws::http::status_code::bad_request);
            response.append_header("Sec-WebSocket-Version", "13");
            response.append_header("Connection", "close");
            response.set_body((version ? "only WebSocket version 13 is spoken here" : error.message()) + "\n");
            return {response.raw(), false};
        }
        response.set_status(ws::http::status_code::switching_protocols);
        engine.process_handshake(request, std::string(subprotocol), response);
        if (!cookie.empty()) response.append_header("Set-Cookie", std::string(cookie));
        return {response.raw(), true};
    } catch (const ws::http::exception& error) {  // websocketpp's parser throws: this is where that ends
        response.set_status(ws::http::status_code::bad_request);
        response.append_header("Connection", "close");
        response.set_body(std::string(error.what()) + "\n");
        return {response.raw(), false};
    }
}

std::unique_ptr<Protocol> make_websocket(Connection& connection, const Subprotocol& subprotocol) {
    return std::make_unique<WebSocket>(connection, subprotocol);
}

}  // namespace heddle
