#pragma once
#include <optional>
#include <string>
#include <string_view>

struct ssl_st;

namespace heddle {

/// What both ends of this TLS connection, and nobody between them, know of it, 32 bytes: "tls-exporter" (RFC 9266),
/// "tls-unique" (TLS 1.2; SHA-256 of the first Finished message, as Autobahn takes it), "tls-server-end-point" (RFC
/// 5929; the SHA-256 of the router's certificate). Nothing where the connection has no such id.
std::optional<std::string> channel_id(ssl_st* tls, std::string_view type);

}  // namespace heddle
