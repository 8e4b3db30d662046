#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace heddle {

struct Site;

struct HealthAnswer {
    unsigned status;
    std::string body;  // JSON
};

/// `/health/live`, `/livez`: whether every thread turns its loop (metrics/endpoint.hpp).
inline bool is_liveness(std::string_view path) { return path == "/health/live" || path == "/livez"; }
inline bool is_readiness(std::string_view path) {
    return path == "/health/ready" || path == "/readyz" || path == "/healthz";
}
inline bool is_health(std::string_view path) { return is_liveness(path) || is_readiness(path); }

/// `/health/ready`, `/readyz`, `/healthz`: it takes clients
/// (503 while it drains). Nothing for other paths. Any worker's thread.
std::optional<HealthAnswer> health_answer(std::string_view path, const Site& site);

}  // namespace heddle
