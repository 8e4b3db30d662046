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
#include <memory>
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

/// Whether the file is what an earlier run left behind: only then does nobody answer at all. Whatever else keeps us from
/// connecting (a full backlog, a missing permission) says nothing about that, and the file stays.
bool is_leftover(int socket, const sockaddr_un& address, int& error) {
    error = ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 ? EADDRINUSE : errno;
    return error == ECONNREFUSED;
}

int bind_unix(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) fail("unix:" + path, ENAMETOOLONG);
    path.copy(address.sun_path, path.size());
    const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (socket < 0) fail("unix:" + path, errno);
    struct stat found {};
    if (::stat(path.c_str(), &found) == 0 && S_ISSOCK(found.st_mode)) {
        if (int error = 0; !is_leftover(socket, address, error)) {
            ::close(socket);
            fail("unix:" + path, error);
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

/// Two sockets may share a port for a moment, where the later one takes over from the earlier.
void share_port(int socket, bool shared) {
    const int value = shared;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEPORT, &value, sizeof value);
}

struct FreeAddress {
    void operator()(addrinfo* found) const { ::freeaddrinfo(found); }
};
using FoundAddress = std::unique_ptr<addrinfo, FreeAddress>;

std::string where_of(const ListenerSettings& settings) { return settings.host + ":" + std::to_string(settings.port); }

FoundAddress look_up(const ListenerSettings& settings, const std::string& host, int flags) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV | flags;
    addrinfo* found = nullptr;
    const std::string bare = host.starts_with('[') && host.ends_with(']') ? host.substr(1, host.size() - 2) : host;
    if (const int error = ::getaddrinfo(bare.c_str(), std::to_string(settings.port).c_str(), &hints, &found); error != 0)
        throw std::runtime_error("cannot listen on " + where_of(settings) + ": " + ::gai_strerror(error));
    return FoundAddress(found);
}

int bind_tcp(const ListenerSettings& settings, const std::string& number, const std::vector<int>& leaving) {
    const std::string where = where_of(settings);
    const FoundAddress found = number.empty() ? look_up(settings, settings.host, 0) : look_up(settings, number, AI_NUMERICHOST);
    const int socket = ::socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (socket < 0) {
        const int error = errno;
        fail(where, error);
    }
    const int on = 1;
    ::setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    for (const int earlier : leaving) share_port(earlier, true);
    if (!leaving.empty()) share_port(socket, true);
    const int result = ::bind(socket, found->ai_addr, found->ai_addrlen) == 0 ? ::listen(socket, SOMAXCONN) : -1;
    const int error = errno;
    for (const int earlier : leaving) share_port(earlier, false);
    if (!leaving.empty()) share_port(socket, false);
    if (result != 0) {
        ::close(socket);
        fail(where, error);
    }
    return socket;
}

int bind_and_listen(Listener& listener, const std::vector<int>& leaving, const std::string& host) {
    const ListenerSettings& settings = listener.settings;
    if (!settings.unix_path.empty()) {
        const int socket = bind_unix(settings.unix_path);
        listener.bound = "unix:" + settings.unix_path;
        // Everybody may connect where it is the peer's user that decides what he may do.
        if (!settings.peer_admins.empty()) ::chmod(settings.unix_path.c_str(), 0666);
        if (::listen(socket, SOMAXCONN) == 0) return socket;
        const int error = errno;
        ::close(socket);
        fail(listener.bound, error);
    }
    const int socket = bind_tcp(settings, host, leaving);
    sockaddr_storage address{};
    socklen_t size = sizeof address;
    ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
    listener.bound = address_text(address);
    listener.port = ntohs(address.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6&>(address).sin6_port
                                                        : reinterpret_cast<sockaddr_in&>(address).sin_port);
    return socket;
}

}  // namespace

