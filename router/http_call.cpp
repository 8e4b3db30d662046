#include "router/http_call.hpp"

#include <algorithm>
#include <utility>

#include "router/realm_host.hpp"
#include "router/worker.hpp"
#include "serializers/any_reader.hpp"
#include "serializers/codec.hpp"
#include "serializers/transcode.hpp"
#include "serializers/uris.hpp"

namespace heddle {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds login_max{30'000};   // until the realm has let the request in
constexpr milliseconds answer_max{30'000};  // for PUBLISHED; and for a call where neither realm nor request set a limit: twice
constexpr milliseconds grace{5'000};        // the realm's own deadline comes first
constexpr std::string_view transport = "http";

HelloDetails hello_of(const CallTask& task) {
    HelloDetails hello;
    hello.agent = "http";
    hello.authid = task.login.authid;
    if (!task.login.method.empty()) {
        hello.authmethods = {task.login.method};
    } else {  // whatever the connection shows; the realm takes the first that it offers
        if (!task.facts.local_user.empty()) hello.authmethods.push_back("local");
        if (task.facts.certificate) hello.authmethods.push_back("tls");
        if (!task.facts.cookie.empty()) hello.authmethods.push_back("cookie");
        hello.authmethods.push_back("anonymous");
    }
    for (const Feature feature : {Feature::publisher_identification, Feature::subscriber_blackwhite_listing,
                                  Feature::publisher_exclusion, Feature::payload_passthru_mode})
        hello.roles.add(Role::publisher, feature);
    for (const Feature feature : {Feature::progressive_call_results, Feature::call_timeout, Feature::call_canceling,
                                  Feature::caller_identification, Feature::payload_passthru_mode})
        hello.roles.add(Role::caller, feature);
    return hello;
}

/// The number under `name` in a map that a router of ours wrote; 0 where there is none.
std::uint64_t number_in(const Payload& payload, std::string_view name) {
    if (payload.kwargs.empty()) return 0;
    return with_reader(payload.origin, payload.kwargs, [&](auto&& reader) -> std::uint64_t {
        if (reader.next().kind != Token::Kind::map_begin) return 0;
        for (;;) {
            const Token key = reader.next();
            if (key.kind != Token::Kind::key) return 0;
            const bool found = key.text == name;
            if (!found && !reader.skip_value()) return 0;
            if (!found) continue;
            const Token value = reader.next();
            return value.kind == Token::Kind::integer && value.integer > 0 ? static_cast<std::uint64_t>(value.integer) : 0;
        }
    });
}

}  // namespace

HttpCaller::HttpCaller(Worker& worker, ConnectionRef reader, CallTask task)
    : worker_(worker), reader_(reader), task_(std::move(task)), timer_(worker.io()) {}

HttpCallerRef HttpCaller::begin(Worker& there, ConnectionRef reader, CallTask task) {
    task.facts.transport = transport;
    task.facts.passing = true;
    auto caller = std::make_shared<HttpCaller>(there, reader, std::move(task));
    const HttpCallerRef ref(there, caller);
    there.post([caller = std::move(caller)](TimePoint now) { caller->enter(now); });
    return ref;
}

void HttpCallerRef::give_up() const {
    if (!there_) return;
    there_->post([caller = caller_](TimePoint now) {
        if (const auto self = caller.lock()) self->leave(now);
    });
}

void HttpCallerRef::resume(CallTask with_message) const {
    if (!there_) return;
    auto with = std::make_shared<CallTask>(std::move(with_message));
    there_->post([caller = caller_, with = std::move(with)](TimePoint now) {
        if (const auto self = caller.lock()) self->take_message(*with, now);
    });
}

void HttpCaller::take_message(CallTask& with, TimePoint now) {
    if (!task_.message_follows || over_ || left_) return;
    task_.message_follows = false;
    task_.encoding = with.encoding;
    task_.message = std::move(with.message);
    task_.prepare = std::move(with.prepare);
    task_.answer = with.answer;
    task_.progressive = with.progressive;
    due_ = Due::ask;
    go_on(now);
}

// ---- in the realm ----

void HttpCaller::enter(TimePoint now) {
    if (left_) return;
    host_ = worker_.find_realm(task_.realm);
    in_turn_ = true;
    if (host_) {
        arm(login_max);
        say_hello(now);
    } else {
        refused(uri::no_such_realm, "there is no realm \"" + task_.realm + "\" here", nullptr);
    }
    go_on(now);
}

void HttpCaller::say_hello(TimePoint now) {
    const HelloDetails hello = hello_of(task_);
    const HttpLogin& login = task_.login;
    if (!login.role.empty()) {
        self_ = host_->join(*this, transport, hello, {login.authid, login.role, "signature", "static"}, now, true);
        return;
    }
    self_ = host_->enter(*this, task_.facts, now);
    host_->say(self_, Hello{task_.realm, hello}, now);
}

/// Nothing of the realm is on the stack: says what is due, hands on what was heard.
void HttpCaller::go_on(TimePoint now) {
    if (left_) return;
    in_turn_ = true;
    while (due_ != Due::nothing && !over_) {
        const Due due = std::exchange(due_, Due::nothing);
        if (due == Due::ask)
            ask(now);
        else
            host_->say(self_, Authenticate{task_.login.secret, {}}, now);
    }
    in_turn_ = false;
    std::vector<CallStep> steps = std::exchange(steps_, {});
    if (over_) leave(now);
    for (CallStep& step : steps) worker_.answer(reader_, {200, {}, {}, {}, std::make_shared<CallStep>(std::move(step))});
}

void HttpCaller::ask(TimePoint now) {
    if (task_.prepare) {
        if (auto refusal = task_.prepare(task_.message)) return last(std::move(*refusal));
    }
    auto message = decode(task_.encoding, task_.message.view());
    if (!message) return last({CallStep::Kind::error, std::string(uri::invalid_argument), message.error().what});
    milliseconds limit = answer_max;
    if (auto* call = std::get_if<Call>(&*message)) {
        call->options.receive_progress = task_.progressive;
        const milliseconds bound = host_->realm().settings().limits.call_timeout;
        const milliseconds realm_bound = bound.count() > 0 ? bound : 2 * answer_max;
        if (call->options.timeout_ms == 0 && bound.count() == 0)
            call->options.timeout_ms = static_cast<std::uint64_t>(realm_bound.count());
        limit = realm_bound;
        if (const std::uint64_t asked = call->options.timeout_ms; asked != 0)
            limit = bound.count() == 0 || asked < static_cast<std::uint64_t>(bound.count())
                        ? milliseconds(std::min<std::uint64_t>(asked, 1u << 31))
                        : realm_bound;
    } else if (auto* publish = std::get_if<Publish>(&*message)) {
        publish->options.acknowledge = true;
    }
    arm(limit + grace);
    worker_.on_behalf_of(reader_, [&] { host_->say(self_, *message, now); });
}

void HttpCaller::leave(TimePoint now) {
    if (std::exchange(left_, true)) return;
    timer_.cancel();
    if (host_ && self_) host_->leave(self_, now);
    host_ = nullptr;
}

/// In the realm somebody holds on to this by the timer, which is always running then.
void HttpCaller::arm(milliseconds limit) {
    timer_.expires_after(limit);
    timer_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
        if (!error) self->on_timer();
    });
}

void HttpCaller::on_timer() {
    if (left_) return;
    const TimePoint now = worker_.begin_local_turn();
    last({CallStep::Kind::error, std::string(uri::timeout), "there was no answer in time"});
    go_on(now);
}

// ---- what the realm says ----

void HttpCaller::on_message(const Message& message) {
    if (over_) return;
    if (std::holds_alternative<Challenge>(message)) {
        due_ = Due::authenticate;
        if (task_.login.secret.empty()) refused(uri::authentication_failed, "the login needs more than one step", nullptr);
    } else if (std::holds_alternative<Welcome>(message)) {
        task_.message_follows ? add({CallStep::Kind::let_in}) : void(due_ = Due::ask);
    } else if (const auto* abort = std::get_if<Abort>(&message)) {
        refused(abort->reason, abort->message, &abort->payload);
    } else if (const auto* goodbye = std::get_if<Goodbye>(&message)) {
        last({CallStep::Kind::ended, std::string(goodbye->reason), std::string(goodbye->message)});
    } else if (const auto* result = std::get_if<CallResult>(&message)) {
        CallStep step{result->progress ? CallStep::Kind::progress : CallStep::Kind::result};
        take_payload(step, result->payload);
        add(std::move(step));
    } else if (const auto* published = std::get_if<Published>(&message)) {
        CallStep step{CallStep::Kind::published};
        step.publication = published->publication.value;
        add(std::move(step));
    } else if (const auto* error = std::get_if<ErrorReply>(&message)) {
        CallStep step{CallStep::Kind::error, std::string(error->error)};
        take_payload(step, error->payload);
        add(std::move(step));
    }
    if (!in_turn_) worker_.post([self = shared_from_this()](TimePoint now) { self->go_on(now); });
}

void HttpCaller::on_closed(CloseReason why) {
    if (over_) return;
    last({CallStep::Kind::ended, std::string(uri::unavailable), "the session ended: " + std::string(name_of(why))});
    if (!in_turn_) worker_.post([self = shared_from_this()](TimePoint now) { self->go_on(now); });
}

void HttpCaller::refused(std::string_view error, std::string_view detail, const Payload* more) {
    CallStep step{CallStep::Kind::refused, std::string(error), std::string(detail)};
    if (more) step.retry_after_s = number_in(*more, "retry_after");
    if (host_) {
        const AuthMethods offered = host_->realm().settings().auth.methods;
        step.passwords = offered.has(AuthMethod::ticket) || offered.has(AuthMethod::scram);
        step.bearers = offered.has(AuthMethod::jwt) || offered.has(AuthMethod::token);
    }
    if (host_ && throttled_) {  // whether the credentials were right this does not tell: they were not looked at
        const milliseconds block = host_->realm().settings().auth.throttle.block;
        step.error = "heddle.error.throttled";
        step.detail = "too many logins failed: wait before the next one";
        step.retry_after_s = static_cast<std::uint64_t>(std::max<std::int64_t>(1, (block.count() + 999) / 1000));
    }
    last(std::move(step));
}

void HttpCaller::last(CallStep step) {
    if (!over_) add(std::move(step));
}

void HttpCaller::add(CallStep step) {
    over_ = step.last();
    step.sender = worker_.sender();
    steps_.push_back(std::move(step));
}

void HttpCaller::take_payload(CallStep& step, const Payload& payload) const {
    const auto take = [&](std::string_view value, std::string& out) {
        if (value.empty()) return;
        if (payload.origin == task_.answer) {
            out = value;
            return;
        }
        ByteBuffer buffer;
        if (transcode(payload.origin, value, task_.answer, buffer)) out = buffer.view();
    };
    take(payload.args, step.args);
    take(payload.kwargs, step.kwargs);
}

}  // namespace heddle
