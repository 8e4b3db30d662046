#pragma once
#include <cstdint>

#include "router/local_peer.hpp"
#include "router/realm_host.hpp"
#include "tests/simulation/ledger.hpp"

namespace heddle::sim {

/// Somebody in the realm without a connection, who writes all that is published into the ledger, and publishes the last
/// word on each topic. Its calls come on the realm's worker.
class Observer final : private LocalPeer {
 public:
    explicit Observer(Ledger& ledger) : ledger_(ledger) {}

    void join(RealmHost& host, TimePoint now);
    void leave(TimePoint now);
    void publish_to_all_topics(TimePoint now);

 private:
    void on_message(const Message&) override {}
    void on_event(const Event& event) override;
    void on_closed(CloseReason) override {}

    Ledger& ledger_;
    RealmHost* host_ = nullptr;
    EndpointId self_;
    std::uint64_t requests_ = 0;
    std::uint32_t published_ = 0;
};

}  // namespace heddle::sim
