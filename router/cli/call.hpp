#pragma once
#include "router/cli/stream.hpp"

namespace heddle::cli {

struct CallCommand {
    std::string uri;
    ArgumentFlags arguments;
    std::vector<std::string> options;  // of -O
    bool progress = false;
    StreamFlags stream;
};
int run_call(const CallCommand& command, const Globals& globals);

}  // namespace heddle::cli
