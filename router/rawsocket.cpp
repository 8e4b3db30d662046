#include "router/rawsocket.hpp"

#include <algorithm>
#include <string>
#include <utility>

#include "router/connection.hpp"
#include "router/listener.hpp"
#include "router/rawsocket_reader.hpp"
#include "router/wamp_peer.hpp"
#include "router/worker.hpp"

namespace heddle {
namespace {

class RawSocket final : public Protocol {
 public:
    explicit RawSocket(Connection& connection)
        : connection_(connection),
          limit_(rawsocket_limit(connection.worker().limits().message)),
          reader_(std::min(limit_, connection.worker().limits().message_before_session)) {}

    std::string_view name() const override { return "rawsocket"; }
    std::size_t on_bytes(std::span<char> bytes) override;
    std::uint64_t unfinished() const override { return open_ && reader_.in_frame() ? frames_ + 1 : 0; }
    std::size_t kept_input() const override { return reader_.kept_bytes(); }
    /// Each PING has a payload of its own, its number: the peer has to give it back.
    bool ping() override {
        if (!open_) return false;
        connection_.send(rawsocket_frame(RawSocketFrame::ping, std::to_string(++pings_)), FrameKind::control);
        return true;
    }
    /// In a session what was announced holds, whatever a reload made of the limit.
    void set_message_max(std::size_t bytes) override {
        const bool of_session = bytes >= connection_.worker().limits().message;
        reader_.set_message_max(of_session ? limit_ : std::min(limit_, bytes));
    }

 private:
    std::size_t take_handshake(std::span<const char> bytes);
    std::size_t take_frame(std::span<const char> bytes);
    void on_frame(RawSocketFrame kind, std::string_view payload);
    void refuse(RawSocketRefusal refusal);
    void fail(CloseReason why, std::string_view what);

    Connection& connection_;
    std::size_t limit_;  // as announced
    RawSocketReader reader_;
    std::uint64_t pings_ = 0;
    std::uint64_t frames_ = 0;  // that were read whole
    bool open_ = false;
    char handshake_[rawsocket_handshake_size] = {};
    std::size_t handshake_got_ = 0;
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
    const std::size_t take = std::min(bytes.size(), sizeof handshake_ - handshake_got_);
    std::copy_n(bytes.begin(), take, handshake_ + handshake_got_);
    handshake_got_ += take;
    if (handshake_got_ < sizeof handshake_) return take;
    const RawSocketHandshake said = read_rawsocket_handshake(handshake_);
    if (said.refusal == RawSocketRefusal::reserved_bits) {
        refuse(RawSocketRefusal::reserved_bits);
    } else if (connection_.surplus()) {
        refuse(RawSocketRefusal::too_many_connections);
    } else if (said.refusal || !(connection_.listener().settings.wamp || connection_.listener().settings.admin)) {
        refuse(said.refusal.value_or(RawSocketRefusal::serializer_unsupported));
    } else {
        connection_.send(Frame(SharedBytes(rawsocket_welcome(limit_, said.encoding))), FrameKind::control);
        connection_.set_peer(make_wamp_peer(connection_, {said.encoding, Framing::rawsocket}, said.peer_takes));
        connection_.handshake_done(true);
        open_ = true;
    }
    return take;
}

std::size_t RawSocket::take_frame(std::span<const char> bytes) {
    std::size_t used = 0;
    switch (reader_.take(bytes, used)) {
        case RawSocketReader::Found::more:
            break;
        case RawSocketReader::Found::frame:
            ++frames_;
            on_frame(reader_.kind(), reader_.payload());
            reader_.let_go();
            break;
        case RawSocketReader::Found::broken:
            fail(reader_.why(), reader_.what());
            return bytes.size();
    }
    return used;
}

void RawSocket::on_frame(RawSocketFrame kind, std::string_view payload) {
    switch (kind) {
        case RawSocketFrame::message:
            return connection_.peer().on_message(payload);
        case RawSocketFrame::ping:
            return connection_.send(rawsocket_frame(RawSocketFrame::pong, payload), FrameKind::control);
        case RawSocketFrame::pong:
            return;  // asked for or not, a sign of life like any other bytes
    }
}

void RawSocket::refuse(RawSocketRefusal refusal) {
    connection_.send(Frame(SharedBytes(rawsocket_refusal(refusal))), FrameKind::control);
    const bool full = refusal == RawSocketRefusal::too_many_connections;
    connection_.close(full ? CloseReason::too_many_connections : CloseReason::handshake_failed);
}

void RawSocket::fail(CloseReason why, std::string_view what) {
    connection_.peer().on_violation(why, what);
    if (!connection_.closing()) connection_.pause_reading(true);  // until the realm, elsewhere, has said its ABORT
}

}  // namespace

std::unique_ptr<Protocol> make_rawsocket(Connection& connection) { return std::make_unique<RawSocket>(connection); }

}  // namespace heddle
