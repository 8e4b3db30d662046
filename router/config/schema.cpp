#include "router/config/schema.hpp"

#include <algorithm>

#include "router/config/schema_fields.hpp"
#include "router/config/units.hpp"

// One row a key: what clang-format would spread over seven lines is easier to compare in two.
// clang-format off
namespace heddle::config {
namespace {

Table server_table() {
    return {"server", "server", false, "The process as a whole.",
            {
                {"threads", Type::count, [](const Place& p) -> Field { return &p.server->threads; },
                 "threads that serve connections and realms", {}, {1, 256}},
                {"drain", Type::time, [](const Place& p) -> Field { return &p.server->drain; },
                 "after SIGTERM: no new calls, open ones end, GOODBYE to all, spread over this time", {}, {0, hour}},
            },
            {}, nullptr, true};
}

Table log_table() {
    return {"log", "log", false, "One line per event, to stderr.",
            {
                {"level", Type::choice, [](const Place& p) -> Field { return enumeration(p.server->log_level); },
                 "what is logged", "trace debug info warn error"},
                {"format", Type::choice, [](const Place& p) -> Field { return enumeration(p.server->log_format); },
                 "how a line looks", "text json"},
            },
            {}, nullptr, true};
}

/// Of one connection and of the router, whatever realm it is about.
std::vector<Key> connection_limit_keys() {
    return {
        {"memory", Type::size, [](const Place& p) -> Field { return &p.server->limits.memory; },
         "of the whole router; 0: half of the memory of the machine or the container", {}, {0, std::int64_t{1} << 50}},
        {"message", Type::size, [](const Place& p) -> Field { return &p.server->limits.message; },
         "one inbound message, over any transport", {}, {kib, 16 * mib}},
        {"message_before_session", Type::size, [](const Place& p) -> Field { return &p.server->limits.message_before_session; },
         "the same before WELCOME", {}, {kib, 16 * mib}},
        {"outbox", Type::size, [](const Place& p) -> Field { return &p.server->limits.outbox; },
         "bytes waiting for one connection, at least `message`; beyond, slow_reader decides", {}, {64 * kib, 64 * mib}},
        {"send_buffer", Type::size, [](const Place& p) -> Field { return &p.server->limits.send_buffer; },
         "of one socket, in the kernel (SO_SNDBUF): a small one notices a slow client early", {}, {8 * kib, 16 * mib}},
        {"connections", Type::count, [](const Place& p) -> Field { return &p.server->limits.connections; },
         "of the whole router; fewer where there are not as many file descriptors", {}, {1, 10'000'000}},
        {"connections_reserved", Type::count, [](const Place& p) -> Field { return &p.server->limits.connections_reserved; },
         "beyond these: of administrators, on listeners with peer_admins", {}, {0, 1'000}},
        {"connections_before_login", Type::count, [](const Place& p) -> Field { return &p.server->limits.connections_before_login; },
         "connections that nobody has logged in over, of the whole router", {}, {1, 10'000'000}},
        {"accepts", Type::count, [](const Place& p) -> Field { return &p.server->limits.accepts; },
         "new connections a second, of the whole router; twice as many may come at once", {}, {1, 10'000'000}},
        {"address_connections", Type::count, [](const Place& p) -> Field { return &p.server->limits.address_connections; },
         "connections of one address; IPv6 counts by /64", {}, {1, 10'000'000}},
        {"address_connections_before_login", Type::count,
         [](const Place& p) -> Field { return &p.server->limits.address_connections_before_login; },
         "of these, connections that nobody has logged in over", {}, {1, 10'000'000}},
        {"address_accepts", Type::count, [](const Place& p) -> Field { return &p.server->limits.address_accepts; },
         "new connections a second of one address; twice as many may come at once", {}, {1, 10'000'000}},
        {"address_exempt", Type::texts, [](const Place& p) -> Field { return &p.server->limits.address_exempt; },
         "addresses like 10.0.0.0/8 to which accepts and the limits of an address do not apply; proxies in client_address.from are such"},
        {"http_header", Type::size, [](const Place& p) -> Field { return &p.server->limits.http_header; },
         "header block of a request or handshake", {}, {kib, 64 * kib}},
        {"http_body", Type::size, [](const Place& p) -> Field { return &p.server->limits.http_body; },
         "body of a request", {}, {0, 16 * mib}},
        {"handshake", Type::time, [](const Place& p) -> Field { return &p.server->limits.handshake; },
         "from accept to the end of the TLS, RawSocket or WebSocket handshake", {}, {100, hour}},
        {"hello", Type::time, [](const Place& p) -> Field { return &p.server->limits.hello; },
         "from there to HELLO", {}, {100, hour}},
        {"write", Type::time, [](const Place& p) -> Field { return &p.server->limits.write; },
         "while a socket is full: how long write_rate is measured before a client that takes less is ended", {}, {100, hour}},
        {"write_rate", Type::size, [](const Place& p) -> Field { return &p.server->limits.write_rate; },
         "bytes a second that a client must take while its socket is full", {}, {1, 16 * mib}},
        {"patience", Type::time, [](const Place& p) -> Field { return &p.server->limits.patience; },
         "a reader that takes nothing for so long slows down its senders no longer", {}, {10, 60'000}},
        {"message_time", Type::time, [](const Place& p) -> Field { return &p.server->limits.message_time; },
         "from the first byte of a message to its last", {}, {100, hour}},
        {"ping_interval", Type::time, [](const Place& p) -> Field { return &p.server->limits.ping_interval; },
         "between pings to a client", {}, {100, day}},
        {"ping_missed", Type::count, [](const Place& p) -> Field { return &p.server->limits.ping_missed; },
         "pings without answer before the connection ends", {}, {1, 100}},
        {"poll_wait", Type::time, [](const Place& p) -> Field { return &p.server->limits.poll_wait; },
         "a receive of a long-poll client without messages is answered then", {}, {100, hour}},
        {"poll_idle", Type::time, [](const Place& p) -> Field { return &p.server->limits.poll_idle; },
         "without any receive the session of a long-poll client ends", {}, {100, day}},
        {"links", Type::count, [](const Place& p) -> Field { return &p.server->limits.links; },
         "WARP links of one connection", {}, {1, 1'000'000}},
    };
}

Table limits_table() {
    std::vector<Key> keys = connection_limit_keys();
    for (Key& key : realm_limit_keys()) keys.push_back(key);
    return {"limits", "limits", false, "Every limit, all finite. The second half counts per realm, "
     "which may set its own in [realm.limits].",
            std::move(keys), {}, +[](Place& p) { p.realm = p.realm_defaults; }, true};
}

Table tls_table() {
    return {"tls", "tls", true, "A certificate, for listeners that name it.",
            {
                {"name", Type::text, [](const Place& p) -> Field { return &p.tls->name; }, "what listeners call it", {}, {}, true, "main"},
                {"certificate", Type::file, [](const Place& p) -> Field { return &p.tls->certificate; },
                 "PEM file: the certificate, then its chain", {}, {}, true, "certs/fullchain.pem"},
                {"key", Type::file, [](const Place& p) -> Field { return &p.tls->key; },
                 "PEM file; refused when others may read it", {}, {}, true, "certs/key.pem"},
                {"client_ca", Type::file, [](const Place& p) -> Field { return &p.tls->client_ca; },
                 "PEM file: who signs the certificates of clients"},
                {"client_certificate", Type::choice, [](const Place& p) -> Field { return enumeration(p.tls->client_certificate); },
                 "whether clients show one; what does not verify ends the handshake", "no asked required"},
            },
            {}, rows_of<&Place::tls>([](const Place& p) -> auto& { return p.server->tls; }), true};
}

Table pages_table() {
    return {"pages", "listener.pages", true, "Folders of files that the listener hands out.",
            {
                {"path", Type::text, [](const Place& p) -> Field { return &p.pages->path; }, "where in the URL", {}, {}, true, "/demo"},
                {"folder", Type::folder, [](const Place& p) -> Field { return &p.pages->folder; },
                 "what is handed out", {}, {}, true, "demo"},
            },
            {}, rows_of<&Place::pages>([](const Place& p) -> auto& { return p.listener->pages; }), false, true};
}

Table store_table() {
    return {"store", "store", false, "What outlives the router.",
            {
                {"path", Type::file, [](const Place& p) -> Field { return &p.server->store; },
                 "SQLite file, made if it is not there; empty: none"},
                {"audit_keep", Type::time, [](const Place& p) -> Field { return &p.server->audit_keep; },
                 "entries of the audit log; older ones go", {}, {day, 36'500 * day}},
                {"audit_entries", Type::count, [](const Place& p) -> Field { return &p.server->audit_entries; },
                 "how many entries the audit log may have; beyond them the oldest go", {}, {1'000, 100'000'000}},
                {"audit_bytes", Type::size, [](const Place& p) -> Field { return &p.server->audit_bytes; },
                 "how large the audit log may be; beyond it the oldest entries go", {}, {mib, 1024 * 1024 * mib}},
            },
            {}, nullptr, true};
}

Table client_address_table() {
    return {"client_address", "listener.client_address", false, "Behind a proxy: where it says who its client is.",
            {
                {"header", Type::text, [](const Place& p) -> Field { return &p.listener->client_address.header; },
                 "of the request; empty: there is no proxy"},
                {"from", Type::texts, [](const Place& p) -> Field { return &p.listener->client_address.from; },
                 "addresses of proxies that are believed, like 10.0.0.0/8"},
            },
            {}, nullptr, false, true};
}

Table listener_table() {
    return {"listener", "listener", true, "An address. One port speaks everything it serves, with and without TLS.",
            {
                {"name", Type::text, [](const Place& p) -> Field { return &p.listener->name; },
                 "for logs and metrics", {}, {}, true, "local"},
                {"address", Type::address, [](const Place& p) -> Field { return p.listener; },
                 "host:port, [::]:443, or unix:NAME for a socket in the runtime folder (unix:FOLDER/NAME elsewhere)", {}, {}, true,
                  "127.0.0.1:8080"},
                {"tls", Type::text, [](const Place& p) -> Field { return &p.listener->tls; }, "name of a [[tls]]; empty: plain only"},
                {"serve", Type::choices, [](const Place& p) -> Field { return served(*p.listener); },
                 "what it speaks; not said: these, and admin, console and metrics where only this machine comes in",
                 "wamp warp bridge admin console metrics health"},
                {"origins", Type::texts, [](const Place& p) -> Field { return &p.listener->origins; },
                 "of browsers: exact list, beside the listener's own address; \"*\" allows all"},
                {"hosts", Type::texts, [](const Place& p) -> Field { return &p.listener->hosts; },
                 "of a listener on loopback: names in header Host beside localhost, addresses and names without a dot; \"*\" takes any"},
                {"long_poll", Type::text, [](const Place& p) -> Field { return &p.listener->long_poll; },
                 "path of WAMP over HTTP long-poll (POST <path>/open); empty: none"},
                {"peer_admins", Type::texts, [](const Place& p) -> Field { return &p.listener->peer_admins; },
                 "of a Unix socket: local users and %groups who are administrators without a password; who runs the router is one, too"},
            },
            {pages_table(), client_address_table()},
            rows_of<&Place::listener>([](const Place& p) -> auto& { return p.server->listeners; }), true};
}

Table admin_table() {
    return {"admin", "admin", false, "Administration.",
            {
                {"password_file", Type::file, [](const Place& p) -> Field { return &p.server->admin_password_file; },
                 "holds the password of the first administrator, admin; read only while there is none"},
            },
            {}, nullptr, true};
}

Table bridge_table() {
    return {"bridge", "bridge", true, "Paths of the HTTP bridge beside /realms/{realm}/call and /realms/{realm}/publish.",
            {
                {"path", Type::text, [](const Place& p) -> Field { return &p.bridge->path; }, "of the URL", {}, {}, true, "/publish"},
                {"kind", Type::choice, [](const Place& p) -> Field { return enumeration(p.bridge->kind); },
                 "what a POST there does", "call publish", {}, true, "publish"},
                {"realm", Type::text, [](const Place& p) -> Field { return &p.bridge->realm; }, "where", {}, {}, true, "realm1"},
                {"style", Type::choice, [](const Place& p) -> Field { return enumeration(p.bridge->style); },
                 "crossbar: bodies and statuses as its bridge has them", "heddle crossbar"},
                {"key", Type::text, [](const Place& p) -> Field { return &p.bridge->key; },
                 "of signed queries, which are then asked for; empty: as on the other paths"},
                {"secret", Type::text, [](const Place& p) -> Field { return &p.bridge->secret; },
                 "where that of the key stands: file:NAME or env:NAME"},
                {"role", Type::text, [](const Place& p) -> Field { return &p.bridge->role; },
                 "of the realm: what signed requests may do"},
            },
            {}, rows_of<&Place::bridge>([](const Place& p) -> auto& { return p.server->bridge; }), false, true};
}

}  // namespace

const Table& schema() {
    static const Table root{"", "", false, "",
                            {{"default_realm", Type::text, [](const Place& p) -> Field { return &p.server->default_realm; },
                              "of WARP clients whose URL names none; empty: they get 404"}},
                            {server_table(), log_table(), store_table(), admin_table(), bridge_table(), tls_table(), listener_table(),
                             limits_table(), realm_table()}};
    return root;
}

const Table& realm_schema() {
    static const Table& found = *std::find_if(schema().tables.begin(), schema().tables.end(),
                                              [](const Table& table) { return table.path == "realm"; });
    return found;
}

}  // namespace heddle::config
