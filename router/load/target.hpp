#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "router/load/framing.hpp"
#include "serializers/result.hpp"

namespace heddle::load {

/// Where a load goes: ws://host:port/path, rs://host:port, ws+unix:PATH, rs+unix:PATH.
struct Target {
    std::string url = "ws://127.0.0.1:8080";  // as written, for messages
    Framing framing = Framing::websocket;
    std::string host = "127.0.0.1";
    std::string port = "8080";
    std::string unix_path;  // empty: TCP
    std::string path = "/";
    std::string transport() const;  // "ws", "rs+unix"
    std::string place() const;      // "127.0.0.1:8080", or the socket's path
};

/// An address as all commands have it (router/client), without TLS: a load measures the router, not the cipher.
Result<Target> parse_target(std::string_view url);

/// A socket on its way to the target, non-blocking, TCP_NODELAY; addresses are looked up once.
class Dialer {
 public:
    static Result<Dialer> make(const Target& target);
    /// The descriptor, or -1 and errno. `receive_bytes`: of the socket's receive buffer; 0: as the system has it.
    int dial(int receive_bytes = 0) const;

 private:
    int family_ = 0;
    std::string address_;  // a sockaddr
};

}  // namespace heddle::load
