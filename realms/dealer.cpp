#include "realms/dealer.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

#include "realms/replies.hpp"
#include "realms/uri_check.hpp"

namespace heddle {
namespace {

bool cancels(const Session& callee) { return callee.roles.has(Role::callee, Feature::call_canceling); }

/// wamp specification, "Progressive Call Results": who cannot be told to stop does not count as progressive.
bool progresses(const Session& callee) {
    return cancels(callee) && callee.roles.has(Role::callee, Feature::progressive_call_results);
}

}  // namespace

Dealer::Dealer(const RealmSettings& settings, Entropy& entropy, Sessions& sessions, Gate& gate)
    : settings_(settings), entropy_(entropy), sessions_(sessions), gate_(gate) {}

void Dealer::register_(Session& from, const Register& message, TimePoint now, Egress& out) {
    const auto refuse_with = [&](std::string_view error, std::string_view text) {
        refuse<Register>(out, from.endpoint, message.request, error, text);
    };
    const Match match = message.options.match;
    const Gate::Verdict verdict = gate_.check(from.role, Action::register_, match, message.procedure);
    if (verdict == Gate::Verdict::invalid_uri) return refuse_with(uri::invalid_uri, text::bad_uri);
    if (verdict == Gate::Verdict::denied) return refuse_with(uri::not_authorized, text::denied);

    Handle handle = index_.find(match, message.procedure);
    if (handle != PatternIndex::none) {
        const Registration& present = registrations_[handle];
        if (from.registrations.contains(present.id))
            return refuse_with(uri::procedure_already_exists, text::registered_already);
        if (present.invoke == Invoke::single || present.invoke != message.options.invoke)
            return refuse_with(uri::procedure_already_exists, text::procedure_taken);
    }
    if (from.registrations.size() >= settings_.limits.registrations_max ||
        (handle == PatternIndex::none && index_.size() >= settings_.limits.procedures_max))
        return refuse_with(uri::limit_exceeded, text::too_many_registrations);

    if (handle == PatternIndex::none) handle = make_registration(message, now);
    Registration& registration = registrations_[handle];
    registration.callees.push_back(from.endpoint);
    from.registrations.emplace(registration.id, handle);
    out.send(from.endpoint, Registered{message.request, registration.id});
}

void Dealer::unregister(Session& from, const Unregister& message, Egress& out) {
    const auto found = from.registrations.find(message.registration);
    if (found == from.registrations.end())
        return refuse<Unregister>(out, from.endpoint, message.request, uri::no_such_registration, text::not_registered);
    const Handle handle = found->second;
    from.registrations.erase(found);
    leave_registration(from, handle);
    out.send(from.endpoint, Unregistered{message.request, {}, {}});
}

void Dealer::call(Session& from, const Call& message, TimePoint now, Egress& out) {
    const auto refuse_with = [&](std::string_view error, std::string_view text) {
        refuse<Call>(out, from.endpoint, message.request, error, text);
    };
    const Gate::Verdict verdict = gate_.check(from.role, Action::call, message.procedure).verdict;
    if (verdict == Gate::Verdict::invalid_uri) return refuse_with(uri::invalid_uri, text::bad_uri);
    if (verdict == Gate::Verdict::denied) return refuse_with(uri::not_authorized, text::denied);
    const Handle handle = find(message.procedure);
    if (handle == PatternIndex::none) return refuse_with(uri::no_such_procedure, text::no_procedure);
    if (from.made.size >= settings_.limits.calls_max) return refuse_with(uri::limit_exceeded, text::too_many_calls);

    Registration& registration = registrations_[handle];
    Session& callee = choose(registration);
    if (callee.taken.size >= settings_.limits.invocations_max)
        return refuse_with(uri::limit_exceeded, text::callee_busy);

    Invocation invocation{callee.take_invocation(), registration.id, {}, message.payload};
    if (registration.match != Match::exact) invocation.details.procedure = message.procedure;
    invocation.details.receive_progress = message.options.receive_progress && progresses(callee) &&
                                          from.roles.has(Role::caller, Feature::progressive_call_results);
    const Delivery delivery = out.send(callee.endpoint, invocation);
    if (delivery != Delivery::queued) {
        callee.untake_invocation();  // it saw nothing, so its sequence must not have a gap
        return delivery == Delivery::too_big ? refuse_with(uri::payload_size_exceeded, text::call_too_big)
                                             : refuse_with(uri::canceled, text::callee_gone);
    }
    OpenCall open;
    open.caller = from.endpoint;
    open.request = message.request;
    open.callee = callee.endpoint;
    open.invocation = invocation.request;
    open.deadline = deadline(now);
    open.progress = invocation.details.receive_progress;
    calls_.add(open, from.made, callee.taken);
}

/// wamp specification, "Call Canceling". No mode is `killnowait`; a callee that cannot be interrupted makes each
/// `skip`.
void Dealer::cancel(Session& from, const Cancel& message, Egress& out) {
    const CallHandle call = calls_.find_request(from.endpoint, message.request);
    if (call == no_call) return;
    if (message.mode == CancelMode::kill && cancels(*sessions_.find(calls_[call].callee))) {
        interrupt(call, CancelMode::kill, out);
        return calls_.set_interrupted(call);
    }
    if (message.mode != CancelMode::skip) interrupt(call, CancelMode::killnowait, out);
    fail(call, uri::canceled, text::call_canceled, out);
}

bool Dealer::yield(Session& from, const Yield& message, TimePoint now, Egress& out) {
    const CallHandle handle = calls_.find_invocation(from.endpoint, message.request);
    if (handle == no_call) return from.invoked(message.request);
    if (message.progress) {
        progress(handle, message.payload, now, out);
        return true;
    }
    const OpenCall call = calls_[handle];
    finish(handle);
    if (out.send(call.caller, CallResult{call.request, false, message.payload}) == Delivery::too_big)
        refuse<Call>(out, call.caller, call.request, uri::payload_size_exceeded, text::result_too_big);
    return true;
}

bool Dealer::error(Session& from, const ErrorReply& message, Egress& out) {
    const CallHandle handle = calls_.find_invocation(from.endpoint, message.request);
    if (handle == no_call) return from.invoked(message.request);
    const OpenCall call = calls_[handle];
    finish(handle);
    // A caller must not be handed a URI that its own client would choke on.
    const bool good = valid_uri(message.error, Match::exact, UriCheck::loose, settings_.limits);
    const ErrorReply reply{rule_for<Call>().code, call.request, good ? message.error : uri::invalid_uri,
                           message.payload};
    if (out.send(call.caller, reply) == Delivery::too_big)
        refuse<Call>(out, call.caller, call.request, uri::payload_size_exceeded, text::result_too_big);
    return true;
}

void Dealer::leave(Session& session, std::string_view why, std::string_view text, Egress& out) {
    for (const auto& [id, handle] : std::exchange(session.registrations, {})) leave_registration(session, handle);
    while (session.made.first != no_call) {
        const CallHandle call = session.made.first;
        if (calls_[call].callee != session.endpoint) interrupt(call, CancelMode::killnowait, out);
        finish(call);
    }
    while (session.taken.first != no_call) fail(session.taken.first, why, text, out);
}

void Dealer::on_tick(TimePoint now, Egress& out) {
    while (calls_.oldest() != no_call && calls_[calls_.oldest()].deadline <= now) {
        interrupt(calls_.oldest(), CancelMode::killnowait, out);
        fail(calls_.oldest(), uri::timeout, text::call_timed_out, out);
    }
}

TimePoint Dealer::next_deadline() const {
    return calls_.oldest() == no_call ? TimePoint::max() : calls_[calls_.oldest()].deadline;
}

/// Nobody's pattern shadows the router's own procedures.
Dealer::Handle Dealer::find(std::string_view procedure) const {
    return reserved_uri(procedure) ? PatternIndex::none : index_.best(procedure);
}

Dealer::Handle Dealer::make_registration(const Register& message, TimePoint now) {
    Handle handle;
    if (free_.empty()) {
        handle = static_cast<Handle>(registrations_.size());
        registrations_.emplace_back();
    } else {
        handle = free_.back();
        free_.pop_back();
    }
    const RegisterOptions& options = message.options;
    registrations_[handle] = {{++last_id_}, options.match, options.invoke, std::string(message.procedure), {}, 0, now};
    by_id_.emplace(registrations_[handle].id, handle);
    index_.insert(options.match, message.procedure, handle);
    return handle;
}

/// Advanced profile, "Shared Registration".
Session& Dealer::choose(Registration& registration) {
    const std::vector<EndpointId>& callees = registration.callees;
    std::size_t at = 0;
    switch (registration.invoke) {
        case Invoke::single:
        case Invoke::first:
            break;
        case Invoke::last:
            at = callees.size() - 1;
            break;
        case Invoke::random:
            at = entropy_.next() % callees.size();
            break;
        case Invoke::roundrobin:
            at = registration.next;
            registration.next = (at + 1) % callees.size();
            break;
    }
    Session* session = sessions_.find(callees[at]);
    assert(session);
    return *session;
}

void Dealer::leave_registration(const Session& session, Handle handle) {
    Registration& registration = registrations_[handle];
    std::vector<EndpointId>& callees = registration.callees;
    const auto at = std::find(callees.begin(), callees.end(), session.endpoint);
    const auto position = static_cast<std::size_t>(at - callees.begin());
    callees.erase(at);
    // The turn stays with whom it was; when the one whose turn it was leaves, the one behind it has it.
    if (position < registration.next) --registration.next;
    if (registration.next == callees.size()) registration.next = 0;
    if (!callees.empty()) return;
    index_.erase(registration.match, registration.procedure);
    by_id_.erase(registration.id);
    registration = Registration{};
    free_.push_back(handle);
}

TimePoint Dealer::deadline(TimePoint now) const {
    const auto wait = settings_.limits.call_timeout;
    return wait.count() == 0 ? TimePoint::max() : now + wait;
}

/// What the caller did not ask for is swallowed, and the call goes on. One result that cannot be delivered would leave
/// a gap that nobody sees, so it ends the call.
void Dealer::progress(CallHandle handle, const Payload& payload, TimePoint now, Egress& out) {
    const OpenCall& call = calls_[handle];
    if (!call.progress) return;
    if (!call.interrupted) calls_.renew(handle, deadline(now));
    if (out.send(call.caller, CallResult{call.request, true, payload}) != Delivery::too_big) return;
    interrupt(handle, CancelMode::killnowait, out);
    fail(handle, uri::payload_size_exceeded, text::result_too_big, out);
}

/// Once for each call: a callee that was told `kill` knows.
void Dealer::interrupt(CallHandle handle, CancelMode mode, Egress& out) {
    const OpenCall& call = calls_[handle];
    if (!call.interrupted && cancels(*sessions_.find(call.callee)))
        out.send(call.callee, Interrupt{call.invocation, mode});
}

void Dealer::finish(CallHandle call) {
    Session* caller = sessions_.find(calls_[call].caller);
    Session* callee = sessions_.find(calls_[call].callee);
    assert(caller && callee);  // a call ends before either of its sessions does
    calls_.finish(call, caller->made, callee->taken);
}

void Dealer::fail(CallHandle call, std::string_view error, std::string_view text, Egress& out) {
    const EndpointId caller = calls_[call].caller;
    const RequestId request = calls_[call].request;
    finish(call);
    refuse<Call>(out, caller, request, error, text);
}

// ---- for the meta API

PatternFacts Dealer::facts_of(const Registration& registration) {
    PatternFacts facts;
    facts.id = registration.id.value;
    facts.match = registration.match;
    facts.uri = registration.procedure;
    facts.invoke = registration.invoke;
    facts.created = registration.created;
    facts.members = registration.callees;
    return facts;
}

std::optional<PatternFacts> Dealer::facts(RegistrationId id) const {
    const auto found = by_id_.find(id);
    if (found == by_id_.end()) return std::nullopt;
    return facts_of(registrations_[found->second]);
}

RegistrationId Dealer::find(Match match, std::string_view procedure) const {
    const Handle handle = index_.find(match, procedure);
    return handle == PatternIndex::none ? RegistrationId{} : registrations_[handle].id;
}

RegistrationId Dealer::best(std::string_view procedure) const {
    const Handle handle = find(procedure);
    return handle == PatternIndex::none ? RegistrationId{} : registrations_[handle].id;
}

}  // namespace heddle
