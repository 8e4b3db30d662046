#pragma once
#include <string>
#include <vector>

namespace heddle::cli {

struct CheckCommand {
    std::string file;
    bool effective = false;
    std::vector<std::string> set;
};
/// All mistakes of a configuration file at once.
int run_check(const CheckCommand& command);

/// Every key, or those that begin with the prefix.
int run_config_keys(const std::string& prefix);
/// A commented file to start from.
int run_config_default();

}  // namespace heddle::cli
