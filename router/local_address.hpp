#pragma once
#include <sys/socket.h>

#include <string>

namespace heddle {

class Connection;

/// "127.0.0.1:8080", "[::1]:443", or "unix" for what is no TCP address.
std::string address_text(const sockaddr_storage& address);

/// Our end of a TCP connection; empty for a Unix socket.
std::string local_address(const Connection& connection);

}  // namespace heddle
