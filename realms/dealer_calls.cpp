// The way of a call: CALL, CANCEL, YIELD and ERROR, and how it ends when nobody answers.
#include <algorithm>
#include <cassert>
#include <utility>

#include "realms/dealer.hpp"
#include "realms/dealer_rules.hpp"
#include "realms/replies.hpp"
#include "realms/uri_check.hpp"

namespace heddle {

/// A caller that streams may have sent more of the call before it hears this, so its id is remembered.
void Dealer::refuse_call(Session& from, const Call& message, std::string_view error, std::string_view text,
                         Egress& out) {
    if (message.options.progress) from.ended.add(message.request);
    tallies_.call(error == uri::not_authorized      ? CallOutcome::denied
                  : error == uri::no_such_procedure ? CallOutcome::no_callee
                                                    : CallOutcome::error);
    refuse<Call>(out, from.endpoint, message.request, error, text);
}

void Dealer::call(Session& from, const Call& message, TimePoint now, Egress& out) {
    const auto refuse_with = [&](std::string_view error, std::string_view text) {
        refuse_call(from, message, error, text, out);
    };
    const CallOptions& options = message.options;
    const Gate::Answer answer = gate_.check(from.actor(), Action::call, message.procedure);
    if (answer.verdict == Gate::Verdict::invalid_uri) return refuse_with(uri::invalid_uri, text::bad_uri);
    if (answer.verdict == Gate::Verdict::denied) return refuse_with(uri::not_authorized, text::denied);
    const Handle handle = find(message.procedure);
    if (handle == PatternIndex::none) return refuse_with(uri::no_such_procedure, text::no_procedure);
    const auto refuse_at = [&](Refusal limit, std::string_view text) {
        gate_.refuse(limit);
        refuse_with(uri::limit_exceeded, text);
    };
    if (from.made.size >= settings_.limits.calls_max) return refuse_at(Refusal::calls, text::too_many_calls);
    if (options.disclose_me && answer.disclosure == Disclosure::never)
        return refuse_with(uri::disclose_me_disallowed, text::no_disclosure);

    Registration& registration = registrations_[handle];
    const Callees::Choice choice = registration.callees.choose(registration.invoke, entropy_);
    Session& callee = *sessions_.find(choice.endpoint);
    if (callee.taken.size >= settings_.limits.invocations_max)
        return refuse_at(Refusal::invocations, text::callee_busy);
    if (has_its_share(from, callee)) return refuse_at(Refusal::caller_invocations, text::caller_has_its_share);
    if (const std::string_view missing = rules::missing(callee, options); !missing.empty())
        return refuse_with(uri::feature_not_supported, missing);

    const Invocation invocation{
        callee.take_invocation(), registration.id,
        details(from, callee, registration, choice.terms, options, message.procedure, answer.disclosure),
        message.payload};
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
    open.progress = invocation.details.receive_progress;
    open.streams = options.progress;
    open.started = now;
    set_patience(open, options.timeout_ms, invocation.details.timeout_ms != 0, now);
    const bool movable = rules::moves(callee) && registration.callees.size() > 1;
    open.held = options.progress || movable;
    const CallHandle call = calls_.add(open, from.made, callee.taken);
    if (callee.callers) callee.callers->add(from.account);
    if (open.held) hold(call, message, invocation, answer.disclosure, movable, now);
}

/// One user must not make a callee busy for everybody: beyond its share, a user never has more calls open at a callee, over
/// all of its sessions, than the callee has room for after them. So one user gets half of the room, two get a third each.
/// Whose calls they are is counted from the moment when this can apply, which is when half of the room is taken.
bool Dealer::has_its_share(const Session& caller, Session& callee) const {
    const std::size_t most = settings_.limits.invocations_max;
    const std::size_t room = most - std::min(most, callee.taken.size);
    if (caller.account.empty() || callee.taken.size < room) return false;
    if (!callee.callers) {
        callee.callers = std::make_unique<CallerShares>();
        for (CallHandle call = callee.taken.first; call != no_call; call = calls_[call].of_callee.next)
            callee.callers->add(sessions_.find(calls_[call].caller)->account);
    }
    const std::size_t has = callee.callers->of(caller.account);
    return has >= room && has >= settings_.limits.caller_invocations_max;
}

/// One of the callee's calls is over, or goes elsewhere. A callee that is far from busy again is not counted for.
void Dealer::count_caller_out(const Session& caller, Session& callee) const {
    if (!callee.callers) return;
    callee.callers->remove(caller.account);
    if (callee.taken.size < settings_.limits.invocations_max / 4) callee.callers.reset();
}

/// What the callee is told of a call, by what the caller asked for, what both announced, and what the rules say.
InvocationDetails Dealer::details(const Session& caller, const Session& callee, const Registration& registration,
                                  Callees::Terms terms, const CallOptions& options, std::string_view procedure,
                                  Disclosure disclosure) const {
    InvocationDetails made;
    if (registration.match != Match::exact) made.procedure = procedure;
    made.receive_progress = options.receive_progress && rules::progresses(callee) &&
                            caller.roles.has(Role::caller, Feature::progressive_call_results);
    made.progress = options.progress;
    made.extras = options.extras;
    const bool named = options.disclose_me || terms.disclose_caller || disclosure == Disclosure::always;
    if (named && (disclosure != Disclosure::never || callee.router)) {
        made.caller = caller.id;
        made.caller_authid = caller.authid;
        made.caller_authrole = caller.authrole;
    }
    if (caller.trustlevel && callee.roles.has(Role::callee, Feature::call_trustlevels))
        made.trustlevel = caller.trustlevel;
    if (options.timeout_ms != 0 && terms.forward_timeout && callee.roles.has(Role::callee, Feature::call_timeout))
        made.timeout_ms = rules::within(options.timeout_ms, settings_.limits.call_timeout);
    return made;
}

/// "Call Timeouts": what the caller asked for, unless the callee sees to that itself, and never more than the realm
/// lets any call wait.
void Dealer::set_patience(OpenCall& call, std::uint64_t asked_ms, bool forwarded, TimePoint since) const {
    const auto most = settings_.limits.call_timeout;
    call.patience = most;
    if (asked_ms != 0 && !forwarded) call.patience = std::chrono::milliseconds(rules::within(asked_ms, most));
    call.timed = call.patience != most;
    call.deadline = call.patience.count() == 0 ? TimePoint::max() : since + call.patience;
}

/// wamp specification, "Call Canceling". No mode is `killnowait`; a callee that cannot be interrupted makes each
/// `skip`.
void Dealer::cancel(Session& from, const Cancel& message, Egress& out) {
    const CallHandle call = calls_.find_request(from.endpoint, message.request);
    if (call == no_call) return;
    if (message.mode == CancelMode::kill && rules::cancels(*sessions_.find(calls_[call].callee))) {
        interrupt(call, CancelMode::kill, out);
        return calls_.set_interrupted(call);
    }
    if (message.mode != CancelMode::skip) interrupt(call, CancelMode::killnowait, out);
    fail(call, CallOutcome::canceled, uri::canceled, text::call_canceled, out);
}

bool Dealer::yield(Session& from, const Yield& message, TimePoint now, Egress& out) {
    const CallHandle handle = calls_.find_invocation(from.endpoint, message.request);
    if (handle == no_call) return from.invoked(message.request);
    if (message.progress) {
        progress(handle, message, now, out);
        return true;
    }
    const EndpointId caller = calls_[handle].caller;
    const RequestId request = calls_[handle].request;
    if (uses_passthru(message.extras) && !rules::reads_passthru(*sessions_.find(caller))) {
        fail(handle, CallOutcome::error, uri::feature_not_supported, text::caller_takes_no_passthru, out);
        return true;
    }
    finish(handle, CallOutcome::ok);
    const CallResult result{request, false, message.payload, message.extras};
    if (out.send(caller, result) == Delivery::too_big)
        refuse<Call>(out, caller, request, uri::payload_size_exceeded, text::result_too_big);
    return true;
}

/// What the caller did not ask for is swallowed, and the call goes on. One result that cannot be delivered would leave
/// a gap that nobody sees, so it ends the call.
void Dealer::progress(CallHandle handle, const Yield& message, TimePoint now, Egress& out) {
    const OpenCall& call = calls_[handle];
    if (!call.progress) return;
    if (uses_passthru(message.extras) && !rules::reads_passthru(*sessions_.find(call.caller))) {
        interrupt(handle, CancelMode::killnowait, out);
        return fail(handle, CallOutcome::error, uri::feature_not_supported, text::caller_takes_no_passthru, out);
    }
    if (!call.interrupted) calls_.renew(handle, now);
    if (call.held) held_.settle(handle);
    const CallResult result{call.request, true, message.payload, message.extras};
    if (out.send(call.caller, result) != Delivery::too_big) return;
    interrupt(handle, CancelMode::killnowait, out);
    fail(handle, CallOutcome::error, uri::payload_size_exceeded, text::result_too_big, out);
}

bool Dealer::error(Session& from, const ErrorReply& message, Egress& out) {
    const CallHandle handle = calls_.find_invocation(from.endpoint, message.request);
    if (handle == no_call) return from.invoked(message.request);
    const EndpointId caller = calls_[handle].caller;
    const RequestId request = calls_[handle].request;
    if (message.error == uri::unavailable && rules::moves(from) && take_elsewhere(handle, out)) return true;
    if (uses_passthru(message.extras) && !rules::reads_passthru(*sessions_.find(caller))) {
        fail(handle, CallOutcome::error, uri::feature_not_supported, text::caller_takes_no_passthru, out);
        return true;
    }
    finish(handle, CallOutcome::error);
    // A caller must not be handed a URI that its own client would choke on.
    const bool good = valid_uri(message.error, Match::exact, UriCheck::loose, settings_.limits);
    const ErrorReply reply{rule_for<Call>().code, request, good ? message.error : uri::invalid_uri, message.payload,
                           message.extras};
    if (out.send(caller, reply) == Delivery::too_big)
        refuse<Call>(out, caller, request, uri::payload_size_exceeded, text::result_too_big);
    return true;
}

void Dealer::leave(Session& session, std::string_view why, std::string_view text, Egress& out) {
    for (const auto& [id, handle] : std::exchange(session.registrations, {})) leave_registration(session, handle);
    while (session.made.first != no_call) {
        const CallHandle call = session.made.first;
        if (calls_[call].callee != session.endpoint) interrupt(call, CancelMode::killnowait, out);
        finish(call, CallOutcome::canceled);
    }
    while (session.taken.first != no_call) fail(session.taken.first, CallOutcome::callee_lost, why, text, out);
}

void Dealer::on_tick(TimePoint now, Egress& out) {
    for (CallHandle due = calls_.first_due(); due != no_call && calls_[due].deadline <= now; due = calls_.first_due()) {
        interrupt(due, CancelMode::killnowait, out);
        fail(due, CallOutcome::timeout, uri::timeout, text::call_timed_out, out);
    }
}

TimePoint Dealer::next_deadline() const {
    const CallHandle due = calls_.first_due();
    return due == no_call ? TimePoint::max() : calls_[due].deadline;
}

/// Once for each call: a callee that was told `kill` knows.
void Dealer::interrupt(CallHandle handle, CancelMode mode, Egress& out) {
    const OpenCall& call = calls_[handle];
    if (!call.interrupted && rules::cancels(*sessions_.find(call.callee)))
        out.send(call.callee, Interrupt{call.invocation, mode});
}

void Dealer::finish(CallHandle handle, CallOutcome outcome) {
    const OpenCall& call = calls_[handle];
    tallies_.call(outcome, call.started);
    Session* caller = sessions_.find(call.caller);
    Session* callee = sessions_.find(call.callee);
    assert(caller && callee);  // a call ends before either of its sessions does
    if (call.streams) caller->ended.add(call.request);
    if (call.held) held_.erase(handle);
    calls_.finish(handle, caller->made, callee->taken);
    count_caller_out(*caller, *callee);
}

void Dealer::fail(CallHandle call, CallOutcome outcome, std::string_view error, std::string_view text, Egress& out) {
    const EndpointId caller = calls_[call].caller;
    const RequestId request = calls_[call].request;
    finish(call, outcome);
    refuse<Call>(out, caller, request, error, text);
}

}  // namespace heddle
