#include <iostream>

#include "bridge/map_keys.hpp"
#include "bridge/names.hpp"
#include "realms/list_operation.hpp"
#include "router/cli/errors.hpp"
#include "router/cli/exit_codes.hpp"
#include "router/cli/lane.hpp"
#include "router/cli/stream.hpp"
#include "router/client/warp_client.hpp"
#include "serializers/names.hpp"

namespace heddle::cli {
namespace {

/// What the topic keeps, as text. It comes right behind SUBSCRIBED, so before the answer to what we ask next.
std::string kept_kind(WampClient& client, const std::string& topic) {
    bool retained = false, subscribed = false, over = false;
    std::size_t entries = 0;
    SubscriptionId subscription;
    std::optional<std::string> refusal;
    auto answer = [&](const Message& message) {
        subscribed = true;
        if (const auto* done = std::get_if<Subscribed>(&message))
            subscription = done->subscription;
        else
            refusal = std::string(std::get<ErrorReply>(message).error);
    };
    client.subscribe(topic, {Match::exact, true}, answer, [&](const Event& event) {
        if (!event.details.retained) return;
        retained = true;
        ListOperation operation;
        ListChange change;
        entries += read_list_event(event.payload, operation, change);
    });
    client.wait([&] { return subscribed; }, "SUBSCRIBED");
    if (refusal) throw Failure(Failure::Kind::refused, *refusal);
    client.unsubscribe(subscription, [&](const Message&) { over = true; });
    client.wait([&] { return over; }, "UNSUBSCRIBED");
    if (entries > 0) return "kind list (topic holds a list of " + std::to_string(entries) + ")";
    return retained ? "kind value (topic holds a retained event)" : "kind event (topic holds no retained event)";
}

/// The lane's kind by asking a router; where none answers, only that.
std::string kind_of(const std::string& topic, const Globals& globals) {
    try {
        Loop loop;
        WampClient client(loop, wamp_options(globals));
        std::string kind = kept_kind(client, topic);
        client.leave();
        return kind;
    } catch (const Failure& failure) {
        return "kind unknown (" + failure.message + ")";
    }
}

int print_topic(const LaneOfCommand& command, const Globals& globals) {
    TopicName name = topic_of(command.name, command.lane);
    if (!name)
        throw Failure(Failure::Kind::refused, "no topic has this lane: " + command.name + " " + command.lane,
                      {std::string(name.refusal)});
    if (globals.form == Form::json)
        std::cout << "{\"match\":\"" << name_of(name.match) << "\",\"topic\":" << text_to_json(name.uri) << "}\n";
    else if (name.match == Match::exact)
        std::cout << "topic " << name.uri << "\n";
    else
        std::cout << name_of(name.match) << " " << name.uri << "   (a map lane)\n";
    return exit_done;
}

}  // namespace

int run_lane_of(const LaneOfCommand& command, const Globals& globals) {
    bool node = command.name.starts_with('/');
    if (node != !command.lane.empty()) {
        throw Failure(Failure::Kind::usage, node ? "a node needs its lane" : "a topic has no second part",
                      {"heddle lane of TOPIC, or heddle lane of NODE LANE"});
    }
    if (node) return print_topic(command, globals);
    auto name = lane_of(command.name);
    if (!name)
        throw Failure(Failure::Kind::refused, "this topic has no lane: " + command.name,
                      {"a part of it is empty, or holds a slash"});
    std::string host = WarpClient::host_uri(wamp_options(globals).address, globals.realm);
    std::string kind = kind_of(command.name, globals);
    if (globals.form == Form::json) {
        std::cout << "{\"host\":" << text_to_json(host) << ",\"node\":" << text_to_json(name->node)
                  << ",\"lane\":" << text_to_json(name->lane)
                  << ",\"kind\":" << text_to_json(kind.substr(5, kind.find(" (") - 5)) << "}\n";
        return exit_done;
    }
    std::cout << "host " << host << "   node " << name->node << "   lane " << name->lane << "   " << kind << "\n";
    std::size_t last = command.name.rfind('.'),
                above = last == std::string::npos || last == 0 ? std::string::npos : command.name.rfind('.', last - 1);
    if (above == std::string::npos) return exit_done;
    auto parent = lane_of(command.name.substr(0, above) + ".x");
    ByteBuffer key;
    put_map_key(Match::prefix, command.name.substr(0, above + 1), command.name, key);
    if (parent)
        std::cout << "also a key of map lane \"" << map_lane << "\" at " << parent->node << ": key " << key.view()
                  << "\n";
    return exit_done;
}

}  // namespace heddle::cli
