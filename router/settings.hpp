#pragma once
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "bridge/uplink_settings.hpp"
#include "bridge/warp_session.hpp"
#include "realms/settings.hpp"

/// What one `heddle serve` was told: plain values, checked by the config reader, never changed afterwards.
namespace heddle {

/// Every limit of a connection, finite by default; sizes in bytes, times in their type. Config table [limits].
struct Limits {
    std::size_t memory = 0;  // of the process; 0: half of the machine's, or of the container's
    std::size_t message = std::size_t{1} << 20;     // one inbound message, any transport; at most 16 MiB
    std::size_t message_before_session = 16 << 10;  // before WELCOME
    std::size_t outbox = std::size_t{4} << 20;      // bytes waiting for one connection; at least `message`
    std::size_t send_buffer = 128 << 10;            // of one socket, in the kernel (SO_SNDBUF)
    std::size_t connections = 100'000;              // of the whole router
    std::size_t connections_reserved = 16;          // beyond these: of administrators, on listeners with peer_admins
    std::size_t connections_before_login = 10'000;  // of the whole router
    std::size_t accepts = 2'000;                    // new connections a second, of the whole router; twice as many at once
    // Of one address; IPv6 counts by /64.
    std::size_t address_connections = 1'000;
    std::size_t address_connections_before_login = 256;
    std::size_t address_accepts = 50;  // new connections a second; twice as many at once
    std::vector<std::string> address_exempt = {"127.0.0.0/8", "::1"};  // to whom these three and `accepts` do not apply
    std::size_t http_header = 8 << 10;
    std::size_t http_body = 64 << 10;
    std::chrono::milliseconds handshake{5'000};  // from accept to the end of TLS, RawSocket or WebSocket handshake
    std::chrono::milliseconds hello{5'000};      // from there to HELLO
    std::chrono::milliseconds write{10'000};     // the window in which write_rate is measured while a socket is full
    std::size_t write_rate = 1 << 10;            // bytes a second that a client must take while its socket is full
    std::chrono::milliseconds patience{200};     // a reader without progress slows down its senders no longer
    std::chrono::milliseconds message_time{60'000};  // from the first byte of a message to its last
    std::chrono::milliseconds ping_interval{20'000};
    int ping_missed = 2;         // pings without answer before the connection ends
    std::chrono::milliseconds poll_wait{10'000};  // a receive of a long-poll client without messages is answered then
    std::chrono::milliseconds poll_idle{30'000};  // without any receive its session ends
    std::size_t links = 10'000;  // WARP links of one connection
    bool operator==(const Limits&) const = default;
};

enum class SlowReader { drop, close };  // events to a full outbox: dropped and counted, or the connection ends

/// Whether a TLS client shows a certificate. One that does not verify ends the handshake, asked or required.
enum class ClientCertificate { no, asked, required };

struct TlsSettings {
    std::string name, certificate, key;  // files, absolute
    std::string client_ca;               // PEM file, absolute: who signs the certificates of clients
    ClientCertificate client_certificate = ClientCertificate::no;
    bool operator==(const TlsSettings&) const = default;
};

/// A folder of files that the listener hands out under a path (demos; the console later).
struct PagesSettings {
    std::string path;    // "/cursor"
    std::string folder;  // absolute
    bool operator==(const PagesSettings&) const = default;
};

/// Where a proxy in front of us writes down who its client is. Believed only when the proxy itself is one of `from`.
struct ClientAddressSettings {
    std::string header;             // "X-Forwarded-For"; empty: there is no proxy
    std::vector<std::string> from;  // addresses of proxies, "10.0.0.0/8", "::1"
    bool operator==(const ClientAddressSettings&) const = default;
};

/// A path of the HTTP bridge beside /realms/{realm}/call and /publish: where scripts for Crossbar expect it.
enum class BridgeKind : std::uint8_t { call, publish };
enum class BridgeStyle : std::uint8_t { heddle, crossbar };
struct BridgePath {
    std::string path;  // "/publish"
    BridgeKind kind = BridgeKind::publish;
    std::string realm;
    BridgeStyle style = BridgeStyle::heddle;
    std::string key;     // of signed queries; empty: requests are not signed
    std::string secret;  // where that of the key stands: file:PATH (absolute), env:NAME
    std::string role;    // whose rules signed requests are under
    bool operator==(const BridgePath&) const = default;
};

struct ListenerSettings {
    std::string name;
    std::string host;        // of "host:port"; empty for a Unix socket
    std::uint16_t port = 0;  // 0: the kernel picks
    std::string unix_path;   // absolute; empty for TCP
    std::string tls;         // name of a TlsSettings; empty: plain only
    bool wamp = true, warp = true, bridge = true, health = true;
    bool admin = false, console = false, metrics = false;
    bool serves_default = true;  // the file does not say what: admin, console and metrics where nobody else comes in
    std::vector<std::string>
        origins;  // of browsers, exact; the listener's own address is always allowed; "*" allows all
    std::vector<std::string> hosts;   // on loopback: names in header Host that are its own; "*": any (host_header.hpp)
    std::string long_poll = "/lp";  // base path of WAMP over HTTP long-poll; empty: none
    std::vector<PagesSettings> pages;
    std::vector<std::string> peer_admins;  // of a Unix socket: local users and "%groups" that need no password here
    ClientAddressSettings client_address;
    bool operator==(const ListenerSettings&) const = default;

    /// A Unix socket that administrators come by: they have places of their own when the router is short of something.
    bool for_administrators() const { return !unix_path.empty() && (admin || !peer_admins.empty()); }

    /// Can only processes of this machine reach it?
    bool local() const {
        return !unix_path.empty() || host.starts_with("127.") || host == "::1" || host == "localhost";
    }
};

enum class LogLevel { trace, debug, info, warn, error };
enum class LogFormat { text, json };

/// Links of a realm to the lanes of another WARP server.
struct UplinkEntry {
    struct Credential {
        std::string name;
        std::string value;   // in the open, or
        std::string secret;  // where it stands: file:PATH, env:NAME
    };
    UplinkSettings link;  // but for its credentials
    std::vector<Credential> credentials;
    std::string ca;                              // PEM file, absolute; empty: the system's authorities
    std::size_t message = std::size_t{1} << 20;  // one message of the server
    std::chrono::milliseconds silence{40'000};   // of the server; it is pinged at half of it
};

struct RealmEntry {
    RealmSettings realm;
    SlowReader slow_reader = SlowReader::drop;
    WarpLimits warp;
    std::vector<UplinkEntry> uplinks;
    std::string store;           // as ServerSettings::store
    std::string cryptosign_key;  // where AuthSettings::router_key stands: file:PATH, env:NAME; empty: there is none
};

struct ServerSettings {
    std::vector<ListenerSettings> listeners;
    std::vector<BridgePath> bridge;
    std::vector<TlsSettings> tls;
    Limits limits;
    std::vector<RealmEntry> realms;
    RealmEntry realm_defaults;  // what [limits] makes of a realm that says nothing itself
    std::string default_realm;  // WARP at path "/": empty = 404
    int threads = 1;
    std::string store;  // SQLite file, absolute; empty: nothing outlives the router
    std::chrono::milliseconds audit_keep{std::chrono::hours(400 * 24)};  // entries of the audit log
    std::size_t audit_entries = 100'000;                                  // beyond these the oldest go
    std::size_t audit_bytes = std::size_t{256} << 20;                     // the same by size
    std::string admin_password_file;  // absolute; of the first administrator, read only while there is none
    std::chrono::milliseconds drain{30'000};
    LogLevel log_level = LogLevel::info;
    LogFormat log_format = LogFormat::text;
};

}  // namespace heddle
