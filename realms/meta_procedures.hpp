#pragma once
#include <span>
#include <string_view>

#include "realms/broker.hpp"
#include "realms/dealer.hpp"
#include "realms/meta.hpp"
#include "realms/sessions.hpp"
#include "realms/wall_clock.hpp"

namespace heddle {

/// What the realm's own meta procedures look at.
struct MetaSources {
    const Sessions& sessions;
    const Broker& broker;
    const Dealer& dealer;
    const WallClock& clock;
    const RealmLimits& limits;
};

/// A row of the table: everything that knows meta procedures reads it, tests too.
struct MetaProcedure {
    std::string_view uri;
    void (*answer)(const MetaSources&, MetaCall&);
};

/// `wamp.subscription.get_events` (meta_history.cpp).
void get_events(const MetaSources& from, MetaCall& call);

/// `wamp.session.*`, `wamp.subscription.*`, `wamp.registration.*` (wamp specification, "Session Meta API" and so on),
/// as far as they are built: those that tell, and need no events.
class RealmMeta final : public MetaProvider {
 public:
    explicit RealmMeta(MetaSources sources) : sources_(sources) {}
    static std::span<const MetaProcedure> procedures();
    bool has(std::string_view procedure) const override;
    void answer(std::string_view procedure, MetaCall& call) override;

 private:
    MetaSources sources_;
};

}  // namespace heddle
