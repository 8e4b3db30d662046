#pragma once
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <string>

#include "router/log.hpp"
#include "router/settings.hpp"
#include "router/stream.hpp"

namespace heddle {

/// What a connection has to know of the listener that accepted it. Immutable after start.
struct Listener {
    ListenerSettings settings;
    std::unique_ptr<TlsContext> tls;  // null: plain only
    std::string bound;                // "127.0.0.1:8080" or "unix:/path"
    std::uint16_t port = 0;           // as bound
};

/// A listening socket that hands accepted descriptors to `on_accept`. One thread. Out of descriptors, it waits and
/// tries again.
class Acceptor {
 public:
    using OnAccept = std::function<void(int descriptor, std::string from)>;

    /// Binds and listens; throws std::runtime_error with a sentence that names the address. Fills `listener.bound` and
    /// `port`.
    Acceptor(boost::asio::io_context& io, Listener& listener, Log& log, OnAccept on_accept);
    ~Acceptor();
    void start() { wait(); }
    void stop();

 private:
    void wait();
    void accept_all();
    Listener& listener_;
    Log& log_;
    boost::asio::posix::stream_descriptor socket_;
    boost::asio::steady_timer pause_;
    OnAccept on_accept_;
};

}  // namespace heddle
