#pragma once
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "realms/close_reason.hpp"

/// The parts of a WebSocket (RFC 6455) that need no socket: the answer to its handshake, and its frames. The unit tests
/// and the fuzzer drive them; router/websocket.cpp joins them to a connection.
namespace heddle {

/// The answer to a request head (everything up to the empty line) that asks for a WebSocket.
struct Handshake {
    std::string response;  // to send as it is; an error response if `accepted` is false
    bool accepted = false;
};
/// Checks the head (RFC 6455, 4.2.1). `cookie` is the value of a Set-Cookie header; none is sent if it is empty.
Handshake answer_handshake(std::string_view request_head, std::string_view subprotocol, std::string_view cookie = {});

/// Close codes that the router sends (RFC 6455, 7.4.1).
namespace close_code {
inline constexpr std::uint16_t normal = 1000, going_away = 1001, protocol_error = 1002, invalid_payload = 1007,
                               policy_violation = 1008, message_too_big = 1009;
}

/// Reads the frames that a client sends, however its bytes are cut into pieces. One thread at a time: readers of the
/// same thread share a message buffer.
class WebSocketReader {
 public:
    enum class Found : std::uint8_t {
        more,     // all bytes were used, and a frame or a message is not complete yet
        message,  // payload() and text()
        ping,     // payload() is what the pong must carry
        pong,
        close,   // the client's close frame; code() is 0, or the close code to answer a malformed one with
        broken,  // code(), why() and what(): nothing more can be read
    };
    /// `message_max`: bytes of a message, all its fragments together.
    explicit WebSocketReader(std::size_t message_max);
    ~WebSocketReader();
    void set_message_max(std::size_t bytes);

    /// Reads from the front of `bytes`, which must not be empty, to the end of one message or control frame. Adds the
    /// number of bytes read to `used`, which is at least one. Unmasks in place.
    Found take(std::span<char> bytes, std::size_t& used);
    /// The message was handled: its buffer may be used for another.
    void let_go();

    /// Of a message or a control frame, until the next take() or let_go(). Text is valid UTF-8.
    std::string_view payload() const { return payload_; }
    bool text() const { return text_; }
    /// A message or a control frame has begun and has not ended.
    bool in_frame() const { return in_engine_; }
    /// Bytes that were read of what has begun and has not ended.
    std::size_t kept_input() const { return in_engine_ ? engine_bytes_ : 0; }

    std::uint16_t code() const { return code_; }
    CloseReason why() const { return why_; }
    const std::string& what() const { return what_; }

 private:
    struct Engine;
    Found feed_engine(std::span<char> bytes, std::size_t& used);
    Found found_message(std::string_view payload, bool text);
    Found found_close(std::string_view payload);
    Found fail(std::uint16_t code, CloseReason why, std::string what);

    std::unique_ptr<Engine> engine_;
    std::size_t message_max_;
    std::string_view payload_;
    bool text_ = false;
    bool in_engine_ = false;       // the engine has a part of something
    bool data_in_engine_ = false;  // of a message, not of a control frame alone
    std::size_t engine_bytes_ = 0;  // that the engine was given since then
    std::uint16_t code_ = 0;
    CloseReason why_ = CloseReason::protocol_violation;
    std::string what_;  // not empty: broken
};

}  // namespace heddle
