#pragma once
#include <string>
#include <string_view>

#include "router/directory.hpp"
#include "router/subprotocol.hpp"

namespace heddle {

/// The parts of an upgrade request that decide what becomes of it.
struct UpgradeRequest {
    std::string_view target;         // path and query
    std::string_view subprotocols;   // header Sec-WebSocket-Protocol, lines joined by commas
    std::string_view origin;         // header Origin; empty: not a browser
    std::string_view local_address;  // of the connection, "127.0.0.1:8080"; empty for a Unix socket
    bool secure = false;
};

/// Either what to speak, or an HTTP status with a sentence for people. `realm` is good for the handler at hand.
struct UpgradeDecision {
    unsigned status = 101;
    std::string refusal;
    Subprotocol subprotocol;
    const RealmAddress* realm = nullptr;  // of WARP
};

/// WAMP where the client offers `wamp.2.*` (its first that we speak), WARP where it offers `warp0` or nothing: then the
/// path's first segment, or `?realm=`, names the realm. Browsers come from the listener's own address or from its list
/// of origins. `default_realm`: of WARP clients that name none.
UpgradeDecision decide_upgrade(const UpgradeRequest& request, const Directory& directory,
                               std::string_view default_realm, const ListenerSettings& listener);

bool origin_allowed(std::string_view origin, std::string_view local_address, bool secure,
                    const ListenerSettings& listener);
/// The same but for the listener's "*": only whom it names may use what a browser brings by itself, its cookies.
bool origin_trusted(std::string_view origin, std::string_view local_address, bool secure,
                    const ListenerSettings& listener);

}  // namespace heddle
