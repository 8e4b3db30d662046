#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "router/cli/globals.hpp"

namespace heddle::cli {

struct ServeCommand {
    std::string file;
    bool dev = false;
    std::optional<std::uint16_t> port;
    std::vector<std::string> set;
    std::string ready_file;
};

/// Runs the router until a signal ends it.
int run_serve(const ServeCommand& command, const Globals& globals);

}  // namespace heddle::cli
