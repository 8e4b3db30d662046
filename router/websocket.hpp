#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "router/protocol.hpp"
#include "router/subprotocol.hpp"

namespace heddle {

/// A request head (everything up to the empty line) that asks for a WebSocket: checks it (RFC 6455, 4.2.1) and makes
/// the answer.
struct Handshake {
    std::string response;  // to send as it is; an error response where `accepted` is false
    bool accepted = false;
};
/// `cookie`: of a Set-Cookie header; empty: none.
Handshake answer_handshake(std::string_view request_head, std::string_view subprotocol, std::string_view cookie = {});

/// The frames of an open WebSocket. Its Peer is set already.
std::unique_ptr<Protocol> make_websocket(Connection& connection, const Subprotocol& subprotocol);

}  // namespace heddle
