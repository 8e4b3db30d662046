#pragma once
#include <memory>

#include "router/protocol.hpp"
#include "router/subprotocol.hpp"

namespace heddle {

/// The frames of an open WebSocket. Its Peer is set already.
std::unique_ptr<Protocol> make_websocket(Connection& connection, const Subprotocol& subprotocol);

}  // namespace heddle
