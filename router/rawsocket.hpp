#pragma once
#include <memory>

#include "router/protocol.hpp"

namespace heddle {

inline constexpr char rawsocket_magic = 0x7F;

/// WAMP over RawSocket (WAMP, "RawSocket Transport"): four octets each way, then frames of up to 2^24 bytes.
std::unique_ptr<Protocol> make_rawsocket(Connection& connection);

}  // namespace heddle
