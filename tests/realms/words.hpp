#pragma once
#include <initializer_list>
#include <memory>
#include <string_view>
#include <vector>

#include "realms/settings.hpp"
#include "serializers/rules.hpp"

/// The words of the protocol, short enough for transcripts. Payloads are JSON texts.
namespace heddle::test {

inline Payload payload(std::string_view args, std::string_view kwargs = {}) { return {Encoding::json, args, kwargs}; }

inline Roles roles(std::initializer_list<Role> list) {
    Roles made;
    for (Role role : list) made.add(role);
    return made;
}
/// As callers and callees that know progressive results and canceling.
inline Roles progressive_roles() {
    Roles made;
    for (Role role : {Role::caller, Role::callee}) {
        made.add(role, Feature::progressive_call_results);
        made.add(role, Feature::call_canceling);
    }
    return made;
}
/// As callers and callees that announced these features, for both roles.
inline Roles rpc_roles(std::initializer_list<Feature> features) {
    Roles made;
    for (Role role : {Role::caller, Role::callee}) {
        made.add(role);
        for (Feature feature : features) made.add(role, feature);
    }
    return made;
}
inline Roles all_roles() { return roles({Role::publisher, Role::subscriber, Role::caller, Role::callee}); }

/// That learn of what is taken from them.
inline Roles all_revocable_roles() {
    Roles made = all_roles();
    made.add(Role::subscriber, Feature::subscription_revocation);
    made.add(Role::callee, Feature::registration_revocation);
    return made;
}

inline Message hello(std::string_view realm = "realm1", Roles announced = all_roles(),
                     std::vector<std::string_view> methods = {}) {
    Hello message{realm, {}};
    message.details.roles = announced;
    message.details.authmethods = std::move(methods);
    return message;
}
inline Message goodbye(std::string_view reason = "wamp.close.close_realm") { return Goodbye{{}, reason}; }
inline Message abort(std::string_view reason) { return Abort{{}, reason, {}}; }
inline Message error(std::uint64_t type, std::uint64_t request, std::string_view uri, std::string_view args = {}) {
    return ErrorReply{type, {request}, uri, payload(args)};
}

inline Message subscribe(std::uint64_t request, std::string_view topic, SubscribeOptions options = {}) {
    return Subscribe{{request}, options, topic};
}
inline SubscribeOptions subscribed_as(Match match) { return {match, false}; }
inline SubscribeOptions with_retained(Match match = Match::exact) { return {match, true}; }
inline Message subscribed(std::uint64_t request, std::uint64_t id) { return Subscribed{{request}, {id}}; }
inline Message unsubscribe(std::uint64_t request, std::uint64_t id) { return Unsubscribe{{request}, {id}}; }
inline Message unsubscribed(std::uint64_t request) { return Unsubscribed{{request}, {}, {}}; }

inline Message publish(std::uint64_t request, std::string_view topic, std::string_view args = {},
                       PublishOptions options = {}) {
    return Publish{{request}, options, topic, payload(args)};
}
inline PublishOptions acknowledge() {
    PublishOptions options;
    options.acknowledge = true;
    return options;
}
inline PublishOptions include_me() {
    PublishOptions options;
    options.exclude_me = false;
    return options;
}
inline PublishOptions retain() {
    PublishOptions options;
    options.retain = true;
    return options;
}
inline PublishOptions with_lists(ReceiverLists lists) {
    PublishOptions options;
    options.lists = std::make_shared<const ReceiverLists>(std::move(lists));
    return options;
}
inline PublishOptions named() {
    PublishOptions options;
    options.disclose_me = true;
    return options;
}
inline Message event_with(std::uint64_t subscription, std::uint64_t publication, EventDetails details,
                          std::string_view args = {}) {
    return Event{{subscription}, {publication}, std::move(details), payload(args), {}};
}
inline Message revoked(std::uint64_t subscription, std::string_view reason) {
    return Unsubscribed{{}, {subscription}, reason};
}
inline Message published(std::uint64_t request, std::uint64_t publication) {
    return Published{{request}, {publication}};
}
inline Message event(std::uint64_t subscription, std::uint64_t publication, std::string_view args = {},
                     std::string_view topic = {}) {
    Event made;
    made.subscription = {subscription};
    made.publication = {publication};
    made.payload = payload(args);
    made.details.topic = topic;
    return made;
}
inline Message retained_event(std::uint64_t subscription, std::uint64_t publication, std::string_view args,
                              std::string_view topic = {}) {
    Event made;
    made.subscription = {subscription};
    made.publication = {publication};
    made.payload = payload(args);
    made.details.topic = topic;
    made.details.retained = true;
    return made;
}

inline Message register_(std::uint64_t request, std::string_view procedure, RegisterOptions options = {}) {
    return Register{{request}, options, procedure};
}
inline RegisterOptions shared(Invoke invoke) {
    RegisterOptions options;
    options.invoke = invoke;
    return options;
}
inline RegisterOptions registered_as(Match match) {
    RegisterOptions options;
    options.match = match;
    return options;
}
inline Message registered(std::uint64_t request, std::uint64_t id) { return Registered{{request}, {id}}; }
inline Message revoked_registration(std::uint64_t registration, std::string_view reason) {
    return Unregistered{{}, {registration}, reason};
}
inline Message unregister(std::uint64_t request, std::uint64_t id) { return Unregister{{request}, {id}}; }
inline Message unregistered(std::uint64_t request) { return Unregistered{{request}, {}, {}}; }

inline Message call(std::uint64_t request, std::string_view procedure, std::string_view args = {},
                    CallOptions options = {}) {
    return Call{{request}, options, procedure, payload(args)};
}
inline CallOptions with_progress() {
    CallOptions options;
    options.receive_progress = true;
    return options;
}
/// More of it may follow, under the same id.
inline CallOptions unfinished() {
    CallOptions options;
    options.progress = true;
    return options;
}
inline CallOptions in_time(std::uint64_t timeout_ms) {
    CallOptions options;
    options.timeout_ms = timeout_ms;
    return options;
}
inline SharedExtras extras(std::vector<Extras::Entry> entries) {
    Extras made{Encoding::json, std::move(entries), false};
    for (const Extras::Entry& entry : made.entries) made.passthru |= entry.key == "ppt_scheme";
    return std::make_shared<const Extras>(std::move(made));
}
inline CallOptions with_extras(std::vector<Extras::Entry> entries) {
    CallOptions options;
    options.extras = extras(std::move(entries));
    return options;
}
inline Message cancel(std::uint64_t request, CancelMode mode = CancelMode::skip) { return Cancel{{request}, mode}; }
inline Message invocation(std::uint64_t request, std::uint64_t registration, std::string_view args = {},
                          std::string_view procedure = {}) {
    Invocation made{{request}, {registration}, {}, payload(args)};
    made.details.procedure = procedure;
    return made;
}
inline Message invocation_with(std::uint64_t request, std::uint64_t registration, InvocationDetails details,
                               std::string_view args = {}) {
    return Invocation{{request}, {registration}, std::move(details), payload(args)};
}
inline Message progressive_invocation(std::uint64_t request, std::uint64_t registration, std::string_view args = {}) {
    Invocation made{{request}, {registration}, {}, payload(args)};
    made.details.receive_progress = true;
    return made;
}
inline Message interrupt(std::uint64_t request, CancelMode mode = CancelMode::killnowait) {
    return Interrupt{{request}, mode};
}
inline Message yield(std::uint64_t request, std::string_view args = {}, bool progress = false) {
    return Yield{{request}, progress, payload(args)};
}
inline Message result(std::uint64_t request, std::string_view args = {}, bool progress = false) {
    return CallResult{{request}, progress, payload(args)};
}

/// A realm in which anonymous clients may do everything.
inline RealmSettings open_realm() {
    RealmSettings settings;
    settings.name = "realm1";
    settings.anonymous_role = "anonymous";
    ActionSet all;
    for (Action action : {Action::call, Action::register_, Action::publish, Action::subscribe}) all.add(action);
    settings.roles = {{"anonymous", {{Match::prefix, "", all, {}}}}};
    return settings;
}
inline ActionSet actions(std::initializer_list<Action> list) {
    ActionSet set;
    for (Action action : list) set.add(action);
    return set;
}

}  // namespace heddle::test
