// Long because a client has an answer to each message of the router, and each way to ask it something stands beside it.
#include "tests/simulation/wamp_client.hpp"

#include <algorithm>
#include <utility>

#include "serializers/codec.hpp"
#include "tests/simulation/names.hpp"

namespace heddle::sim {
namespace {

using std::chrono::milliseconds;

std::string args_of(std::string_view text) { return "[\"" + std::string(text) + "\"]"; }
Payload json(const std::string& args) { return {Encoding::json, args, {}}; }

/// The text after `mark` up to the next '"' or what else cannot stand in it.
std::string text_at(std::string_view bytes, std::string_view mark) {
    const std::size_t at = bytes.find(mark);
    if (at == std::string_view::npos) return {};
    const std::size_t end = bytes.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-", at);
    return std::string(bytes.substr(at, end == std::string_view::npos ? end : end - at));
}

bool fits(std::string_view topic, std::string_view pattern, Match match) {
    if (match == Match::exact) return topic == pattern;
    if (match == Match::prefix) return topic.starts_with(pattern);
    // The only wildcard in use is "town..NAME".
    const std::size_t gap = pattern.find("..");
    const std::size_t next = topic.find('.', gap + 1);
    return topic.starts_with(pattern.substr(0, gap + 1)) && next != std::string_view::npos &&
           topic.substr(next) == pattern.substr(gap + 1);
}

}  // namespace

// ---- the session ----

void WampClient::hello() {
    HelloDetails details;
    for (const Role role : {Role::publisher, Role::subscriber, Role::caller, Role::callee}) details.roles.add(role);
    details.roles.add(Role::subscriber, Feature::pattern_based_subscription);
    details.roles.add(Role::subscriber, Feature::subscription_revocation);
    details.roles.add(Role::publisher, Feature::publisher_exclusion);
    for (const Feature feature : {Feature::progressive_call_results, Feature::call_timeout, Feature::call_canceling}) {
        details.roles.add(Role::caller, feature);
        if (feature != Feature::call_canceling || dice_.percent(70)) details.roles.add(Role::callee, feature);
    }
    details.roles.add(Role::callee, Feature::registration_revocation);
    session_ = Session::hello_sent;
    ++sessions_;
    log("HELLO");
    send(Hello{realm_name, details});
}

void WampClient::end_session() {
    session_ = Session::none;
    last_request_ = 0;
    open_.clear();
    subscriptions_.clear();
    registrations_.clear();
    invocations_.clear();
}

void WampClient::take_leave() {
    if (session_ != Session::open) return leave(Wire::End::closed);
    session_ = Session::goodbye_sent;
    log("GOODBYE");
    send(Goodbye{{}, "wamp.close.close_realm"});
}

std::string WampClient::check_settled() const {
    if (!reads() || session_ != Session::open) return {};
    for (const auto& [id, request] : open_)
        return name() + ": request " + std::to_string(id) + " about " + request.about + " was never answered";
    for (const auto& [id, subscription] : subscriptions_) {
        for (const std::string& topic : all_topics()) {
            if (!fits(topic, subscription.topic, subscription.match)) continue;
            const auto found = subscription.hearings.find(topic);
            const std::string missing =
                found == subscription.hearings.end() ? "no record of " + topic : found->second.missing();
            if (!missing.empty()) return name() + ": subscription " + subscription.topic + ": " + missing;
        }
    }
    return {};
}

void WampClient::send(const Message& message) {
    ByteBuffer bytes;
    encode(message, form_.encoding, bytes);
    say(bytes.view());
}

std::uint64_t WampClient::ask(Request request) {
    open_[++last_request_] = std::move(request);
    return last_request_;
}

WampClient::Request WampClient::take(std::uint64_t id, Asked what, std::string_view answer) {
    const auto found = open_.find(id);
    if (found == open_.end() || found->second.what != what) {
        fault(std::string(answer) + " for request " + std::to_string(id) + ", which waits for no such answer");
        return {what, {}};
    }
    Request request = std::move(found->second);
    open_.erase(found);
    return request;
}

// ---- what it does ----

void WampClient::do_something() {
    if (greeted() && session_ == Session::none && dice_.percent(50)) return hello();
    if (session_ != Session::open) return;
    const auto what = dice_.below(100);
    if (what < 14) return subscribe();
    if (what < 18) return unsubscribe();
    if (what < 56) return publish();
    if (what < 75) return call();
    if (what < 79) return cancel();
    if (what < 92) return enroll();
    if (what < 94) return unregister();
    if (what < 96) return take_leave();
    if (what < 98) return leave(dice_.percent(60) ? Wire::End::closed : Wire::End::reset);
    if (dice_.percent(30)) leave(Wire::End::cut);
}

void WampClient::subscribe() {
    Request request{Asked::subscribe, any_topic(dice_)};
    const auto kind = dice_.below(10);
    if (kind < 2) request = {Asked::subscribe, "town.", 0, Match::prefix};
    if (kind == 2) request = {Asked::subscribe, "town.map.", 0, Match::prefix};
    if (kind == 3) request = {Asked::subscribe, "town..door", 0, Match::wildcard};
    const auto same = [&](const auto& entry) { return entry.second.about == request.about; };
    if (std::any_of(open_.begin(), open_.end(), same)) return;
    for (const auto& [id, subscription] : subscriptions_)
        if (subscription.topic == request.about) return;
    SubscribeOptions options;
    options.match = request.match;
    options.get_retained = dice_.percent(40);
    log("SUBSCRIBE " + request.about);
    const std::string topic = request.about;
    send(Subscribe{{ask(std::move(request))}, options, topic});
}

void WampClient::unsubscribe() {
    for (auto& [id, subscription] : subscriptions_) {
        if (subscription.ending || dice_.percent(50)) continue;
        subscription.ending = true;
        log("UNSUBSCRIBE " + subscription.topic);
        return send(Unsubscribe{{ask({Asked::unsubscribe, subscription.topic, id})}, {id}});
    }
}

void WampClient::publish() {
    const std::string topic = any_topic(dice_);
    const auto times = dice_.percent(stage_.flood() ? 60 : 20) ? dice_.between(5, 40) : 1;
    const std::size_t padding = dice_.below(dice_.percent(stage_.flood() ? 80 : 15) ? 1500 : 120);
    for (std::int64_t i = 0; i < times; ++i) publish_one(topic, padding);
}

void WampClient::publish_one(const std::string& topic, std::size_t padding) {
    PublishOptions options;
    options.acknowledge = dice_.percent(25);
    options.exclude_me = !dice_.percent(25);
    options.retain = is_kept(topic) || dice_.percent(5);
    if (is_map_entry(topic) && dice_.percent(10)) {
        log("removes " + topic);
        const std::uint64_t id = options.acknowledge ? ask({Asked::publish, topic}) : ++last_request_;
        return send(Publish{{id}, options, topic, {Encoding::json, {}, "{\"$removed\":true}"}});
    }
    const Token token{id_, life_, ++published_, !options.exclude_me};
    log("PUBLISH " + topic + " " + short_text(token));
    const std::string args = args_of(text_of(token, padding));
    const std::uint64_t id = options.acknowledge ? ask({Asked::publish, topic}) : ++last_request_;
    send(Publish{{id}, options, topic, json(args)});
}

void WampClient::call() {
    CallOptions options;
    if (dice_.percent(30)) options.timeout_ms = static_cast<std::uint64_t>(dice_.between(1, 300));
    options.receive_progress = dice_.percent(30);
    const std::string procedure = any_procedure(dice_);
    const auto times = dice_.percent(15) ? dice_.between(3, 15) : 1;
    const std::size_t padding = dice_.below(dice_.percent(10) ? 1000 : 60);
    for (std::int64_t i = 0; i < times; ++i) {
        const std::uint64_t id = ask({Asked::call, procedure});
        const std::string what = "call-" + std::to_string(id_) + "-" + std::to_string(sessions_) + "-" + std::to_string(life_) +
                                 "-" + std::to_string(id) + "-" + std::string(padding, 'y');
        open_[id].about = what;
        log("CALL " + procedure + " " + std::to_string(id));
        const std::string args = args_of(what);
        send(Call{{id}, options, procedure, json(args)});
    }
}

void WampClient::cancel() {
    for (const auto& [id, request] : open_) {
        if (request.what != Asked::call || dice_.percent(60)) continue;
        const auto mode = static_cast<CancelMode>(dice_.below(4));
        log("CANCEL " + std::to_string(id));
        return send(Cancel{{id}, mode});
    }
}

void WampClient::enroll() {
    RegisterOptions options;
    options.invoke = dice_.percent(50) ? Invoke::roundrobin : Invoke::single;
    const std::string procedure = any_procedure(dice_);
    log("REGISTER " + procedure);
    send(Register{{ask({Asked::register_, procedure})}, options, procedure});
}

void WampClient::unregister() {
    if (registrations_.empty()) return;
    const std::uint64_t id = *registrations_.begin();
    registrations_.erase(registrations_.begin());
    log("UNREGISTER");
    send(Unregister{{ask({Asked::unregister, "a procedure", id})}, {id}});
}

// ---- what it receives ----

void WampClient::on_message(std::string_view bytes) {
    const auto message = decode(form_.encoding, bytes);
    if (!message) return fault("got a message that cannot be decoded: " + std::string(message.error().what));
    if (session_ == Session::none) return fault("got message " + std::to_string(peek_code(form_.encoding, bytes)) + " without a session");
    std::visit([this](const auto& m) { on(m); }, *message);
}

void WampClient::on(const Welcome&) {
    log("< WELCOME");
    if (session_ != Session::hello_sent) return fault("WELCOME in the middle of a session");
    session_ = Session::open;
}

void WampClient::on(const Abort& m) {
    log("< ABORT " + std::string(m.reason));
    if (reads() && !stage_.ending()) return fault("ABORT " + std::string(m.reason) + " " + std::string(m.message));
    end_session();
}

void WampClient::on(const Goodbye& m) {
    log("< GOODBYE " + std::string(m.reason));
    if (session_ == Session::goodbye_sent) {
        end_session();
        if (stage_.quiet() || dice_.percent(50)) return leave(Wire::End::closed);
        return;
    }
    if (!stage_.ending()) return fault("GOODBYE " + std::string(m.reason));
    send(Goodbye{{}, "wamp.close.goodbye_and_out"});
    end_session();
}

Hearing& WampClient::hearing(Subscription& subscription, const std::string& topic) {
    return subscription.hearings.try_emplace(topic, stage_.ledger(), topic, id_, life_, false).first->second;
}

void WampClient::on(const Subscribed& m) {
    const Request request = take(m.request.value, Asked::subscribe, "SUBSCRIBED");
    log("< SUBSCRIBED " + request.about);
    Subscription& subscription = subscriptions_[m.subscription.value];
    subscription = {request.about, request.match, {}};
    for (const std::string& topic : all_topics())
        if (fits(topic, request.about, request.match)) hearing(subscription, topic);
}

void WampClient::on(const Unsubscribed& m) {
    if (m.request.value == 0) {
        log("< UNSUBSCRIBED by the router");
        const auto revoked = subscriptions_.find(m.revoked.value);
        if (revoked == subscriptions_.end()) return fault("a subscription was revoked that it has not");
        // A pattern that takes in what is forbidden goes as a whole.
        const bool pattern = revoked->second.match == Match::wildcard || revoked->second.topic == "town.";
        if (!is_edited(revoked->second.topic) && !pattern)
            return fault(revoked->second.topic + " was revoked, which nobody forbade");
        subscriptions_.erase(revoked);
        return;
    }
    const Request request = take(m.request.value, Asked::unsubscribe, "UNSUBSCRIBED");
    log("< UNSUBSCRIBED " + request.about);
    subscriptions_.erase(request.id);
}

void WampClient::on(const Event& m) {
    const auto found = subscriptions_.find(m.subscription.value);
    if (found == subscriptions_.end()) return fault("EVENT for a subscription that it has not");
    Subscription& subscription = found->second;
    const std::string topic = m.details.topic.empty() ? subscription.topic : std::string(m.details.topic);
    if (!fits(topic, subscription.topic, subscription.match)) return fault("EVENT of " + topic + " for " + subscription.topic);
    const auto token = find_token(m.payload.args);
    log("< EVENT " + topic + " " + (token ? short_text(*token) : "removed") + (m.details.retained ? " retained" : ""));
    Hearing& record = hearing(subscription, topic);
    std::string wrong;
    if (m.details.retained)
        wrong = token ? record.received_retained(*token) : "a removal is retained";
    else
        wrong = token ? record.received(*token, reads()) : record.received_removal(reads());
    if (!wrong.empty()) fault("subscription " + subscription.topic + ": " + wrong);
}

void WampClient::on(const Published& m) { take(m.request.value, Asked::publish, "PUBLISHED"); }

void WampClient::on(const ErrorReply& m) {
    log("< ERROR " + std::to_string(m.request_type) + " " + std::to_string(m.request.value) + " " + std::string(m.error));
    const auto found = open_.find(m.request.value);
    if (found == open_.end()) return fault("ERROR for request " + std::to_string(m.request.value) + ", which waits for no answer");
    if (found->second.what == Asked::unsubscribe) subscriptions_.erase(found->second.id);
    open_.erase(found);
}

void WampClient::on(const CallResult& m) {
    const auto found = open_.find(m.request.value);
    if (found == open_.end() || found->second.what != Asked::call)
        return fault("RESULT for request " + std::to_string(m.request.value) + ", which waits for none");
    log(std::string("< RESULT ") + std::to_string(m.request.value) + (m.progress ? " in progress" : ""));
    if (text_at(m.payload.args, "call-") != found->second.about) return fault("RESULT of another call: " + found->second.about);
    if (!m.progress) open_.erase(found);
}

void WampClient::on(const Registered& m) {
    log("< REGISTERED");
    take(m.request.value, Asked::register_, "REGISTERED");
    registrations_.insert(m.registration.value);
}

void WampClient::on(const Unregistered& m) {
    log("< UNREGISTERED");
    if (m.request.value != 0) {
        take(m.request.value, Asked::unregister, "UNREGISTERED");
    } else {
        registrations_.erase(m.revoked.value);
    }
}

void WampClient::on(const Invocation& m) {
    const std::uint64_t id = m.request.value;
    const std::string what = text_at(m.payload.args, "call-");
    log("< INVOCATION " + std::to_string(id));
    if (session_ != Session::open) return;  // it has said GOODBYE
    if (!invocations_.emplace(id, what).second) return fault("INVOCATION " + std::to_string(id) + " came twice");
    const auto kind = dice_.below(10);
    if (kind < 4) return answer(id, what, false);
    const auto answer_then = [this, id, what, session = sessions_](bool progress) {
        if (sessions_ == session && session_ == Session::open) answer(id, what, progress);
    };
    if (kind < 7) return later(milliseconds(dice_.between(1, 200)), [answer_then] { answer_then(false); });
    if (kind == 7) {
        if (m.details.receive_progress) answer(id, what, true);
        return later(milliseconds(dice_.between(1, 50)), [answer_then] { answer_then(false); });
    }
    if (kind == 8) return;  // never
    invocations_.erase(id);
    send(ErrorReply{68, {id}, "town.error.not_today", {}});
}

void WampClient::answer(std::uint64_t id, const std::string& payload, bool progress) {
    if (!invocations_.contains(id)) return;
    if (!progress) invocations_.erase(id);
    log("YIELD " + std::to_string(id));
    const std::string args = args_of(payload);
    send(Yield{{id}, progress, json(args)});
}

void WampClient::on(const Interrupt& m) {
    log("< INTERRUPT " + std::to_string(m.request.value));
    if (invocations_.erase(m.request.value) == 0 || session_ != Session::open) return;  // the answer is under way
    send(ErrorReply{68, {m.request.value}, "wamp.error.canceled", {}});
}

}  // namespace heddle::sim
