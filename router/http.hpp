#pragma once
#include <memory>

#include "router/protocol.hpp"

namespace heddle {

/// HTTP/1.1: health, the listener's pages, WAMP by long-poll, and the upgrade to WebSocket. One request at a time,
/// connections stay open between them.
std::unique_ptr<Protocol> make_http(Connection& connection);

}  // namespace heddle
