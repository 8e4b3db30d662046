#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace heddle {

/// What the router knows of whoever stands behind an endpoint before it says a word (Realm::introduce).
struct PeerFacts {
    using Digest = std::array<std::uint8_t, 32>;
    std::string address;         // without port, "10.1.4.7": failed logins are counted by it; empty: this machine's Unix
    std::string_view transport;  // "ws", "wss", "rs", "http", ..: static text
    bool exempt = false;         // no limit of an address applies to it
    bool secure = false;         // TLS, or nothing of it leaves this machine
    bool links = false;          // a WARP connection: its subscriptions are links
    bool passing = false;        // an HTTP request: no session meta events, not listed
    std::optional<Digest> tls_exporter, tls_unique;  // channel ids: RFC 9266; SHA-256 of the Finished message (TLS 1.2)
    std::optional<Digest> server_end_point;          // SHA-256 of our certificate, for SCRAM (RFC 5929)
    std::optional<Digest> certificate;               // SHA-256 of the client's certificate, whose chain was verified
    std::string certificate_name;                    // its common name
    std::string local_user;                          // of a Unix peer that the listener trusts; empty: none
    std::string cookie;                              // what the browser brought; empty: none
    std::string new_cookie;                          // what the upgrade's answer set, good once somebody logged in with it
};

}  // namespace heddle
