// What metrics want to know of a worker: counted on the way, or looked at now.
#include "router/listener.hpp"
#include "router/uplink_peer.hpp"
#include "router/worker.hpp"

namespace heddle {

metrics::WorkerSnapshot Worker::snapshot() const {
    metrics::WorkerSnapshot made;
    made.counters = tally_;
    for (const Slot& slot : slots_) {
        const Transport* transport = slot.transport.get();
        if (!transport) continue;
        const std::size_t waiting = transport->waiting();
        ++made.connections[{transport->listener().settings.name, std::string(transport->protocol())}];
        made.outbox_bytes += waiting;
        if (waiting > limits().outbox / 2) ++made.slow_readers[std::string(transport->realm())];
    }
    for (const auto& [host, uplink] : uplinks_) ++made.uplinks[{host->name(), uplink->is_open()}];
    for (const auto& host : hosts_) made.realms.push_back(host->snapshot());
    return made;
}

}  // namespace heddle
