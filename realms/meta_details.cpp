#include "realms/meta_details.hpp"

#include "serializers/names.hpp"

namespace heddle {
namespace {

void put(MsgpackWriter& out, std::string_view name, std::string_view value) {
    out.key(name);
    out.text(value);
}

}  // namespace

void put_session_details(const Session& session, MsgpackWriter& out) {
    out.map_begin(5);
    out.key("session");
    out.unsigned_integer(session.id.value);
    put(out, "authid", session.authid);
    put(out, "authrole", session.authrole);
    put(out, "authmethod", session.authmethod);
    put(out, "authprovider", session.authprovider);
    out.map_end();
}

void put_pattern_details(const PatternFacts& facts, bool invokes, const WallClock& clock, MsgpackWriter& out) {
    out.map_begin(invokes ? 5 : 4);
    out.key("id");
    out.unsigned_integer(facts.id);
    put(out, "created", clock.text(facts.created));
    put(out, "uri", facts.uri);
    put(out, "match", name_of(facts.match));
    if (invokes) put(out, "invoke", name_of(facts.invoke));
    out.map_end();
}

}  // namespace heddle
