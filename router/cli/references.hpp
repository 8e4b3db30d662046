#pragma once
#include <string>
#include <string_view>

#include "router/cli/globals.hpp"

/// Secrets as the command line takes them: `file:PATH`, `env:NAME`, `cmd:COMMAND` (its stdout), `-` (asked on the
/// terminal without echo; without a terminal, a line of stdin). Anything else is the secret itself, which works and warns.
namespace heddle::cli {

/// `what` names it for the prompt and errors ("ticket of kim"), `origin` where it was said ("--ticket"). Throws Failure,
/// whose text never holds the secret.
std::string read_reference(std::string_view reference, const std::string& what, const std::string& origin,
                           const Globals& globals);

/// A new password: asked twice where a terminal is there.
std::string read_new_secret(std::string_view reference, const std::string& what, const std::string& origin,
                            const Globals& globals);

/// What a file path or a reference holds, for keys: PATH is as good as file:PATH.
std::string read_key_text(std::string_view reference, const std::string& what, const std::string& origin,
                          const Globals& globals);

bool is_reference(std::string_view text);

}  // namespace heddle::cli
