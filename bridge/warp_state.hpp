#pragma once
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "bridge/body_cache.hpp"
#include "bridge/envelope.hpp"
#include "bridge/link_queue.hpp"
#include "bridge/links.hpp"
#include "bridge/meta_links.hpp"
#include "bridge/names.hpp"
#include "bridge/offers.hpp"
#include "bridge/payload_body.hpp"
#include "bridge/warp_session.hpp"

namespace heddle {

/// What @clear, @drop(n) and @take(n) take away from a map or list: the places from `first` on, up to `end`.
struct Cut {
    std::size_t first, end;
};

/// What stands behind warp_session.hpp. The realm answers from inside its on_message, on the same stack:
///
///   on_frame(@sync) -> subscribe() -> realm.on_message(SUBSCRIBE) -> on_message(SUBSCRIBED)  : @linked
///                                     back again: sync(), pump()  -> realm.read_state()      : @event .. @synced
///
/// so `request` says what is being asked, and is set before the realm is.
///
/// What a link is to hear goes out at once while there is room (warp_flow.cpp); otherwise it waits with the link:
///
///   on_event -> tell() --room--> FrameSink                      on_sent, on_tick -> pump() -> emit() -> FrameSink
///                      --none--> Link::waiting, LinkQueue --------------------------^
struct WarpSession::State {
    State(EndpointId own_self, Realm& own_realm, WarpLimits own_limits, MetaBoard* own_board, PeerFacts own_facts)
        : self(own_self),
          realm(own_realm),
          board(own_board),
          limits(own_limits),
          facts(std::move(own_facts)),
          flow(own_limits.window) {}

    /// `asking`: HELLO went out and WELCOME or ABORT is yet to come; frames wait. `@auth` leads there again from anywhere.
    enum class Stage : std::uint8_t { fresh, asking, joined, refused, closed };
    /// What one frame brings along.
    struct Turn {
        TimePoint now;
        Egress& egress;
        FrameSink& out;
    };
    /// The SUBSCRIBE that the realm is dealing with.
    struct Request {
        Link* link = nullptr;
        RequestId id;
        bool accepted = false;
        std::string refusal;  // the error's URI
        bool sync = false;    // the link is to be told its state
        bool again = false;   // the client has the link; its new session needs the subscription
    };
    /// A CALL whose result goes back to the link of `procedure`.
    struct PendingCall {
        std::string procedure;
        std::string id;  // Recon text of the client's correlation id
    };
    /// The REGISTER that the realm is dealing with.
    struct Offering {
        RequestId id;
        RegistrationId registration;
        std::string refusal;  // the error's URI
        std::string procedure;
        bool again = false;  // by an earlier session of the same connection
    };
    /// Who the connection is to be, and then is.
    struct Login {
        bool asked = false;       // by @auth, which gets an answer
        bool challenged = false;  // AUTHENTICATE is to be said
        bool answered = false;    // WELCOME or ABORT came
        std::string secret, authid, authrole;
    };

    void on_frame(std::string_view text, Turn turn);
    void take(std::string_view text, Turn turn);
    void on_message(const Message& message, FrameSink& out);
    void on_event(const Event& event, BodyCache& cache, TimePoint now, FrameSink& out);
    void on_sent(Turn turn);
    void on_tick(Turn turn);

    // warp_session.cpp: links
    void handle(const Envelope& envelope, Turn turn);
    void link(const Envelope& envelope, Turn turn);
    void set_limits(Link& link) const;
    std::size_t entries_max(const TopicName& map) const;
    void subscribe(Link& link, bool sync, bool again, Turn turn);
    void finish_subscribe(Turn turn);
    bool request_answered() const {
        return request.id && (request.accepted || !request.refusal.empty() || !request.link);
    }
    void unlink(const Envelope& envelope, Turn turn);
    void unsubscribe(SubscriptionId subscription, Turn turn);
    void subscribed(const Subscribed& message, FrameSink& out);
    void end_link(Link& link, std::string_view why, FrameSink& out);
    void close(CloseReason why, FrameSink& out);
    TopicName resolve(const Envelope& envelope, LaneKind& kind) const;
    void say(EnvelopeKind kind, std::string_view header, std::string_view rest, FrameSink& out);
    void unsubscribe_abandoned(Turn turn);
    RequestId next_request() { return RequestId{last_request = next_id(last_request)}; }

    // warp_login.cpp: who it is, and what waits until that is known
    void start(Turn turn);
    void join(Turn turn);
    void out_of_patience(Turn turn);
    void hello(std::vector<std::string_view> methods, std::string_view as, Turn turn);
    void authenticate(const Envelope& envelope, Turn turn);
    void deauthenticate(Turn turn);
    void deny(Turn turn);
    void leave(Turn turn);
    void welcomed(const Welcome& message);
    void aborted(FrameSink& out);
    void settle(Turn turn);
    void logged_in(Turn turn);
    void relink(Turn turn);
    void reoffer(Turn turn);
    void hold(std::string_view frame, Turn turn);
    /// The realm owes an answer without which the next frame cannot be read.
    bool waits() const { return stage == Stage::asking || request.id || offering.id; }

    // warp_meta.cpp: links to meta lanes, and what others may know of the rest
    bool meta_link(const Envelope& envelope, Turn turn);
    bool meta_unlink(const Envelope& envelope, Turn turn);
    void pump_meta(Turn turn);
    TimePoint next_deadline() const;

