#include "router/http_routes.hpp"

#include <algorithm>
#include <utility>

#include "serializers/escapes.hpp"

namespace heddle {
namespace {

constexpr std::string_view realms_base = "/realms/";

/// /realms/{realm}/call and /publish.
bool names_realm(std::string_view path, HttpRoute& route) {
    if (!path.starts_with(realms_base)) return false;
    path.remove_prefix(realms_base.size());
    const std::size_t slash = path.find('/');
    if (slash == std::string_view::npos || slash == 0) return false;
    const std::string_view verb = path.substr(slash + 1);
    if (verb != "call" && verb != "publish") return false;
    route.kind = verb == "call" ? BridgeKind::call : BridgeKind::publish;
    return percent_decode(path.substr(0, slash), route.realm);
}

bool below(std::string_view path, std::string_view base) {
    return path.starts_with(base) && (path.size() == base.size() || path[base.size()] == '/');
}

}  // namespace

std::string_view name_of(HttpRoute::To to) {
    constexpr std::string_view names[] = {"pages", "poll", "bridge", "api"};
    return names[static_cast<std::size_t>(to)];
}

HttpRoute route_of(std::string_view path, const ListenerSettings& listener, std::span<const BridgePath> bridge) {
    HttpRoute route;
    if (listener.bridge) {
        const auto alias = std::find_if(bridge.begin(), bridge.end(), [&](const BridgePath& one) { return one.path == path; });
        if (alias != bridge.end())
            return {HttpRoute::To::bridge, {}, alias->kind, alias->realm, &*alias};
        if (names_realm(path, route)) {
            route.to = HttpRoute::To::bridge;
            return route;
        }
    }
    if (listener.admin && below(path, api_base)) return {HttpRoute::To::api};
    if (!listener.wamp) return {};
    if (const auto target = long_poll_target(listener.long_poll, path)) return {HttpRoute::To::poll, *target};
    return {};
}

std::string_view query_of(std::string_view target) {
    target = target.substr(0, target.find('#'));
    const std::size_t question = target.find('?');
    return question == std::string_view::npos ? std::string_view() : target.substr(question + 1);
}

}  // namespace heddle
