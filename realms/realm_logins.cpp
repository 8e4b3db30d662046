// The realm's door as far as logins use it: who comes, and what was answered to questions.
#include "realms/realm_state.hpp"

namespace heddle {

void Realm::ask(Questions* questions) { state_->questioned = questions; }
void Realm::introduce(EndpointId who, PeerFacts facts) { state_->logins.introduce(who, std::move(facts)); }

void Realm::verified(QuestionId id, bool good, TimePoint now, Egress& out) {
    state_->set_time(now);
    state_->logins.verified(id, good, now, out);
    state_->events.flush(out);
}

void Realm::answered(QuestionId id, const Outcome& outcome, TimePoint now, Egress& out) {
    state_->set_time(now);
    if (!state_->logins.answered(id, outcome, now, out)) state_->authorizer_answered(id, outcome, now, out);
    state_->events.flush(out);
}

}  // namespace heddle
