#include "realms/gate.hpp"

#include <algorithm>
#include <utility>

#include "realms/uri_check.hpp"

namespace heddle {

Gate::Gate(const RealmSettings& settings, const Authorizer& authorizer, const Lanes& lanes)
    : settings_(settings), authorizer_(authorizer), lanes_(lanes) {}

Gate::Answer Gate::check(const Actor& actor, Action action, std::string_view uri) {
    // What is remembered is copied once: every message comes by here.
    KeyView key{std::uint64_t{actor.role} * action_count + static_cast<std::uint64_t>(action), {}, uri};
    if (authorizer_.names_authid(actor.role) && fits_one_part(actor.authid)) key.authid = actor.authid;
    if (const auto found = young_.find(key); found != young_.end() && !found->second.unsaid)
        return count(action, found->second);
    const Answer answer = known(actor, action, uri);
    return count(action, answer.unsaid ? with_authorizer(actor, {action, {Match::exact, uri}}, answer) : answer);
}

Gate::Verdict Gate::check(const Actor& actor, Action action, Match match, std::string_view uri) {
    return answer(actor, action, match, uri).verdict;
}

Gate::Answer Gate::answer(const Actor& actor, Action action, Match match, std::string_view uri) {
    const Deed deed{action, {match, uri}};
    const Answer answer = by_rules(actor, deed);
    return count(action, answer.unsaid ? with_authorizer(actor, deed, answer) : answer);
}

Gate::Answer Gate::by_rules(const Actor& actor, const Deed& deed) {
    return deed.what.match == Match::exact ? known(actor, deed.action, deed.what.uri)
                                           : decide(actor, deed.action, deed.what);
}

/// Ids that fit no part of a URI are all decided alike: they share what is remembered.
Gate::Answer Gate::known(const Actor& actor, Action action, std::string_view uri) {
    KeyView key{std::uint64_t{actor.role} * action_count + static_cast<std::uint64_t>(action), {}, uri};
    if (authorizer_.names_authid(actor.role) && fits_one_part(actor.authid)) key.authid = actor.authid;
    if (const auto found = young_.find(key); found != young_.end()) return found->second;
    if (const auto found = old_.find(key); found != old_.end()) return remember(key, found->second);
    const Answer answer = decide(actor, action, {Match::exact, uri});
    // A URI that is none may be as long as a message: not worth keeping.
    return answer.verdict == Verdict::invalid_uri ? answer : remember(key, answer);
}

Gate::Answer Gate::decide(const Actor& actor, Action action, UriSet what) const {
    if (!valid_uri(what.uri, what.match, settings_.uri_check, settings_.limits)) return {Verdict::invalid_uri};
    if (actor.role == authorizer_.router_role()) return allow(action, what, Disclosure::as_asked);
    const bool gives = action == Action::publish || action == Action::register_;
    if (gives && reserved_uri(what.uri)) return {Verdict::invalid_uri};
    const Decision decision = authorizer_.decide(actor.role, action, what, actor.authid);
    if (decision.allowed) return allow(action, what, decision.disclosure);
    Answer denied;
    denied.unsaid = decision.deciding.empty() && may_ask(action, what) && authorizer_.exists(actor.role);
    return denied;
}

Gate::Answer Gate::allow(Action action, UriSet what, Disclosure disclosure) const {
    Answer answer{Verdict::allowed, false, false, nullptr, disclosure};
    if (action != Action::publish) return answer;
    const LaneRule& lane = lanes_.rule(what.uri);
    answer.keep = lane.kind == LaneKind::value;
    answer.list = lane.kind == LaneKind::list ? &lane : nullptr;
    return answer;
}

/// Nobody is asked about himself: who answers for the authorizer or authenticator needs a rule that says so. Nor about
/// what only rules that name it reach.
bool Gate::may_ask(Action action, UriSet what) const {
    const AuthSettings& auth = settings_.auth;
    if (auth.authorizer.empty() || !guarded_root(action, what).empty()) return false;
    if (action != Action::call && action != Action::register_) return true;
    return !holds(what, auth.authorizer) && (auth.authenticator.empty() || !holds(what, auth.authenticator));
}

const AuthorizerAnswers::Answer* Gate::said(const Actor& actor, const Deed& deed) const {
    if (once_ && once_->deed == deed && once_->actor.role == actor.role && once_->actor.authid == actor.authid)
        return &once_->answer;
    return answers_.find(actor, deed, now_);
}

Gate::Answer Gate::with_authorizer(const Actor& actor, const Deed& deed, Answer answer) const {
    const AuthorizerAnswers::Answer* said = this->said(actor, deed);
    if (!said || !said->allowed) return answer;
    Answer allowed = allow(deed.action, deed.what, said->disclosure);
    allowed.unsaid = true;
    return allowed;
}

void Gate::forget() {
    young_.clear();
    old_.clear();
    answers_.clear();
    ++epoch_;
}

KeptPublisher Gate::publisher(const Actor& actor, const Answer& answer) const {
    KeptPublisher kept{actor.role, answer.unsaid, epoch_, {}};
    if (authorizer_.names_authid(actor.role)) kept.authid = actor.authid;
    return kept;
}

/// A role that is gone may nothing; an authid that was not kept stands for none.
bool Gate::still_published_now(const KeptPublisher& by, std::string_view topic) {
    const Answer rules = by_rules({by.role, by.authid}, {Action::publish, {Match::exact, topic}});
    const bool may = rules.verdict == Verdict::allowed || (rules.unsaid && by.asked);
    if (may) by.epoch = epoch_;
    return may;
}

Gate::Answer Gate::remember(KeyView key, Answer answer) {
    if (young_.size() >= std::max<std::size_t>(settings_.limits.decisions_max / 2, 1)) {
        old_ = std::exchange(young_, {});
    }
    young_.insert_or_assign(Key{key.role_action, std::string(key.authid), std::string(key.uri)}, answer);
    return answer;
}

}  // namespace heddle
