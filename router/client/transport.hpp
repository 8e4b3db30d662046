#pragma once
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "router/client/address.hpp"
#include "router/client/failure.hpp"
#include "router/client/loop.hpp"
#include "serializers/encoding.hpp"

namespace heddle {

/// A connection that carries whole messages, in order. Its callbacks run inside the loop.
class ClientTransport {
 public:
    struct Events {
        std::function<void(std::string_view message)> message;
        std::function<void(std::string why)> ended;  // once; nothing comes after it
    };
    virtual ~ClientTransport() = default;

    /// Begins to read. Once.
    virtual void start(Events events) = 0;
    /// Queues one message.
    virtual void send(std::string message) = 0;
    /// Bytes queued and not yet handed to the system.
    virtual std::size_t waiting() const = 0;
    /// What only both ends of the channel know (router/client/channel_id.hpp); nothing without TLS.
    virtual std::optional<std::string> channel_id(std::string_view type) = 0;
    /// Sends what is queued, then says good-bye in the transport's own way; `ended` follows.
    virtual void close() = 0;
};

struct DialOptions {
    Address address;
    std::string subprotocol;  // "wamp.2.json", "warp0"; WebSocket only
    Encoding encoding =
        Encoding::json;  // of RawSocket's handshake; JSON goes as text over WebSocket, the others as binary
    std::string tls_ca;             // PEM file; empty: the system's authorities
    std::string tls_cert, tls_key;  // PEM files of our own certificate; empty: none
    Deadline deadline = no_deadline;
};

/// Blocks until the transport is open, or throws Failure.
std::unique_ptr<ClientTransport> dial(Loop& loop, const DialOptions& options);

}  // namespace heddle
