// What metrics want to know of a realm: counted on the way, or looked at now.
#include "bridge/lane_kinds.hpp"
#include "router/realm_host.hpp"

namespace heddle {
namespace {

std::string_view kind_of(const Realm& realm, const LinkSight& link) {
    if (link.match != Match::exact) return "map";
    const LaneKind kind = realm.lane_of(link.uri);
    if (kind == LaneKind::by_state) return realm.has_retained(link.uri) ? "value" : "event";
    return name_of(kind);
}

}  // namespace

void RealmHost::each_backlog(FunctionRef<void(ConnectionRef connection, std::size_t bytes)> visit) const {
    endpoints_.each([&](const Endpoint& endpoint) {
        if (endpoint.warp && !endpoint.local) visit(endpoint.connection, endpoint.warp->waiting_bytes());
        return true;
    });
}

metrics::RealmSnapshot RealmHost::snapshot() const {
    metrics::RealmSnapshot made;
    made.name = name();
    made.counts = realm_.counts();
    made.tallies = realm_.tallies();
    made.counters = tally_;
    made.counters.close_publication();
    made.counters.sent(metrics::warp_frame, batch_.frames);
    made.delivered = counters_.events_delivered;
    made.too_big = counters_.too_big;
    made.conflated = totals().conflated;
    each_backlog([&](ConnectionRef, std::size_t bytes) { made.waiting_bytes += bytes; });
    for (const std::string_view kind : {"value", "map", "event", "command", "list"}) made.links[std::string(kind)] = 0;
    endpoints_.each([&](const Endpoint& endpoint) {
        if (!endpoint.session) return true;
        const std::string_view form =
            endpoint.local ? "none" : endpoint.warp ? name_of(Encoding::recon) : name_of(endpoint.form.encoding);
        ++made.sessions[{std::string(endpoint.via), std::string(form)}];
        if (endpoint.warp)
            endpoint.warp->each_link([&](const LinkSight& link) {
                ++made.links[std::string(kind_of(realm_, link))];
                return true;
            });
        return true;
    });
    return made;
}

}  // namespace heddle
