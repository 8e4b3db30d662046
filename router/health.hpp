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

/// `/health/ready`, `/readyz`, `/healthz`: it takes clients
/// (503 while it drains). Nothing for other paths. Any worker's thread.
std::optional<HealthAnswer> health_answer(std::string_view path, const Site& site);

}  // namespace heddle
