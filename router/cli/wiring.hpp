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

/// Commands of one purpose, as the first page of help and the man page show them.
struct CommandGroup {
    std::vector<std::string> names;
    std::string purpose;
};
const std::vector<CommandGroup>& command_groups();

/// CLI11 takes an argument that looks like [1,2] apart wherever several values may stand. `guard` makes such arguments
/// look otherwise before it reads them; an option made by `unguarded` turns them back.
inline constexpr char list_guard = '\x01';
std::string guard(const char* argument);
CLI::Option* unguarded(CLI::Option* option);
/// A flag that may stand several times, each with one value: it must not swallow what follows.
CLI::Option* repeatable(CLI::App* app, const std::string& name, std::vector<std::string>& into,
                        const std::string& help);
/// Help without what CLI11 adds to each flag, in the width of a screen.
void plain_help(CLI::App& app);

void add_router_commands(Wiring& wiring);  // serve, check, config
void add_wamp_commands(Wiring& wiring);    // call, publish, subscribe, register, health
void add_lane_commands(Wiring& wiring);    // lane of|watch|command|set
void add_local_commands(Wiring& wiring);   // context, keygen, hash
void add_pages(Wiring& wiring);            // completion, man: last, they show all others
void add_admin_commands(Wiring& wiring);   // realm, role, .., apply, reload, top: from the table of operations

}  // namespace heddle::cli
