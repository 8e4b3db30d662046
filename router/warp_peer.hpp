#pragma once
#include <memory>

#include "router/protocol.hpp"

namespace heddle {

struct RealmAddress;

/// A WARP client: its realm was named by the URL, and it is in it from the start. Frames go to its WarpSession, which
/// lives with the realm.
std::unique_ptr<Peer> make_warp_peer(Connection& connection, const RealmAddress& realm);

}  // namespace heddle
