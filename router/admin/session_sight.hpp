#pragma once
#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "router/admin/desk.hpp"
#include "router/admin/router_session.hpp"

namespace heddle::admin {

/// What an administrator sees of a session.
struct SessionSight {
    std::uint64_t id = 0;
    std::string authid, role, method, provider, transport, serializer, from;
    bool link = false;  // of a WARP client
    TimePoint since;
    ConnectionRef connection;  // none: nothing goes over one
    Traffic traffic;           // see tell_traffic
};
nlohmann::json json_of(const SessionSight& sight, TimePoint now);

/// On the realm's thread: by slots of its table from `slot` on, until `f` says false or so many were looked at. Where to
/// go on; nothing: that was all. The router's own sessions and HTTP requests are no sessions to anybody.
std::optional<std::uint32_t> each_session(RealmHost& host, TimePoint now, std::uint32_t slot, std::size_t looks_max,
                                          const std::function<bool(const SessionSight&)>& f);

/// From the desk's thread: asks the connections.
void tell_traffic(Desk::State& desk, std::vector<SessionSight>& sights);
std::optional<SessionSight> session_sight(Desk::State& desk, const std::string& realm, std::uint64_t id);

}  // namespace heddle::admin
