#pragma once
#include <string>

#include "router/cli/globals.hpp"
#include "router/client/failure.hpp"
#include "serializers/messages.hpp"

namespace heddle::cli {

int exit_code_of(const Failure& failure);

/// The failure as stderr gets it: `error: ..` with its hints below, or one line of JSON.
std::string render_failure(const Failure& failure, const Globals& globals);
void print_failure(const Failure& failure, const Globals& globals);

/// What the router answered instead of a result; `what` says what it refused: "call com.add".
Failure refused_by(const ErrorReply& error, const std::string& what, const Globals& globals);

/// A line of talk to stderr; silent with -q.
void notice(const Globals& globals, const std::string& line);

}  // namespace heddle::cli
