// The only file that sees websocketpp: of that library the router uses the frame processor and the HTTP parser.
#include "router/websocket_engine.hpp"

#include <algorithm>
#include <websocketpp/close.hpp>
#include <websocketpp/extensions/permessage_deflate/disabled.hpp>
#include <websocketpp/http/request.hpp>
#include <websocketpp/http/response.hpp>
#include <websocketpp/message_buffer/message.hpp>
#include <websocketpp/processors/hybi13.hpp>
#include <websocketpp/random/none.hpp>

#include "router/whole_frame.hpp"
#include "serializers/utf8.hpp"

namespace heddle {

/// Not anonymous, as a class with a declaration in a header has a member of these types.
namespace websocket_parts {

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
using Processor = ws::processor::hybi13<EngineConfig>;

EngineConfig::con_msg_manager_type::ptr messages_of_this_thread() {
    thread_local const auto manager = std::make_shared<EngineConfig::con_msg_manager_type>();
    return manager;
}
EngineConfig::rng_type no_random_numbers;  // servers do not mask

constexpr const char* not_utf8 = "text that is not UTF-8";

}  // namespace websocket_parts

struct WebSocketReader::Engine {
    websocket_parts::Processor processor{false, true, websocket_parts::messages_of_this_thread(),
                                         websocket_parts::no_random_numbers};
    websocket_parts::EngineConfig::message_type::ptr message;  // the last one, until let_go
};

WebSocketReader::WebSocketReader(std::size_t message_max)
    : engine_(std::make_unique<Engine>()), message_max_(message_max) {
    engine_->processor.set_max_message_size(message_max);
}

WebSocketReader::~WebSocketReader() = default;

void WebSocketReader::set_message_max(std::size_t bytes) {
    message_max_ = bytes;
    engine_->processor.set_max_message_size(bytes);
}

void WebSocketReader::let_go() {
    payload_ = {};
    engine_->message.reset();
}

WebSocketReader::Found WebSocketReader::take(std::span<char> bytes, std::size_t& used) {
    let_go();
    if (!what_.empty()) {
        used += bytes.size();
        return Found::broken;
    }
    if (!in_engine_) {
        if (const auto frame = take_whole_frame(bytes, message_max_)) {
            used += frame->size;
            return found_message(frame->payload, frame->text);
        }
    }
    return feed_engine(bytes, used);
}

/// Control frames, fragments, frames that came in pieces, and all that is wrong.
WebSocketReader::Found WebSocketReader::feed_engine(std::span<char> bytes, std::size_t& used) {
    namespace opcode = websocketpp::frame::opcode;
    namespace failure = websocketpp::processor::error;
    constexpr char control_bit = 0x08;
    if (!in_engine_) {
        in_engine_ = true;
        engine_bytes_ = 0;
        data_in_engine_ = (bytes[0] & control_bit) == 0;
    }
    std::error_code error;
    auto* const begin = reinterpret_cast<std::uint8_t*>(bytes.data());
    const std::size_t read = engine_->processor.consume(begin, bytes.size(), error);
    engine_bytes_ += read;
    used += error ? bytes.size() : read;
    if (error == failure::make_error_code(failure::invalid_utf8))
        return fail(close_code::invalid_payload, CloseReason::malformed_message, websocket_parts::not_utf8);
    if (error) {
        const bool too_big = error == failure::make_error_code(failure::message_too_big);
        return fail(failure::to_ws(error), too_big ? CloseReason::message_too_big : CloseReason::protocol_violation,
                    error.message());
    }
    if (!engine_->processor.ready()) return Found::more;
    engine_->message = engine_->processor.get_message();
    const opcode::value kind = engine_->message->get_opcode();
    const std::string_view payload = engine_->message->get_payload();
    // A control frame may stand between the fragments of a message: then the engine still has the rest to come.
    if (!opcode::is_control(kind) || !data_in_engine_) in_engine_ = false;
    if (!opcode::is_control(kind)) return found_message(payload, kind == opcode::text);
    payload_ = payload;
    if (kind == opcode::close) return found_close(payload);
    return kind == opcode::ping ? Found::ping : Found::pong;
}

/// The engine does not check whether the last fragment of a text ends inside a character, so all text is checked here.
WebSocketReader::Found WebSocketReader::found_message(std::string_view payload, bool text) {
    if (text && !utf8::valid(payload))
        return fail(close_code::invalid_payload, CloseReason::malformed_message, websocket_parts::not_utf8);
    payload_ = payload;
    text_ = text;
    return Found::message;
}

WebSocketReader::Found WebSocketReader::found_close(std::string_view payload) {
    std::error_code bad_code, bad_reason;
    const std::string text(payload);
    websocketpp::close::extract_code(text, bad_code);
    if (!bad_code) websocketpp::close::extract_reason(text, bad_reason);
    if (bad_code || bad_reason) code_ = close_code::protocol_error;
    return Found::close;
}

WebSocketReader::Found WebSocketReader::fail(std::uint16_t code, CloseReason why, std::string what) {
    let_go();
    code_ = code;
    why_ = why;
    what_ = std::move(what);
    return Found::broken;
}

Handshake answer_handshake(std::string_view request_head, std::string_view subprotocol, std::string_view cookie) {
    websocket_parts::EngineConfig::request_type request;
    websocket_parts::EngineConfig::response_type response;
    const websocket_parts::Processor engine(false, true, websocket_parts::messages_of_this_thread(),
                                            websocket_parts::no_random_numbers);
    response.set_version("HTTP/1.1");
    try {
        request.consume(request_head.data(), request_head.size());
        const std::error_code error = engine.validate_handshake(request);
        if (error || request.get_header("Sec-WebSocket-Version") != "13") {
            const bool version = !error;
            namespace status = websocketpp::http::status_code;
            response.set_status(version ? status::upgrade_required : status::bad_request);
            response.append_header("Sec-WebSocket-Version", "13");
            response.append_header("Connection", "close");
            response.set_body((version ? "only WebSocket version 13 is spoken here" : error.message()) + "\n");
            return {response.raw(), false};
        }
        response.set_status(websocketpp::http::status_code::switching_protocols);
        engine.process_handshake(request, std::string(subprotocol), response);
        if (!cookie.empty()) response.append_header("Set-Cookie", std::string(cookie));
        return {response.raw(), true};
    } catch (const websocketpp::http::exception& error) {  // websocketpp's parser throws: this is where that ends
        response.set_status(websocketpp::http::status_code::bad_request);
        response.append_header("Connection", "close");
        response.set_body(std::string(error.what()) + "\n");
        return {response.raw(), false};
    }
}

}  // namespace heddle
