#pragma once
#include "realms/close_reason.hpp"
#include "realms/login_note.hpp"
#include "serializers/messages.hpp"

namespace heddle {

/// Somebody in a realm who has no connection: an uplink. All calls come from inside the realm, on its thread: take down
/// what is to be done, never call back from here.
class LocalPeer {
 public:
    virtual ~LocalPeer() = default;
    virtual void on_message(const Message& message) = 0;
    virtual void on_event(const Event& event) = 0;
    /// The session is over. Another RealmHost::join makes a new one.
    virtual void on_closed(CloseReason why) = 0;
    /// How its login ended, before the WELCOME or ABORT about it: what the realm tells strangers is less.
    virtual void on_login(LoginResult result) { static_cast<void>(result); }
};

}  // namespace heddle
