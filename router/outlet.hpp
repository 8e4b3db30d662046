#pragma once
#include <cstdint>

#include "realms/close_reason.hpp"
#include "router/frame.hpp"
#include "router/outbox.hpp"

namespace heddle {

/// A connection, by the worker it lives on and its place there. The generation moves on when the place is reused.
struct ConnectionRef {
    std::uint32_t worker = 0;
    std::uint32_t slot = 0;
    std::uint32_t generation = 0;  // 0: none
    bool operator==(const ConnectionRef&) const = default;
};

/// A sender of messages that is not a Transport, such as an uplink. All calls come on its worker's thread.
class HeldSender {
 public:
    /// A consumer of what it sends is above its high watermark. It must not read further until as many calls of `release`.
    virtual void hold() = 0;
    virtual void release() = 0;

 protected:
    ~HeldSender() = default;
};

/// What went over a connection so far, and what waits for it.
struct Traffic {
    std::size_t waiting = 0;  // bytes, as memory
    std::uint64_t received_bytes = 0, sent_bytes = 0;
    std::uint64_t dropped = 0;  // events that a full outbox did not take
    bool slow = false;          // more than half of the outbox waits
};

/// The way from a realm to connections, wherever they live. Queues only: none of these calls comes back into the realm.
class Outlet {
 public:
    virtual ~Outlet() = default;
    virtual void deliver(ConnectionRef to, const Frame& frame, FrameKind kind) = 0;
    virtual void tell_when_sent(ConnectionRef to) = 0;    // RealmHost::on_sent, once what was delivered so far has left
    /// Much waits for the connection in the realm (`on`), or does not any more: the senders of what comes now are slowed
    /// down as if it waited in the connection's outbox.
    virtual void crowded(ConnectionRef to, bool on) { static_cast<void>(to), static_cast<void>(on); }
    virtual void welcomed(ConnectionRef connection) = 0;  // its session is open
    virtual void turned_away(ConnectionRef connection) { static_cast<void>(connection); }  // of WARP: no session, for now
    virtual void detached(ConnectionRef connection,
                          CloseReason why) = 0;  // its session is over, the transport may say HELLO again
    virtual void close(ConnectionRef connection, CloseReason why) = 0;  // after what was delivered before
    virtual void cookies_offered(bool by_administration) { static_cast<void>(by_administration); }  // a realm's way to log in
};

}  // namespace heddle
