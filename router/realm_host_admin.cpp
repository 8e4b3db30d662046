// Administration: what the desk does to a realm, on the realm's thread.
#include <utility>

#include "router/realm_host.hpp"

namespace heddle {

Ends RealmHost::apply(RealmEntry entry, TimePoint now) {
    now_ = now;
    event_kind_ = entry.slow_reader == SlowReader::drop ? FrameKind::droppable : FrameKind::required;
    warp_limits_ = entry.warp;  // of connections that come from now on
    Ends ends = realm_.apply(std::move(entry.realm), now, *this);
    std::vector<EndpointId> warp;
    endpoints_.each([&](const Endpoint& endpoint) {
        if (endpoint.warp) warp.push_back(endpoint.id);
        return true;
    });
    for (const EndpointId id : warp) {
        Endpoint& endpoint = *endpoints_.find(id);
        WrappedText last;
        WarpSink sink(outlet_, batch_, endpoint.connection, last);
        endpoint.warp->recheck(now, sink, ends);
        after_warp(endpoint);
    }
    if (realm_.settings().auth.methods.has(AuthMethod::cookie)) outlet_.cookies_offered(realm_.settings().administers);
    return ends;
}

Ends RealmHost::preview(const RealmSettings& settings) const {
    Ends ends = realm_.preview(settings);
    endpoints_.each([&](const Endpoint& endpoint) {
        if (endpoint.warp) endpoint.warp->preview(settings, ends);
        return true;
    });
    return ends;
}

Ends RealmHost::put_user(UserSettings user, TimePoint now) {
    now_ = now;
    return realm_.put_user(std::move(user), now, *this);
}

Ends RealmHost::remove_user(std::string_view authid, TimePoint now) {
    now_ = now;
    return realm_.remove_user(authid, now, *this);
}

bool RealmHost::kick(SessionId who, std::string_view reason, std::string_view message, TimePoint now) {
    now_ = now;
    return realm_.kick(who, reason, message, now, *this);
}

}  // namespace heddle
