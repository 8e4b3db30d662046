#include "router/admin/operation_rows.hpp"

// One row an operation, as in operations_realm.cpp.
// clang-format off
namespace heddle::admin::rows {
namespace {

using Type = Field::Type;
using In = Field::In;

constexpr Field session_list[] = {
    realm,
    {.name = "authid", .in = In::query, .doc = "only of this user"},
    {.name = "role", .in = In::query, .doc = "only of this role"},
    {.name = "transport", .type = Type::choice, .in = In::query, .doc = "only over this transport", .choices = "ws wss rs rss http local"},
    {.name = "slow", .type = Type::flag, .in = In::query, .doc = "only those whose outbox is more than half full",
     .default_value = "false"},
    {.name = "sort", .type = Type::choice, .in = In::query,
     .doc = "by session id, or largest first: what waits in the outbox, events dropped, bytes sent; then without pages",
     .choices = "id outbox dropped sent", .default_value = "id"},
};
constexpr Field session_field{.name = "session", .type = Type::integer, .in = In::place, .doc = "id of the session", .required = true};
constexpr Field session_fields[] = {realm, session_field};
constexpr Field session_kick[] = {
    realm,
    {.name = "session", .type = Type::integer, .in = In::place, .doc = "id of the session; without it authid or role say whom"},
    {.name = "authid", .doc = "all sessions of this user"},
    {.name = "role", .doc = "all sessions of this role"},
    {.name = "reason", .doc = "URI of the GOODBYE", .default_value = "wamp.close.killed"},
    {.name = "message", .doc = "for people: in the GOODBYE and the audit log"},
    {.name = "block", .type = Type::time, .doc = "the users of these sessions (of anonymous ones the addresses) may not come back for "
                                                 "that long"},
};
constexpr Field pattern_list[] = {
    realm,
    {.name = "uri", .in = In::query, .doc = "only those that begin so"},
    {.name = "match", .type = Type::choice, .in = In::query, .doc = "only those with this match", .choices = match_choices},
};
constexpr Field id_field{.name = "id", .type = Type::integer, .in = In::place, .doc = "as `list` tells it", .required = true};
constexpr Field pattern_fields[] = {realm, id_field};
constexpr Field uri_word{.name = "uri", .in = In::query, .doc = "of a topic or procedure", .required = true, .word = true};
constexpr Field pattern_match[] = {realm, uri_word};
constexpr Field pattern_remove[] = {
    realm, id_field,
    {.name = "session", .type = Type::integer, .in = In::query, .doc = "only of this session; without it: of all"},
    {.name = "reason", .in = In::query, .doc = "URI that whoever loses it is told", .default_value = "wamp.close.killed"},
};
constexpr Field lane_list[] = {
    realm,
    {.name = "node", .in = In::query, .doc = "only nodes that begin so"},
};
constexpr Field lane_match[] = {realm, uri_word};
constexpr Field retained_list[] = {
    realm,
    {.name = "uri", .in = In::query, .doc = "only topics that begin so"},
};
constexpr Field topic_fields[] = {
    realm,
    {.name = "topic", .in = In::place, .doc = "the topic's URI", .required = true},
};
constexpr Field retained_match[] = {
    realm, uri_word,
    {.name = "match", .type = Type::choice, .in = In::query, .doc = "how uri is meant", .choices = match_choices, .default_value = "exact"},
};

}  // namespace

void add_live(std::vector<Operation>& to) {
    to.insert(to.end(), {
        {.noun = "session", .verb = "list", .path = "/realms/{realm}/sessions", .doc = "Sessions in a realm.", .pages = true,
         .fields = session_list, .examples = "heddle session list --realm plant --role operator"},
        {.noun = "session", .verb = "get", .path = "/realms/{realm}/sessions/{session}",
         .doc = "A session, with what it subscribed and registered.",
         .fields = session_fields, .examples = "heddle session get 5330888 --realm plant"},
        {.noun = "session", .verb = "kick", .method = Verb::post, .path = "/realms/{realm}/sessions/{session}/kick",
         .doc = "Sends sessions away, and keeps them out for a while where `block` says so.", .changes = true, .fields = session_kick,
         .examples = "heddle session kick 5330888 --realm plant\nheddle session kick --realm plant --authid kim --message \"key "
                                                            "rotated\" --block 10m",
         .also_path = "/realms/{realm}/kick"},

        {.noun = "subscription", .verb = "list", .path = "/realms/{realm}/subscriptions",
         .doc = "What is subscribed, with the number of subscribers.",
         .pages = true, .fields = pattern_list, .examples = "heddle subscription list --realm plant --uri com.plant."},
        {.noun = "subscription", .verb = "get", .path = "/realms/{realm}/subscriptions/{id}", .doc = "A subscription with its subscribers.",
         .fields = pattern_fields, .examples = "heddle subscription get 17 --realm plant"},
        {.noun = "subscription", .verb = "match", .path = "/realms/{realm}/subscription-match",
         .doc = "Subscriptions that hear events of a topic.",
         .fields = pattern_match, .examples = "heddle subscription match com.plant.a --realm plant"},
        {.noun = "subscription", .verb = "remove", .method = Verb::delete_, .path = "/realms/{realm}/subscriptions/{id}",
         .doc = "Takes a subscription away from its subscribers, who are told.", .changes = true, .fields = pattern_remove,
         .examples = "heddle subscription remove 17 --realm plant"},

        {.noun = "registration", .verb = "list", .path = "/realms/{realm}/registrations",
         .doc = "What is registered, with the number of callees.",
         .pages = true, .fields = pattern_list, .examples = "heddle registration list --realm plant"},
        {.noun = "registration", .verb = "get", .path = "/realms/{realm}/registrations/{id}", .doc = "A registration with its callees.",
         .fields = pattern_fields, .examples = "heddle registration get 23 --realm plant"},
        {.noun = "registration", .verb = "match", .path = "/realms/{realm}/registration-match",
         .doc = "The registration that a call would reach.",
         .fields = pattern_match, .examples = "heddle registration match com.add --realm plant"},
        {.noun = "registration", .verb = "remove", .method = Verb::delete_, .path = "/realms/{realm}/registrations/{id}",
         .doc = "Takes a registration away from its callees, who are told.", .changes = true, .fields = pattern_remove,
         .examples = "heddle registration remove 23 --realm plant"},

        {.noun = "lane", .verb = "list", .path = "/realms/{realm}/lanes",
         .doc = "Lanes that WARP clients are linked to, with the number of links.",
         .pages = true, .fields = lane_list, .examples = "heddle lane list --realm plant"},
        {.noun = "lane", .verb = "match", .path = "/realms/{realm}/lane-match",
         .doc = "How a topic looks to WARP clients: node, lane and kind.",
         .fields = lane_match, .examples = "heddle lane of com.example.vehicle.7.speed"},

        {.noun = "retained", .verb = "list", .path = "/realms/{realm}/retained",
         .doc = "Topics that keep their last event, in the order of their texts.",
         .pages = true, .fields = retained_list, .examples = "heddle retained list --realm plant --uri com.plant."},
        {.noun = "retained", .verb = "get", .path = "/realms/{realm}/retained/{topic}", .doc = "The event that a topic keeps.",
         .fields = topic_fields, .examples = "heddle retained get com.plant.a --realm plant"},
        {.noun = "retained", .verb = "match", .path = "/realms/{realm}/retained-match",
         .doc = "Topics whose kept events a subscription would get.",
         .pages = true, .fields = retained_match, .examples = "heddle retained match com.plant. --match prefix --realm plant"},
        {.noun = "retained", .verb = "remove", .method = Verb::delete_, .path = "/realms/{realm}/retained/{topic}",
         .doc = "Forgets the event that a topic keeps.", .changes = true, .fields = topic_fields,
         .examples = "heddle retained remove com.plant.a --realm plant"},
    });
}

}  // namespace heddle::admin::rows
