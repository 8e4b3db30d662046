#pragma once
#include "realms/pattern_facts.hpp"
#include "realms/session.hpp"
#include "realms/wall_clock.hpp"
#include "serializers/msgpack_writer.hpp"

/// Dictionaries of the meta API, the same in events and in results.
namespace heddle {

/// wamp specification, "Session Meta API": what on_join and `wamp.session.get` tell.
void put_session_details(const Session& session, MsgpackWriter& out);

/// "Subscription Meta API", "Registration Meta API": the same with `invoke`.
void put_pattern_details(const PatternFacts& facts, bool invokes, const WallClock& clock, MsgpackWriter& out);

}  // namespace heddle
