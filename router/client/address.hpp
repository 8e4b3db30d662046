#pragma once
#include <string>
#include <string_view>

#include "serializers/result.hpp"

namespace heddle {

/// Where a router is: `ws wss rs rss` with host and port, `ws+unix:PATH`, `rs+unix:PATH`.
struct Address {
    enum class Carrier { websocket, rawsocket } carrier = Carrier::websocket;
    bool tls = false;
    std::string host, port;
    std::string unix_path;  // empty for TCP
    std::string path;       // of the WebSocket URL; "/" where it had none
    std::string text;       // as written, for messages

    /// What a Host header says.
    std::string authority() const;
};

Result<Address> parse_address(std::string_view url);

}  // namespace heddle
