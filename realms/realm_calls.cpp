// What a realm looks at before its dealer does: which CALLs continue another, and who may use passthru mode.
#include <string>

#include "realms/realm_state.hpp"
#include "realms/replies.hpp"

namespace heddle {

/// wamp specification, "Progressive Call Invocations": a CALL whose id was used may continue another. New ids, which
/// nearly all are, need no look at the open calls.
void Realm::State::call(Session& from, const Message& message, TimePoint now, Egress& out) {
    const Call& m = std::get<Call>(message);
    if (!admit(from, message, Role::caller, out)) return;
    if (m.options.progress && !from.roles.has(Role::caller, Feature::progressive_call_invocations))
        return violation(from, "CALL.Options.progress needs progressive_call_invocations, which HELLO did not announce",
                         out);
    if (!may_pass(from, message, Role::caller, m.options.extras, out)) return;
    if (!from.is_new(m.request)) {
        const Dealer::Continued continued = dealer.resume(from, m, now, out);
        if (continued == Dealer::Continued::taken) return;
        if (continued == Dealer::Continued::violation)
            return violation(from, "CALL.Request is that of an open call which this CALL does not continue", out);
    }
    if (!admit(from, message, Role::caller, m.request, out)) return;
    if (draining && !from.router) return dealer.refuse_call(from, m, uri::unavailable, text::shutting_down, out);
    if (!meta_callee.has(m.procedure)) return dealer.call(from, m, now, out);
    if (m.options.progress) from.ended.add(m.request);  // answered at once: the rest comes too late
    meta_callee.call(from, m, now, out);
}

/// wamp specification, "Payload Passthru Mode": to be used by those who announced it.
bool Realm::State::may_pass(Session& from, const Message& message, Role role, const SharedExtras& extras, Egress& out) {
    if (!uses_passthru(extras) || from.roles.has(role, Feature::payload_passthru_mode)) return true;
    std::string what = rule_of(message).name;
    violation(from, what += " uses payload_passthru_mode, which HELLO did not announce", out);
    return false;
}

}  // namespace heddle
