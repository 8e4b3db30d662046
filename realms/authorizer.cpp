#include "realms/authorizer.hpp"

#include <algorithm>
#include <utility>

#include "realms/uri_check.hpp"

namespace heddle {
namespace {

bool denies(const PermissionRule& rule, Action action) {
    return rule.deny.has(action);
}  // deny wins inside one rule too

bool has_placeholder(const PermissionRule& rule) { return rule.uri.find(authid_placeholder) != std::string::npos; }

std::string replaced(std::string_view text, std::string_view authid) {
    std::string made;
    for (;;) {
        const std::size_t at = text.find(authid_placeholder);
        made += text.substr(0, at);
        if (at == std::string_view::npos) return made;
        made += authid;
        text.remove_prefix(at + authid_placeholder.size());
    }
}

/// A rule as it is meant for one authid.
struct Meant {
    const PermissionRule* rule;
    UriSet set;
    bool firm = false;  // yields to nobody
};

/// Rules as they are meant for one authid. Few have `{authid}`; the others cost nothing more.
class Meaning {
 public:
    Meaning(std::string_view authid, bool placeholders)
        : authid_(authid), placeholders_(placeholders), fits_(placeholders && fits_one_part(authid)) {}

    /// False: the rule means nothing.
    bool of(const PermissionRule& rule, bool deny, Meant& out) {
        out = {&rule, {rule.match, rule.uri}};
        if (!placeholders_ || !has_placeholder(rule)) return true;
        if (fits_) {
            out.set.uri = texts_.emplace_back(replaced(rule.uri, authid_));
            return true;
        }
        const std::string_view head = std::string_view(rule.uri).substr(0, rule.uri.find(authid_placeholder));
        out.set = {Match::prefix, rule.match == Match::wildcard ? fixed_head(head) : head};
        out.firm = true;
        return deny;
    }

 private:
    std::string_view authid_;
    bool placeholders_, fits_;
    std::deque<std::string> texts_;  // of `Meant::set`
};

/// Where a prefix rule ends with `{authid}`, what it allows goes on with another part, or not at all.
bool ends_with_part(const Meant& meant, UriSet what) {
    if (meant.rule->match != Match::prefix || !meant.rule->uri.ends_with(authid_placeholder)) return true;
    const std::size_t size = meant.set.uri.size();
    return what.uri.size() == size ? what.match != Match::prefix : what.uri[size] == '.';
}

/// Does the rule have a say about all of `what` (allow) or about a part of it (deny)?
bool fits(const Meant& meant, Action action, UriSet what) {
    if (denies(*meant.rule, action)) return intersects(meant.set, what);
    if (!contains(meant.set, what) || !ends_with_part(meant, what)) return false;
    return meant.rule->uri.starts_with(guarded_root(action, what));  // as it was written, not as somebody's id makes it
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

bool yields(const Meant& meant, const Meant& other) {
    return !meant.firm && properly_contains(meant.set, other.set);
}

}  // namespace

bool fits_one_part(std::string_view authid) {
    const auto byte = [&](std::size_t at) { return at < authid.size() ? static_cast<unsigned char>(authid[at]) : 0u; };
    for (std::size_t at = 0; at < authid.size(); ++at) {
        const unsigned c = byte(at);
        if (c <= 0x20 || c == 0x7F || c == '.' || c == ',' || c == '#' || c == '{' || c == '}') return false;
        if (c < 0x80) continue;
        const bool control = c == 0xC2 && byte(at + 1) >= 0x80 && byte(at + 1) < 0xA0;
        if (control || unfit_character(authid.substr(at)) != 0) return false;  // the rest is white space
    }
    return !authid.empty();
}

bool removes_others(std::string_view procedure) {
    return procedure.starts_with("wamp.session.kill") || procedure == "wamp.registration.remove_callee" ||
           procedure == "wamp.subscription.remove_subscriber";
}

std::string_view guarded_root(Action action, UriSet what) {
    if (what.match != Match::exact) return {};
    if (action == Action::call && removes_others(what.uri)) return "wamp.";
    if (action == Action::call && what.uri == "heddle.authorizer.purge") return "heddle.";
    return action == Action::subscribe && what.uri.starts_with(meta_lanes) ? meta_lanes : std::string_view();
}

Authorizer::Authorizer(const std::vector<RoleSettings>& roles, std::string_view extra_role) {
    apply(roles, extra_role);
    router_role_ = static_cast<RoleIndex>(roles_.size());
    roles_.push_back({{"router", {}, 0}, false, false});
}

void Authorizer::apply(const std::vector<RoleSettings>& roles, std::string_view extra_role) {
    for (Entry& gone : roles_) {
        gone.exists = gone.names_authid = false;
        gone.settings.permissions.clear();
        gone.settings.trustlevel = 0;
    }
    for (const RoleSettings& role : roles) {
        Entry& known = entry(role.name);
        known.exists = true;
        known.settings.permissions = role.permissions;
        known.settings.trustlevel = role.trustlevel;
        known.names_authid = std::any_of(role.permissions.begin(), role.permissions.end(), has_placeholder);
    }
    if (!extra_role.empty()) entry(extra_role).exists = true;
}

/// Of this name, and new where there was none. The router's own is never meant.
Authorizer::Entry& Authorizer::entry(std::string_view name) {
    for (std::size_t at = 0; at < roles_.size(); ++at)
        if (at != router_role_ && roles_[at].settings.name == name) return roles_[at];
    roles_.push_back({{std::string(name), {}, 0}, true, false});
    return roles_.back();
}

std::optional<RoleIndex> Authorizer::find(std::string_view role) const {
    for (RoleIndex at = 0; at < roles_.size(); ++at)
        if (roles_[at].exists && roles_[at].settings.name == role) return at;
    return std::nullopt;
}

Decision Authorizer::decide(RoleIndex role, Action action, UriSet what, std::string_view authid) const {
    const Entry& entry = roles_[role];
    Meaning meaning(authid, entry.names_authid);
    std::vector<Meant> fitting;
    Meant meant{};
    for (const PermissionRule& rule : entry.settings.permissions) {
        const bool deny = denies(rule, action);
        if (!deny && !rule.allow.has(action)) continue;
        if (meaning.of(rule, deny, meant) && fits(meant, action, what)) fitting.push_back(meant);
    }
    Decision decision;
    for (const Meant& one : fitting) {
        const bool beaten =
            std::any_of(fitting.begin(), fitting.end(), [&](const Meant& other) { return yields(one, other); });
        (beaten ? decision.beaten : decision.deciding).push_back(one.rule);
    }
    decision.allowed =
        !decision.deciding.empty() && std::none_of(decision.deciding.begin(), decision.deciding.end(),
                                                   [&](const PermissionRule* rule) { return denies(*rule, action); });
    if (decision.allowed) decision.disclosure = disclosure_of(decision.deciding, action);
    return decision;
}

}  // namespace heddle
