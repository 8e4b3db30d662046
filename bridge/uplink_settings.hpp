#pragma once
#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "bridge/backoff.hpp"
#include "realms/settings.hpp"

/// What an administrator says about links to another WARP server. Plain values; the config reader fills and checks
/// them.
namespace heddle {

/// One lane of the remote server and what it is here.
struct UplinkLane {
    std::string node, lane;
    LaneKind kind = LaneKind::value;  // value, map, event; command: nothing is linked, publications go there
    std::string topic;                // empty: as names.hpp has it. The keys of a map are the topics below it.
    bool commands = true;             // publications of WAMP clients go to the remote lane
};

struct UplinkCredential {
    std::string name, value;
};

struct UplinkSettings {
    std::string name;
    std::string url;                            // for the log
    std::string role;                           // of the realm: what the uplink may publish and hear
    std::vector<UplinkCredential> credentials;  // of @auth; none: it is not sent
    std::string prefix;                         // before the topics that no lane names itself, with a dot between
    std::vector<UplinkLane> lanes;

    std::chrono::milliseconds connect{10'000};  // until the connection is open, handshakes included
    std::chrono::milliseconds link{5'000};      // for the answer to a link or sync, and between entries of a sync
    std::chrono::milliseconds held{10'000};     // a connection that lasted so long ends a series of attempts
    BackoffSettings retry;                      // of connections, and of single links

    std::size_t queue_bytes = std::size_t{1} << 20;  // commands that wait, per lane; then the oldest are given up
    std::size_t entries_max = 100'000;               // keys of one map
};

/// The topic that a lane's events go to, and for a map that of its entries without their key: ends with a dot.
/// Empty: node and lane name no topic, and the settings name none either.
std::string uplink_topic(const UplinkSettings& settings, const UplinkLane& lane);

}  // namespace heddle
