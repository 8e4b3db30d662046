#include "router/realm_questions.hpp"

#include <algorithm>
#include <utility>

#include "router/log.hpp"
#include "router/password_pool.hpp"
#include "router/realm_host.hpp"
#include "serializers/rules.hpp"
#include "serializers/uris.hpp"

namespace heddle {

RealmQuestions::RealmQuestions(RealmHost& host, Errands errands, Log& log)
    : host_(host),
      errands_(std::move(errands)),
      log_(log),
      alive_(std::make_shared<RealmQuestions*>(this)) {}

RealmQuestions::~RealmQuestions() {
    *alive_ = nullptr;
    if (self_) host_.leave(self_, host_.now());
}

void RealmQuestions::verify(QuestionId id, std::string hash, std::string secret) {
    const bool taken = errands_.passwords && errands_.post &&
                       errands_.passwords->check(std::move(hash), std::move(secret),
                                                 [id, post = errands_.post, alive = alive_](bool good) {
                                                     post([id, good, alive](TimePoint now) {
                                                         if (*alive) (*alive)->host_.verified(id, good, now);
                                                     });
                                                 });
    if (taken) return;
    log_.write(LogLevel::warn, "auth.busy", {{"realm", host_.name()}});
    heard_.push_back({id, std::string(uri::unavailable), {}});
}

void RealmQuestions::call(QuestionId id, std::string_view procedure, const Payload& arguments) {
    asked_.push_back({id, std::string(procedure), OwnedPayload(arguments)});
}

void RealmQuestions::note(std::string_view event, std::string_view what) {
    log_.write(LogLevel::warn, event, {{"realm", host_.name()}, {"what", what}});
}

/// Answers may make the realm ask again: until nothing is left.
void RealmQuestions::run_all(TimePoint now) {
    while (!asked_.empty() || !heard_.empty()) {
        if (!asked_.empty()) {
            const Asked asked = std::move(asked_.front());
            asked_.pop_front();
            make(asked, now);
        } else {
            const Heard heard = std::move(heard_.front());
            heard_.pop_front();
            host_.answered(heard.id, {heard.error, heard.payload.view()}, now);
        }
    }
}

/// The answer may come from inside: the procedure can be one of the router's own.
void RealmQuestions::make(const Asked& asked, TimePoint now) {
    if (!joined_ && !join(now)) {
        heard_.push_back({asked.id, std::string(uri::unavailable), {}});
        return;
    }
    const RequestId request{last_request_ = next_id(last_request_)};
    open_[request.value] = asked.id;
    const AuthSettings& auth = host_.realm().settings().auth;
    CallOptions options;
    options.timeout_ms =
        static_cast<std::uint64_t>(std::max(auth.authenticator_timeout, auth.authorizer_timeout).count());
    host_.say(self_, Call{request, options, asked.procedure, asked.arguments.view()}, now);
}

bool RealmQuestions::join(TimePoint now) {
    if (self_) host_.leave(std::exchange(self_, EndpointId{}), now);
    HelloDetails hello;
    hello.agent = "heddle";
    hello.roles.add(Role::caller, Feature::call_timeout);
    last_request_ = 0;
    self_ = host_.join(*this, "router", hello, {"router", "router", "router", "router", true}, now, true);
    return joined_;
}

void RealmQuestions::on_message(const Message& message) {
    if (std::holds_alternative<Welcome>(message)) {
        joined_ = true;
    } else if (const auto* result = std::get_if<CallResult>(&message)) {
        if (!result->progress) heard(result->request, {}, result->payload);
    } else if (const auto* error = std::get_if<ErrorReply>(&message)) {
        heard(error->request, error->error, error->payload);
    }
}

void RealmQuestions::heard(RequestId request, std::string_view error, const Payload& payload) {
    const auto found = open_.find(request.value);
    if (found == open_.end()) return;
    heard_.push_back({found->second, std::string(error), OwnedPayload(payload)});
    open_.erase(found);
}

/// The realm closes, or somebody sent the session away: what it waited for has no answer. The next call makes another.
void RealmQuestions::on_closed(CloseReason) {
    joined_ = false;
    for (const auto& [request, id] : open_) heard_.push_back({id, std::string(uri::canceled), {}});
    open_.clear();
}

}  // namespace heddle
