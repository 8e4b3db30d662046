#include "router/listener.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

#include "router/local_address.hpp"

namespace heddle {
namespace {

constexpr int accepts_per_wake_max = 128;
constexpr std::chrono::milliseconds pause_without_descriptors{100};

[[noreturn]] void fail(const std::string& where, int error) {
    throw std::runtime_error("cannot listen on " + where + ": " + std::strerror(error));
}

int bind_unix(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) fail("unix:" + path, ENAMETOOLONG);
    path.copy(address.sun_path, path.size());
    const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    // A socket file that nobody answers on is a leftover of an earlier run.
    struct stat found {};
    if (::stat(path.c_str(), &found) == 0 && S_ISSOCK(found.st_mode)) {
        if (::connect(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) {
            ::close(socket);
            fail("unix:" + path, EADDRINUSE);
        }
        ::unlink(path.c_str());
    }
    if (::bind(socket, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
        const int error = errno;
        ::close(socket);
        fail("unix:" + path, error);
    }
    return socket;
}

int bind_tcp(const std::string& host, std::uint16_t port) {
    const std::string where = host + ":" + std::to_string(port);
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
    addrinfo* found = nullptr;
    const std::string bare = host.starts_with('[') && host.ends_with(']') ? host.substr(1, host.size() - 2) : host;
    if (const int error = ::getaddrinfo(bare.c_str(), std::to_string(port).c_str(), &hints, &found); error != 0)
        throw std::runtime_error("cannot listen on " + where + ": " + ::gai_strerror(error));
    const int socket = ::socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const int on = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    const int result = ::bind(socket, found->ai_addr, found->ai_addrlen);
    const int error = errno;
    ::freeaddrinfo(found);
    if (result != 0) {
        ::close(socket);
        fail(where, error);
    }
    return socket;
}

int bind_and_listen(Listener& listener) {
    const ListenerSettings& settings = listener.settings;
    const bool local = !settings.unix_path.empty();
    const int socket = local ? bind_unix(settings.unix_path) : bind_tcp(settings.host, settings.port);
    if (::listen(socket, SOMAXCONN) != 0) {
        const int error = errno;
        ::close(socket);
        fail(local ? "unix:" + settings.unix_path : settings.host, error);
    }
    if (local) {
        listener.bound = "unix:" + settings.unix_path;
        return socket;
    }
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
    listener.bound = address_text(address);
    listener.port = ntohs(address.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6&>(address).sin6_port
                                                        : reinterpret_cast<sockaddr_in&>(address).sin_port);
    return socket;
}

}  // namespace

Acceptor::Acceptor(boost::asio::io_context& io, Listener& listener, Log& log, OnAccept on_accept)
    : listener_(listener),
      log_(log),
      socket_(io, bind_and_listen(listener)),
      pause_(io),
      on_accept_(std::move(on_accept)) {}

Acceptor::~Acceptor() {
    if (!listener_.settings.unix_path.empty()) ::unlink(listener_.settings.unix_path.c_str());
}

void Acceptor::stop() {
    pause_.cancel();
    boost::system::error_code ignored;
    socket_.close(ignored);
}

void Acceptor::wait() {
    socket_.async_wait(socket_.wait_read, [this](const boost::system::error_code& error) {
        if (!error) accept_all();
    });
}

void Acceptor::accept_all() {
    for (int i = 0; i < accepts_per_wake_max; ++i) {
        sockaddr_storage address{};
        socklen_t size = sizeof address;
        const int accepted = ::accept4(socket_.native_handle(), reinterpret_cast<sockaddr*>(&address), &size,
                                       SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (accepted < 0) {
            if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
                // The connection stays in the queue, so readiness would come back at once: wait instead of spinning.
                log_.write(LogLevel::error, "listener.exhausted",
                           {{"listener", listener_.settings.name}, {"error", std::strerror(errno)}});
                pause_.expires_after(pause_without_descriptors);
                return pause_.async_wait([this](const boost::system::error_code& error) {
                    if (!error) accept_all();
                });
            }
            break;  // EAGAIN: all taken; anything else was about that one connection
        }
        const int on = 1;
        if (listener_.settings.unix_path.empty()) ::setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        on_accept_(accepted, address_text(address));
    }
    wait();
}

}  // namespace heddle
