#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "realms/close_reason.hpp"
#include "router/frame.hpp"

/// The octets of the RawSocket transport (WAMP, "RawSocket Transport"). Knows no socket: the tests and the fuzzer feed
/// it.
namespace heddle {

inline constexpr std::size_t rawsocket_handshake_size = 4;

/// Error nibbles of the router's handshake reply; 0 is never said.
enum class RawSocketRefusal : unsigned char {
    serializer_unsupported = 1,
    length_unacceptable = 2,
    reserved_bits = 3,
    too_many_connections = 4,
};

/// What the router announces to take, 2^(9+L): the most that is not above `message_max`, so that what it announces and
/// what it takes are the same. At least 512.
std::size_t rawsocket_limit(std::size_t message_max);

/// A client's handshake, `7F LLLLSSSS 00 00`, understood.
struct RawSocketHandshake {
    std::optional<RawSocketRefusal> refusal;
    Encoding encoding = Encoding::json;
    std::size_t peer_takes = 0;  // bytes of a message
};
RawSocketHandshake read_rawsocket_handshake(std::span<const char, rawsocket_handshake_size> octets);

/// The router's reply: its own limit and the serializer echoed, or the error.
std::string rawsocket_welcome(std::size_t limit, Encoding encoding);
std::string rawsocket_refusal(RawSocketRefusal refusal);

/// Bytes to frames, however they are cut.
class RawSocketReader {
 public:
    enum class Found {
        more,    // all bytes were taken, no frame is whole
        frame,   // kind() and payload(), until the next step
        broken,  // why() and what(): nothing more can be read here
    };
    explicit RawSocketReader(std::size_t message_max) : message_max_(message_max) {}
    void set_message_max(std::size_t bytes) { message_max_ = bytes; }

    /// One step: takes bytes from the front of `bytes`, adds to `used` how many.
    Found take(std::span<const char> bytes, std::size_t& used);

    /// The frame was used: an idle connection keeps no memory of it.
    void let_go() { std::string().swap(whole_); }

    /// A part of a frame has come, and not all of it.
    bool in_frame() const { return header_got_ > 0 || !partial_.empty(); }

    std::size_t kept_bytes() const { return partial_.capacity() + whole_.capacity(); }

    RawSocketFrame kind() const { return kind_; }
    std::string_view payload() const { return payload_; }
    CloseReason why() const { return why_; }
    const std::string& what() const { return what_; }

 private:
    bool begin_frame();
    bool fail(CloseReason why, std::string what);

    std::size_t message_max_;
    char header_[rawsocket_header_size] = {};
    std::size_t header_got_ = 0;
    RawSocketFrame kind_ = RawSocketFrame::message;
    std::size_t size_ = 0;
    std::string partial_;  // of a frame that came in pieces
    std::string whole_;    // the last of those
    std::string_view payload_;
    CloseReason why_ = CloseReason::protocol_violation;
    std::string what_;  // not empty: broken
};

}  // namespace heddle
