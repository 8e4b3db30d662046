#pragma once
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "router/log.hpp"
#include "router/settings.hpp"
#include "router/stream.hpp"

namespace heddle {

/// What a connection has to know of the listener that accepted it. Immutable; a reload makes a new one for those who come
/// after it.
struct Listener {
    ListenerSettings settings;
    std::shared_ptr<const TlsContext> tls;  // null: plain only
    std::string bound;                      // "127.0.0.1:8080" or "unix:/path"
    std::uint16_t port = 0;                 // as bound
    mutable std::atomic<bool> replaced = false;  // a reload came: no further HTTP request under these settings
};

/// The address that a TCP listener binds, as a number: "127.0.0.1" for "localhost". May wait for a name
/// server: not for event loops. Throws std::runtime_error with a sentence that names the address.
std::string number_of_host(const ListenerSettings& settings);

/// A listening socket that hands accepted descriptors to `on_accept`. One thread. Out of descriptors, it waits and
/// tries again.
class Acceptor : public std::enable_shared_from_this<Acceptor> {
 public:
    using OnAccept =
        std::function<void(const std::shared_ptr<const Listener>& listener, int descriptor, std::string from)>;

    /// Binds and listens; throws std::runtime_error with a sentence that names the address. `leaving`: acceptors that
    /// are to be closed for this one, whose addresses may overlap with its own.
    /// `host`: settings.host as a number (number_of_host); empty: it is looked up here, which may wait.
    static std::shared_ptr<Acceptor> open(boost::asio::io_context& io, ListenerSettings settings,
                                          std::shared_ptr<const TlsContext> tls, Log& log, OnAccept on_accept,
                                          const std::vector<std::shared_ptr<Acceptor>>& leaving = {},
                                          const std::string& host = {});
    ~Acceptor();

    const Listener& listener() const { return *listener_; }
    /// Does it have the socket that these settings ask for?
    bool has_address_of(const ListenerSettings& settings) const;
    /// From here on the same socket serves under these.
    void change(ListenerSettings settings, std::shared_ptr<const TlsContext> tls);

    void start() { wait(); }
    /// Takes in who has come so far, and nobody else. What was accepted lives on as it did.
    void stop();
    /// The same after a reload that has no such listener: no further HTTP request on its connections.
    void retire();

 private:
    Acceptor(boost::asio::io_context& io, std::shared_ptr<const Listener> listener, int socket, Log& log,
             OnAccept on_accept);
    void wait();
    void accept_all();
    /// False: no descriptors are left.
    bool accept_waiting();

    std::shared_ptr<const Listener> listener_;
    Log& log_;
    boost::asio::posix::stream_descriptor socket_;
    boost::asio::steady_timer pause_;
    OnAccept on_accept_;
    const std::string unix_path_;
};

}  // namespace heddle
