#include "realms/dealer.hpp"

#include <utility>
#include <vector>

#include "realms/replies.hpp"
#include "realms/uri_check.hpp"

namespace heddle {
Dealer::Dealer(const RealmSettings& settings, Entropy& entropy, Sessions& sessions, Gate& gate, Tallies& tallies)
    : settings_(settings), entropy_(entropy), sessions_(sessions), gate_(gate), tallies_(tallies) {}

void Dealer::register_(Session& from, const Register& message, TimePoint now, Egress& out) {
    const auto refuse_with = [&](std::string_view error, std::string_view text) {
        refuse<Register>(out, from.endpoint, message.request, error, text);
    };
    const Match match = message.options.match;
    const Gate::Answer answer = gate_.answer(from.actor(), Action::register_, match, message.procedure);
    if (answer.verdict == Gate::Verdict::invalid_uri) return refuse_with(uri::invalid_uri, text::bad_uri);
    if (answer.verdict == Gate::Verdict::denied) return refuse_with(uri::not_authorized, text::denied);
    if (message.options.disclose_caller && answer.disclosure == Disclosure::never)
        return refuse_with(uri::option_not_allowed, text::no_disclosure_here);

    Handle handle = index_.find(match, message.procedure);
    const auto refuse_at = [&](Refusal limit, std::string_view text) {
        gate_.refuse(limit);
        refuse_with(uri::limit_exceeded, text);
    };
    if (from.registrations.size() >= settings_.limits.registrations_max)
        return refuse_at(Refusal::registrations, text::too_many_registrations);
    if (handle == PatternIndex::none && index_.size() >= settings_.limits.procedures_max)
        return refuse_at(Refusal::procedures, text::too_many_procedures);
    if (handle != PatternIndex::none) {
        if (from.registrations.contains(registrations_[handle].id))
            return refuse_with(uri::procedure_already_exists, text::registered_already);
        if (!make_room(from, message, handle, out))
            return refuse_with(uri::procedure_already_exists, text::procedure_taken);
        handle = index_.find(match, message.procedure);  // those who held it may all be gone
    }
    const bool first = handle == PatternIndex::none;
    if (first) handle = make_registration(message, now);
    Registration& registration = registrations_[handle];
    const bool told = message.options.disclose_caller || answer.disclosure == Disclosure::always;
    registration.callees.add(from.endpoint, {told, message.options.forward_timeout});
    from.registrations.emplace(registration.id, handle);
    if (watch_) watch_->taken(from, facts_of(registration), first);
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

bool Dealer::revoke(Session& callee, RegistrationId id, std::string_view reason, Egress& out) {
    const auto found = callee.registrations.find(id);
    if (found == callee.registrations.end()) return false;
    const Handle handle = found->second;
    callee.registrations.erase(found);
    leave_registration(callee, handle);
    if (callee.roles.has(Role::callee, Feature::registration_revocation))
        out.send(callee.endpoint, Unregistered{{}, id, reason});
    return true;
}

/// May `from` join those who hold the registration? A peer that comes back while its old connection is not known to be
/// dead finds itself in the way: the same authid in the same role. Asked to by REGISTER, all these give way; by the
/// realm's setting, only where it would be refused otherwise, since workers of one authid may well share a procedure.
bool Dealer::make_room(Session& from, const Register& message, Handle handle, Egress& out) {
    const Registration& registration = registrations_[handle];
    const bool fits = registration.invoke != Invoke::single && registration.invoke == message.options.invoke;
    const bool asked = message.options.force_reregister;
    if (!asked && (fits || !settings_.take_over)) return fits;
    std::vector<EndpointId> own;
    for (const EndpointId callee : registration.callees.endpoints()) {
        const Session& holder = *sessions_.find(callee);
        if (holder.authid == from.authid && holder.role == from.role) own.push_back(callee);
    }
    if (!fits && own.size() != registration.callees.size()) return false;
    const RegistrationId id = registration.id;  // of what may be gone in a moment
    for (const EndpointId callee : own) revoke(*sessions_.find(callee), id, uri::taken_over, out);
    return true;
}

/// Nobody's pattern shadows the router's own procedures: its sessions register them by their very text.
Dealer::Handle Dealer::find(std::string_view procedure) const {
    return reserved_uri(procedure) ? index_.find(Match::exact, procedure) : index_.best(procedure);
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
    registrations_[handle] = {{++last_id_}, options.match, options.invoke, std::string(message.procedure), {}, now};
    by_id_.emplace(registrations_[handle].id, handle);
    index_.insert(options.match, message.procedure, handle);
    return handle;
}

void Dealer::leave_registration(const Session& session, Handle handle) {
    Registration& registration = registrations_[handle];
    registration.callees.remove(session.endpoint);
    if (watch_) watch_->given_up(session, facts_of(registration), registration.callees.empty());
    if (!registration.callees.empty()) return;
    index_.erase(registration.match, registration.procedure);
    by_id_.erase(registration.id);
    registration = Registration{};
    free_.push_back(handle);
}

// ---- for the meta API

PatternFacts Dealer::facts_of(const Registration& registration) {
    PatternFacts facts;
    facts.id = registration.id.value;
    facts.match = registration.match;
    facts.uri = registration.procedure;
    facts.invoke = registration.invoke;
    facts.created = registration.created;
    facts.members = registration.callees.endpoints();
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
