#include "router/admin/session_sight.hpp"

#include "router/admin/desk_state.hpp"
#include "serializers/names.hpp"

namespace heddle::admin {

using nlohmann::json;

json json_of(const SessionSight& sight, TimePoint now) {
    json out = {{"session", sight.id},       {"authid", sight.authid},       {"role", sight.role},
                {"method", sight.method},    {"provider", sight.provider},   {"transport", sight.transport},
                {"address", sight.from},     {"protocol", sight.link ? "warp" : "wamp"}};
    if (!sight.serializer.empty()) out["serializer"] = sight.serializer;
    out["age"] = std::chrono::duration_cast<std::chrono::seconds>(std::max(now - sight.since, {})).count();
    out["outbox"] = sight.traffic.waiting;
    out["received_bytes"] = sight.traffic.received_bytes;
    out["sent_bytes"] = sight.traffic.sent_bytes;
    out["dropped"] = sight.traffic.dropped;
    out["slow"] = sight.traffic.slow;
    return out;
}

std::optional<std::uint32_t> each_session(RealmHost& host, TimePoint now, std::uint32_t slot, std::size_t looks_max,
                                          const std::function<bool(const SessionSight&)>& f) {
    std::vector<SessionSight> seen;  // first who, then what the realm says of them: asking changes the table
    std::vector<std::uint32_t> slots;
    std::size_t looks = 0;
    std::optional<std::uint32_t> next;
    host.each_endpoint(slot, [&](const Endpoint& endpoint) {
        if (looks++ == looks_max) {
            next = endpoint.id.slot;
            return false;
        }
        if (!endpoint.session || endpoint.via == "router" || (endpoint.local && endpoint.via == "http")) return true;
        SessionSight sight;
        sight.id = endpoint.session_id.value;
        sight.transport = endpoint.via;
        sight.from = endpoint.from;
        sight.since = endpoint.since;
        sight.connection = endpoint.connection;
        sight.link = endpoint.warp != nullptr;
        if (!endpoint.local && !endpoint.warp) sight.serializer = name_of(endpoint.form.encoding);
        slots.push_back(endpoint.id.slot);
        seen.push_back(std::move(sight));
        return true;
    });
    RouterSession router(host, now);
    for (std::size_t i = 0; i < seen.size(); ++i) {
        const auto reply = router.call("wamp.session.get", json::array({seen[i].id}));
        if (!reply.error.empty()) continue;  // on its way out
        const json& facts = reply.value();
        seen[i].authid = facts.value("authid", "");
        seen[i].role = facts.value("authrole", "");
        seen[i].method = facts.value("authmethod", "");
        seen[i].provider = facts.value("authprovider", "");
        if (!f(seen[i])) return i + 1 < seen.size() ? std::optional(slots[i] + 1) : next;
    }
    return next;
}

void tell_traffic(Desk::State& desk, std::vector<SessionSight>& sights) {
    if (!desk.control || sights.empty()) return;
    std::vector<ConnectionRef> of;
    for (const SessionSight& sight : sights) of.push_back(sight.connection);
    auto there = std::make_shared<bool>(false);
    auto seen = std::make_shared<std::vector<Traffic>>();
    desk.control->traffic(std::move(of), [meeting = desk.meeting, there, seen](std::vector<Traffic> traffic) {
        *seen = std::move(traffic);
        meeting->come(there);
    });
    if (!desk.meeting->wait(there)) return;
    for (std::size_t i = 0; i < sights.size(); ++i) sights[i].traffic = (*seen)[i];
}

std::optional<SessionSight> session_sight(Desk::State& desk, const std::string& realm, std::uint64_t id) {
    return desk
        .at<std::optional<SessionSight>>(realm,
                                         [id](RealmHost* host, TimePoint now) {
                                             std::optional<SessionSight> found;
                                             if (!host) return found;
                                             std::uint32_t slot = 0;
                                             bool there = false;  // one look for the slot, then for the facts
                                             host->each_endpoint(0, [&](const Endpoint& endpoint) {
                                                 there = endpoint.session && endpoint.session_id.value == id;
                                                 slot = endpoint.id.slot;
                                                 return !there;
                                             });
                                             if (there)
                                                 each_session(*host, now, slot, 1, [&](const SessionSight& sight) {
                                                     found = sight;
                                                     return false;
                                                 });
                                             return found;
                                         })
        .value_or(std::nullopt);
}

}  // namespace heddle::admin
