#include "router/admin/callee.hpp"

#include "router/admin/router_session.hpp"
#include "router/admin/store_rows.hpp"
#include "serializers/rules.hpp"
#include "serializers/uris.hpp"

namespace heddle::admin {

using nlohmann::json;

std::string read_call(const Operation& operation, const json& args, const json& kwargs, Request& request) {
    request.operation = &operation;
    request.arguments = kwargs;
    std::size_t at = 0;
    for (const Field& field : operation.fields) {
        if (field.in != Field::In::place) continue;
        if (at == args.size()) break;
        const std::string name(field.name);
        if (request.arguments.contains(name)) return "\"" + name + "\" is given by place and by name";
        if (!args[at].is_null()) request.arguments[name] = args[at];
        ++at;
    }
    if (at < args.size()) return "too many arguments by place; everything beside names of things is a keyword";
    const auto revision = request.arguments.find("revision");
    if (revision == request.arguments.end() || operation.revised == Revised::no || operation.revised == Revised::reads)
        return {};
    if (revision->is_string())
        request.revision = revision->get<std::string>();
    else if (revision->is_number_integer() && *revision >= 0)
        request.revision = std::to_string(revision->get<std::uint64_t>());
    else if (!revision->is_null())
        return "\"revision\" is a number, \"*\" or \"new\"";
    request.arguments.erase("revision");
    return {};
}

AdminCallee::AdminCallee(Desk& desk, Log& log) : desk_(desk), log_(log) {}
AdminCallee::~AdminCallee() = default;

void AdminCallee::start(Control& control) {
    control_ = &control;
    desk_.tell([this](std::string_view topic, const json& kwargs, const std::vector<std::string>& strangers) {
        publish(topic, kwargs, strangers);
    });
    control.on_realm(std::string(admin_realm), [this](RealmHost* host, TimePoint now) {
        if (host) join(*host, now);
    });
}

void AdminCallee::join(RealmHost& host, TimePoint now) {
    HelloDetails hello;
    hello.agent = "heddle";
    hello.roles.add(Role::callee, Feature::caller_identification);
    hello.roles.add(Role::publisher, Feature::publisher_exclusion);
    self_ = host.join(*this, "router", hello, {"heddle", "router", "router", "router", true}, now, true);
    RegisterOptions options;
    options.disclose_caller = true;
    for (const Operation& operation : operations()) {
        const std::string procedure = "heddle." + std::string(operation.noun) + "." + std::string(operation.verb);
        requested_[++last_request_] = &operation;
        host.say(self_, Register{{last_request_}, options, procedure}, now);
    }
}

void AdminCallee::on_message(const Message& message) {
    if (const auto* registered = std::get_if<Registered>(&message)) {
        const auto found = requested_.find(registered->request.value);
        if (found != requested_.end()) registered_[registered->registration.value] = found->second;
    } else if (const auto* error = std::get_if<ErrorReply>(&message)) {
        log_.write(LogLevel::error, "admin.unregistered", {{"error", error->error}});
    } else if (const auto* invocation = std::get_if<Invocation>(&message)) {
        const auto found = registered_.find(invocation->registration.value);
        Asked asked;
        asked.request = invocation->request.value;
        asked.operation = found == registered_.end() ? nullptr : found->second;
        asked.caller = invocation->details.caller.value;
        asked.authid = invocation->details.caller_authid;
        asked.role = invocation->details.caller_authrole;
        asked.payload = OwnedPayload(invocation->payload);
        // The realm is in the middle of something: it is asked who calls in a turn of its own.
        control_->on_realm(std::string(admin_realm), [this, asked = std::move(asked)](RealmHost* host, TimePoint now) {
            if (host) ask(asked, *host, now);
        });
    }
}

void AdminCallee::on_closed(CloseReason) {
    requested_.clear();
    registered_.clear();
}

void AdminCallee::ask(const Asked& asked, RealmHost& host, TimePoint now) {
    const auto refuse = [&](std::string detail) {
        Answer refusal;
        refusal.error = uri::invalid_argument;
        refusal.detail = std::move(detail);
        if (asked.operation) answer(asked.request, *asked.operation, refusal);
    };
    if (!asked.operation) return;
    const JsonPayload payload = json_of(asked.payload.view());
    Request request;
    const std::string wrong = read_call(*asked.operation, payload.args, payload.kwargs, request);
    if (!wrong.empty()) return refuse(wrong);
    Asker& asker = request.asker;
    asker.authid = asked.authid;
    asker.role = asked.role;
    asker.session = asked.caller;
    asker.live = true;
    host.each_endpoint(0, [&](const Endpoint& endpoint) {
        if (endpoint.session_id.value != asked.caller) return true;
        asker.via = *endpoint.program ? std::string_view(endpoint.program) : endpoint.via;
        asker.from = endpoint.from;
        return false;
    });
    const auto facts = RouterSession(host, now).call("wamp.session.get", json::array({asked.caller}));
    if (facts.error.empty()) asker.method = facts.value().value("authmethod", "");
    desk_.ask(std::move(request), [this, request = asked.request, operation = asked.operation](const Answer& done) {
        answer(request, *operation, done);
    });
}

void AdminCallee::answer(std::uint64_t request, const Operation&, const Answer& answer) {
    json kwargs = answer.body.is_object() ? answer.body : json{{"value", answer.body}};
    if (answer.error.empty() && answer.revision) kwargs["revision"] = *answer.revision;
    if (answer.error.empty() && answer.created) kwargs["created"] = true;
    control_->on_realm(std::string(admin_realm), [this, request, error = answer.error, args = dumped(json::array({answer.detail})),
                                                  named = dumped(kwargs)](RealmHost* host, TimePoint now) {
        if (!host) return;
        if (error.empty())
            host->say(self_, Yield{{request}, false, Payload{Encoding::json, {}, named}}, now);
        else
            host->say(self_, ErrorReply{rule_for<Invocation>().code, {request}, error, Payload{Encoding::json, args, named}}, now);
    });
}

void AdminCallee::publish(std::string_view topic, const json& kwargs, const std::vector<std::string>& strangers) {
    control_->on_realm(std::string(admin_realm),
                       [this, topic = std::string(topic), named = dumped(kwargs), strangers](RealmHost* host, TimePoint now) {
                           if (!host || !self_) return;
                           PublishOptions options;
                           options.acknowledge = true;
                           if (!strangers.empty()) {
                               auto lists = std::make_shared<ReceiverLists>();
                               lists->exclude_authid.emplace(strangers.begin(), strangers.end());
                               options.lists = std::move(lists);
                           }
                           host->say(self_, Publish{{++last_request_}, options, topic, Payload{Encoding::json, {}, named}}, now);
                       });
}

}  // namespace heddle::admin
