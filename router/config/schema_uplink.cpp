#include "router/config/schema_fields.hpp"

// One row a key, as in schema.cpp.
// clang-format off
namespace heddle::config {
namespace {

Table uplink_lanes_table() {
    return {"lanes", "realm.uplinks.lanes", true, "The server's lanes that are linked, and what they are here.",
            {
                {"node", Type::text, [](const Place& p) -> Field { return &p.uplink_lane->node; },
                 "of the lane", {}, {}, true, "/unit/1"},
                {"lane", Type::text, [](const Place& p) -> Field { return &p.uplink_lane->lane; }, "its name", {}, {}, true, "value"},
                {"kind", Type::choice, [](const Place& p) -> Field { return uplink_kind(*p.uplink_lane); },
                 "value: a retained topic; map: one for each key; event: a topic; command: publications go there, nothing comes",
                 "value map event command"},
                {"topic", Type::text, [](const Place& p) -> Field { return &p.uplink_lane->topic; },
                 "here, of a map the part before its keys; empty: made of node and lane"},
                {"commands", Type::flag, [](const Place& p) -> Field { return &p.uplink_lane->commands; },
                 "publications of others become commands of the lane"},
            },
            {}, rows_of<&Place::uplink_lane>([](const Place& p) -> auto& { return p.uplink->link.lanes; }), false, true};
}

Table credentials_table() {
    return {"credentials", "realm.uplinks.credentials", true, "What @auth says to the server, a field each; none: nothing is said.",
            {
                {"name", Type::text, [](const Place& p) -> Field { return &p.credential->name; }, "of the field", {}, {}, true, "token"},
                {"value", Type::text, [](const Place& p) -> Field { return &p.credential->value; }, "what is no secret, in the open"},
                {"secret", Type::text, [](const Place& p) -> Field { return &p.credential->secret; },
                 "where a secret stands: file:NAME or env:NAME"},
            },
            {}, rows_of<&Place::credential>([](const Place& p) -> auto& { return p.uplink->credentials; }), false, true};
}

}  // namespace

Table uplinks_table() {
    Table table{"uplinks", "realm.uplinks", true, "Links to the lanes of another WARP server, which become topics of the realm above.",
            {
                {"name", Type::text, [](const Place& p) -> Field { return &p.uplink->link.name; },
                 "for logs, and the session's authid", {}, {}, true, "plant"},
                {"url", Type::text, [](const Place& p) -> Field { return &p.uplink->link.url; },
                 "of the server: ws warp swim, with TLS wss warps swims", {}, {}, true, "warp://plant.example.com:9001"},
                {"role", Type::text, [](const Place& p) -> Field { return &p.uplink->link.role; },
                 "of the realm: what the uplink may publish and hear", {}, {}, true, "anonymous"},
                {"prefix", Type::text, [](const Place& p) -> Field { return &p.uplink->link.prefix; },
                 "before topics that are made of node and lane"},
                {"ca", Type::file, [](const Place& p) -> Field { return &p.uplink->ca; },
                 "PEM file: who may vouch for the server; empty: the system's authorities"},
                {"connect", Type::time, [](const Place& p) -> Field { return &p.uplink->link.connect; },
                 "for a connection, handshakes included", {}, {10, hour}},
                {"link", Type::time, [](const Place& p) -> Field { return &p.uplink->link.link; },
                 "for the answer to a link, and between the entries of a map that is synced", {}, {10, hour}},
                {"silence", Type::time, [](const Place& p) -> Field { return &p.uplink->silence; },
                 "of the server, which is pinged at half of it; then the connection ends", {}, {100, day}},
                {"retry_first", Type::time, [](const Place& p) -> Field { return &p.uplink->link.retry.first; },
                 "about this long until the first new attempt: between half of it and one and a half", {}, {10, hour}},
                {"retry_most", Type::time, [](const Place& p) -> Field { return &p.uplink->link.retry.most; },
                 "the longest time until a new attempt", {}, {10, day}},
                {"retry_growth", Type::count, [](const Place& p) -> Field { return &p.uplink->link.retry.growth_percent; },
                 "percent of one such time that the next one has", {}, {100, 1'000}},
                {"held", Type::time, [](const Place& p) -> Field { return &p.uplink->link.held; },
                 "a connection that lasted so long begins the times anew", {}, {0, day}},
                {"message", Type::size, [](const Place& p) -> Field { return &p.uplink->message; },
                 "one message of the server", {}, {kib, 64 * mib}},
                {"queue", Type::size, [](const Place& p) -> Field { return &p.uplink->link.queue_bytes; },
                 "commands that wait for one lane; then the oldest are given up", {}, {kib, gib}},
                {"entries", Type::count, [](const Place& p) -> Field { return &p.uplink->link.entries_max; },
                 "keys of one map", {}, {1, 10'000'000}},
            },
            {credentials_table(), uplink_lanes_table()},
            rows_of<&Place::uplink>([](const Place& p) -> auto& { return p.realm->uplinks; })};
    table.optional = true;
    return table;
}

}  // namespace heddle::config
