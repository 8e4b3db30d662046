// Topics that are lists: every publication is an operation on the list (list_operation.hpp).
#include <span>

#include "realms/broker.hpp"
#include "realms/random_id.hpp"
#include "realms/replies.hpp"

namespace heddle {
namespace {

std::string_view reason(Lists::Fault fault) {
    switch (fault) {
        case Lists::Fault::no_such_key:
            return text::no_such_key;
        case Lists::Fault::no_such_index:
            return text::no_such_index;
        case Lists::Fault::user_full:
            return text::user_lists_too_much;
        case Lists::Fault::full:
        case Lists::Fault::none:
            break;
    }
    return text::list_full;
}

}  // namespace

void Broker::publish_list(Session& from, const Publish& message, const Gate::Answer& answer, TimePoint now,
                          Egress& out) {
    const LaneRule& rule = *answer.list;
    const auto refuse_it = [&](std::string_view error, std::string_view why) {
        if (message.options.acknowledge) refuse<Publish>(out, from.endpoint, message.request, error, why);
    };
    // Everybody has the same list, or nobody could keep a copy.
    if (message.options.lists) return refuse_it(uri::invalid_argument, text::list_is_for_all);
    if (!list_operation_.read(message.payload)) return refuse_it(uri::invalid_argument, text::no_list_operation);
    const PublicationId publication{random_id(entropy_)};
    const std::size_t entries_max = rule.entries_max ? rule.entries_max : settings_.limits.list_entries_max;
    const Lists::Result done = lists_.apply(message.topic, list_operation_, entries_max, publication, entropy_,
                                            {gate_.publisher(from.actor(), answer), from.account});
    const bool user_full = done.fault == Lists::Fault::user_full, full = user_full || done.fault == Lists::Fault::full;
    if (full) gate_.refuse(user_full ? Refusal::user_lists : state_grows_ ? Refusal::lists : Refusal::memory);
    if (done.fault != Lists::Fault::none)
        return refuse_it(full ? uri::limit_exceeded : uri::invalid_argument, reason(done.fault));
    if (done.change.kind != ListChange::Kind::none) {
        list_kwargs_.clear();
        put_list_kwargs(done.change, list_kwargs_);
        const Payload payload{Encoding::msgpack, done.change.value.args, list_kwargs_.view()};
        const bool made = done.change.kind == ListChange::Kind::inserted;
        const StateNote note{made ? StateNote::Change::listed_new : StateNote::Change::listed, nullptr};
        Event event{{}, publication, {}, payload, note};
        tell_origin(from, message.options, answer.disclosure, event.details);
        fan_out(from.endpoint, message, event, now, out);
    }
    if (message.options.acknowledge) out.send(from.endpoint, Published{message.request, publication});
}

/// One event for each entry, in order.
void Broker::send_list(const Session& to, const Subscription& subscription, std::string_view topic, Egress& out) {
    lists_.walk(topic, 0, [&](std::size_t index, const ListEntry& entry) {
        const Payload value = entry.value.view();
        list_kwargs_.clear();
        put_list_kwargs({ListChange::Kind::inserted, index, 0, entry.key, value}, list_kwargs_);
        Event event{subscription.id,
                    entry.publication,
                    {},
                    {Encoding::msgpack, value.args, list_kwargs_.view()},
                    {StateNote::Change::listed_new, nullptr}};
        event.details.retained = true;
        if (subscription.match != Match::exact) event.details.topic = topic;
        out.event(event, std::span(&to.endpoint, 1), EndpointId{});
        return true;
    });
}

}  // namespace heddle
