#pragma once
#include <memory>
#include <unordered_map>
#include <vector>

#include "realms/egress.hpp"
#include "realms/session.hpp"

namespace heddle {

/// All sessions of a realm, by the endpoint they speak through. Slots are small dense numbers, so finding is one index.
/// A slot also remembers that its endpoint was told to close: what still arrives from it is nobody's.
class Sessions {
 public:
    Session* find(EndpointId endpoint) const {
        if (endpoint.slot >= slots_.size()) return nullptr;
        const Slot& slot = slots_[endpoint.slot];
        return slot.generation == endpoint.generation ? slot.session.get() : nullptr;
    }
    bool has(SessionId id) const { return by_id_.contains(id); }
    Session* find(SessionId id) const {
        const auto found = by_id_.find(id);
        return found == by_id_.end() ? nullptr : find(found->second);
    }

    Session& add(EndpointId endpoint, SessionId id, RoleIndex role, const Roles& roles);
    void erase(Session& session);

    /// From now on the endpoint is deaf ground; a later generation in its slot is somebody new.
    void mark_closed(EndpointId endpoint);
    bool is_closed(EndpointId endpoint) const;
    /// Nobody is there any more; the host may yet use the same endpoint for somebody who starts anew.
    void mark_gone(EndpointId endpoint) {
        if (is_closed(endpoint)) slots_[endpoint.slot].closed = false;
    }
    /// The session of an earlier generation in this slot, if the host forgot to report its end.
    Session* predecessor(EndpointId endpoint) const;

    std::size_t size() const { return by_id_.size(); }

    template <class F>
    void for_each(F&& f) const {
        for (const Slot& slot : slots_)
            if (slot.session) f(*slot.session);
    }

 private:
    struct Slot {
        std::uint32_t generation = 0;
        bool closed = false;
        std::unique_ptr<Session> session;
    };
    Slot& slot_of(EndpointId endpoint);

    std::vector<Slot> slots_;
    std::unordered_map<SessionId, EndpointId> by_id_;
};

}  // namespace heddle
