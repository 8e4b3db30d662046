// What metrics want to know of a worker: counted on the way, or looked at now.
#include "router/listener.hpp"
#include "router/uplink_peer.hpp"
#include "router/worker.hpp"

namespace heddle {

metrics::WorkerSnapshot Worker::snapshot() const {
    metrics::WorkerSnapshot made;
    made.counters = tally_;
    each_transport([&](const Transport& transport) {
        const Traffic traffic = transport.traffic();
        ++made.connections[{transport.listener().settings.name, std::string(transport.protocol())}];
        made.outbox_bytes += traffic.waiting;
        if (traffic.slow) ++made.slow_readers[std::string(transport.realm())];
    });
    for (const auto& [host, uplink] : uplinks_) ++made.uplinks[{host->name(), uplink->is_open()}];
    for (const auto& host : hosts_) made.realms.push_back(host->snapshot());
    return made;
}

Traffic Worker::traffic(ConnectionRef of) const {
    if (of.slot >= slots_.size() || slots_[of.slot].generation != of.generation) return {};
    return slots_[of.slot].transport ? slots_[of.slot].transport->traffic() : Traffic{};
}

}  // namespace heddle
