#include "realms/policy.hpp"

#include "serializers/uris.hpp"

namespace heddle {
namespace {

class Planner {
 public:
    Planner(const Broker& broker, const Dealer& dealer, const Rules& before, const Rules& after)
        : broker_(broker), dealer_(dealer), before_(before), after_(after) {
        const std::string& asked = after.settings.auth.authorizer;
        same_authorizer_ = !asked.empty() && asked == before.settings.auth.authorizer;
    }

    void look_at(Session& session) {
        if (session.stage() != Stage::open || session.role == after_.authorizer.router_role()) return;
        const std::string_view reason =
            reason_to_go(session, after_.settings.anonymous_role, after_.authorizer);
        if (!reason.empty()) {
            plan.sessions.push_back({&session, reason});
            plan.ends.add({Ends::What::session, session.id, session.authid, Match::exact, {}});
            return;
        }
        for (const auto& [id, seat] : session.subscriptions) subscription(session, id);
        for (const auto& [id, handle] : session.registrations) registration(session, id);
    }

    EndingPlan plan;

 private:
    /// Where no rule spoke before and none does now, the authorizer let the session have it, and that stands.
    bool keeps(const Session& session, const Deed& deed) {
        const Gate::Answer now = after_.gate.by_rules(session.actor(), deed);
        if (now.verdict == Gate::Verdict::allowed) return true;
        return now.unsaid && same_authorizer_ && before_.gate.by_rules(session.actor(), deed).unsaid;
    }

    void subscription(Session& session, SubscriptionId id) {
        const PatternFacts facts = *broker_.facts(id);
        std::string_view reason;
        if (!keeps(session, {Action::subscribe, {facts.match, facts.uri}}))
            reason = uri::not_authorized;
        else if (session.links && other_lane(facts))
            reason = uri::lane_changed;
        if (reason.empty()) return;
        plan.subscriptions.push_back({&session, id, reason});
        const auto what = session.links ? Ends::What::link : Ends::What::subscription;
        plan.ends.add({what, session.id, session.authid, facts.match, std::string(facts.uri)});
    }

    /// A link is of one kind from its beginning on; whoever holds it asks again. The map of all below "com.car." is that
    /// of the topic "com.car".
    bool other_lane(const PatternFacts& facts) const {
        std::string_view topic = facts.uri;
        if (facts.match == Match::prefix && topic.ends_with('.')) topic.remove_suffix(1);
        const LaneKind old_kind = before_.lanes.kind(topic), new_kind = after_.lanes.kind(topic);
        if (facts.match == Match::exact) return old_kind != new_kind;
        return facts.match == Match::prefix && (old_kind == LaneKind::map) != (new_kind == LaneKind::map);
    }

    void registration(Session& session, RegistrationId id) {
        const PatternFacts facts = *dealer_.facts(id);
        if (keeps(session, {Action::register_, {facts.match, facts.uri}})) return;
        plan.registrations.push_back({&session, id});
        plan.ends.add({Ends::What::registration, session.id, session.authid, facts.match, std::string(facts.uri)});
    }

    const Broker& broker_;
    const Dealer& dealer_;
    const Rules &before_, &after_;
    bool same_authorizer_ = false;
};

}  // namespace

std::string_view reason_to_go(const Session& session, std::string_view anonymous_role, const Authorizer& authorizer) {
    if (!authorizer.exists(session.role)) return uri::role_removed;
    const bool other = session.authmethod == "anonymous" && session.authrole != anonymous_role;
    return other ? uri::role_changed : std::string_view();
}

EndingPlan plan_endings(const Sessions& sessions, const Broker& broker, const Dealer& dealer, const Rules& before,
                        const Rules& after) {
    Planner planner(broker, dealer, before, after);
    sessions.for_each([&](Session& session) { planner.look_at(session); });
    return std::move(planner.plan);
}

}  // namespace heddle
