#include "realms/gate.hpp"

#include <algorithm>
#include <utility>

#include "realms/uri_check.hpp"

namespace heddle {

Gate::Gate(const RealmSettings& settings, const Authorizer& authorizer, const Lanes& lanes)
    : settings_(settings), authorizer_(authorizer), lanes_(lanes) {}

Gate::Answer Gate::check(RoleIndex role, Action action, std::string_view uri) {
    const KeyView key{std::uint64_t{role} * action_count + static_cast<std::uint64_t>(action), uri};
    if (const auto found = young_.find(key); found != young_.end()) return found->second;
    if (const auto found = old_.find(key); found != old_.end()) return remember(key, found->second);
    const Answer answer = decide(role, action, {Match::exact, uri});
    // A URI that is none may be as long as a message: not worth keeping.
    return answer.verdict == Verdict::invalid_uri ? answer : remember(key, answer);
}

Gate::Verdict Gate::check(RoleIndex role, Action action, Match match, std::string_view uri) {
    return answer(role, action, match, uri).verdict;
}

Gate::Answer Gate::answer(RoleIndex role, Action action, Match match, std::string_view uri) {
    return match == Match::exact ? check(role, action, uri) : decide(role, action, {match, uri});
}

Gate::Answer Gate::decide(RoleIndex role, Action action, UriSet what) const {
    if (!valid_uri(what.uri, what.match, settings_.uri_check, settings_.limits)) return {Verdict::invalid_uri};
    const bool gives = action == Action::publish || action == Action::register_;
    if (gives && reserved_uri(what.uri)) return {Verdict::invalid_uri};
    const Decision decision = authorizer_.decide(role, action, what);
    if (!decision.allowed) return {Verdict::denied};
    if (action != Action::publish) return {Verdict::allowed, false, nullptr, decision.disclosure};
    const LaneRule& lane = lanes_.rule(what.uri);
    return {Verdict::allowed, lane.kind == LaneKind::value, lane.kind == LaneKind::list ? &lane : nullptr,
            decision.disclosure};
}

Gate::Answer Gate::remember(KeyView key, Answer answer) {
    if (young_.size() >= std::max<std::size_t>(settings_.limits.decisions_max / 2, 1)) {
        old_ = std::exchange(young_, {});
    }
    young_.insert_or_assign(Key{key.role_action, std::string(key.uri)}, answer);
    return answer;
}

}  // namespace heddle
