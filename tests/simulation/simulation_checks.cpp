// What must hold: after each turn of a worker, when all is quiet, and when everybody has left.
#include "router/outbox.hpp"
#include "tests/simulation/simulation.hpp"

namespace heddle::sim {
namespace {

constexpr std::size_t frame_max = 6 * (4 << 10);  // what a message of limits.message can become
constexpr std::size_t usual_frame_max = 2 << 10;  // what clients send, as a frame in an outbox
constexpr std::size_t frames_of_a_message_max = 4;  // that one reader gets: by exact, prefix and wildcard subscriptions
constexpr std::size_t warp_batch_max = 32 << 10;  // router/warp_sink.hpp
constexpr std::size_t without_sender_max = 32 << 10;  // retained events, ends of calls, pings

}  // namespace

/// The client at the other end, if it has read all the time.
const Client* Simulation::reader(const Transport& transport) const {
    for (const auto& client : clients_)
        if (client->connected() && client->address() == transport.from()) return client->reads() ? client.get() : nullptr;
    return nullptr;
}

/// Never beyond the limit, the grace and one frame. Where the realm shares the thread with all connections, a sender
/// stops after the message that made a reader slow, so that much less may wait for one that reads.
void Simulation::check_outboxes(const Worker& worker) {
    const std::size_t most_of_all = outbox_max_ + Outbox::under_way_max + frame_max;
    const std::size_t most_of_readers =
        outbox_max_ + plan_.clients * frames_of_a_message_max * usual_frame_max + without_sender_max;
    worker.each_transport([&](const Transport& transport) {
        const std::size_t waiting = transport.traffic().waiting;
        if (waiting < most_of_readers) return;
        const Client* client = plan_.workers == 1 ? reader(transport) : nullptr;
        // Links are handed up to a window, in batches, before anybody is held for them.
        const std::size_t most_of_links = client && client->is_warp() ? realm_.warp.window + warp_batch_max : 0;
        const std::size_t most = client ? most_of_readers + most_of_links : most_of_all;
        if (waiting > most) fault("an outbox holds " + std::to_string(waiting) + " bytes, " + std::to_string(most) + " at most");
    });
    if (house_.site.faults.count() != faults_before_) fault("a handler of the router threw");
}

/// Everybody has what is due to it, and nobody is held. A reader that stalled and now reads slowly may hold a sender for
/// some seconds longer than the others take.
bool Simulation::settled() const {
    for (const auto& client : clients_)
        if (!client->check_settled().empty()) return false;
    return holds().empty();
}

void Simulation::check_settled() {
    for (const auto& client : clients_)
        if (const std::string wrong = client->check_settled(); !wrong.empty()) return fault(wrong);
}

/// A connection that is held, in words, or nothing.
std::string Simulation::holds() const {
    std::string found;
    for (const auto& worker : house_.site.workers)
        worker->each_transport([&](const Transport& transport) {
            if (transport.holds() == 0) return;
            found = "connection " + std::to_string(transport.self().worker) + "." + std::to_string(transport.self().slot) +
                    " is held " + std::to_string(transport.holds()) + " times although nothing moves";
        });
    return found;
}

/// Nobody sends anything, and readers without progress have used up the patience long ago: nobody is held.
void Simulation::check_holds() {
    if (std::string held = holds(); !held.empty()) fault(std::move(held));
}

void Simulation::check_nothing_left() {
    if (!fault_.empty()) return;
    std::size_t connections = 0, endpoints = 0, links = 0;
    for (const auto& worker : house_.site.workers) worker->each_transport([&](const Transport&) { ++connections; });
    host_->each_endpoint(0, [&](const Endpoint&) { return ++endpoints; });
    host_->each_link_of([&](const LinkSight&) { return ++links; });
    const Realm::Counts counts = host_->realm_counts();
    const auto none = [&](std::string_view what, std::size_t count) {
        if (count != 0) fault("everybody has left, and there are still " + std::to_string(count) + " " + std::string(what));
    };
    none("connections", connections);
    none("connections that the router counts", house_.site.connections);
    none("endpoints", endpoints);
    none("links", links);
    none("sessions", counts.sessions);
    none("subscriptions", counts.subscriptions);
    none("registrations", counts.registrations);
    none("calls", counts.calls);
    if (counts.retained_bytes > realm_.realm.limits.retained_bytes_max) fault("more is retained than the limit allows");
    log("retained " + std::to_string(counts.retained) + ", published " + std::to_string(counts.published));
}

}  // namespace heddle::sim
