#pragma once
#include <optional>
#include <string>
#include <vector>

#include "router/cli/globals.hpp"

namespace heddle::cli {

struct SubscribeCommand {
    std::string uri;
    std::string match;  // empty: exact, or as -O says
    bool retained = false;
    std::vector<std::string> options;  // of -O
    std::optional<std::uint64_t> count;
    std::string duration;  // of --for
    std::string exec;
};

/// Prints events until told otherwise; a lost connection is made again, with a notice.
int run_subscribe(const SubscribeCommand& command, const Globals& globals);

}  // namespace heddle::cli
