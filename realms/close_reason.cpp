#include "realms/close_reason.hpp"

namespace heddle {

std::string_view name_of(CloseReason reason) {
    constexpr std::string_view names[] = {
        "goodbye",         "aborted",         "transport_lost", "handshake_timeout",  "handshake_failed",
        "hello_timeout",   "goodbye_timeout", "refused",        "protocol_violation", "malformed_message",
        "message_too_big", "slow_consumer",   "ping_timeout",   "poll_timeout",       "too_many_connections",
        "killed",          "shutdown",        "realm_closed",   "revoked",            "message_timeout",
        "backlog",         "memory_full",     "internal_error",
    };
    static_assert(std::size(names) == close_reason_count);
    return names[static_cast<std::size_t>(reason)];
}

}  // namespace heddle
