#pragma once
#include <chrono>
#include <string>
#include <vector>

#include "router/server.hpp"

namespace heddle::cli {

enum class StoreState { none, fresh, known };  // nothing is kept; was made now; was there

struct Startup {
    const ServerSettings& settings;
    const std::vector<BoundListener>& bound;
    std::string_view config;  // file, or "--dev"
    std::chrono::milliseconds took;
    StoreState store = StoreState::none;
    std::string_view admin_password = {};  // of user admin, who was made now; said this once
};

/// What `heddle serve` says when it is ready: addresses as bound, realms and what anonymous clients may do there, a
/// first command.
std::string startup_text(const Startup& startup);

/// For --ready-file: one bound address a line.
std::string ready_text(const std::vector<BoundListener>& bound);

std::string_view version();

}  // namespace heddle::cli
