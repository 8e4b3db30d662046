#pragma once
#include "tests/realms/feature_transcripts.hpp"

/// Transcripts of the meta API, for the table in feature_transcripts.cpp. No client needs to announce anything for it.
namespace heddle::test {

void session_meta_api(Script& script, const Announcing& who);
void registration_meta_api(Script& script, const Announcing& who);
void subscription_meta_api(Script& script, const Announcing& who);
void testament_meta_api(Script& script, const Announcing& who);

}  // namespace heddle::test
