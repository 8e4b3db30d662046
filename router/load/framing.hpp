#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "serializers/encoding.hpp"

/// Frames of WebSocket (RFC 6455 section 5.2) and RawSocket (WAMP, "RawSocket Transport"), and both handshakes, in
/// their least form.
namespace heddle::load {

enum class Framing : std::uint8_t { websocket, rawsocket };
enum class Side : std::uint8_t { client, server };  // who writes: WebSocket clients mask

enum class FrameKind : std::uint8_t { message, part, last_part, ping, pong, close };
struct Frame {
    FrameKind kind = FrameKind::message;
    std::string_view payload;
};

/// Appends one frame to `out`. The mask is the same for each frame: a load has nothing to hide from proxies.
void append_frame(Framing framing, Side side, Encoding encoding, FrameKind kind, std::string_view payload,
                  std::string& out);

/// Takes the first frame from `size` bytes, unmasked in place. Returns how many bytes it had; 0: not all there yet;
/// `broken`: no frame.
inline constexpr std::size_t broken = static_cast<std::size_t>(-1);
std::size_t take_frame(Framing framing, char* data, std::size_t size, Frame& frame);

/// What a client sends first. Recon is what WARP speaks, over WebSocket only.
std::string client_handshake(Framing framing, Encoding encoding, std::string_view host, std::string_view path);
/// Reads the server's answer: how many bytes it had; 0: not all there yet; `broken`: refused, `why` tells how.
std::size_t take_server_handshake(Framing framing, Encoding encoding, std::string_view bytes, std::string& why);

}  // namespace heddle::load
