#include "router/health.hpp"

#include "router/admin/desk.hpp"
#include "router/worker.hpp"

namespace heddle {

std::optional<HealthAnswer> health_answer(std::string_view path, const Site& site) {
    if (!is_readiness(path)) return std::nullopt;
    if (site.draining) return HealthAnswer{503, "{\"status\":\"draining\"}\n"};
    // A store that cannot be written keeps the router ready: routing goes on, edits are refused.
    const bool works = !site.desk || site.desk->store_works();
    return HealthAnswer{200, "{\"status\":\"ok\",\"checks\":{\"listeners\":" + std::to_string(site.listeners) +
                                 ",\"realms\":" + std::to_string(site.realms) + ",\"store\":\"" +
                                 (works ? "ok" : "failing") + "\"}}\n"};
}

}  // namespace heddle
