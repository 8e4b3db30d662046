#include <optional>

#include "realms/authorizer.hpp"
#include "realms/uri_check.hpp"
#include "realms/uri_set.hpp"
#include "router/config/validate.hpp"
#include "serializers/names.hpp"

namespace heddle::config {
namespace {

constexpr std::string_view action_names[action_count] = {"call", "register", "publish", "subscribe"};

std::string listed(unsigned actions) {
    std::string out;
    for (std::size_t i = 0; i < action_count; ++i) {
        if (actions >> i & 1u) out += (out.empty() ? "" : ", ") + std::string(action_names[i]);
    }
    return out;
}

/// `of_rule`: `{authid}` may stand in it (realms/authorizer.hpp).
void check_pattern(const Element& element, Match match, const std::string& uri, const RealmSettings& realm,
                   Mistakes& mistakes, bool of_rule = false) {
    const Setting* how = element.find("match");
    bool misspelt = how && how->value.text != name_of(match);  // reported already, and it decides what the URI may be
    if (!element.find("uri") || misspelt) return;
    std::string plain = uri;
    while (of_rule && plain.find(authid_placeholder) != plain.npos)
        plain.replace(plain.find(authid_placeholder), authid_placeholder.size(), "authid");
    std::size_t brace = plain.find('{');
    if (brace != plain.npos && plain.find('}', brace) != plain.npos) {
        return report(mistakes, false, element, "uri", "names in braces are not known: \"" + uri + "\"",
                      of_rule ? "only {authid} is" : "write the URI out");
    }
    if (!valid_uri(plain, match, realm.uri_check, realm.limits)) {
        std::string hint =
            match == Match::exact && uri.find("..") != uri.npos ? "for a wildcard add match = \"wildcard\"" : "";
        return report(mistakes, false, element, "uri", "\"" + uri + "\" is no URI", hint);
    }
    const bool ends_with_part = of_rule && uri.ends_with(authid_placeholder);  // it fits no longer id
    if (match == Match::prefix && !uri.empty() && uri.back() != '.' && !ends_with_part) {
        report(mistakes, true, element, "uri",
               "prefix without a dot at its end: \"" + uri + "\" also fits \"" + uri + "x\"",
               "likely \"" + uri + ".\"");
    }
    if (match == Match::wildcard && uri.find("..") == uri.npos && uri.front() != '.' && uri.back() != '.') {
        report(mistakes, true, element, "uri", "wildcard without a gap: \"" + uri + "\" fits itself only",
               "an empty part stands for any: \"com..x\"");
    }
}

UriSet set_of(const PermissionRule& rule) { return {rule.match, rule.uri}; }
bool same_set(const PermissionRule& a, const PermissionRule& b) {
    return contains(set_of(a), set_of(b)) && contains(set_of(b), set_of(a));
}

/// Do two rules about one action, of which only one denies it, meet anywhere?
bool deny_meets(const std::vector<PermissionRule>& rules, const PermissionRule& rule, unsigned action) {
    for (const PermissionRule& other : rules) {
        if ((other.deny.bits & action) && intersects(set_of(other), set_of(rule))) return true;
    }
    return false;
}

/// The rule that leaves rule `at` without effect for one action, or `at` itself where it has one. An allow has none
/// under a deny of the same set, or inside another allow where no deny comes near; a deny has none beside its twin.
/// Prefix "" does not stand in for a rule on `wamp.`, nor any wider one for a rule on `swim.meta.`: what they do not
/// reach is decided elsewhere (realms/authorizer.hpp).
std::size_t eclipsed_by(const std::vector<PermissionRule>& rules, std::size_t at, unsigned action) {
    const PermissionRule& rule = rules[at];
    bool allows = rule.allow.bits & action;
    std::optional<bool> met;  // deny_meets, which is asked for at most once
    for (std::size_t i = 0; i < rules.size(); ++i) {
        if (i == at) continue;
        const PermissionRule& other = rules[i];
        bool twin = same_set(rule, other);
        if (allows && twin && (other.deny.bits & action)) return i;
        bool same_word = allows ? other.allow.bits & action : other.deny.bits & action;
        if (!same_word) continue;
        const bool same_names = rule.disclose.bits == other.disclose.bits && rule.conceal.bits == other.conceal.bits;
        if (allows && !same_names) continue;  // it says something else of who is named
        if (twin && i < at) return i;
        bool reaches = !(other.uri.empty() && reserved_uri(rule.uri)) &&
                       (!rule.uri.starts_with(meta_lanes) || other.uri.starts_with(meta_lanes));
        bool wider = !twin && reaches && contains(set_of(other), set_of(rule));
        if (!allows || !wider) continue;
        if (!met) met = deny_meets(rules, rule, action);
        if (!*met) return i;
    }
    return at;
}

/// What is said of an identity counts where the rule allows what that identity does, or registers for it to call.
void check_identities(const Element& element, const PermissionRule& rule, Mistakes& mistakes) {
    if (rule.disclose.bits & rule.conceal.bits)
        return report(mistakes, false, element, "conceal", "one rule both discloses and conceals somebody");
    const auto idle = [&](const char* key, const IdentifiedSet& set) {
        const bool rpc = rule.allow.has(Action::call) || rule.allow.has(Action::register_);
        if (set.has(Identified::caller) && !rpc)
            report(mistakes, true, element, key, "callers are named by rules that allow to call or to register");
        if (set.has(Identified::publisher) && !rule.allow.has(Action::publish))
            report(mistakes, true, element, key, "publishers are named by rules that allow to publish");
    };
    idle("disclose", rule.disclose);
    idle("conceal", rule.conceal);
}

void check_effect(const std::vector<const Element*>& elements, const std::vector<PermissionRule>& rules, std::size_t at,
                  Mistakes& mistakes, RuleAdvice advice) {
    const Element& element = *elements[at];
    if (!element.find("uri")) return;
    const PermissionRule& rule = rules[at];
    if (unsigned both = rule.allow.bits & rule.deny.bits) {
        return report(mistakes, false, element, "deny", "one rule both allows and denies " + listed(both));
    }
    unsigned all = rule.allow.bits | rule.deny.bits;
    if (all == 0) {
        if (element.find("allow") || element.find("deny")) return;  // empty on purpose, or reported already
        return report(mistakes, false, element, "uri", "rule neither allows nor denies anything",
                      "like allow = [\"call\"]");
    }
    if (advice == RuleAdvice::skip) return;
    std::size_t by = at;
    for (unsigned action = 1; action < 1u << action_count; action <<= 1) {
        if (!(all & action)) continue;
        std::size_t found = eclipsed_by(rules, at, action);
        if (found == at) return;
        by = found;
    }
    int line = spot_of(*elements[by], "uri").line;
    bool denied = rule.allow.bits & rules[by].deny.bits;
    report(
        mistakes, true, element, "uri",
        "rule without effect: line " + std::to_string(line) + (denied ? " denies the same" : " says the same already"));
}

/// A limit that nothing of this kind asks for.
void check_lane_limits(const Element& element, const LaneRule& rule, Mistakes& mistakes) {
    const LaneKind kind = rule.kind;
    const bool has_entries = kind == LaneKind::map || kind == LaneKind::list;
    const bool has_waiting = kind == LaneKind::event || kind == LaneKind::list || kind == LaneKind::by_state;
    if (rule.entries_max != 0 && !has_entries)
        report(mistakes, true, element, "entries", "entries are of lists and maps: this rule's have no effect");
    if (rule.waiting_max != 0 && !has_waiting)
        report(mistakes, true, element, "waiting", "a lane of this kind keeps its newest state, no frames that wait");
}

}  // namespace

void validate_rules(const Element& realm, const RealmSettings& settings, Mistakes& mistakes, RuleAdvice advice) {
    auto lanes = children_of(realm, "lanes");
    for (std::size_t i = 0; i < lanes.size(); ++i) {
        check_pattern(*lanes[i], settings.lanes[i].match, settings.lanes[i].uri, settings, mistakes);
        check_lane_limits(*lanes[i], settings.lanes[i], mistakes);
    }
    auto histories = children_of(realm, "history");
    for (std::size_t i = 0; i < histories.size(); ++i) {
        const HistoryRule& rule = settings.histories[i];
        check_pattern(*histories[i], rule.match, rule.uri, settings, mistakes);
        for (std::size_t before = 0; before < i; ++before) {
            const HistoryRule& other = settings.histories[before];
            if (histories[i]->find("uri") && other.match == rule.match && other.uri == rule.uri)
                report(mistakes, false, *histories[i], "uri",
                       "line " + std::to_string(spot_of(*histories[before], "uri").line) + " keeps this already");
        }
    }
    auto roles = children_of(realm, "role");
    for (std::size_t r = 0; r < roles.size(); ++r) {
        auto elements = children_of(*roles[r], "permissions");
        const auto& rules = settings.roles[r].permissions;
        for (std::size_t i = 0; i < elements.size(); ++i) {
            check_pattern(*elements[i], rules[i].match, rules[i].uri, settings, mistakes, true);
            check_effect(elements, rules, i, mistakes, advice);
            check_identities(*elements[i], rules[i], mistakes);
        }
    }
}

}  // namespace heddle::config
