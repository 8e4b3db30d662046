#include "realms/sessions.hpp"

#include <cassert>

namespace heddle {

Session& Sessions::add(EndpointId endpoint, SessionId id, RoleIndex role, const Roles& roles) {
    Slot& slot = slot_of(endpoint);
    assert(!slot.session && !has(id));
    slot.generation = endpoint.generation;
    slot.closed = false;
    slot.session = std::make_unique<Session>(endpoint, id, role, roles);
    by_id_.emplace(id, endpoint);
    return *slot.session;
}

void Sessions::erase(Session& session) {
    by_id_.erase(session.id);
    slots_[session.endpoint.slot].session.reset();
}

void Sessions::mark_closed(EndpointId endpoint) {
    Slot& slot = slot_of(endpoint);
    assert(!slot.session);
    slot.generation = endpoint.generation;
    slot.closed = true;
}

bool Sessions::is_closed(EndpointId endpoint) const {
    if (endpoint.slot >= slots_.size()) return false;
    const Slot& slot = slots_[endpoint.slot];
    return slot.closed && slot.generation == endpoint.generation;
}

Session* Sessions::predecessor(EndpointId endpoint) const {
    if (endpoint.slot >= slots_.size()) return nullptr;
    const Slot& slot = slots_[endpoint.slot];
    return slot.generation != endpoint.generation ? slot.session.get() : nullptr;
}

Sessions::Slot& Sessions::slot_of(EndpointId endpoint) {
    if (endpoint.slot >= slots_.size()) slots_.resize(endpoint.slot + std::size_t{1});
    return slots_[endpoint.slot];
}

}  // namespace heddle
