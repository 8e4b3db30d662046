#include "realms/authorizer.hpp"

#include <algorithm>

namespace heddle {
namespace {

bool denies(const PermissionRule& rule, Action action) {
    return rule.deny.has(action);
}  // deny wins inside one rule too

/// What the text of a rule must begin with to allow this.
std::string_view guarded_root(Action action, std::string_view uri) {
    if (action == Action::call && removes_others(uri)) return "wamp.";
    return action == Action::subscribe && uri.starts_with(meta_lanes) ? meta_lanes : std::string_view();
}

/// Does the rule have a say about all of `what` (allow) or about a part of it (deny)?
bool fits(const PermissionRule& rule, Action action, UriSet what) {
    const UriSet set{rule.match, rule.uri};
    if (denies(rule, action)) return intersects(set, what);
    if (!rule.allow.has(action) || !contains(set, what)) return false;
    return what.match != Match::exact || rule.uri.starts_with(guarded_root(action, what.uri));
}

/// What the rules left over say of the identity at stake; as with permissions, the stricter one wins.
Disclosure disclosure_of(const std::vector<const PermissionRule*>& deciding, Action action) {
    const bool rpc = action == Action::call || action == Action::register_;
    const Identified who = rpc ? Identified::caller : Identified::publisher;
    Disclosure said = Disclosure::as_asked;
    for (const PermissionRule* rule : deciding) {
        if (rule->conceal.has(who)) return Disclosure::never;
        if (rule->disclose.has(who)) said = Disclosure::always;
    }
    return said;
}

bool yields(const PermissionRule& rule, const PermissionRule& other) {
    return properly_contains({rule.match, rule.uri}, {other.match, other.uri});
}

}  // namespace

bool removes_others(std::string_view procedure) {
    return procedure.starts_with("wamp.session.kill") || procedure == "wamp.registration.remove_callee" ||
           procedure == "wamp.subscription.remove_subscriber";
}

Authorizer::Authorizer(const std::vector<RoleSettings>& roles, std::string_view extra_role)
    : roles_(roles.begin(), roles.end()) {
    if (!extra_role.empty() && !find(extra_role)) roles_.push_back({std::string(extra_role), {}, 0});
    router_role_ = static_cast<RoleIndex>(roles_.size());
    PermissionRule everything;
    everything.match = Match::prefix;
    everything.allow.add(Action::call);
    roles_.push_back({"router", {everything}, 0});
}

std::optional<RoleIndex> Authorizer::find(std::string_view role) const {
    for (RoleIndex at = 0; at < roles_.size(); ++at)
        if (at != router_role_ && roles_[at].name == role) return at;
    return std::nullopt;
}

Decision Authorizer::decide(RoleIndex role, Action action, UriSet what) const {
    std::vector<const PermissionRule*> fitting;
    for (const PermissionRule& rule : roles_[role].permissions)
        if (fits(rule, action, what)) fitting.push_back(&rule);

    Decision decision;
    for (const PermissionRule* rule : fitting) {
        const bool beaten = std::any_of(fitting.begin(), fitting.end(),
                                        [&](const PermissionRule* other) { return yields(*rule, *other); });
        (beaten ? decision.beaten : decision.deciding).push_back(rule);
    }
    decision.allowed =
        !decision.deciding.empty() && std::none_of(decision.deciding.begin(), decision.deciding.end(),
                                                   [&](const PermissionRule* rule) { return denies(*rule, action); });
    if (decision.allowed) decision.disclosure = disclosure_of(decision.deciding, action);
    return decision;
}

}  // namespace heddle
