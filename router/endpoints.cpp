#include "router/endpoints.hpp"

namespace heddle {

Endpoint* Endpoints::find(EndpointId id) {
    if (id.slot >= places_.size()) return nullptr;
    Endpoint& endpoint = places_[id.slot];
    return endpoint.live && endpoint.id == id ? &endpoint : nullptr;
}

Endpoint* Endpoints::find(ConnectionRef connection) {
    if (connection.worker >= by_connection_.size()) return nullptr;
    const auto& slots = by_connection_[connection.worker];
    if (connection.slot >= slots.size() || slots[connection.slot] == 0) return nullptr;
    Endpoint& endpoint = places_[slots[connection.slot] - 1];
    return endpoint.live && endpoint.connection == connection ? &endpoint : nullptr;
}

Endpoint& Endpoints::take() {
    if (free_.empty()) {
        free_.push_back(static_cast<std::uint32_t>(places_.size()));
        places_.emplace_back();
    }
    const std::uint32_t slot = free_.back();
    free_.pop_back();
    Endpoint& endpoint = places_[slot];
    const std::uint32_t generation = endpoint.id.generation + 1;
    endpoint = {};
    endpoint.id = {slot, generation};
    endpoint.live = true;
    return endpoint;
}

void Endpoints::bind(Endpoint& endpoint, ConnectionRef connection) {
    endpoint.connection = connection;
    if (by_connection_.size() <= connection.worker) by_connection_.resize(connection.worker + 1);
    auto& slots = by_connection_[connection.worker];
    if (slots.size() <= connection.slot) slots.resize(connection.slot + 1);
    slots[connection.slot] = endpoint.id.slot + 1;
}

void Endpoints::release(Endpoint& endpoint) {
    endpoint.live = false;
    endpoint.warp.reset();
    endpoint.from.clear();
    if (!endpoint.local) by_connection_[endpoint.connection.worker][endpoint.connection.slot] = 0;
    free_.push_back(endpoint.id.slot);
}

}  // namespace heddle
