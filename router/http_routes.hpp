#pragma once
#include <span>
#include <string>
#include <string_view>

#include "router/long_poll_request.hpp"
#include "router/settings.hpp"

namespace heddle {

/// Who answers a path: the one place where that is decided. Views and pointers are as good as the arguments.
struct HttpRoute {
    enum class To : std::uint8_t {
        pages,   // GET: health, metrics, the console, the listener's folders
        poll,    // WAMP by long-poll
        bridge,  // a CALL or PUBLISH
        api,     // administration, below /api/v1
    };
    To to = To::pages;
    LongPollTarget poll = {};  // of poll
    // Of bridge.
    BridgeKind kind = BridgeKind::call;
    std::string realm = {};
    const BridgePath* alias = nullptr;  // a path of the configuration; null: /realms/{realm}/..

    /// Whether the body of a request there becomes a message of WAMP, and may be as large as one. Administration has no
    /// such bodies: limits.http_body bounds them.
    bool carries_messages() const { return to == To::poll || to == To::bridge; }
};

std::string_view name_of(HttpRoute::To to);  // for metrics: static text

/// `path`: without its query. What the listener does not serve is not there: then it is a page that is not there, too.
HttpRoute route_of(std::string_view path, const ListenerSettings& listener, std::span<const BridgePath> bridge);

inline constexpr std::string_view api_base = "/api/v1";

inline std::string_view path_of(std::string_view target) { return target.substr(0, target.find_first_of("?#")); }
std::string_view query_of(std::string_view target);

}  // namespace heddle
