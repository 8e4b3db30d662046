#pragma once

namespace heddle::cli {

/// The whole command line: reads it, runs one command, prints what went wrong, answers with the exit code.
int run(int argc, const char* const* argv);

}  // namespace heddle::cli
