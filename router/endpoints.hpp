#pragma once
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/warp_session.hpp"
#include "router/local_peer.hpp"
#include "router/outlet.hpp"

namespace heddle {

/// Who stands behind an EndpointId of a realm.
struct Endpoint {
    EndpointId id;         // its place in the table, and how often that was taken
    bool live = false;     // somebody stands behind it
    bool session = false;  // WELCOME went out, its end was not logged yet
    bool told = false;     // that it is over: it will be gone soon
    WireForm form;
    std::size_t message_max = 0;
    ConnectionRef connection;
    SessionId session_id;
    std::string authid;  // of the session; and since when there is one
    TimePoint since;
    std::unique_ptr<WarpSession> warp;
    bool crowded = false;               // its connection was told that much waits for its links
    LocalPeer* local = nullptr;         // instead of a connection
    TimePoint wake = TimePoint::max();  // when its WARP session is called next
    std::string from;
    std::string_view via;
    const char* program = "";  // "console", "cli": ours, as HELLO's agent says; for the audit log alone
};

/// The endpoints of one realm, by id and by connection. A reference stays good as long as the endpoint is not released:
/// places never move.
class Endpoints {
 public:
    Endpoint* find(EndpointId id);
    Endpoint* find(ConnectionRef connection);
    Endpoint& take();
    void bind(Endpoint& endpoint, ConnectionRef connection);
    void release(Endpoint& endpoint);

    template <class F>  // until f says false
    void each(F&& f) const {
        for (const Endpoint& endpoint : places_)
            if (endpoint.live && !f(endpoint)) return;
    }
    /// The same from this slot on.
    template <class F>
    void each_from(std::uint32_t slot, F&& f) const {
        for (std::size_t at = slot; at < places_.size(); ++at)
            if (places_[at].live && !f(places_[at])) return;
    }

 private:
    std::deque<Endpoint> places_;                            // by EndpointId::slot
    std::vector<std::uint32_t> free_;                        // slots to use again
    std::vector<std::vector<std::uint32_t>> by_connection_;  // [worker][connection slot] -> endpoint slot + 1
};

}  // namespace heddle
