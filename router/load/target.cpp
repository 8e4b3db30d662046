#include "router/load/target.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>

namespace heddle::load {

std::string Target::transport() const {
    std::string name = framing == Framing::websocket ? "ws" : "rs";
    return unix_path.empty() ? name : name + "+unix";
}

std::string Target::place() const {
    if (!unix_path.empty()) return unix_path;
    bool v6 = host.find(':') != host.npos;
    return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

Result<Target> parse_target(std::string_view url) {
    Target target;
    auto begins = [&](std::string_view prefix) {
        if (!url.starts_with(prefix)) return false;
        url.remove_prefix(prefix.size());
        return true;
    };
    auto wrong = [url](const std::string& what) { return Error{what + " in address \"" + std::string(url) + "\""}; };
    target.framing = url.starts_with("rs") ? Framing::rawsocket : Framing::websocket;
    if (begins("ws+unix:") || begins("rs+unix:")) {
        if (url.starts_with("//")) url.remove_prefix(2);
        target.unix_path = url;
        if (url.empty() || url.size() >= sizeof(sockaddr_un::sun_path)) return wrong("socket path missing or too long");
        return target;
    }
    if (!begins("ws://") && !begins("rs://"))
        return wrong("a load speaks ws://, rs://, ws+unix: and rs+unix:, not what stands");
    auto slash = url.find('/');
    if (slash != url.npos) target.path = url.substr(slash);
    auto place = url.substr(0, slash);
    auto colon = place.rfind(':');
    if (colon != place.npos && place.find(']', colon) != place.npos) colon = place.npos;  // "[::1]"
    auto host = place.substr(0, colon);
    if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
    if (host.empty()) return wrong("host missing");
    target.host = host;
    if (colon == place.npos) return target;
    auto digits = place.substr(colon + 1);
    auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), target.port);
    if (error != std::errc() || end != digits.data() + digits.size() || target.port == 0)
        return wrong("no port number");
    return target;
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
    int status = getaddrinfo(target.host.c_str(), std::to_string(target.port).c_str(), &hints, &found);
    if (status != 0) return Error{"cannot find " + target.host + ": " + gai_strerror(status)};
    dialer.family_ = found->ai_family;
    dialer.address_.assign(reinterpret_cast<const char*>(found->ai_addr), found->ai_addrlen);
    freeaddrinfo(found);
    return dialer;
}

int Dialer::dial() const {
    int fd = socket(family_, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), on = 1;
    if (fd < 0) return -1;
    if (family_ != AF_UNIX) setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    auto address = reinterpret_cast<const sockaddr*>(address_.data());
    if (connect(fd, address, static_cast<socklen_t>(address_.size())) == 0 || errno == EINPROGRESS) return fd;
    int error = errno;
    close(fd);
    errno = error;
    return -1;
}

}  // namespace heddle::load
