// Until logins are there (realms/logins): nothing is known of peers, and nothing is asked. Weak, so that they step aside.
#include "realms/realm_state.hpp"

namespace heddle {

[[gnu::weak]] void Realm::ask(Questions* questions) { state_->questions = questions; }
[[gnu::weak]] void Realm::verified(QuestionId, bool, TimePoint, Egress&) {}
[[gnu::weak]] void Realm::answered(QuestionId id, const Outcome& outcome, TimePoint now, Egress& out) {
    state_->authorizer_answered(id, outcome, now, out);
    state_->events.flush(out);
}
[[gnu::weak]] void Realm::introduce(EndpointId, PeerFacts) {}

}  // namespace heddle
