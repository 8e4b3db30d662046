#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "realms/authorizer.hpp"
#include "realms/authorizer_answers.hpp"
#include "realms/caller_shares.hpp"
#include "realms/calls.hpp"
#include "realms/close_reason.hpp"
#include "realms/ended_streams.hpp"
#include "realms/endpoint.hpp"
#include "realms/held_messages.hpp"
#include "realms/id_sequence.hpp"
#include "realms/testaments.hpp"
#include "serializers/ids.hpp"
#include "serializers/messages.hpp"
#include "serializers/rules.hpp"

namespace heddle {

/// One WAMP session: who it is, where it stands, and what it holds. Broker and dealer keep their own fields in step.
///
///   fresh --WELCOME--> open --own GOODBYE--> closing        (Stage, serializers/rules.hpp; until WELCOME, `challenged`
///     ^                 |                       |            too, it is an attempt of Logins, and no session yet)
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
    /// Nothing this session asked so far has that id or a higher one. What has may be a CALL that continues another.
    bool is_new(RequestId request) const {
        return request.value > last_request_ || request.value == next_id(last_request_);
    }

    /// The next id of the sequence from us to this client; `untake` gives back the one just taken, when nothing was
    /// sent.
    RequestId take_invocation() { return invocations_.take(); }
    void untake_invocation() { invocations_.untake(); }
    /// Was `id` ever used in an INVOCATION to this client?
    bool invoked(RequestId id) const { return invocations_.used(id); }

    Actor actor() const { return {role, authid}; }

    const EndpointId endpoint;
    const SessionId id;
    const RoleIndex role;
    const Roles roles;  // as announced in HELLO
    std::string authid;
    std::string_view authrole;  // the authorizer's own text
    std::string authmethod, authprovider;
    std::string block;   // of an anonymous session: the address that it counts for (address_block); empty: none
    std::string account;  // whose share it uses of what users share (realm_state.cpp); empty: nobody's
    std::optional<std::uint64_t> trustlevel;  // of its role, where one is set

    /// Broker: which subscription (by handle), and where in its list of subscribers this session stands.
    struct Seat {
        std::uint32_t subscription;
        std::uint32_t position;
    };
    std::unordered_map<SubscriptionId, Seat> subscriptions;

    /// Dealer: registrations by handle; calls this session waits for, calls it was asked to answer.
    std::unordered_map<RegistrationId, std::uint32_t> registrations;
    CallList made, taken;
    std::unique_ptr<CallerShares> callers;  // of `taken`, while many are (Dealer::has_its_share)
    EndedStreams ended;  // calls of it that were over before it knew

    std::unique_ptr<Testaments> testaments;  // most sessions leave none
    std::unique_ptr<HeldMessages> held;      // behind one about which the authorizer is asked
    CloseReason sent_away = CloseReason::shutdown;  // why, once it was told GOODBYE
    bool router = false;                            // the router's own: may do everything
    bool hidden = false;                            // no meta event tells of it, no list shows it
    bool links = false;                             // a WARP connection: its subscriptions are links

 private:
    Stage stage_ = Stage::fresh;
    std::uint64_t last_request_ = 0;  // the highest so far
    IdSequence invocations_;
};

}  // namespace heddle
