#pragma once
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "realms/close_reason.hpp"
#include "router/frame.hpp"
#include "router/transport.hpp"

namespace heddle {

class Connection;

/// What the bytes of one connection mean: the greeting that tells protocols apart, HTTP, WebSocket or RawSocket.
/// Moves bytes, decides nothing about messages: those go to the connection's Peer. One thread: its connection's.
class Protocol {
 public:
    virtual ~Protocol() = default;
    virtual std::string_view name() const = 0;  // for metrics: static text
    /// New bytes; may be changed in place (unmasking). Returns how many were used: less only after
    /// Connection::switch_to.
    virtual std::size_t on_bytes(std::span<char> bytes) = 0;
    /// Reading goes on after a pause: what the protocol kept back comes before further bytes.
    virtual void on_resumed() {}
    /// The connection is about to end for `why`: the last chance to queue something (a close frame).
    virtual void on_closing(CloseReason why) { (void)why; }
    /// The number of the message of which a part has come and the rest has not; 0: none is unfinished.
    virtual std::uint64_t unfinished() const { return 0; }
    /// Bytes that it keeps of what has come: parts of messages, messages that wait.
    virtual std::size_t kept_input() const { return 0; }
    /// Ask the peer for a sign of life. False where the protocol has none.
    virtual bool ping() { return false; }
    /// The session is open: messages may now be as large as the limits allow.
    virtual void set_message_max(std::size_t bytes) { (void)bytes; }
    /// Whether the peer shuts down in its own way after `on_closing` (WebSocket's close handshake).
    virtual bool awaits_peer_close() const { return false; }
    /// An HTTP request waits for a long-poll transport, wherever that lives; here is what it said.
    virtual bool awaits_answer() const { return false; }
    virtual void on_answer(PollAnswer answer) { (void)answer; }
    /// The connection is gone. `all_sent`: everything that was queued has left before.
    virtual void on_gone(bool all_sent) { (void)all_sent; }
};

/// What the messages of one connection mean: a WAMP session or a WARP one. It hands them to a realm.
class Peer {
 public:
    virtual ~Peer() = default;
    virtual void on_message(std::string_view bytes) = 0;
    /// The transport broke a rule; the peer says so in its protocol's words and closes.
    virtual void on_violation(CloseReason why, std::string_view what) = 0;
    /// What Connection::tell_when_sent asked for: what was queued before has left.
    virtual void on_sent() {}
    /// The realm let it in. Not called for a session that is open before the peer is set.
    virtual void on_welcomed() {}
    /// The realm did not let it in, and hears what else it says.
    virtual void on_turned_away() {}
    /// The realm says that the session is over but the transport may be used again.
    virtual void on_detached() = 0;
    /// The connection is gone.
    virtual void on_lost(CloseReason why) = 0;
    /// The realm it is in; empty: none. For metrics.
    virtual std::string_view realm() const = 0;
};

/// What ABORT says where no session began in time. `realm`: that HELLO named; empty: no HELLO came.
inline std::string_view late_words(std::string_view realm) {
    return realm.empty() ? "no HELLO came in time" : "the login was not finished in time";
}

}  // namespace heddle
