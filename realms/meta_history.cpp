// `wamp.subscription.get_events` (wamp specification, "Event History"). The result is one value by place, the list of
// events: what the text says of RESULT.Arguments, that they are the list, leaves clients with the first event of it.
#include <algorithm>

#include "realms/meta_procedures.hpp"
#include "serializers/codec.hpp"
#include "serializers/uris.hpp"

namespace heddle {
namespace {

bool read_time(MetaCall& call, std::string_view name, std::optional<WallMs>& out) {
    std::optional<std::string_view> text;
    if (!call.optional_text(no_place, name, text)) return false;
    if (!text) return true;
    out = read_date(*text);
    return out || call.refuse_argument(name, "a date and time as RFC 3339 has them");
}

bool read_publication(MetaCall& call, std::string_view name, PublicationId& out) {
    return !call.argument(no_place, name) || call.id(no_place, name, out.value);
}

bool read_query(MetaCall& call, const RealmLimits& limits, HistoryQuery& query) {
    std::uint64_t limit = limits.history_answer_max;
    const bool good =
        call.optional_integer(1, "limit", limit) && call.optional_flag(no_place, "reverse", query.reverse) &&
        call.optional_text(no_place, "topic", query.topic) && read_time(call, "from_time", query.from_time) &&
        read_time(call, "after_time", query.after_time) && read_time(call, "before_time", query.before_time) &&
        read_time(call, "until_time", query.until_time) &&
        read_publication(call, "from_publication", query.from_publication) &&
        read_publication(call, "after_publication", query.after_publication) &&
        read_publication(call, "before_publication", query.before_publication) &&
        read_publication(call, "until_publication", query.until_publication);
    query.scan_max = limits.history_scan_max;
    query.scan_bytes_max = limits.history_scan_bytes_max;
    query.limit = static_cast<std::size_t>(std::min<std::uint64_t>(limit, limits.history_answer_max));
    return good;
}

/// As EVENT.Details were; the topic where subscribers were told it.
void put_details(const EventDetails& details, std::string_view topic, MsgpackWriter& out) {
    const auto text = [&](std::string_view key, std::string_view value) {
        if (value.empty()) return;
        out.key(key);
        out.text(value);
    };
    const auto number = [&](std::string_view key, std::uint64_t value) {
        out.key(key);
        out.unsigned_integer(value);
    };
    out.map_begin();
    text("topic", topic);
    if (details.publisher) number("publisher", details.publisher.value);
    text("publisher_authid", details.publisher_authid);
    text("publisher_authrole", details.publisher_authrole);
    if (details.trustlevel) number("trustlevel", *details.trustlevel);
    if (details.extras) {
        for (const Extras::Entry& entry : details.extras->entries) {
            out.key(entry.key);
            out.splice(entry.value);  // in MessagePack, as the event was
        }
    }
    out.map_end();
}

void put_entry(const HistoryEntry& entry, const Event& event, std::uint64_t subscription, bool pattern,
               MsgpackWriter& out) {
    out.map_begin();
    out.key("timestamp");
    out.text(date_text(entry.time));
    out.key("subscription");
    out.unsigned_integer(subscription);
    out.key("publication");
    out.unsigned_integer(entry.publication.value);
    out.key("details");
    put_details(event.details, pattern ? entry.topic : std::string_view(), out);
    if (!event.payload.args.empty()) {
        out.key("args");
        out.splice(event.payload.args);
    }
    if (!event.payload.kwargs.empty()) {
        out.key("kwargs");
        out.splice(event.payload.kwargs);
    }
    out.map_end();
}

void refuse(MetaCall& call, HistoryAnswer answer) {
    switch (answer) {
        case HistoryAnswer::given:
            return;
        case HistoryAnswer::no_such_subscription:
            return call.refuse(uri::no_such_subscription, "the realm has no such subscription");
        case HistoryAnswer::not_allowed:
            return call.refuse(uri::not_authorized, "this session may not subscribe to this");
        case HistoryAnswer::not_kept:
            return call.refuse(uri::history_unavailable, "no events are kept of this subscription");
        case HistoryAnswer::no_such_publication:
            return call.refuse(uri::invalid_argument, "the history holds no such publication (any more)");
    }
}

}  // namespace

void get_events(const MetaSources& from, MetaCall& call) {
    std::uint64_t id = 0;
    HistoryQuery query;
    if (!call.takes_at_most(2) || !call.id(0, "subscription", id) || !read_query(call, from.limits, query)) return;
    const auto facts = from.broker.facts(SubscriptionId{id});
    const Session* caller = from.sessions.find(call.caller());
    if (!facts || !caller) return refuse(call, HistoryAnswer::no_such_subscription);

    ByteBuffer list;
    MsgpackWriter out(list);
    out.list_begin();
    bool any = false;
    const HistoryReading reading =
        from.broker.read_history(*caller, SubscriptionId{id}, query, call.now(), [&](const HistoryEntry& entry) {
            if (any && list.size() + entry.event.size() > from.limits.history_answer_bytes_max) return false;
            const auto message = decode(Encoding::msgpack, entry.event);
            const Event* event = message ? std::get_if<Event>(&*message) : nullptr;
            if (!event) return true;
            put_entry(entry, *event, id, facts->match != Match::exact, out);
            return any = true;
        });
    out.list_end();
    if (reading.answer != HistoryAnswer::given) return refuse(call, reading.answer);
    call.value().splice(list.view());
    if (!reading.stopped_at) return;
    MsgpackWriter& keywords = call.keywords();
    keywords.key("continue_at");
    keywords.unsigned_integer(reading.stopped_at.value);
}

}  // namespace heddle
