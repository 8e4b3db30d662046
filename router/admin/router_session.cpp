#include "router/admin/router_session.hpp"

#include "router/json_text.hpp"
#include "serializers/removal.hpp"
#include "serializers/rules.hpp"

namespace heddle::admin {

using nlohmann::json;

JsonPayload json_of(const Payload& payload) {
    PayloadForms forms(payload);
    const Payload text = forms.in(Encoding::json);
    JsonPayload out;
    if (!text.args.empty()) out.args = json_or_null(text.args);
    if (!text.kwargs.empty()) out.kwargs = json_or_null(text.kwargs);
    if (!out.args.is_array()) out.args = json::array();
    if (!out.kwargs.is_object()) out.kwargs = json::object();
    return out;
}

const json& RouterSession::Reply::value() const {
    static const json nothing;
    return payload.args.empty() ? nothing : payload.args.front();
}

RouterSession::RouterSession(RealmHost& host, TimePoint now) : host_(host), now_(now) {
    HelloDetails hello;
    hello.agent = "heddle";
    hello.roles.add(Role::caller, Feature::call_timeout);
    hello.roles.add(Role::subscriber, Feature::pattern_based_subscription);
    hello.roles.add(Role::publisher, Feature::publisher_exclusion);
    self_ = host_.join(*this, "router", hello, {"router", "router", "router", "router", true}, now_, true);
}

RouterSession::~RouterSession() { host_.leave(self_, now_); }

RouterSession::Reply RouterSession::call(std::string_view procedure, const json& args, const json& kwargs) {
    const std::string text = args.dump(-1, ' ', false, json::error_handler_t::replace);
    const std::string named = kwargs.empty() ? "" : kwargs.dump(-1, ' ', false, json::error_handler_t::replace);
    reply_ = {std::string("wamp.error.unavailable"), {}};
    host_.say(self_, Call{{++last_request_}, {}, procedure, Payload{Encoding::json, text, named}}, now_);
    return std::move(reply_);
}

std::optional<RouterSession::Kept> RouterSession::retained(const std::string& topic) {
    kept_.reset();
    SubscribeOptions options;
    options.get_retained = true;
    host_.say(self_, Subscribe{{++last_request_}, options, topic}, now_);
    return std::move(kept_);
}

void RouterSession::forget_retained(const std::string& topic) {
    PublishOptions options;
    options.retain = true;
    options.acknowledge = true;
    host_.say(self_, Publish{{++last_request_}, options, topic, removal()}, now_);
}

void RouterSession::on_message(const Message& message) {
    if (const auto* result = std::get_if<CallResult>(&message)) {
        reply_ = {{}, json_of(result->payload)};
    } else if (const auto* error = std::get_if<ErrorReply>(&message)) {
        reply_ = {std::string(error->error), json_of(error->payload)};
    }
}

void RouterSession::on_event(const Event& event) {
    if (event.details.retained) kept_ = Kept{event.publication.value, json_of(event.payload)};
}

}  // namespace heddle::admin
