#pragma once
#include <memory>

#include "router/protocol.hpp"

namespace heddle {

/// Looks at the first byte: 0x7F begins RawSocket and can begin no HTTP request; all else is HTTP's.
std::unique_ptr<Protocol> make_greeting(Connection& connection);

}  // namespace heddle
