#pragma once
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "router/client/address.hpp"
#include "serializers/bytes.hpp"

namespace heddle {

/// One outgoing WARP connection: resolves, connects, does TLS and the WebSocket handshake, then carries text messages.
/// Pings a silent server, and ends when it stays silent. The first steps' deadline is the owner's: it abandons it.
/// Callbacks come from the loop, never from inside a call; none after `close` or `abandon`.
class UplinkConnection {
 public:
    struct Target {
        Address address;
        std::string ca;  // PEM file of the authorities that may vouch for the server; empty: the system's
        std::size_t message_max = 1 << 20;
        std::chrono::milliseconds idle{60'000};  // without a byte from the server; a ping goes out at half of it
    };
    struct Events {
        std::function<void(std::string_view subprotocol)> opened;
        std::function<void(std::string_view text)> text;
        std::function<void(std::string why)> lost;
        std::function<void()> drained;  // little waits any more
    };

    static std::shared_ptr<UplinkConnection> open(boost::asio::io_context& io, Target target, Events events);
    virtual ~UplinkConnection() = default;
    virtual void send(SharedBytes text) = 0;
    /// Nothing more is read, not even answers to pings: the server's silence ends it no more, until it reads again.
    virtual void pause(bool paused) = 0;
    virtual std::size_t waiting() const = 0;  // bytes given to send that the system did not take yet
    /// Says good-bye in WebSocket's own way, for a short while.
    virtual void close() = 0;
    virtual void abandon() = 0;
};

}  // namespace heddle
