#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

#include "realms/authorizer.hpp"
#include "realms/calls.hpp"
#include "realms/endpoint.hpp"
#include "serializers/ids.hpp"
#include "serializers/messages.hpp"
#include "serializers/rules.hpp"

namespace heddle {

/// One WAMP session: who it is, where it stands, and what it holds. Broker and dealer keep their own fields in step.
///
///   fresh --WELCOME--> open --own GOODBYE--> closing        (Stage, serializers/rules.hpp; `challenged` comes with
///     ^                 |                       |            the first authentication method that asks something)
///     +------ end ------+--------- end ---------+
class Session {
 public:
    Session(EndpointId at, SessionId own_id, RoleIndex own_role, const Roles& announced)
        : endpoint(at), id(own_id), role(own_role), roles(announced) {}
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    Stage stage() const { return stage_; }
    /// The only way to another stage.
    void enter(Stage next);

    /// Checks the id of a new request. WAMP section "IDs": one sequence over all kinds of requests, from 1, each one
    /// more.
    bool take_request(RequestId request, RequestIds rule);

    /// The next id of the sequence from us to this client; `untake` gives back the one just taken, when nothing was
    /// sent.
    RequestId take_invocation();
    void untake_invocation();
    /// Was `id` ever used in an INVOCATION to this client?
    bool invoked(RequestId id) const { return id.value != 0 && id.value <= last_invocation_; }

    const EndpointId endpoint;
    const SessionId id;
    const RoleIndex role;
    const Roles roles;  // as announced in HELLO
    std::string authid;
    std::string_view authrole;  // the authorizer's own text
    std::string authmethod, authprovider;

    /// Broker: which subscription (by handle), and where in its list of subscribers this session stands.
    struct Seat {
        std::uint32_t subscription;
        std::uint32_t position;
    };
    std::unordered_map<SubscriptionId, Seat> subscriptions;

    /// Dealer: registrations by handle; calls this session waits for, calls it was asked to answer.
    std::unordered_map<RegistrationId, std::uint32_t> registrations;
    CallList made, taken;

 private:
    Stage stage_ = Stage::fresh;
    std::uint64_t last_request_ = 0;
    std::uint64_t last_invocation_ = 0;
};

}  // namespace heddle
