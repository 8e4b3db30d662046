#pragma once
#include <cstdint>
#include <optional>
#include <string>

#include "router/cli/globals.hpp"

/// `heddle lane`: a WARP client for the shell, and a translator of names.
namespace heddle::cli {

struct LaneOfCommand {
    std::string name;  // a topic, or a node
    std::string lane;  // of a node
};
int run_lane_of(const LaneOfCommand& command, const Globals& globals);

struct LaneWatchCommand {
    std::string node, lane;
    std::string kind;  // value, map, event, list; empty: whatever it is
    std::optional<std::uint64_t> count;
    std::string duration;  // of --for
};
int run_lane_watch(const LaneWatchCommand& command, const Globals& globals);

/// `command` sends and hears nothing back unless it waits; `set` waits until the lane shows the new value.
struct LaneSendCommand {
    std::string node, lane, body;
    bool has_body = false;
    bool wait = false;      // of command: for a procedure's result
    bool progress = false;  // the same, and for progressive results before it
};
int run_lane_command(const LaneSendCommand& command, const Globals& globals);
int run_lane_set(const LaneSendCommand& command, const Globals& globals);

}  // namespace heddle::cli
