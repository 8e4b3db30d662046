#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "router/cli/globals.hpp"

namespace heddle::cli {

struct RegisterCommand {
    std::string uri;
    std::string match, invoke;         // empty: exact, single, or as -O says
    std::vector<std::string> options;  // of -O
    std::string exec, value;
    bool has_value = false, echo = false;  // exactly one of exec, value, echo
    std::optional<std::uint64_t> count;
};

/// Answers calls until told otherwise.
int run_register(const RegisterCommand& command, const Globals& globals);

}  // namespace heddle::cli
