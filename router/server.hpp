#pragma once
#include <functional>
#include <string>
#include <vector>

#include "router/log.hpp"
#include "router/settings.hpp"

namespace heddle {

/// A listener as it came up.
struct BoundListener {
    std::string name;
    std::string address;  // "127.0.0.1:8080" or "unix:/path"
    std::uint16_t port = 0;
};

/// Runs a router in this thread (and its worker threads) until SIGTERM or SIGINT, then says GOODBYE to all and ends
/// within settings.drain; a second signal ends it at once. `on_ready` is called once, when all listeners are open.
/// Throws std::runtime_error with a sentence for people when it cannot start.
void serve(const ServerSettings& settings, Log& log,
           const std::function<void(const std::vector<BoundListener>&)>& on_ready);

}  // namespace heddle
