// Calls that the router remembers more of: those that more CALLs continue (advanced profile, "Progressive Call
// Invocations") and those that another callee may get ("Call Re-Routing").
#include <utility>

#include "realms/dealer.hpp"
#include "realms/dealer_rules.hpp"
#include "realms/replies.hpp"

namespace heddle {

/// Without room for its payload a call stays with the callee it has.
void Dealer::hold(CallHandle call, const Call& message, const Invocation& invocation, Disclosure disclosure,
                  bool movable, TimePoint now) {
    const std::size_t size = message.payload.args.size() + message.payload.kwargs.size();
    HeldCall held;
    held.registration = invocation.registration;
    held.procedure = message.procedure;
    held.options = message.options;
    held.disclosure = disclosure;
    held.started = now;
    held.movable = movable && held_grows_ && held_.bytes() + size <= settings_.limits.held_bytes_max;
    if (movable && !held.movable) gate_.refuse(held_grows_ ? Refusal::held_calls : Refusal::memory);
    if (held.movable) held.payload = OwnedPayload(message.payload);
    HeldCall& kept = held_.add(call, std::move(held));
    kept.details = invocation.details;
    if (!kept.details.procedure.empty()) kept.details.procedure = kept.procedure;
}

/// Each INVOCATION derives from the first CALL: of a later one only the payload counts, and whether it is the last.
Dealer::Continued Dealer::resume(Session& from, const Call& message, TimePoint now, Egress& out) {
    const CallHandle handle = calls_.find_request(from.endpoint, message.request);
    if (handle == no_call) return from.ended.has(message.request) ? Continued::taken : Continued::no;
    const OpenCall& call = calls_[handle];
    if (!call.streams || held_[handle].procedure != message.procedure) return Continued::violation;
    if (!message.options.progress) calls_.end_stream(handle);
    if (!call.interrupted) calls_.renew(handle, now);
    held_.settle(handle);
    const HeldCall& held = held_[handle];
    Invocation invocation{call.invocation, held.registration, held.details, message.payload};
    invocation.details.progress = message.options.progress;
    if (out.send(call.callee, invocation) == Delivery::too_big) {
        interrupt(handle, CancelMode::killnowait, out);
        fail(handle, CallOutcome::error, uri::payload_size_exceeded, text::call_too_big, out);
    }
    return Continued::taken;
}

/// The callee is not available. False: the caller shall hear that from it, since the call is its own already: the
/// caller has canceled it, or something has passed.
bool Dealer::take_elsewhere(CallHandle handle, Egress& out) {
    const OpenCall& call = calls_[handle];
    if (call.interrupted || (call.held && held_[handle].settled)) return false;
    if (call.held && held_[handle].movable) {
        HeldCall& held = held_[handle];
        held.tried.push_back(call.callee);
        const auto found = by_id_.find(held.registration);
        while (found != by_id_.end()) {
            Registration& registration = registrations_[found->second];
            const Callees::Choice choice = registration.callees.choose_other(registration.invoke, entropy_, held.tried);
            if (!choice.endpoint) break;
            if (try_callee(handle, registration, choice, out)) return true;
            held.tried.push_back(choice.endpoint);
        }
    }
    fail(handle, CallOutcome::no_callee, uri::no_available_callee, text::all_unavailable, out);
    return true;
}

/// The call waits no longer in all than it would have waited for the first.
bool Dealer::try_callee(CallHandle handle, const Registration& registration, Callees::Choice choice, Egress& out) {
    const OpenCall& call = calls_[handle];
    HeldCall& held = held_[handle];
    const Session& caller = *sessions_.find(call.caller);
    Session& callee = *sessions_.find(choice.endpoint);
    if (callee.taken.size >= settings_.limits.invocations_max || has_its_share(caller, callee) ||
        !rules::missing(callee, held.options).empty())
        return false;
    Invocation invocation{callee.take_invocation(), registration.id, {}, held.payload.view()};
    invocation.details =
        details(caller, callee, registration, choice.terms, held.options, held.procedure, held.disclosure);
    if (out.send(callee.endpoint, invocation) != Delivery::queued) {
        callee.untake_invocation();
        return false;
    }
    OpenCall as = call;
    as.callee = callee.endpoint;
    as.invocation = invocation.request;
    as.progress = invocation.details.receive_progress;
    set_patience(as, held.options.timeout_ms, invocation.details.timeout_ms != 0, held.started);
    as.timed = as.deadline != TimePoint::max();  // it is not the latest of the chain
    Session& before = *sessions_.find(call.callee);
    calls_.move(handle, as, before.taken, callee.taken);
    count_caller_out(caller, before);
    if (callee.callers) callee.callers->add(caller.account);
    held.details = invocation.details;
    return true;
}

}  // namespace heddle
