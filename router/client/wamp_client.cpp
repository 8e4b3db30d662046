#include "router/client/wamp_client.hpp"

#include "router/client/keep_going.hpp"
#include "router/client/random.hpp"
#include "router/json_text.hpp"
#include "serializers/codec.hpp"
#include "serializers/transcode.hpp"
#include "serializers/uris.hpp"

namespace heddle {
namespace {

constexpr std::uint64_t invocation_code = 68;

/// What this client can do and no more.
Roles our_roles() {
    Roles roles;
    roles.add(Role::caller, Feature::call_timeout);
    roles.add(Role::caller, Feature::progressive_call_results);
    roles.add(Role::caller, Feature::caller_identification);
    roles.add(Role::callee, Feature::pattern_based_registration);
    roles.add(Role::callee, Feature::shared_registration);
    roles.add(Role::callee, Feature::caller_identification);
    roles.add(Role::publisher, Feature::publisher_exclusion);
    roles.add(Role::publisher, Feature::subscriber_blackwhite_listing);
    roles.add(Role::publisher, Feature::publisher_identification);
    roles.add(Role::subscriber, Feature::pattern_based_subscription);
    roles.add(Role::subscriber, Feature::publisher_identification);
    return roles;
}

}  // namespace

WampClient::WampClient(Loop& loop, const WampOptions& options) : loop_(loop), options_(options) {
    DialOptions dialing{options.address, "wamp.2." + std::string(name_of(options.encoding)), options.encoding,
                        options.tls_ca, options.tls_cert, options.tls_key, Clock::now() + options.timeout};
    transport_ = dial(loop, dialing);
    transport_->start({[this](std::string_view frame) { on_frame(frame); },
                       [this](std::string why) {
                           transport_over_ = true;
                           end(std::move(why));
                       }});
    hello();
}

WampClient::~WampClient() = default;

void WampClient::hello() {
    login_ = std::make_unique<Login>(options_.credentials, random_bytes(16), [this](std::string_view type) {
        return transport_->channel_id(type);
    });
    Hello hello;
    hello.realm = options_.realm;
    hello.details.roles = our_roles();
    hello.details.agent = "heddle";
    ByteBuffer text;
    encode(hello, Encoding::json, text);
    auto message = json_or_null(text.view());
    message.at(2).update(login_->hello());
    send_json(message);
    wait([this] { return welcomed_ || login_failed_; }, "WELCOME");
    login_.reset();
    if (login_failed_) throw *login_failed_;
    if (options_.joined) options_.joined(identity_);
}

void WampClient::send_json(const nlohmann::json& message) {
    if (lost()) throw_ended();
    const std::string text = message.dump();
    ByteBuffer frame;
    if (!transcode(Encoding::json, text, options_.encoding, frame)) return end("we made a message that is none");
    transport_->send(std::string(frame.view()));
}

std::optional<nlohmann::json> WampClient::as_json(std::string_view frame) const {
    ByteBuffer text;
    if (!transcode(options_.encoding, frame, Encoding::json, text)) return std::nullopt;
    auto message = json_or_null(text.view());
    if (!message.is_array() || message.size() < 3 || !message[2].is_object()) return std::nullopt;
    return message;
}

void WampClient::on_challenge(std::string_view frame) {
    const auto message = as_json(frame);
    if (!message || !message->at(1).is_string() || !login_) return end("the router sent a CHALLENGE that is none");
    try {
        const Login::Answer answer = login_->answer(message->at(1).get<std::string>(), message->at(2));
        constexpr int authenticate = 5;
        send_json({authenticate, answer.signature, answer.extra});
    } catch (const Failure& failure) {
        login_failed_ = failure;
    }
}

void WampClient::on_welcome(std::string_view frame, const Welcome& welcome) {
    const auto message = as_json(frame);
    if (!message || !login_) return end("the router sent a WELCOME that is none");
    try {
        login_->check(message->at(2));
    } catch (const Failure& failure) {
        login_failed_ = failure;
        return;
    }
    const WelcomeDetails& details = welcome.details;
    identity_ = {welcome.session.value,         options_.realm,
                 std::string(details.authid),   std::string(details.authrole),
                 std::string(details.authmethod), details.roles};
    welcomed_ = true;
}

void WampClient::send(const Message& message) {
    if (lost()) throw_ended();
    ByteBuffer frame;
    encode(message, options_.encoding, frame);
    transport_->send(std::string(frame.view()));
}

void WampClient::end(std::string why) {
    if (ended_.empty()) ended_ = std::move(why);
}

void WampClient::throw_ended() const {
    if (!abort_uri_.empty() && !welcomed_ && login_) {
        throw Failure(Failure::Kind::not_let_in,
                      "not let in to realm " + options_.realm + " at " + options_.address.text + ": " + ended_,
                      {"tried " + login_->description()}, abort_uri_);
    }
    if (!welcomed_)
        throw Failure(Failure::Kind::no_connection, "cannot connect to " + options_.address.text + ": " + ended_);
    throw Failure(Failure::Kind::no_connection, "connection to " + options_.address.text + " lost: " + ended_, {},
                  abort_uri_);
}

void WampClient::on_frame(std::string_view frame) {
    auto message = decode(options_.encoding, frame);
    if (!message) return end("the router sent what is no message: " + message.error().what);
    if (std::holds_alternative<Challenge>(*message)) return on_challenge(frame);
    if (const auto* welcome = std::get_if<Welcome>(&*message)) return on_welcome(frame, *welcome);
    on_message(*message);
}

void WampClient::on_message(const Message& message) {
    auto ended_by = [this](std::string_view reason, std::string_view text) {
        abort_uri_ = std::string(reason);
        end(text.empty() ? std::string(reason) : std::string(text) + " (" + std::string(reason) + ")");
    };
    std::visit(Overload{
                   [&](const Abort& m) { ended_by(m.reason, m.message); },
                   [&](const Goodbye& m) {
                       if (!goodbye_) send(Goodbye{{}, uri::goodbye_and_out});
                       ended_by(m.reason, m.message);
                   },
                   [&](const ErrorReply& m) { answer(m.request.value, message); },
                   [&](const Published& m) { answer(m.request.value, message); },
                   [&](const Subscribed& m) { answer(m.request.value, message); },
                   [&](const Unsubscribed& m) { answer(m.request.value, message); },
                   [&](const Registered& m) { answer(m.request.value, message); },
                   [&](const Unregistered& m) { answer(m.request.value, message); },
                   [&](const CallResult& m) { answer(m.request.value, message); },
                   [&](const Event& m) {
                       if (auto found = subscriptions_.find(m.subscription.value); found != subscriptions_.end())
                           found->second(m);
                   },
                   [&](const Invocation& m) {
                       if (auto found = registrations_.find(m.registration.value); found != registrations_.end())
                           found->second(m);
                       else
                           fail(m.request, uri::no_such_procedure, {});
                   },
                   [&](const Interrupt&) {},  // we cannot stop what runs, and never said that we could
                   [&](const auto&) { end("the router sent a message that no router may send"); },
               },
               message);
}

void WampClient::answer(std::uint64_t request, const Message& message) {
    auto found = pending_.find(request);
    if (found == pending_.end()) return;
    const auto* result = std::get_if<CallResult>(&message);
    if (result && result->progress) return found->second(message);
    OnAnswer answer = std::move(found->second);
    pending_.erase(found);
    if (answer) answer(message);
}

std::uint64_t WampClient::expect(OnAnswer answer) {
    next_request_ = next_id(next_request_);
    pending_[next_request_] = std::move(answer);
    return next_request_;
}

std::uint64_t WampClient::call(std::string_view procedure, const CallOptions& options, const Payload& payload,
                               OnAnswer answer) {
    std::uint64_t request = expect(std::move(answer));
    send(Call{{request}, options, procedure, payload});
    return request;
}

std::uint64_t WampClient::publish(std::string_view topic, const PublishOptions& options, const Payload& payload,
                                  OnAnswer answer) {
    std::uint64_t request = expect(std::move(answer));
    if (!options.acknowledge) pending_.erase(request);
    send(Publish{{request}, options, topic, payload});
    return request;
}

std::uint64_t WampClient::subscribe(std::string_view topic, const SubscribeOptions& options, OnAnswer answer,
                                    OnEvent event) {
    std::uint64_t request =
        expect([this, answer = std::move(answer), event = std::move(event)](const Message& message) {
            if (const auto* done = std::get_if<Subscribed>(&message)) subscriptions_[done->subscription.value] = event;
            answer(message);
        });
    send(Subscribe{{request}, options, topic});
    return request;
}

std::uint64_t WampClient::unsubscribe(SubscriptionId subscription, OnAnswer answer) {
    std::uint64_t request = expect(std::move(answer));
    send(Unsubscribe{{request}, subscription});
    return request;
}

std::uint64_t WampClient::enroll(std::string_view procedure, const RegisterOptions& options, OnAnswer answer,
                                 OnInvocation invocation) {
    std::uint64_t request =
        expect([this, answer = std::move(answer), invocation = std::move(invocation)](const Message& message) {
            if (const auto* done = std::get_if<Registered>(&message))
                registrations_[done->registration.value] = invocation;
            answer(message);
        });
    send(Register{{request}, options, procedure});
    return request;
}

void WampClient::yield(RequestId invocation, const Payload& payload) {
    if (!lost()) send(Yield{invocation, false, payload});
}
void WampClient::fail(RequestId invocation, std::string_view error, const Payload& payload) {
    if (!lost()) send(ErrorReply{invocation_code, invocation, error, payload});
}

void WampClient::wait(const std::function<bool()>& done, std::string_view what) {
    bool came = wait_long(done, Clock::now() + options_.timeout);
    if (came) return;
    if (loop_.interrupted())
        throw Failure(Failure::Kind::refused, "interrupted while waiting for " + std::string(what));
    throw Failure(Failure::Kind::timeout, "no answer from " + options_.address.text + " in time: " + std::string(what));
}

bool WampClient::wait_long(const std::function<bool()>& done, Deadline deadline) {
    bool came = loop_.run_until([&] { return done() || lost(); }, deadline);
    if (came && !done()) throw_ended();
    return came;
}

void WampClient::leave() {
    if (lost() || goodbye_) return;
    goodbye_ = true;
    send(Goodbye{{}, uri::close_realm});
    Deadline deadline = Clock::now() + farewell_wait_max;
    loop_.run_until([this] { return lost(); }, deadline);
    transport_->close();
    loop_.run_until([this] { return transport_over_; }, deadline);
}

}  // namespace heddle
