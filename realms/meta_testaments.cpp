// `wamp.session.add_testament` and `wamp.session.flush_testaments` (advanced profile, "Session Testament").
#include "realms/meta_actions.hpp"
#include "serializers/codec.hpp"
#include "serializers/names.hpp"
#include "serializers/uris.hpp"

namespace heddle {
namespace {

using Scope = Testaments::Scope;

bool read_scope(MetaCall& call, Scope& scope) {
    std::optional<std::string_view> text;
    if (!call.optional_text(no_place, "scope", text)) return false;
    if (!text) return true;
    const auto known = named<Scope>(Testaments::scope_names, *text);
    if (!known) return call.refuse_argument("scope", "destroyed or detached");
    scope = *known;
    return true;
}

/// The PUBLISH that is to be sent one day, written as a client would write it: so it is checked as every other is.
void write_publish(const MetaCall& call, std::string_view topic, ByteBuffer& bytes) {
    const MetaValue *options = call.argument(no_place, "publish_options"), *args = call.argument(1, "args"),
                    *kwargs = call.argument(2, "kwargs");
    constexpr std::string_view empty_list = "\x90", empty_map = "\x80";
    MsgpackWriter out(bytes);
    out.list_begin(kwargs ? 6 : args ? 5 : 4);
    out.unsigned_integer(16);
    out.unsigned_integer(1);
    out.splice(options ? options->raw : empty_map);
    out.text(topic);
    if (args || kwargs) out.splice(args ? args->raw : empty_list);
    if (kwargs) out.splice(kwargs->raw);
    out.list_end();
}

void add(const MetaPowers& powers, MetaCall& call, Session& session, Scope scope, const Publish& message) {
    const Gate::Verdict verdict = powers.gate.check(session.actor(), Action::publish, message.topic).verdict;
    if (verdict == Gate::Verdict::invalid_uri)
        return call.refuse(uri::invalid_uri, "the topic is malformed, too long, or reserved for the router");
    if (verdict == Gate::Verdict::denied)
        return call.refuse(uri::not_authorized, "the role of this session has no permission to publish there");
    if (uses_passthru(message.options.extras) && !session.roles.has(Role::publisher, Feature::payload_passthru_mode))
        return call.refuse(uri::invalid_argument, "HELLO did not announce payload_passthru_mode for publishers");
    const RealmLimits& limits = powers.settings.limits;
    if (!session.testaments) session.testaments = std::make_unique<Testaments>();
    Testaments& all = *session.testaments;
    if (all.count() >= limits.testaments_max ||
        all.bytes() + Testaments::bytes_of(message) > limits.testament_bytes_max) {
        powers.gate.refuse(Refusal::testaments);
        return call.refuse(uri::limit_exceeded, "the session has no room for another testament");
    }
    all.add(scope, message);
}

}  // namespace

void add_testament(const MetaPowers& powers, MetaCall& call) {
    std::string_view topic;
    Scope scope = Scope::destroyed;
    if (!call.takes_at_most(3) || !call.text(0, "topic", topic) || !read_scope(call, scope)) return;
    ByteBuffer bytes;
    write_publish(call, topic, bytes);
    const Result<Message> message = decode(Encoding::msgpack, bytes.view());
    if (!message) return call.refuse(uri::invalid_argument, message.error().what);
    add(powers, call, *powers.sessions.find(call.caller()), scope, std::get<Publish>(*message));
}

void flush_testaments(const MetaPowers& powers, MetaCall& call) {
    Scope scope = Scope::destroyed;
    if (!call.takes_at_most(0) || !read_scope(call, scope)) return;
    if (Testaments* testaments = powers.sessions.find(call.caller())->testaments.get()) testaments->flush(scope);
}

}  // namespace heddle
