// How a worker takes its leave: no new sessions and calls, GOODBYE to a growing share of the sessions,
// then GOODBYE to all that are left. Server says when (server_drain.cpp).
#include <cmath>

#include "router/uplink_peer.hpp"
#include "router/worker.hpp"

namespace heddle {

void Worker::drain() {
    begin_local_turn();
    for (const auto& host : hosts_) {
        drained_.sessions += host->realm_counts().sessions;
        host->drain(now_);
    }
    close_without_session();
}

/// Uplinks, and connections over which nobody has a session that would hear GOODBYE.
void Worker::close_without_session() {
    for (const auto& uplink : uplinks_) uplink.second->stop();
    each_transport([](Transport& transport) {
        if (!transport.in_session()) transport.close(CloseReason::shutdown);
    });
}

void Worker::send_away(double share) {
    begin_local_turn();
    const auto target = static_cast<std::size_t>(std::ceil(share * static_cast<double>(drained_.sessions)));
    for (const auto& host : hosts_) {
        if (drained_.sent_away >= target) return;
        drained_.sent_away += host->send_idle_away(target - drained_.sent_away, now_);
    }
}

void Worker::shut_down() {
    begin_local_turn();
    for (const auto& host : hosts_) host->shut_down(now_);
    close_without_session();
}

}  // namespace heddle
