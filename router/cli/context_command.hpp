#pragma once
#include <string>

#include "router/cli/globals.hpp"

/// `heddle context`: named sets of settings.
namespace heddle::cli {

int run_context_add(const std::string& name, const Globals& globals);  // what was given as a flag
int run_context_list(const Globals& globals);
/// One context as it is stored; without a name every setting in force, and who said so.
int run_context_show(const std::string& name, const Globals& globals);
int run_context_use(const std::string& name, const Globals& globals);
int run_context_remove(const std::string& name, const Globals& globals);
/// Logs in and says as whom, and how long an answer takes.
int run_context_test(const Globals& globals);

}  // namespace heddle::cli
