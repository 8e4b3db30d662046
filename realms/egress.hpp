#pragma once
#include <span>

#include "realms/close_reason.hpp"
#include "realms/endpoint.hpp"
#include "realms/login_note.hpp"
#include "serializers/messages.hpp"

namespace heddle {

enum class Delivery : std::uint8_t {
    queued,
    too_big,  // the peer announced that it takes no message of this size: nothing was sent
    gone,     // nobody there any more
};

/// What a realm wishes from the world. Implementations queue and encode; they never call back into the realm.
class Egress {
 public:
    virtual ~Egress() = default;

    /// One message to one endpoint. Views in `message` need to live only until the call returns.
    virtual Delivery send(EndpointId to, const Message& message) = 0;

    /// One EVENT to all of `to` but `except` (which may be nobody). Encoded once per form, not once per receiver.
    virtual void event(const Event& event, std::span<const EndpointId> to, EndpointId except) = 0;

    /// The endpoint's session is over (GOODBYE went both ways): its transport may stay and carry a new HELLO.
    virtual void detached(EndpointId endpoint, CloseReason why) = 0;

    /// The endpoint's session is over and its transport is to be closed, after what was sent before has left.
    virtual void close(EndpointId endpoint, CloseReason why) = 0;

    /// How an attempt to log in ended, for the log: nothing of a secret in it.
    virtual void login_ended(EndpointId, const LoginNote&) {}
};

/// Randomness, from outside, so that tests can repeat themselves. The router's is the kernel's.
class Entropy {
 public:
    virtual ~Entropy() = default;
    virtual std::uint64_t next() = 0;  // uniform over 64 bits
};

}  // namespace heddle
