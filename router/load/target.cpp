#include "router/load/target.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "router/client/address.hpp"

namespace heddle::load {

std::string Target::transport() const {
    std::string name = framing == Framing::websocket ? "ws" : "rs";
    return unix_path.empty() ? name : name + "+unix";
}

std::string Target::place() const {
    if (!unix_path.empty()) return unix_path;
    bool v6 = host.find(':') != host.npos;
    return (v6 ? "[" + host + "]" : host) + ":" + port;
}

Result<Target> parse_target(std::string_view url) {
    auto address = parse_address(url);
    auto wrong = [url](const std::string& what) { return Error{"address " + std::string(url) + ": " + what}; };
    if (!address) return wrong(address.error().what);
    if (address->tls) return wrong("a load speaks ws:// rs:// ws+unix:PATH rs+unix:PATH, no TLS");
    if (address->unix_path.size() >= sizeof(sockaddr_un::sun_path)) return wrong("the socket's path is too long");
    bool websocket = address->carrier == Address::Carrier::websocket;
    return Target{std::string(url),   websocket ? Framing::websocket : Framing::rawsocket,
                  address->host,      address->port,
                  address->unix_path, address->path};
}

Result<Dialer> Dialer::make(const Target& target) {
    Dialer dialer;
    if (!target.unix_path.empty()) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, target.unix_path.data(), target.unix_path.size());
        dialer.family_ = AF_UNIX;
        dialer.address_.assign(reinterpret_cast<const char*>(&address), sizeof address);
        return dialer;
    }
    addrinfo hints{}, *found = nullptr;
    hints.ai_socktype = SOCK_STREAM;
    int status = getaddrinfo(target.host.c_str(), target.port.c_str(), &hints, &found);
    if (status != 0) return Error{"cannot find " + target.host + ": " + gai_strerror(status)};
    dialer.family_ = found->ai_family;
    dialer.address_.assign(reinterpret_cast<const char*>(found->ai_addr), found->ai_addrlen);
    freeaddrinfo(found);
    return dialer;
}

int Dialer::dial(int receive_bytes) const {
    int fd = socket(family_, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;
    if (fd < 0) return -1;
    if (family_ != AF_UNIX) setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (receive_bytes > 0) setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_bytes, sizeof receive_bytes);
    auto address = reinterpret_cast<const sockaddr*>(address_.data());
    if (connect(fd, address, static_cast<socklen_t>(address_.size())) == 0 || errno == EINPROGRESS) return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

}  // namespace heddle::load
