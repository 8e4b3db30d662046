#pragma once
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "realms/egress.hpp"
#include "realms/gate.hpp"
#include "realms/lists.hpp"
#include "realms/pattern_facts.hpp"
#include "realms/pattern_index.hpp"
#include "realms/receivers.hpp"
#include "realms/retained.hpp"
#include "realms/sessions.hpp"
#include "realms/state_entry.hpp"

namespace heddle {

/// Topics: who hears what. One Subscription for each (topic, match), shared by all its subscribers, so that an EVENT is
/// the same bytes for all of them; they stand in one vector, which the Egress gets as it is.
///
///   topic --PatternIndex--> subscription { id, subscribers: [e1 e2 e3] }     session.subscriptions: id -> { handle,
///   position }
///
/// Order (WAMP section "Ordering Guarantees"): one thread, one call after the other, and the Egress keeps the order.
class Broker {
 public:
    /// All must outlive the broker.
    Broker(const RealmSettings& settings, Entropy& entropy, Sessions& sessions, Gate& gate, RetainedStore& retained);

    void publish(Session& from, const Publish& message, Egress& out);
    void subscribe(Session& from, const Subscribe& message, TimePoint now, Egress& out);
    void unsubscribe(Session& from, const Unsubscribe& message, Egress& out);

    /// What topics in `which` keep and `who` may see, in the order of their texts after `after`, until `visit` says no.
    void read_state(const Session& who, UriSet which, std::string_view after,
                    FunctionRef<bool(const StateEntry&)> visit);

    /// The session's subscriptions end.
    void leave(Session& session);

    /// For the meta API.
    std::optional<PatternFacts> facts(SubscriptionId id) const;
    SubscriptionId find(Match match, std::string_view topic) const;  // 0: there is none
    void match(std::string_view topic, std::vector<SubscriptionId>& found) const;
    template <class F>
    void each(F&& visit) const {
        for (const Subscription& subscription : subscriptions_)
            if (subscription.id) visit(facts_of(subscription));
    }

    const Lists& lists() const { return lists_; }

    std::size_t subscriptions() const { return index_.size(); }
    std::uint64_t retained_refused() const { return retained_refused_; }

 private:
    using Handle = PatternIndex::Handle;
    struct Subscription {
        SubscriptionId id;
        Match match = Match::exact;
        std::string topic;
        std::vector<EndpointId> subscribers;  // in no order that means anything
        TimePoint created;
    };
    static PatternFacts facts_of(const Subscription& subscription);

    Handle make_subscription(Match match, std::string_view topic, TimePoint now);
    void take_seat(Session& session, Handle handle);
    void give_up_seat(Session::Seat seat);
    void fan_out(const Session& from, const Publish& message, Event& event, Egress& out);
    StateNote keep(const Publish& message, PublicationId publication, bool asked);
    void send_retained(const Session& to, const Subscription& subscription, Egress& out);
    void deliver(const Subscription& subscription, Event& event, bool filtered, EndpointId except, Egress& out);
    // broker_lists.cpp
    void publish_list(Session& from, const Publish& message, const LaneRule& rule, Egress& out);
    void send_list(const Session& to, const Subscription& subscription, std::string_view topic, Egress& out);

    const RealmSettings& settings_;
    Entropy& entropy_;
    Sessions& sessions_;
    Gate& gate_;
    RetainedStore& retained_;
    Lists lists_;

    PatternIndex index_;
    std::vector<Subscription> subscriptions_;  // by handle
    std::unordered_map<SubscriptionId, Handle> by_id_;
    std::vector<Handle> free_;
    std::uint64_t last_id_ = 0;
    std::uint64_t retained_refused_ = 0;

    // Used again by every call, so that publishing allocates nothing.
    std::vector<Handle> matches_;
    ReceiverFilter filter_;
    std::vector<EndpointId> filtered_;
    ListOperation list_operation_;
    ByteBuffer list_kwargs_;
};

}  // namespace heddle
