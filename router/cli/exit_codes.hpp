#pragma once

namespace heddle::cli {

/// What a command's exit says. The same in every form of output.
enum ExitCode : int {
    exit_done = 0,           // also Ctrl-C of subscribe and register
    exit_refused = 1,        // answered with an error
    exit_usage = 2,          // wrong usage
    exit_no_connection = 3,  // none, lost, TLS
    exit_not_let_in = 4,     // or not authorized
    exit_timeout = 5,
    exit_bad_config = 6,
    exit_stale = 7,    // somebody else edited it meanwhile
    exit_differs = 9,  // a dry run found differences
    exit_fault = 70,   // a fault of heddle that it cannot go on with: the last line on stderr is `fault.fatal`
};

}  // namespace heddle::cli
