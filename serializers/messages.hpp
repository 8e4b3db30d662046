#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <variant>
#include <vector>

#include "serializers/extras.hpp"
#include "serializers/ids.hpp"
#include "serializers/kept_copy.hpp"
#include "serializers/payload.hpp"

/// WAMP messages as types (wamp specification, "Messages"). All views point into the frame that was decoded,
/// or into whatever the sender of an outgoing message keeps alive until it is encoded.
/// Payload is always last: `[.., args?, kwargs?]`.
namespace heddle {

enum class Match : std::uint8_t { exact, prefix, wildcard };
enum class Invoke : std::uint8_t { single, first, last, roundrobin, random };

/// Roles and the features a peer announced for each; keys as in the specification's feature table.
enum class Role : std::uint8_t { publisher, subscriber, caller, callee, broker, dealer };
inline constexpr std::size_t role_count = 6;
enum class Feature : std::uint8_t {
    progressive_call_results, progressive_call_invocations, call_timeout, call_canceling, caller_identification,
    call_trustlevels, call_reroute, registration_meta_api, pattern_based_registration, shared_registration,
    sharded_registration, registration_revocation, session_meta_api, testament_meta_api,
    subscriber_blackwhite_listing, publisher_exclusion, publisher_identification, publication_trustlevels,
    subscription_meta_api, pattern_based_subscription, event_history, event_retention, subscription_revocation,
    payload_passthru_mode,
};
inline constexpr std::size_t feature_count = 24;

struct Roles {
    std::uint8_t present = 0;                   // bit per Role
    std::uint32_t features[role_count] = {};    // bit per Feature, per Role
    bool has(Role role) const { return present >> static_cast<unsigned>(role) & 1u; }
    bool has(Role role, Feature feature) const {
        return features[static_cast<std::size_t>(role)] >> static_cast<unsigned>(feature) & 1u;
    }
    void add(Role role) { present = static_cast<std::uint8_t>(present | 1u << static_cast<unsigned>(role)); }
    void add(Role role, Feature feature) {
        add(role);
        features[static_cast<std::size_t>(role)] |= 1u << static_cast<unsigned>(feature);
    }
};

struct HelloDetails {
    Roles roles;
    std::string_view agent, authid;
    std::vector<std::string_view> authmethods;  // in the client's order; empty = anonymous
    Payload authextra = {};                     // kwargs: what the methods want to know
};
struct WelcomeDetails {
    Roles roles;
    std::string_view agent, realm, authid, authrole, authmethod, authprovider;
    Payload authextra = {};  // kwargs
};

/// Who may hear a publication, by lists (advanced profile, "Subscriber Black- and Whitelisting"). All present ones are ANDed;
/// an `eligible` that is present and empty means nobody.
struct ReceiverLists {
    std::optional<std::vector<std::uint64_t>> exclude, eligible;
    std::optional<std::vector<std::string_view>> exclude_authid, eligible_authid, exclude_authrole, eligible_authrole;
};
struct PublishOptions {
    bool acknowledge = false;
    bool exclude_me = true;
    bool disclose_me = false;
    bool retain = false;
    std::shared_ptr<const ReceiverLists> lists = {};  // null: no list given
    SharedExtras extras = {};
};
struct SubscribeOptions {
    Match match = Match::exact;
    bool get_retained = false;
};
struct RegisterOptions {
    Match match = Match::exact;
    Invoke invoke = Invoke::single;
    bool disclose_caller = false;
    bool forward_timeout = false;
    bool force_reregister = false;                // not in the specification: take over what the same authid still holds
};
struct CallOptions {
    std::uint64_t timeout_ms = 0;  // 0: none
    bool receive_progress = false;
    bool progress = false;
    bool disclose_me = false;
    SharedExtras extras = {};
};
struct EventDetails {
    std::string_view topic;                       // present on pattern subscriptions only
    SessionId publisher;                          // 0: not disclosed
    std::string_view publisher_authid, publisher_authrole;
    std::optional<std::uint64_t> trustlevel;
    bool retained = false;
    SharedExtras extras = {};
};
/// Not on the wire: what an event did to the state that its topic keeps, for the bridge.
struct StateNote {
    enum class Change : std::uint8_t { none, added, replaced, removed, listed, listed_new } change = Change::none;
    KeptCopy* body = nullptr;                     // added, replaced: where its Recon body stands once somebody made it
    bool kept() const { return body != nullptr; }
    bool of_list() const { return change >= Change::listed; }  // an operation on a list; listed_new: it made an entry
};
struct InvocationDetails {
    std::string_view procedure;                   // present on pattern registrations only
    SessionId caller;                             // 0: not disclosed
    std::string_view caller_authid, caller_authrole;
    std::optional<std::uint64_t> trustlevel;
    std::uint64_t timeout_ms = 0;
    bool receive_progress = false;
    bool progress = false;
    SharedExtras extras = {};
};
enum class CancelMode : std::uint8_t { unspecified, skip, kill, killnowait };

struct Hello { std::string_view realm; HelloDetails details; };
struct Welcome { SessionId session; WelcomeDetails details; };
struct Abort { std::string_view message; std::string_view reason; Payload payload; };   // message: Details.message, may be empty
struct Challenge { std::string_view method; Payload extra; };                           // extra.kwargs holds the dict
struct Authenticate { std::string_view signature; Payload extra; };
struct Goodbye { std::string_view message; std::string_view reason; };
struct ErrorReply { std::uint64_t request_type = 0; RequestId request; std::string_view error; Payload payload; SharedExtras extras = {}; };
struct Publish { RequestId request; PublishOptions options; std::string_view topic; Payload payload; };
struct Published { RequestId request; PublicationId publication; };
struct Subscribe { RequestId request; SubscribeOptions options; std::string_view topic; };
struct Subscribed { RequestId request; SubscriptionId subscription; };
struct Unsubscribe { RequestId request; SubscriptionId subscription; };
struct Unsubscribed { RequestId request; SubscriptionId revoked; std::string_view reason; };  // request 0: revocation
struct Event { SubscriptionId subscription; PublicationId publication; EventDetails details; Payload payload; StateNote state = {}; };
struct Call { RequestId request; CallOptions options; std::string_view procedure; Payload payload; };
struct Cancel { RequestId request; CancelMode mode = CancelMode::unspecified; };
struct CallResult { RequestId request; bool progress = false; Payload payload; SharedExtras extras = {}; };
struct Register { RequestId request; RegisterOptions options; std::string_view procedure; };
struct Registered { RequestId request; RegistrationId registration; };
struct Unregister { RequestId request; RegistrationId registration; };
struct Unregistered { RequestId request; RegistrationId revoked; std::string_view reason; };  // request 0: revocation
struct Invocation { RequestId request; RegistrationId registration; InvocationDetails details; Payload payload; };
struct Interrupt { RequestId request; CancelMode mode = CancelMode::unspecified; };
struct Yield { RequestId request; bool progress = false; Payload payload; SharedExtras extras = {}; };

using Message = std::variant<Hello, Welcome, Abort, Challenge, Authenticate, Goodbye, ErrorReply, Publish, Published, Subscribe,
                             Subscribed, Unsubscribe, Unsubscribed, Event, Call, Cancel, CallResult, Register, Registered,
                             Unregister, Unregistered, Invocation, Interrupt, Yield>;

template <class... Fs>
struct Overload : Fs... {
    using Fs::operator()...;
};
template <class... Fs>
Overload(Fs...) -> Overload<Fs...>;

}  // namespace heddle
