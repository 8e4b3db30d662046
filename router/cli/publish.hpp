#pragma once
#include "router/cli/stream.hpp"

namespace heddle::cli {

struct PublishCommand {
    std::string uri;
    ArgumentFlags arguments;
    std::vector<std::string> options;  // of -O
    bool no_ack = false, retain = false;
    StreamFlags stream;
};
int run_publish(const PublishCommand& command, const Globals& globals);

}  // namespace heddle::cli
