// From HTTP to WebSocket, and the cookies of browsers.
#include <limits>
#include <utility>

#include "router/connection.hpp"
#include "router/cookies.hpp"
#include "router/http_connection.hpp"
#include "router/http_cookies.hpp"
#include "router/listener.hpp"
#include "router/local_address.hpp"
#include "router/upgrade.hpp"
#include "router/wamp_peer.hpp"
#include "router/warp_peer.hpp"
#include "router/websocket.hpp"
#include "router/websocket_engine.hpp"
#include "router/worker.hpp"

namespace heddle {

namespace http = boost::beast::http;

void HttpConnection::upgrade(const HttpRequest& request) {
    std::string offered;
    const auto [first, last] = request.equal_range(http::field::sec_websocket_protocol);
    for (auto line = first; line != last; ++line)
        offered.append(offered.empty() ? "" : ",").append(view(line->value()));
    const std::string local = local_address(connection_);
    const std::string origin = origin_of(request);
    const UpgradeRequest wanted{view(request.target()), offered, origin, local,
                                connection_.secure()};
    const UpgradeDecision decision =
        decide_upgrade(wanted, connection_.worker().directory(), connection_.worker().settings().default_realm,
                       connection_.listener().settings);
    route_name_ = "upgrade";
    method_ = "GET";
    if (decision.status != 101) return refuse(decision.status, decision.refusal, CloseReason::handshake_failed);
    const std::string cookie = give_cookie(request);
    const Handshake handshake = answer_handshake(reader_.head(), decision.subprotocol.name, cookie);
    connection_.send(Frame(SharedBytes(handshake.response)), FrameKind::required);
    count(handshake.accepted ? 101 : 400);
    if (!handshake.accepted) return connection_.close(CloseReason::handshake_failed);
    connection_.handshake_done(!decision.subprotocol.warp);
    if (decision.subprotocol.warp) {
        connection_.set_peer(make_warp_peer(connection_, *decision.realm));
    } else {
        constexpr auto any_size = std::numeric_limits<std::size_t>::max();
        connection_.set_peer(make_wamp_peer(connection_, decision.subprotocol.form, any_size));
    }
    connection_.switch_to(make_websocket(connection_, decision.subprotocol), reader_.take_rest());
}

/// Where a realm lets browsers be known again, each gets a new cookie, which is worth nothing before its owner logged in;
/// the one that it brought is not used again for that: somebody else may have planted it. The value of Set-Cookie.
std::string HttpConnection::give_cookie(const HttpRequest& request) {
    Worker& worker = connection_.worker();
    std::string brought = cookie_of(request, connection_);
    connection_.trust_page(origin_trusted(origin_of(request), local_address(connection_), connection_.secure(),
                                          connection_.listener().settings));
    const Site& site = worker.site();
    const bool known = site.cookies || (site.admin_cookies && connection_.listener().settings.admin);
    std::string made = known ? make_cookie(worker.entropy()) : std::string();
    const CookiePlace place = cookie_place(view(request.target()));
    const std::string text = made.empty() ? made : set_cookie(made, connection_.secure(), place);
    connection_.set_cookies(std::move(brought), std::move(made));
    return text;
}

}  // namespace heddle