    /// Less waits than before: once only an eighth does, the session is not crowded any more.
    void look_at_crowd() { crowded = crowded && waiting_bytes > limits.waiting_bytes_max / 8; }

    // warp_changes.cpp: commands that change topics and maps
    void change_map(const TopicName& map, recon::Items body, Turn turn);
    void cut_map(const TopicName& map, Cut cut, Turn turn);
    void publish(std::string_view topic, const Payload& payload, bool retain, Turn turn);
    void remove(std::string_view topic, Turn turn);

    // warp_flow.cpp: what links hear, at once or when there is room
    void tell_event(Link& link, const Event& event, BodyCache& cache, TimePoint now, FrameSink& out);
    void tell_entry(Link& link, const Event& event, BodyCache& cache, TimePoint now, FrameSink& out);
    bool count_entry(Link& link, StateNote::Change change, FrameSink& out);
    void abandon(Link& link, std::string_view why, FrameSink& out);
    bool may_speak(const Link& link, TimePoint now) const;
    void spoke(Link& link, TimePoint now);
    void hand_out(Link& link, SharedBytes frame, bool state, TimePoint now, FrameSink& out);
    void hand_out_own(Link& link, bool state, TimePoint now, FrameSink& out);
    void handed_out(Link& link, std::size_t size, bool state, TimePoint now, FrameSink& out);
    Link::Waiting& wait(Link& link, TimePoint now);
    void wait_event(Link& link, SharedBytes frame, TimePoint now, FrameSink& out);
    void sync(Link& link, Turn turn);
    void pump(Turn turn);
    bool turn_goes_on() const;
    void emit_events(Link& link, Turn turn);
    void emit_map(Link& link, Turn turn);
    void walk(Link& link, Turn turn);
    void emit_value(Link& link, bool always, Turn turn);
    void emit_change(Link& link, const WaitingMap::Change& change, Turn turn);
    void emit(std::string_view text, Turn turn);

    // warp_lists.cpp: list lanes
    void tell_list(Link& link, const Event& event, BodyCache& cache, TimePoint now, FrameSink& out);
    void emit_list(Link& link, Turn turn);
    void walk_list(Link& link, Turn turn);
    void change_list(const std::string& topic, recon::Items body, Turn turn);
    void cut_list(const std::string& topic, Cut cut, Turn turn);
    void publish_change(const std::string& topic, const ListChange& change, Turn turn);

    // warp_commands.cpp: commands
    void command(const Envelope& envelope, Turn turn);

    // warp_procedures.cpp: commands that call, and their results
    bool procedure_command(const std::string& procedure, LaneKind kind, recon::Items body, Turn turn);
    void call(std::string_view procedure, recon::Items body, Turn turn);
    void cancel(std::string_view procedure, recon::Items body, Turn turn);
    void result(const CallResult& message, FrameSink& out);
    void error(const ErrorReply& message, FrameSink& out);
    void answer_error(const PendingCall& call, std::string_view error, const Payload& payload, FrameSink& out);
    void tell(std::string_view procedure, std::string_view head, const Payload& payload, FrameSink& out);

    // warp_offers.cpp: procedures that the client answers itself
    void offer(const std::string& procedure, bool again, Turn turn);
    void finish_offer(Turn turn);
    void offered(const std::string& procedure, bool again, Turn turn);
    bool offering_answered() const { return offering.id && (offering.registration || !offering.refusal.empty()); }
    void withdraw(const std::string& procedure, Turn turn);
    void end_offer(const std::string& procedure, Turn turn);
    void answer_invocation(std::string_view procedure, recon::Items body, Turn turn);
    void registered(const Registered& message);
    void revoked(const Unregistered& message, FrameSink& out);
    void invoked(const Invocation& message, FrameSink& out);
    void interrupted(const Interrupt& message, FrameSink& out);

    const EndpointId self;
    Realm& realm;
    MetaBoard* const board;  // null: no meta lanes
    const WarpLimits limits;
    const PeerFacts facts;
    Stage stage = Stage::fresh;
    Login login;
    bool anonymous = true;                   // it joined as anybody
    TimePoint join_by = TimePoint::max();    // fresh: without a frame until then, as anybody; refused: without @auth, not at all
    std::deque<std::string> held;            // frames that wait
    std::size_t held_bytes = 0;
    bool turned_away = false;  // it asked to be let in, and was not
    std::vector<TopicName> relinking;        // links that the session is to make again
    std::vector<std::string> reoffering;     // procedures that it is to offer again
    EnvelopeReader reader;
    LinkTable links;
    LinkQueue queue;  // of those for which something waits
    Flow flow;
    std::size_t waiting_bytes = 0;  // of events
    bool crowded = false;           // see WarpSession::crowded
    ByteBuffer scratch;             // a frame that is being written
    std::size_t emitted = 0;        // bytes of the link whose turn it is
    bool overfull = false;          // its map has more entries than it may
    Request request;
    std::uint64_t last_request = 0;
    std::unordered_map<RequestId, PendingCall> calls;
    Offers offers;
    Offering offering;
    std::unique_ptr<Error> fault;           // of the frame that closed the connection
    std::vector<SubscriptionId> abandoned;  // ended where the realm could not be told at once
    BodyPayload payload;
    std::unique_ptr<MetaLinks> meta;  // once there is one
    LinkCensus::Totals totals;
};

std::optional<Cut> cut_of(recon::Items body);

/// The value of `@tag(name:value)` where the items begin with it.
const recon::Node* tagged(recon::Items items, std::string_view tag, std::string_view name);

}  // namespace heddle
