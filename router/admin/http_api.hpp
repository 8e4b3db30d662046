#pragma once
#include <optional>
#include <string_view>

#include "router/http_exchange.hpp"

/// Administration by HTTP, below /api/v1: each request is a CALL of heddle.<noun>.<verb> in the realm heddle.admin, by
/// whoever the request says it is from. Routes, fields and OpenAPI come from the table of operations. Sans socket.
namespace heddle::admin {

/// What the API says before anybody looks at who asks: unknown paths and methods, the preflight of browsers, its own
/// description. Nothing: go on.
std::optional<HttpAnswer> api_preface(const HttpRequest& request, std::string_view path);

/// A request that api_preface let through.
HttpBegun begin_api(HttpAsk ask);

/// application/problem+json.
HttpAnswer api_refusal(std::string_view error, std::string_view detail, std::string_view pointer = {});

}  // namespace heddle::admin
