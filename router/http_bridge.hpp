#pragma once
#include <string_view>

#include "router/http_exchange.hpp"
#include "router/http_routes.hpp"
#include "router/nonces.hpp"

namespace heddle {

/// POST /realms/{realm}/call and /publish, and the paths of the configuration: one CALL or PUBLISH a request. Sans
/// socket. `now`: Unix milliseconds, for signed queries.
HttpBegun begin_bridge(const HttpRoute& route, HttpAsk ask, Nonces& nonces, std::int64_t now);

/// What the bridge says before anybody reads the body: the method, the preflight of browsers. Nothing: go on.
std::optional<HttpAnswer> bridge_preface(const HttpRoute& route, const HttpRequest& request);

/// A refusal in the bridge's words, in JSON.
HttpAnswer bridge_refusal(std::string_view error, std::string_view detail, std::string_view pointer = {});

}  // namespace heddle
