#pragma once
#include <functional>
#include <string>
#include <vector>

#include "router/cli/globals.hpp"

namespace CLI {
class App;
class Option;
}  // namespace CLI

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

/// CLI11 takes an argument that looks like [1,2] apart wherever several values may stand. `guard` makes such arguments
/// look otherwise before it reads them; an option made by `unguarded` turns them back.
inline constexpr char list_guard = '\x01';
std::string guard(const char* argument);
CLI::Option* unguarded(CLI::Option* option);

void add_router_commands(Wiring& wiring);  // serve, check, config
void add_wamp_commands(Wiring& wiring);    // call, publish, subscribe, register, health
void add_lane_commands(Wiring& wiring);    // lane of|watch|command|set

}  // namespace heddle::cli
