// The dynamic authorizer: a message about which no rule speaks waits, with all that its session says behind it, until
// the procedure has answered.
#include <chrono>
#include <utility>

#include "realms/authorizer_question.hpp"
#include "realms/realm_state.hpp"
#include "realms/replies.hpp"
#include "serializers/codec.hpp"

namespace heddle {
namespace {

/// What a message needs a permission for; false: nothing.
bool read_deed(const Message& message, Deed& deed) {
    if (const auto* publish = std::get_if<Publish>(&message)) {
        deed = {Action::publish, {Match::exact, publish->topic}};
    } else if (const auto* call = std::get_if<Call>(&message)) {
        deed = {Action::call, {Match::exact, call->procedure}};
    } else if (const auto* subscribe = std::get_if<Subscribe>(&message)) {
        deed = {Action::subscribe, {subscribe->options.match, subscribe->topic}};
    } else if (const auto* reg = std::get_if<Register>(&message)) {
        deed = {Action::register_, {reg->options.match, reg->procedure}};
    } else {
        return false;
    }
    return true;
}

/// Answers to what the router asked do not wait: the one who is waited for may be the authorizer itself.
bool overtakes(const Message& message) {
    return std::holds_alternative<Yield>(message) || std::holds_alternative<ErrorReply>(message);
}

Encoding encoding_of(const Message& message) {
    if (const auto* publish = std::get_if<Publish>(&message)) return publish->payload.origin;
    if (const auto* call = std::get_if<Call>(&message)) return call->payload.origin;
    return Encoding::msgpack;
}

}  // namespace

bool Realm::State::hold_back(Session& from, const Message& message, TimePoint now, Egress& out) {
    if (overtakes(message)) return false;
    if (from.held) {
        hold(from, message, out);
        return true;
    }
    gate.set_time(now);
    Deed deed;
    if (!questioned || !read_deed(message, deed)) return false;
    const auto* call = std::get_if<Call>(&message);
    if (call && !from.is_new(call->request) && dealer.continues(from, call->request)) return false;
    const Gate::Answer rules = gate.by_rules(from.actor(), deed);
    if (!rules.unsaid || gate.said(from.actor(), deed)) return false;
    from.held = std::make_unique<HeldMessages>();
    hold(from, message, out);
    ask_about(from, deed, now);
    return true;
}

void Realm::State::hold(Session& from, const Message& message, Egress& out) {
    const Encoding encoding = encoding_of(message);
    ByteBuffer bytes;
    encode(message, encoding, bytes);
    if (from.held->has_room(bytes.size())) return from.held->push({encoding, std::string(bytes.view())});
    gate.refuse(Refusal::authorizer_backlog);
    const EndpointId endpoint = from.endpoint;
    out.send(endpoint, Abort{"too much waits behind what the authorizer was asked about", uri::limit_exceeded, {}});
    end(from, out);
    close(endpoint, CloseReason::backlog, out);
}

void Realm::State::ask_about(Session& from, const Deed& deed, TimePoint now) {
    const QuestionId id = next_question();
    from.held->question = id;
    const auto patience = settings.auth.authorizer_timeout;
    const TimePoint due = patience.count() > 0 ? now + patience : TimePoint::max();
    asking.add(id, {from.endpoint, deed.action, deed.what.match, std::string(deed.what.uri), asking.purges, due});
    ByteBuffer arguments;
    put_authorizer_question(from, settings.name, deed, arguments);
    questioned->call(id, settings.auth.authorizer, Payload{Encoding::msgpack, arguments.view(), {}});
}

bool Realm::State::authorizer_answered(QuestionId id, const Outcome& outcome, TimePoint now, Egress& out) {
    const auto found = asking.open.find(id.value);
    if (found == asking.open.end()) return false;
    const Asking::Question question = std::move(found->second);
    asking.erase(id.value);
    set_time(now);
    gate.set_time(now);
    Session* session = sessions.find(question.who);
    if (!session || !session->held || session->held->question != id) return true;  // it is gone, or was sent away
    const AuthorizerVerdict said = read_authorizer_verdict(outcome, settings.auth.authorizer_cache);
    if (said.nonsense) questioned->note("authorizer.nonsense", settings.auth.authorizer);
    if (!said.good) {
        settle(*session, std::nullopt, now, out);
        return true;
    }
    const AuthorizerAnswers::Answer answer{said.allowed, said.disclosure};
    if (said.cache.count() > 0 && question.purge == asking.purges)
        gate.answers().put(session->actor(), question.deed(), said.whom, answer, now + said.cache,
                           settings.limits.decisions_max);
    settle(*session, answer, now, out);
    return true;
}

/// The deadline passed. What comes later is nobody's.
void Realm::State::authorizer_silent(TimePoint now, Egress& out) {
    while (!asking.deadlines.empty() && asking.deadlines.begin()->first <= now) {
        const std::uint64_t id = asking.deadlines.begin()->second;
        const EndpointId who = asking.open.find(id)->second.who;
        asking.erase(id);
        Session* session = sessions.find(who);
        if (session && session->held && session->held->question.value == id) settle(*session, std::nullopt, now, out);
    }
}

/// The first message goes its way with what was said about it, or is refused where nothing was; then the others.
void Realm::State::settle(Session& from, const std::optional<AuthorizerAnswers::Answer>& answer, TimePoint now,
                          Egress& out) {
    gate.set_time(now);
    const EndpointId endpoint = from.endpoint;
    const std::string authid(from.authid);  // `from` may end in here
    from.held->question = {};
    const HeldMessages::One first = from.held->pop();
    const auto message = decode(first.encoding, first.bytes);
    Deed deed;
    if (message && read_deed(*message, deed)) {
        const Gate::Once once(gate, {from.role, authid}, deed, answer.value_or(AuthorizerAnswers::Answer{}));
        if (answer || !gate.by_rules(from.actor(), deed).unsaid)
            dispatch(from, *message, now, out);
        else
            refuse_unanswered(from, *message, out);
    }
    if (Session* still = sessions.find(endpoint); still == &from && from.held) go_on(from, now, out);
}

/// As if it had gone its way and been refused.
void Realm::State::refuse_unanswered(Session& from, const Message& message, Egress& out) {
    const EndpointId to = from.endpoint;
    const auto good = [&](Role role, RequestId request) { return admit(from, message, role, request, out); };
    if (const auto* publish = std::get_if<Publish>(&message)) {
        if (good(Role::publisher, publish->request) && publish->options.acknowledge)
            refuse<Publish>(out, to, publish->request, uri::authorization_failed, text::authorizer_silent);
    } else if (const auto* call = std::get_if<Call>(&message)) {
        if (!good(Role::caller, call->request)) return;
        if (call->options.progress) from.ended.add(call->request);
        refuse<Call>(out, to, call->request, uri::authorization_failed, text::authorizer_silent);
    } else if (const auto* subscribe = std::get_if<Subscribe>(&message)) {
        if (good(Role::subscriber, subscribe->request))
            refuse<Subscribe>(out, to, subscribe->request, uri::authorization_failed, text::authorizer_silent);
    } else if (const auto* reg = std::get_if<Register>(&message)) {
        if (good(Role::callee, reg->request))
            refuse<Register>(out, to, reg->request, uri::authorization_failed, text::authorizer_silent);
    }
}

void Realm::State::go_on(Session& from, TimePoint now, Egress& out) {
    const EndpointId endpoint = from.endpoint;
    const std::unique_ptr<HeldMessages> held = std::move(from.held);
    while (!held->waiting.empty()) {
        const HeldMessages::One next = held->pop();
        const auto message = decode(next.encoding, next.bytes);
        if (!message) continue;
        on_message(endpoint, *message, now, out);
        Session* session = sessions.find(endpoint);
        if (session != &from || session->stage() != Stage::open) return;  // it left with one of them
        if (!from.held) continue;
        // This one has to be asked about: the others wait behind it.
        for (; !held->waiting.empty();) from.held->push(held->pop());
        return;
    }
}

void Realm::State::forget_answers() {
    gate.answers().clear();
    ++asking.purges;
}

std::size_t Realm::purge() {
    const std::size_t answers = state_->gate.answers().size();
    state_->forget_answers();
    return answers;
}

}  // namespace heddle
