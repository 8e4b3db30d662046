#pragma once
#include <cstdint>
#include <memory>
#include <queue>
#include <string>
#include <string_view>
#include <vector>

#include "bridge/body_cache.hpp"
#include "bridge/lane_procedures.hpp"
#include "bridge/meta_board.hpp"
#include "bridge/warp_session.hpp"
#include "realms/realm.hpp"
#include "router/endpoints.hpp"
#include "router/history_sqlite.hpp"
#include "router/log.hpp"
#include "router/metrics/snapshot.hpp"
#include "router/outlet.hpp"
#include "router/realm_questions.hpp"
#include "router/settings.hpp"
#include "router/warp_sink.hpp"
#include "router/world.hpp"

namespace heddle {

/// What a realm has to know of a connection that enters it.
struct Attachment {
    ConnectionRef connection;
    WireForm form;
    std::size_t message_max = 0;  // the largest message the peer takes, in bytes
    bool warp = false;
    std::string from;      // address and port, for the log
    std::string_view via;  // "ws", "wss", "rs", ..: static text
    PeerFacts facts = {};  // what the realm is told of it
    const char* program = "";  // "console", "cli": ours, as HELLO's agent says
};

/// A realm with everything it needs from the world: knows which connection stands behind an endpoint, decodes what
/// comes in, encodes what goes out, once per form. Lives on one worker; every call comes on that worker's thread.
///
///   connection --bytes--> on_bytes --Message--> Realm --Egress--> send/event --Frame--> Outlet --> connections
class RealmHost final : private Egress, private LinkCensus {
 public:
    RealmHost(RealmEntry settings, Outlet& outlet, Log& log, Errands errands = {});
    ~RealmHost() override;

    const std::string& name() const { return name_; }  // any thread

    /// The connection enters: a WAMP one will say HELLO (on_bytes), a WARP one is joined at once.
    void attach(Attachment attachment, TimePoint now);
    /// One message of the connection.
    void on_bytes(ConnectionRef from, std::string_view bytes, TimePoint now);
    /// What Outlet::tell_when_sent asked for: what was delivered to the connection has left.
    void on_sent(ConnectionRef from, TimePoint now);
    /// The connection broke a rule of its transport.
    void on_violation(ConnectionRef from, CloseReason why, std::string_view what, TimePoint now);
    /// The connection is gone. Unknown ones are ignored.
    void on_lost(ConnectionRef from, CloseReason why, TimePoint now);

    /// Somebody without a connection joins, as whom the caller says; WELCOME or ABORT comes before this returns.
    /// `leave` gives the place back, whatever became of the session. The peer must outlive it. `passing`: no list shows
    /// him, and no meta event tells of him.
    EndpointId join(LocalPeer& peer, std::string_view via, const HelloDetails& hello, const Identity& as, TimePoint now,
                    bool passing = false);
    /// The same for somebody who has yet to say HELLO, and to prove who he is, by `say`. What comes of it may take a
    /// while, and answers come by LocalPeer: never from inside these calls alone.
    EndpointId enter(LocalPeer& peer, PeerFacts facts, TimePoint now);
    void say(EndpointId from, const Message& message, TimePoint now);
    void leave(EndpointId id, TimePoint now);

    /// Answers to what the realm asked (RealmQuestions).
    void verified(QuestionId id, bool good, TimePoint now);
    void answered(QuestionId id, const Outcome& outcome, TimePoint now);

