// The router's WebSocket layer with an echo in place of its peers, for the Autobahn test suite (tools/websocket-suite):
//   websocket_echo PORT
// The server, its connections and the WebSocket are the router's own. Only the greeting is not: the linker takes the
// one below in place of router/greeting.cpp.
#include <cstdlib>
#include <iostream>
#include <optional>

#include "router/connection.hpp"
#include "router/greeting.hpp"
#include "router/server.hpp"
#include "router/stderr_log.hpp"
#include "router/websocket.hpp"
#include "router/websocket_engine.hpp"

namespace heddle {
namespace {

class Echo final : public Peer {
 public:
    Echo(Connection& connection, WireForm form) : connection_(connection), form_(form) {}
    void on_message(std::string_view bytes) override {
        FrameBuilder builder(form_, bytes.size());
        builder.body().append(bytes);
        connection_.send(builder.finish(), FrameKind::required);
    }
    void on_violation(CloseReason why, std::string_view) override { connection_.close(why); }
    void on_detached() override {}
    void on_lost(CloseReason) override {}
    std::string_view realm() const override { return {}; }

 private:
    Connection& connection_;
    WireForm form_;
};

/// Reads the upgrade request, and waits for the first frame: a router's subprotocol is either text or binary, a case of
/// the suite too, and its first frame says which.
class EchoGreeting final : public Protocol {
 public:
    explicit EchoGreeting(Connection& connection) : connection_(connection) {}
    std::string_view name() const override { return "greeting"; }
    std::size_t on_bytes(std::span<char> bytes) override {
        if (open_) {
            const bool binary = (bytes[0] & 0x0F) == 2;
            const Subprotocol kind{"", {binary ? Encoding::msgpack : Encoding::json, Framing::websocket}, true};
            connection_.set_peer(std::make_unique<Echo>(connection_, kind.form));
            connection_.switch_to(make_websocket(connection_, kind));
            return 0;
        }
        head_.append(bytes.data(), bytes.size());
        const std::size_t end = head_.find("\r\n\r\n");
        if (end == std::string::npos) return bytes.size();
        const Handshake handshake = answer_handshake(head_.substr(0, end + 4), "");
        connection_.send(Frame(SharedBytes(handshake.response)), FrameKind::required);
        open_ = handshake.accepted;
        if (open_)
            connection_.handshake_done(false);
        else
            connection_.close(CloseReason::handshake_failed);
        return bytes.size();  // a client sends frames only after the answer
    }

 private:
    Connection& connection_;
    std::string head_;
    bool open_ = false;
};

}  // namespace

std::unique_ptr<Protocol> make_greeting(Connection& connection) { return std::make_unique<EchoGreeting>(connection); }

}  // namespace heddle

int main(int count, char** arguments) {
    if (count != 2) return std::cerr << "usage: websocket_echo PORT\n", 2;
    heddle::ServerSettings settings;
    heddle::ListenerSettings& listener = settings.listeners.emplace_back();
    listener.name = "echo";
    listener.host = "127.0.0.1";
    listener.port = static_cast<std::uint16_t>(std::atoi(arguments[1]));
    settings.limits.message = settings.limits.message_before_session = std::size_t{32} << 20;
    settings.limits.outbox = std::size_t{256} << 20;
    settings.drain = std::chrono::milliseconds(0);
    heddle::StderrLog log(heddle::LogLevel::error, heddle::LogFormat::text);
    heddle::serve(settings, log, [](const std::vector<heddle::BoundListener>& listeners) {
        std::cout << "echo at ws://" << listeners.at(0).address << std::endl;
    });
}
