#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace heddle {

/// Every way a connection or a session can end: the same name in log, metric, test and on the wire.
enum class CloseReason : std::uint8_t {
    goodbye,             // the client said GOODBYE, or closed its WebSocket properly
    aborted,             // the client said ABORT
    transport_lost,      // the peer's socket went away
    handshake_timeout,   // no complete transport handshake in time
    handshake_failed,    // a transport handshake that cannot be accepted
    hello_timeout,       // no HELLO in time
    goodbye_timeout,     // no GOODBYE came back in time
    refused,             // ABORT before WELCOME: realm, role or credentials
    protocol_violation,  // a message that is not allowed here
    malformed_message,   // bytes that are no message
    message_too_big,     // above the limit, or above what the peer announced to take
    slow_consumer,       // its outbox stayed full, or no byte left before the write deadline
    ping_timeout,        // our pings were not answered
    poll_timeout,        // a long-poll client did not come for its messages any more
    too_many_connections,
    killed,        // ended by an administrator or a meta procedure
    shutdown,      // the router stops
    realm_closed,  // its realm was removed
    revoked,       // an edit took away its role or its user
    message_timeout,  // a message was begun and its rest did not come in time
    backlog,       // too much waited for an answer: of the authorizer, or of a login (WARP)
    memory_full,     // limits.memory is used up, and much waited for it
    internal_error,  // a fault of the router while it dealt with this connection (log line `fault.caught`)
};
inline constexpr std::size_t close_reason_count = 23;
std::string_view name_of(CloseReason reason);

}  // namespace heddle
