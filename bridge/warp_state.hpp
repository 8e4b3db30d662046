#pragma once
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "bridge/body_cache.hpp"
#include "bridge/envelope.hpp"
#include "bridge/links.hpp"
#include "bridge/names.hpp"
#include "bridge/offers.hpp"
#include "bridge/payload_body.hpp"
#include "bridge/warp_session.hpp"

namespace heddle {

/// What stands behind warp_session.hpp. The realm answers from inside its on_message, on the same stack:
///
///   on_frame(@sync) -> subscribe() -> realm.on_message(SUBSCRIBE) -> on_message(SUBSCRIBED)  : @linked, @clear
///                                                                 -> on_event(retained) ..   : @event ..
///                                     back again                                             : @synced
///
/// so `request_` says what is being asked, and is set before the realm is.
struct WarpSession::State {
    State(EndpointId own_self, Realm& own_realm, WarpLimits own_limits)
        : self(own_self), realm(own_realm), limits(own_limits) {}

    enum class Stage : std::uint8_t { fresh, joined, refused, closed };
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
        bool fresh = false;  // the link is new: SUBSCRIBED makes it `linked`
        bool sync = false;
        bool accepted = false;
        bool overflow = false;  // more entries than a map link may have
        std::size_t events = 0;
        std::string refusal;  // the error's URI
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
    };

    void start(Turn turn);
    void on_frame(std::string_view text, Turn turn);
    void on_message(const Message& message, FrameSink& out);
    void on_event(const Event& event, BodyCache& cache, FrameSink& out);

    // warp_session.cpp: links
    void handle(const Envelope& envelope, Turn turn);
    void link(const Envelope& envelope, Turn turn);
    void subscribe(Link& link, bool fresh, bool sync, Turn turn);
    void unlink(const Envelope& envelope, Turn turn);
    void unsubscribe(SubscriptionId subscription, Turn turn);
    void subscribed(const Subscribed& message, FrameSink& out);
    void entry(Link& link, const Event& event, BodyCache& cache, FrameSink& out);
    void end_link(Link& link, std::string_view why, FrameSink& out);
    void close(CloseReason why, FrameSink& out);
    TopicName resolve(const Envelope& envelope, LaneKind& kind) const;
    RequestId next_request() { return RequestId{last_request = next_id(last_request)}; }

    // warp_changes.cpp: commands that change topics and maps
    void change_entry(const TopicName& map, recon::Items body, Turn turn);
    void publish(std::string_view topic, const Payload& payload, bool retain, Turn turn);
    void remove(std::string_view topic, Turn turn);

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
    void offer(const std::string& procedure, Turn turn);
    void withdraw(const std::string& procedure, Turn turn);
    void end_offer(const std::string& procedure, Turn turn);
    void answer_invocation(std::string_view procedure, recon::Items body, Turn turn);
    void registered(const Registered& message);
    void invoked(const Invocation& message, FrameSink& out);
    void interrupted(const Interrupt& message, FrameSink& out);

    const EndpointId self;
    Realm& realm;
    const WarpLimits limits;
    Stage stage = Stage::fresh;
    EnvelopeReader reader;
    LinkTable links;
    Request request;
    std::uint64_t last_request = 0;
    std::unordered_map<RequestId, PendingCall> calls;
    Offers offers;
    Offering offering;
    std::vector<SubscriptionId> abandoned;  // ended where the realm could not be told at once
    BodyPayload payload;
};

/// A frame that has no body.
SharedBytes bare_frame(EnvelopeKind kind, std::string_view header, std::string_view rest = {});

/// The value of `@tag(name:value)` where the items begin with it.
const recon::Node* tagged(recon::Items items, std::string_view tag, std::string_view name);

}  // namespace heddle
