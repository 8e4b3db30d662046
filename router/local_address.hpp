#pragma once
#include <sys/socket.h>

#include <string>
#include <string_view>

namespace heddle {

class Connection;

/// "127.0.0.1:8080", "[::1]:443", or "unix" for what is no TCP address.
std::string address_text(const sockaddr_storage& address);

/// Of such a text the part before the port, without brackets; empty for "unix".
std::string host_of(std::string_view address);
/// Nothing that goes there leaves this machine.
bool loopback(std::string_view host);

/// Our end of a TCP connection; empty for a Unix socket.
std::string local_address(const Connection& connection);

}  // namespace heddle
