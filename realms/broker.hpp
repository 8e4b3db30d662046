#pragma once
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "realms/egress.hpp"
#include "realms/gate.hpp"
#include "realms/history.hpp"
#include "realms/history_query.hpp"
#include "realms/lists.hpp"
#include "realms/pattern_facts.hpp"
#include "realms/pattern_index.hpp"
#include "realms/pattern_watch.hpp"
#include "realms/receivers.hpp"
#include "realms/retained.hpp"
#include "realms/sessions.hpp"
#include "realms/state_entry.hpp"
#include "realms/wall_clock.hpp"

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
    /// All must outlive the broker, but `stores`: where histories go that are not kept in memory (null: there are none
    /// such).
    Broker(const RealmSettings& settings, Entropy& entropy, Sessions& sessions, Gate& gate, RetainedStore& retained,
           const WallClock& clock, HistoryStores* stores);

    void publish(Session& from, const Publish& message, TimePoint now, Egress& out);
    void subscribe(Session& from, const Subscribe& message, TimePoint now, Egress& out);
    void unsubscribe(Session& from, const Unsubscribe& message, Egress& out);

    /// What topics in `which` keep and `who` may see, in the order of their texts after `after`, until `visit` says no.
    void read_state(const Session& who, UriSet which, std::string_view after,
                    FunctionRef<bool(const StateEntry&)> visit);

    /// The session's subscriptions end.
    void leave(Session& session);
    /// So does this one, by the router's will; the subscriber is told if it announced that it understands. False: it
    /// has no such subscription.
    bool revoke(Session& subscriber, SubscriptionId id, std::string_view reason, Egress& out);

    /// The settings are others now. What a topic keeps goes where it is a list now, or is none any more; subscribers of a
    /// list hear of its end.
    void apply(const Lanes& before, const Lanes& now_lanes, TimePoint now, Egress& out);

    // Event history (broker_history.cpp).

    /// The events of a subscription that `who` may see, as `query` chooses them, until `visit` says no.
    HistoryReading read_history(const Session& who, SubscriptionId id, const HistoryQuery& query, TimePoint now,
                               FunctionRef<bool(const HistoryEntry&)> visit) const;
    /// Configured subscriptions are there from now on.
    void begin(TimePoint now);
    void on_tick(TimePoint now);
    TimePoint next_deadline() const { return flush_due_; }
    std::size_t history_events() const;
    std::size_t history_bytes() const;
    std::size_t history_memory_bytes() const;

    /// False: lists and histories, and what topics keep, may change but not grow.
    void let_state_grow(bool yes);

    // What the router publishes itself (broker_announce.cpp).

    /// Whoever is to hear of subscriptions that come and go.
    void watch(PatternWatch& watch) { watch_ = &watch; }
    /// Would anybody hear an event of this topic?
    bool heard(std::string_view topic);
    void announce(std::string_view topic, const Payload& payload, Egress& out);

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

    std::size_t subscriptions() const { return index_.size() - unheard_; }  // that somebody holds
    std::uint64_t published() const { return published_; }  // ever, heard by somebody or not

 private:
    using Handle = PatternIndex::Handle;
    struct Subscription {
        SubscriptionId id;
        Match match = Match::exact;
        std::string topic;
        std::vector<EndpointId> subscribers;  // in no order that means anything
        TimePoint created;
        std::unique_ptr<HistoryStore> history = {};  // if there is one, the subscription stays without subscribers
    };
    static PatternFacts facts_of(const Subscription& subscription);

    void apply_histories(TimePoint now);
    OpenedHistory make_history(const HistoryRule& rule);
    void open_history(HistoryRule rule, TimePoint now);
    void reopen_history(std::unique_ptr<HistoryStore>& history, HistoryRule& rule, const HistoryRule& wanted, TimePoint now);
    void close_history(Handle handle);
    Handle make_subscription(Match match, std::string_view topic, TimePoint now);
    void erase_subscription(Handle handle);
    void take_seat(Session& session, Handle handle);
    void give_up_seat(const Session& session, Session::Seat seat);
    static void tell_origin(const Session& from, const PublishOptions& options, Disclosure disclosure,
                            EventDetails& details);
    void fan_out(EndpointId from, const Publish& message, Event& event, TimePoint now, Egress& out);
    void deliver(const Subscription& subscription, Event& event, bool filtered, EndpointId except, Egress& out);
    void deliver_trusted(const Subscription& subscription, Event& event, bool filtered, EndpointId except, Egress& out);
    // broker_retained.cpp
    bool keep(const Session& from, const Publish& message, Event& event, const Gate::Answer& answer);
    void send_retained(const Session& to, const Subscription& subscription, Egress& out);
    // broker_history.cpp
    void remember(const Subscription& subscription, const Publish& message, const Event& event, TimePoint now);
    // broker_lists.cpp
    void publish_list(Session& from, const Publish& message, const Gate::Answer& answer, TimePoint now, Egress& out);
    void end_list(std::string_view topic, TimePoint now, Egress& out);  // broker_apply.cpp
    void tell_change(std::string_view topic, const ListChange& change, TimePoint now, Egress& out);
    void send_list(const Session& to, const Subscription& subscription, std::string_view topic, Egress& out);

    const RealmSettings& settings_;
    Entropy& entropy_;
    Sessions& sessions_;
    Gate& gate_;
    RetainedStore& retained_;
    const WallClock& clock_;
    HistoryStores* const stores_;
    Lists lists_;
    PatternWatch* watch_ = nullptr;

    PatternIndex index_;
    std::vector<Subscription> subscriptions_;  // by handle
    std::unordered_map<SubscriptionId, Handle> by_id_;
    std::vector<Handle> free_;
    std::uint64_t last_id_ = 0;
    std::uint64_t published_ = 0;
    bool state_grows_ = true;
    RetainedStore::Fault last_fault_ = RetainedStore::Fault::none;  // why `keep` said no
    std::vector<Handle> histories_;          // subscriptions that have one
    std::vector<HistoryRule> history_rules_;  // in step with histories_, as they are in force
    std::size_t unheard_ = 0;        // of these, without subscribers
    TimePoint flush_due_ = TimePoint::max();

    // Used again by every call, so that publishing allocates nothing.
    std::vector<Handle> matches_;
    ReceiverFilter filter_;
    std::vector<EndpointId> filtered_, told_;
    ByteBuffer kept_event_, kept_lists_;
    ListOperation list_operation_;
    ByteBuffer list_kwargs_;
};

}  // namespace heddle
