#pragma once
#include "router/cli/globals.hpp"

namespace heddle::cli {

/// Asks the url's host for /health/live and /health/ready. 0: it takes clients; 1: it does not, or nobody answers (a
/// probe of a container has only these two).
int run_health(const Globals& globals);

}  // namespace heddle::cli
