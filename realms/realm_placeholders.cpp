// Until logins are there (realms/logins): nothing is known of peers, and nothing is asked. Weak, so that they step aside.
#include "realms/realm.hpp"

namespace heddle {

[[gnu::weak]] void Realm::ask(Questions*) {}
[[gnu::weak]] void Realm::verified(QuestionId, bool, TimePoint, Egress&) {}
[[gnu::weak]] void Realm::answered(QuestionId, const Outcome&, TimePoint, Egress&) {}
[[gnu::weak]] void Realm::introduce(EndpointId, PeerFacts) {}

}  // namespace heddle
