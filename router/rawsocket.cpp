#include "router/rawsocket.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "router/connection.hpp"
#include "router/listener.hpp"
#include "router/wamp_peer.hpp"
#include "router/worker.hpp"

namespace heddle {
namespace {

constexpr std::size_t header_size = 4;

/// Error nibbles of the server's handshake reply.
enum class Refusal : unsigned char {
    serializer_unsupported = 1,
    length_unacceptable = 2,
    reserved_bits = 3,
    too_many_connections = 4
};

/// The smallest announcement that covers `bytes`: 2^(9+L).
unsigned length_nibble(std::size_t bytes) {
    unsigned nibble = 0;
    while (nibble < 15 && (std::size_t{512} << nibble) < bytes) ++nibble;
    return nibble;
}

class RawSocket final : public Protocol {
 public:
    explicit RawSocket(Connection& connection)
        : connection_(connection), message_max_(connection.worker().limits().message_before_session) {}

    std::size_t on_bytes(std::span<char> bytes) override;
    bool ping() override {
        if (!open_) return false;
        connection_.send(rawsocket_frame(RawSocketFrame::ping, {}), FrameKind::required);
        return true;
    }
    void set_message_max(std::size_t bytes) override { message_max_ = bytes; }

 private:
    std::size_t take_handshake(std::span<const char> bytes);
    std::size_t take_frame(std::span<const char> bytes);
    void on_frame(std::string_view payload);
    bool begin_frame();
    void refuse(Refusal refusal);
    void fail(CloseReason why, std::string_view what);

    Connection& connection_;
    std::size_t message_max_;
    bool open_ = false;
    char header_[header_size];
    std::size_t header_got_ = 0;
    RawSocketFrame kind_ = RawSocketFrame::message;
    std::size_t size_ = 0;
    std::string partial_;  // of a frame that came in pieces
};

std::size_t RawSocket::on_bytes(std::span<char> bytes) {
    std::size_t used = 0;
    while (used < bytes.size() && !connection_.closing() && !connection_.paused()) {
        const std::span<const char> rest = bytes.subspan(used);
        used += open_ ? take_frame(rest) : take_handshake(rest);
    }
    return connection_.closing() ? bytes.size() : used;
}

std::size_t RawSocket::take_handshake(std::span<const char> bytes) {
    const std::size_t take = std::min(bytes.size(), header_size - header_got_);
    std::copy_n(bytes.begin(), take, header_ + header_got_);
    header_got_ += take;
    if (header_got_ < header_size) return take;
    header_got_ = 0;
    const auto second = static_cast<unsigned char>(header_[1]);
    const unsigned serializer = second & 0x0F;
    if (header_[2] != 0 || header_[3] != 0) {
        refuse(Refusal::reserved_bits);
    } else if (connection_.surplus()) {
        refuse(Refusal::too_many_connections);
    } else if (serializer < 1 || serializer > 3 || !connection_.listener().settings.wamp) {
        refuse(Refusal::serializer_unsupported);
    } else {
        const unsigned ours = length_nibble(connection_.worker().limits().message);
        const char reply[] = {rawsocket_magic, static_cast<char>(ours << 4 | serializer), 0, 0};
        connection_.send(Frame(SharedBytes({reply, sizeof reply})), FrameKind::required);
        const WireForm form{static_cast<Encoding>(serializer - 1), Framing::rawsocket};
        connection_.set_peer(make_wamp_peer(connection_, form, std::size_t{512} << (second >> 4)));
        connection_.handshake_done(true);
        open_ = true;
    }
    return take;
}

std::size_t RawSocket::take_frame(std::span<const char> bytes) {
    std::size_t used = 0;
    if (header_got_ < header_size) {
        used = std::min(bytes.size(), header_size - header_got_);
        std::copy_n(bytes.begin(), used, header_ + header_got_);
        header_got_ += used;
        if (header_got_ < header_size || !begin_frame()) return used;
    }
    const std::span<const char> rest = bytes.subspan(used);
    if (partial_.empty() && rest.size() >= size_) {
        header_got_ = 0;
        on_frame({rest.data(), size_});
        return used + size_;
    }
    const std::size_t take = std::min(rest.size(), size_ - partial_.size());
    partial_.append(rest.data(), take);
    if (partial_.size() == size_) {
        header_got_ = 0;
        const std::string whole = std::exchange(partial_, {});
        on_frame(whole);
    }
    return used + take;
}

/// The header is complete: `RRRRXTTT` and 24 bits of length. The limit is checked before anything is kept.
bool RawSocket::begin_frame() {
    const auto octet = [this](std::size_t i) {
        return static_cast<std::size_t>(static_cast<unsigned char>(header_[i]));
    };
    size_ = octet(1) << 16 | octet(2) << 8 | octet(3);
    if (octet(0) & 0x08) {
        if (size_ != 0) return fail(CloseReason::protocol_violation, "RawSocket length bit X with a length"), false;
        size_ = std::size_t{1} << 24;
    }
    const std::size_t kind = octet(0) & 0x07;
    if ((octet(0) & 0xF0) != 0 || kind > 2)
        return fail(CloseReason::protocol_violation, "RawSocket frame of a reserved type"), false;
    kind_ = static_cast<RawSocketFrame>(kind);
    if (size_ > message_max_)
        return fail(CloseReason::message_too_big,
                    "message above the limit of " + std::to_string(message_max_) + " bytes"),
               false;
    return true;
}

void RawSocket::on_frame(std::string_view payload) {
    switch (kind_) {
        case RawSocketFrame::message:
            return connection_.peer().on_message(payload);
        case RawSocketFrame::ping:
            return connection_.send(rawsocket_frame(RawSocketFrame::pong, payload), FrameKind::required);
        case RawSocketFrame::pong:
            return;  // any bytes count as a sign of life
    }
}

void RawSocket::refuse(Refusal refusal) {
    const char reply[] = {rawsocket_magic, static_cast<char>(static_cast<unsigned>(refusal) << 4), 0, 0};
    connection_.send(Frame(SharedBytes({reply, sizeof reply})), FrameKind::required);
    const bool full = refusal == Refusal::too_many_connections;
    connection_.close(full ? CloseReason::too_many_connections : CloseReason::handshake_failed);
}

void RawSocket::fail(CloseReason why, std::string_view what) {
    connection_.peer().on_violation(why, what);
    if (!connection_.closing()) connection_.pause_reading(true);  // until the realm, elsewhere, has said its ABORT
}

}  // namespace

std::unique_ptr<Protocol> make_rawsocket(Connection& connection) { return std::make_unique<RawSocket>(connection); }

}  // namespace heddle
