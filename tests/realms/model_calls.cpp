// The model's procedures: who is called, who is answered, and how calls end.
#include <algorithm>

#include "realms/uri_set.hpp"
#include "tests/realms/model.hpp"

namespace heddle::test {
namespace {

bool cancels(const Model::Session& callee) { return callee.knows(Role::callee, Feature::call_canceling); }
bool progresses(const Model::Session& callee) { return callee.knows(Role::callee, Feature::progressive_call_results); }
bool takes_streams(const Model::Session& callee) {
    return cancels(callee) && callee.knows(Role::callee, Feature::progressive_call_invocations);
}
bool reroutes(const Model::Session& callee) { return callee.knows(Role::callee, Feature::call_reroute); }

/// Literal beats gap at the first part where two wildcards differ.
bool more_literal(std::string_view left, std::string_view right) {
    for (;;) {
        const std::string_view a = left.substr(0, left.find('.')), b = right.substr(0, right.find('.'));
        if (a.empty() != b.empty()) return b.empty();
        if (a.size() >= left.size() || b.size() >= right.size()) return false;
        left.remove_prefix(a.size() + 1);
        right.remove_prefix(b.size() + 1);
    }
}

}  // namespace

void Model::register_(const Name& name, const Register& m) {
    const RegisterOptions& options = m.options;
    if (!may(Action::register_, options.match, m.procedure))
        return receive(name, test::error(64, m.request.value, "wamp.error.not_authorized"));
    auto found = std::find_if(registrations_.begin(), registrations_.end(),
                              [&](const Registration& r) { return r.match == options.match && r.text == m.procedure; });
    if (found == registrations_.end()) {
        registrations_.push_back(
            {options.match, std::string(m.procedure), options.invoke, ++last_registration_, {}, name});
        found = registrations_.end() - 1;
    } else {
        const bool there = std::any_of(found->callees.begin(), found->callees.end(),
                                       [&](const Callee& callee) { return callee.name == name; });
        if (there || found->invoke == Invoke::single || found->invoke != options.invoke)
            return receive(name, test::error(64, m.request.value, "wamp.error.procedure_already_exists"));
    }
    found->callees.push_back({name, options.disclose_caller, options.forward_timeout});
    receive(name, registered(m.request.value, found->id));
}

void Model::unregister(const Name& name, const Unregister& m) {
    for (std::size_t i = 0; i < registrations_.size(); ++i) {
        const std::vector<Callee>& callees = registrations_[i].callees;
        const bool own = std::any_of(callees.begin(), callees.end(), [&](const auto& c) { return c.name == name; });
        if (registrations_[i].id != m.registration.value || !own) continue;
        remove_callee(i, name);
        return receive(name, unregistered(m.request.value));
    }
    receive(name, test::error(66, m.request.value, "wamp.error.no_such_registration"));
}

/// The turn goes to the one behind, where the one who had it leaves.
void Model::remove_callee(std::size_t at, const Name& name) {
    std::vector<Callee>& callees = registrations_[at].callees;
    const auto callee = std::find_if(callees.begin(), callees.end(), [&](const auto& c) { return c.name == name; });
    if (callee == callees.end()) return;
    if (registrations_[at].turn == name)
        registrations_[at].turn = callee + 1 == callees.end() ? callees.front().name : (callee + 1)->name;
    callees.erase(callee);
    if (callees.empty()) registrations_.erase(registrations_.begin() + static_cast<std::ptrdiff_t>(at));
}

/// Exact, then the longest prefix, then the wildcard that is literal for longest; but where all prefixes end inside a
/// part, wildcards come first.
Model::Registration* Model::best(std::string_view procedure) {
    Registration *prefix = nullptr, *wildcard = nullptr;
    bool whole_part = false;
    for (Registration& registration : registrations_) {
        const std::string& text = registration.text;
        if (!holds({registration.match, text}, procedure)) continue;
        if (registration.match == Match::exact) return &registration;
        if (registration.match == Match::prefix) {
            whole_part |=
                text.empty() || text.size() == procedure.size() || procedure[text.size()] == '.' || text.ends_with('.');
            if (!prefix || text.size() > prefix->text.size()) prefix = &registration;
        } else if (!wildcard || more_literal(text, wildcard->text)) {
            wildcard = &registration;
        }
    }
    return prefix && (whole_part || !wildcard) ? prefix : wildcard;
}

bool Model::can_take(const Callee& callee, const Call& call) const {
    return !call.options.progress || takes_streams(sessions_.at(callee.name));
}

/// Whose call it is, of those who were not tried; with `random`, whoever the realm says it was.
const Model::Callee* Model::choose(Registration& registration, const Call& call, const Received& realm_received) {
    std::vector<const Callee*> left;
    std::size_t turn = 0;
    const std::vector<Callee>& callees = registration.callees;
    for (std::size_t i = 0; i < callees.size(); ++i)
        if (callees[i].name == registration.turn) turn = i;
    if (registration.invoke != Invoke::roundrobin) turn = 0;
    for (std::size_t i = 0; i < callees.size(); ++i) {
        const Callee& callee = callees[(turn + i) % callees.size()];
        if (!call.tried.contains(callee.name)) left.push_back(&callee);
    }
    if (left.empty()) return nullptr;
    if (registration.invoke == Invoke::last) return left.back();
    if (registration.invoke == Invoke::random) {
        for (const Callee* callee : left)
            if (const auto received = realm_received.find(callee->name); received != realm_received.end())
                for (const std::string& line : received->second)
                    if (line.starts_with("INVOCATION ")) return callee;
        for (const Callee* callee : left)
            if (!can_take(*callee, call)) return callee;
    }
    if (registration.invoke == Invoke::roundrobin) {
        const auto at = static_cast<std::size_t>(left.front() - callees.data());
        registration.turn = callees[(at + 1) % callees.size()].name;
    }
    return left.front();
}

void Model::call(const Name& name, const heddle::Call& m, const Received& realm_received) {
    if (m.options.progress && !sessions_.at(name).knows(Role::caller, Feature::progressive_call_invocations))
        return violation(name);
    if (resume(name, m)) return;
    const auto refuse = [&](std::string_view error) {
        if (m.options.progress) sessions_.at(name).finished.insert(m.request.value);
        receive(name, test::error(48, m.request.value, error));
    };
    if (!may(Action::call, Match::exact, m.procedure)) return refuse("wamp.error.not_authorized");
    Registration* registration = best(m.procedure);
    if (!registration) return refuse("wamp.error.no_such_procedure");
    const auto own = std::count_if(calls_.begin(), calls_.end(), [&](const Call& c) { return c.caller == name; });
    if (static_cast<std::size_t>(own) >= settings_.limits.calls_max) return refuse("heddle.error.limit_exceeded");
    Call made;
    made.caller = name;
    made.request = m.request.value;
    made.registration = registration->id;
    made.procedure = m.procedure;
    made.args = m.payload.args;
    made.options = m.options;
    made.streams = m.options.progress;
    made.started = now_;
    const Callee* callee = choose(*registration, made, realm_received);
    if (!can_take(*callee, made)) return refuse("wamp.error.feature_not_supported");
    made.movable = registration->callees.size() > 1 && reroutes(sessions_.at(callee->name));
    calls_.push_back(std::move(made));
    invoke(calls_.back(), *registration, *callee);
}

/// A CALL whose id was used: more of an open call, or too late for it.
bool Model::resume(const Name& name, const heddle::Call& m) {
    for (Call& call : calls_) {
        if (call.caller != name || call.request != m.request.value) continue;
        if (!call.streams || call.procedure != m.procedure) return violation(name), true;
        call.streams = m.options.progress;
        call.settled = true;
        if (!call.interrupted) set_deadline(call, now_);
        Invocation next{{call.invocation}, {call.registration}, call.details, m.payload};
        if (!next.details.procedure.empty()) next.details.procedure = call.procedure;
        next.details.progress = m.options.progress;
        return receive(call.callee, next), true;
    }
    return sessions_.at(name).finished.contains(m.request.value);
}

void Model::invoke(Call& call, const Registration& registration, const Callee& callee) {
    Session& session = sessions_.at(callee.name);
    const Session& caller = sessions_.at(call.caller);
    call.callee = callee.name;
    call.invocation = ++session.invocations;
    call.progressive = call.options.receive_progress && progresses(session) &&
                       caller.knows(Role::caller, Feature::progressive_call_results);
    InvocationDetails details;
    if (registration.match != Match::exact) details.procedure = call.procedure;
    details.receive_progress = call.progressive;
    details.progress = call.options.progress;
    if (call.options.disclose_me || callee.disclose_caller) details.caller = {1};
    const auto most = static_cast<std::uint64_t>(settings_.limits.call_timeout.count());
    std::uint64_t asked = call.options.timeout_ms;
    if (asked != 0 && callee.forward_timeout && session.knows(Role::callee, Feature::call_timeout))
        details.timeout_ms = std::min(std::exchange(asked, 0), most);
    call.details = details;
    call.details.procedure = details.procedure.empty() ? "" : "its own";
    call.patience = std::chrono::milliseconds(asked == 0 ? most : std::min(asked, most));
    set_deadline(call, call.started);
    receive(callee.name, Invocation{{call.invocation}, {registration.id}, details, payload(call.args)});
}

void Model::set_deadline(Call& call, std::chrono::milliseconds since) const { call.deadline = since + call.patience; }

std::optional<std::size_t> Model::open_call(const Name& callee, std::uint64_t invocation) const {
    for (std::size_t i = 0; i < calls_.size(); ++i)
        if (calls_[i].callee == callee && calls_[i].invocation == invocation) return i;
    return std::nullopt;
}

void Model::interrupt(const Call& call, CancelMode mode) {
    if (!call.interrupted && cancels(sessions_.at(call.callee)))
        receive(call.callee, test::interrupt(call.invocation, mode));
}

void Model::end(std::size_t at) {
    const Call& call = calls_[at];
    if (call.streams) sessions_.at(call.caller).finished.insert(call.request);
    calls_.erase(calls_.begin() + static_cast<std::ptrdiff_t>(at));
}

void Model::fail(std::size_t at, std::string_view error) {
    receive(calls_[at].caller, test::error(48, calls_[at].request, error));
    end(at);
}

void Model::cancel(const Name& name, const Cancel& m) {
    for (std::size_t i = 0; i < calls_.size(); ++i) {
        Call& call = calls_[i];
        if (call.caller != name || call.request != m.request.value) continue;
        if (m.mode == CancelMode::kill && cancels(sessions_.at(call.callee))) {
            interrupt(call, CancelMode::kill);
            call.interrupted = true;
            return;
        }
        if (m.mode != CancelMode::skip) interrupt(call, CancelMode::killnowait);
        return fail(i, "wamp.error.canceled");
    }
}

void Model::yield(const Name& name, const Yield& m) {
    const auto at = open_call(name, m.request.value);
    if (!at) return m.request.value > sessions_.at(name).invocations ? violation(name) : void();
    Call& call = calls_[*at];
    if (!m.progress) {
        receive(call.caller, result(call.request, m.payload.args));
        return end(*at);
    }
    if (!call.progressive) return;
    if (!call.interrupted) set_deadline(call, now_);
    // Only of these does the router remember that something has passed: others have nowhere else to go.
    if (call.movable || call.options.progress) call.settled = true;
    receive(call.caller, result(call.request, m.payload.args, true));
}

void Model::error(const Name& name, const ErrorReply& m, const Received& realm_received) {
    const auto at = open_call(name, m.request.value);
    if (!at) return m.request.value > sessions_.at(name).invocations ? violation(name) : void();
    Call& call = calls_[*at];
    const bool moves = m.error == "wamp.error.unavailable" && reroutes(sessions_.at(name));
    if (moves && !call.interrupted && !call.settled) {
        if (!elsewhere(call, realm_received)) fail(*at, "wamp.error.no_available_callee");
        return;
    }
    receive(call.caller, test::error(48, call.request, m.error, m.payload.args));
    end(*at);
}

bool Model::elsewhere(Call& call, const Received& realm_received) {
    if (!call.movable) return false;
    call.tried.insert(call.callee);
    const auto registration = std::find_if(registrations_.begin(), registrations_.end(),
                                           [&](const Registration& r) { return r.id == call.registration; });
    if (registration == registrations_.end()) return false;
    while (const Callee* callee = choose(*registration, call, realm_received)) {
        if (can_take(*callee, call)) return invoke(call, *registration, *callee), true;
        call.tried.insert(callee->name);
    }
    return false;
}

void Model::pass(std::chrono::milliseconds time) {
    now_ += time;
    for (std::size_t i = 0; i < calls_.size();) {
        if (calls_[i].deadline > now_) {
            ++i;
            continue;
        }
        interrupt(calls_[i], CancelMode::killnowait);
        fail(i, "wamp.error.timeout");
    }
}

void Model::leave_procedures(const Name& name) {
    for (std::size_t i = registrations_.size(); i > 0; --i) remove_callee(i - 1, name);
    for (std::size_t i = 0; i < calls_.size();) {
        const Call& call = calls_[i];
        if (call.caller == name) {
            if (call.callee != name) interrupt(call, CancelMode::killnowait);
            end(i);
        } else if (call.callee == name) {
            fail(i, "wamp.error.canceled");
        } else {
            ++i;
        }
    }
}

}  // namespace heddle::test