std::string number_of_host(const ListenerSettings& settings) {
    const FoundAddress found = look_up(settings, settings.host, 0);
    char text[NI_MAXHOST];
    if (const int error = ::getnameinfo(found->ai_addr, found->ai_addrlen, text, sizeof text, nullptr, 0, NI_NUMERICHOST);
        error != 0)
        throw std::runtime_error("cannot listen on " + where_of(settings) + ": " + ::gai_strerror(error));
    return text;
}

std::shared_ptr<Acceptor> Acceptor::open(boost::asio::io_context& io, ListenerSettings settings,
                                         std::shared_ptr<const TlsContext> tls, Log& log, OnAccept on_accept,
                                         const std::vector<std::shared_ptr<Acceptor>>& leaving,
                                         const std::string& host) {
    const auto listener = std::make_shared<Listener>();
    listener->settings = std::move(settings);
    listener->tls = std::move(tls);
    std::vector<int> same_port;
    for (const auto& acceptor : leaving)
        if (acceptor->unix_path_.empty() && acceptor->listener().port == listener->settings.port)
            same_port.push_back(acceptor->socket_.native_handle());
    const int socket = bind_and_listen(*listener, same_port, host);
    return std::shared_ptr<Acceptor>(new Acceptor(io, listener, socket, log, std::move(on_accept)));
}

Acceptor::Acceptor(boost::asio::io_context& io, std::shared_ptr<const Listener> listener, int socket, Log& log,
                   OnAccept on_accept)
    : listener_(std::move(listener)),
      log_(log),
      socket_(io, socket),
      pause_(io),
      on_accept_(std::move(on_accept)),
      unix_path_(listener_->settings.unix_path) {}

Acceptor::~Acceptor() {
    if (!unix_path_.empty()) ::unlink(unix_path_.c_str());
}

bool Acceptor::has_address_of(const ListenerSettings& settings) const {
    const ListenerSettings& own = listener_->settings;
    if (own.unix_path != settings.unix_path || own.host != settings.host || own.port != settings.port) return false;
    return !own.unix_path.empty() || own.port != 0 || own.name == settings.name;  // any port: only its name tells it
}

void Acceptor::change(ListenerSettings settings, std::shared_ptr<const TlsContext> tls) {
    const auto next = std::make_shared<Listener>();
    next->settings = std::move(settings);
    next->tls = std::move(tls);
    next->bound = listener_->bound;
    next->port = listener_->port;
    listener_->replaced = true;
    listener_ = next;
}

void Acceptor::stop() {
    if (!socket_.is_open()) return;
    accept_waiting();
    pause_.cancel();
    boost::system::error_code ignored;
    socket_.close(ignored);
}

void Acceptor::retire() {
    listener_->replaced = true;
    stop();
}

void Acceptor::wait() {
    socket_.async_wait(socket_.wait_read, [weak = weak_from_this()](const boost::system::error_code& error) {
        const auto self = weak.lock();
        if (!error && self && self->socket_.is_open()) self->accept_all();
    });
}

void Acceptor::accept_all() {
    if (accept_waiting()) return wait();
    // The connection stays in the queue, so readiness would come back at once: wait instead of spinning.
    pause_.expires_after(pause_without_descriptors);
    pause_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
        const auto self = weak.lock();
        if (!error && self && self->socket_.is_open()) self->accept_all();
    });
}

bool Acceptor::accept_waiting() {
    for (int i = 0; i < accepts_per_wake_max; ++i) {
        sockaddr_storage address{};
        socklen_t size = sizeof address;
        const int accepted = ::accept4(socket_.native_handle(), reinterpret_cast<sockaddr*>(&address), &size,
                                       SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (accepted < 0) {
            if (errno != EMFILE && errno != ENFILE && errno != ENOBUFS && errno != ENOMEM)
                return true;  // EAGAIN: all taken; anything else was about that one connection
            log_.write(LogLevel::error, "listener.exhausted",
                       {{"listener", listener_->settings.name}, {"error", std::strerror(errno)}});
            return false;
        }
        const int on = 1;
        if (unix_path_.empty()) ::setsockopt(accepted, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        on_accept_(listener_, accepted, address_text(address));
    }
    return true;
}

}  // namespace heddle
