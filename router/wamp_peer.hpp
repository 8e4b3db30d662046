#pragma once
#include <cstddef>
#include <memory>

#include "router/frame.hpp"
#include "router/protocol.hpp"

namespace heddle {

/// A WAMP client: HELLO names the realm, from then on every message goes there.
/// `message_max`: the largest message the client takes.
std::unique_ptr<Peer> make_wamp_peer(Transport& transport, WireForm form, std::size_t message_max);

}  // namespace heddle