    /// Administration (realms/realm.hpp).
    Ends apply(RealmEntry entry, TimePoint now);
    /// What `apply` would end: with the links to meta lanes, of which the realm alone does not know.
    Ends preview(const RealmSettings& settings) const;
    Ends put_user(UserSettings user, TimePoint now);
    Ends remove_user(std::string_view authid, TimePoint now);
    bool kick(SessionId who, std::string_view reason, std::string_view message, TimePoint now);
    std::size_t purge_authorizer() { return realm_.purge(); }
    void keep_out(std::string_view authid, std::string_view address, TimePoint until) {
        realm_.keep_out(authid, address, until);
    }
    const Realm& realm() const { return realm_; }
    /// Of the last call that came in.
    TimePoint now() const { return now_; }
    /// Who is there, by slot from this one on, until `f` says false.
    template <class F>
    void each_endpoint(std::uint32_t slot, F&& f) const {
        endpoints_.each_from(slot, f);
    }
    void each_link_of(FunctionRef<bool(const LinkSight&)> visit) const { each_link(visit); }

    void on_tick(TimePoint now);
    TimePoint next_deadline() const;
    /// The turn ends: what was gathered for one connection goes to it.
    void end_turn() {
        questions_.run(now_);
        batch_.deliver(outlet_);
    }
    /// Everybody is sent away: the router stops, or (realm_closed) this realm goes.
    void shut_down(TimePoint now, CloseReason why = CloseReason::shutdown);
    /// The router is going to stop (Realm::drain).
    void drain(TimePoint now);
    std::size_t send_idle_away(std::size_t max, TimePoint now);
    /// Nobody stands behind any endpoint but the router itself.
    bool vacant() const;

    struct Counters {
        std::uint64_t events_encoded = 0;    // EVENT messages encoded: one per publication, subscription and form
        std::uint64_t bodies_encoded = 0;    // Recon bodies encoded for links: one per publication and subscription
        std::uint64_t transcodings = 0;      // payloads turned into another serializer
        std::uint64_t events_delivered = 0;  // handed to a connection
        std::uint64_t too_big = 0;           // messages above what their receiver takes
    };
    const Counters& counters() const { return counters_; }
    /// What the process has memory left for.
    void set_room(Room room) { realm_.set_room(room); }
    /// Bytes that wait for WARP links, by connection.
    void each_backlog(FunctionRef<void(ConnectionRef connection, std::size_t bytes)> visit) const;
    Realm::Counts realm_counts() const { return realm_.counts(); }
    metrics::RealmSnapshot snapshot() const;  // realm_snapshot.cpp

 private:
    struct Wake {  // of a WARP session
        TimePoint when;
        EndpointId endpoint;
        bool operator>(const Wake& other) const { return when > other.when; }
    };

    Delivery send(EndpointId to, const Message& message) override;
    void event(const Event& event, std::span<const EndpointId> to, EndpointId except) override;
    void detached(EndpointId endpoint, CloseReason why) override;
    void close(EndpointId endpoint, CloseReason why) override;
    void login_ended(EndpointId who, const LoginNote& note) override;  // realm_logins.cpp

    void each_link(FunctionRef<bool(const LinkSight&)> visit) const override;
    Totals totals() const override;

    void release(ConnectionRef connection);
    Delivery deliver(const Endpoint& to, const Message& message);
    Frame encode_event(const Event& event, WireForm form, PayloadForms& payloads);
    void log_end(Endpoint& endpoint, CloseReason why);
    void after_warp(Endpoint& endpoint);

    const std::string name_;
    SqliteHistories histories_;  // these two before the realm, which they outlive
    const std::unique_ptr<Entropy> entropy_;
    Realm realm_;
    Outlet& outlet_;
    Log& log_;
    FrameKind event_kind_;
    WarpLimits warp_limits_;
    MetaBoard board_;  // before the sessions, which it outlives
    LaneProcedures lane_procedures_;
    Endpoints endpoints_;
    Counters counters_;
    metrics::RealmCounters tally_;
    TimePoint now_;  // of the call that the host is in
    BodyCache bodies_;
    Totals gone_;  // of WARP sessions that left
    WarpBatch batch_;
    std::priority_queue<Wake, std::vector<Wake>, std::greater<>> wakes_;
    RealmQuestions questions_;  // last: its session leaves the realm when it goes
};

}  // namespace heddle
