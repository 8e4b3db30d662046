#pragma once
#include <functional>
#include <vector>

#include "router/cli/globals.hpp"

namespace CLI {
class App;
}

namespace heddle::cli {

/// A command as the command line knows it, and what it runs once all flags are read.
struct Command {
    CLI::App* app;
    std::function<int()> run;
};
struct Wiring {
    CLI::App& app;
    Globals& globals;
    std::vector<Command> commands;
};

void add_router_commands(Wiring& wiring);  // serve, check, config
void add_wamp_commands(Wiring& wiring);    // call, publish, subscribe, register, health
void add_lane_commands(Wiring& wiring);    // lane of|watch|command|set

}  // namespace heddle::cli
