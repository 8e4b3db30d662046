#include "realms/meta_events.hpp"

#include <utility>

#include "realms/meta_details.hpp"
#include "realms/uri_check.hpp"

namespace heddle {

const MetaEvents::Topics MetaEvents::subscription_topics{
    "wamp.subscription.on_create", "wamp.subscription.on_subscribe", "wamp.subscription.on_unsubscribe",
    "wamp.subscription.on_delete", false};
const MetaEvents::Topics MetaEvents::registration_topics{"wamp.registration.on_create", "wamp.registration.on_register",
                                                         "wamp.registration.on_unregister",
                                                         "wamp.registration.on_delete", true};

MetaEvents::MetaEvents(Broker& broker, const WallClock& clock)
    : broker_(broker),
      clock_(clock),
      subscriptions_(*this, subscription_topics),
      registrations_(*this, registration_topics) {}

template <class Write>
void MetaEvents::note(std::string_view topic, std::size_t arguments, Write&& write) {
    ByteBuffer bytes;
    MsgpackWriter out(bytes);
    out.list_begin(arguments);
    write(out);
    out.list_end();
    notes_.push_back({topic, bytes.freeze()});
}

void MetaEvents::note_ids(std::string_view topic, SessionId session, std::uint64_t pattern) {
    if (!heard(topic)) return;
    note(topic, 2, [&](MsgpackWriter& out) {
        out.unsigned_integer(session.value);
        out.unsigned_integer(pattern);
    });
}

void MetaEvents::joined(const Session& session) {
    constexpr std::string_view topic = "wamp.session.on_join";
    if (!session.hidden && heard(topic))
        note(topic, 1, [&](MsgpackWriter& out) { put_session_details(session, out); });
}

void MetaEvents::left(const Session& session) {
    constexpr std::string_view topic = "wamp.session.on_leave";
    if (session.hidden || !heard(topic)) return;
    note(topic, 3, [&](MsgpackWriter& out) {
        out.unsigned_integer(session.id.value);
        out.text(session.authid);
        out.text(session.authrole);
    });
}

void MetaEvents::Watch::taken(const Session& member, const PatternFacts& pattern, bool first) {
    // Of the router's own topics nothing is told: whoever listens to on_subscribe would hear of its listening.
    if (reserved_uri(pattern.uri)) return;
    if (first && events_.heard(topics_.created)) {
        events_.note(topics_.created, 2, [&](MsgpackWriter& out) {
            out.unsigned_integer(member.id.value);
            put_pattern_details(pattern, topics_.invokes, events_.clock_, out);
        });
    }
    events_.note_ids(topics_.taken, member.id, pattern.id);
}

void MetaEvents::Watch::given_up(const Session& member, const PatternFacts& pattern, bool last) {
    if (reserved_uri(pattern.uri)) return;
    events_.note_ids(topics_.given_up, member.id, pattern.id);
    if (last) events_.note_ids(topics_.deleted, member.id, pattern.id);
}

void MetaEvents::flush(Egress& out) {
    if (notes_.empty()) return;
    for (const Note& note : std::exchange(notes_, {}))
        broker_.announce(note.topic, Payload{Encoding::msgpack, note.args.view(), {}}, out);
}

}  // namespace heddle
