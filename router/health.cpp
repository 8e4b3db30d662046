#include "router/health.hpp"

#include "router/worker.hpp"

namespace heddle {

std::optional<HealthAnswer> health_answer(std::string_view path, const Site& site) {
    if (path != "/health/ready" && path != "/readyz" && path != "/healthz") return std::nullopt;
    if (site.draining) return HealthAnswer{503, "{\"status\":\"draining\"}\n"};
    return HealthAnswer{
        200, "{\"status\":\"ok\",\"checks\":{\"listeners\":" + std::to_string(site.listeners) +
                 ",\"realms\":" + std::to_string(site.realms) + "}}\n"};
}

}  // namespace heddle
