#pragma once
#include <optional>
#include <string_view>

#include "router/frame.hpp"

namespace heddle {

/// What an accepted WebSocket upgrade, or a long-poll transport, speaks.
struct Subprotocol {
    std::string_view name;  // as echoed; empty: none
    WireForm form;
    bool warp = false;
};

/// The subprotocol this router speaks under that name.
std::optional<Subprotocol> find_subprotocol(std::string_view name);

}  // namespace heddle
