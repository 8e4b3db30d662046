#include "router/uplink_address.hpp"

#include <string>

namespace heddle {

Result<Address> parse_warp_url(std::string_view url) {
    std::string text(url);
    for (const std::string_view scheme : {"warp", "swim"}) {
        if (!text.starts_with(scheme)) continue;
        const std::string_view rest = std::string_view(text).substr(scheme.size());
        if (rest.starts_with("://") || rest.starts_with("s://")) text = "ws" + std::string(rest);
        break;
    }
    auto address = parse_address(text);
    if (!address)
        return Error{address.error().what.starts_with("unknown") ? "like ws://host:9001, with TLS wss://host"
                                                                 : address.error().what,
                     0};
    if (address->carrier != Address::Carrier::websocket) return Error{"WARP runs over WebSocket: ws:// or wss://", 0};
    address->text = std::string(url);
    return address;
}

}  // namespace heddle
