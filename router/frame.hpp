#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "serializers/bytes.hpp"
#include "serializers/encoding.hpp"

namespace heddle {

/// How a message is wrapped on its transport.
enum class Framing : std::uint8_t {
    websocket,  // one message a WebSocket message; text for json and recon, binary otherwise
    batched,    // a part of a batch (WAMP, "Batched Transport"); what goes around a batch is the transport's business
    rawsocket,  // 4 octets, then the message
    bare,       // nothing around it: the body of an HTTP answer
};
inline constexpr std::size_t framing_count = 4;

/// The form in which one peer reads messages: what it is encoded in and how it is wrapped. All peers of one form share
/// a frame.
struct WireForm {
    Encoding encoding = Encoding::json;
    Framing framing = Framing::websocket;
    std::size_t index() const {
        return static_cast<std::size_t>(encoding) * framing_count + static_cast<std::size_t>(framing);
    }
};
inline constexpr std::size_t wire_form_count = encoding_count * framing_count;

/// Bytes ready for a socket, shared by all who are sent them.
class Frame {
 public:
    Frame() = default;
    explicit Frame(SharedBytes bytes, std::size_t offset = 0) : bytes_(std::move(bytes)), offset_(offset) {}
    std::string_view view() const { return bytes_.view().substr(offset_); }
    std::size_t size() const { return bytes_.size() - offset_; }
    explicit operator bool() const { return static_cast<bool>(bytes_); }

 private:
    SharedBytes bytes_;
    std::size_t offset_ = 0;
};

/// Builds one frame: encode the message into `body()`, then `finish`. The header goes before the body without moving
/// it.
class FrameBuilder {
 public:
    FrameBuilder(WireForm form, std::size_t body_size_hint);
    ByteBuffer& body() { return buffer_; }
    std::size_t body_size() const { return buffer_.size() - headroom; }
    Frame finish();

 private:
    static constexpr std::size_t headroom = 16;  // the longest header: 10 of WebSocket
    WireForm form_;
    ByteBuffer buffer_;
};

/// What goes before a batch of so many bytes. WebSocket's, for text and for binary.
using BatchHeader = Frame (*)(std::size_t payload_size);
BatchHeader websocket_batch_header(Encoding encoding);

/// Appends one WebSocket text message, unmasked.
void put_websocket_text(std::string_view text, ByteBuffer& out);

/// WebSocket control frames (RFC 6455, 5.5); `payload` at most 125 bytes.
enum class ControlFrame : std::uint8_t { close = 0x8, ping = 0x9, pong = 0xA };
Frame websocket_control(ControlFrame kind, std::string_view payload);

inline constexpr std::size_t rawsocket_header_size = 4;

/// RawSocket frames that are no messages (WAMP, "RawSocket Transport"); `payload` at most 2^24 bytes.
enum class RawSocketFrame : std::uint8_t { message = 0, ping = 1, pong = 2 };
Frame rawsocket_frame(RawSocketFrame kind, std::string_view payload);

}  // namespace heddle
