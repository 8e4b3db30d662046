#pragma once
#include <functional>
#include <memory>
#include <string>

#include "router/client/loop.hpp"

namespace heddle::cli {

/// What a command of `--exec` did.
struct ExecResult {
    int status = 0;      // exit code; 128 + signal where it was killed; 127 where it could not start
    std::string output;  // its stdout, at most 16 MiB
    bool too_long = false;
};

/// Runs a shell command once per message, at most `at_once` side by side, off the loop so that the connection stays
/// alive. Its stderr is ours.
class Exec {
 public:
    Exec(Loop& loop, std::string command, std::size_t at_once);
    /// Ends what still runs.
    ~Exec();

    /// `input` goes to its stdin; `done` is called in the loop. False: too many wait already.
    bool run(std::string input, std::function<void(ExecResult)> done);
    /// Neither running nor waiting.
    bool idle() const;

 private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace heddle::cli
