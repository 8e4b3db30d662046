#pragma once
#include <string>
#include <vector>

#include "router/cli/globals.hpp"

namespace heddle::cli {

struct CheckCommand {
    std::string file;
    bool effective = false;
    bool online = false;  // ask the running router what a reload of its own file would change
    std::vector<std::string> set;
};
/// All mistakes of a configuration file at once.
int run_check(const CheckCommand& command, const Globals& globals);

/// Every key, or those that begin with the prefix.
int run_config_keys(const std::string& prefix);
/// A commented file to start from.
int run_config_default();

}  // namespace heddle::cli
