#pragma once
#include <chrono>
#include <functional>
#include <memory>
#include <optional>

namespace boost::asio {
class io_context;
}

namespace heddle {

using Clock = std::chrono::steady_clock;
using Deadline = Clock::time_point;
inline constexpr Deadline no_deadline = Deadline::max();

/// The one thread of a command: runs its sockets and timers until what the command waits for has come.
class Loop {
 public:
    Loop();
    ~Loop();

    /// Runs handlers until `done` says so. False: the deadline came first, or somebody pressed Ctrl-C.
    bool run_until(const std::function<bool()>& done, Deadline deadline);

    /// From any thread: `work` runs inside the loop.
    void post(std::function<void()> work);

    /// From now on Ctrl-C and SIGTERM end the wait instead of the process.
    void catch_signals();
    bool interrupted() const;

    boost::asio::io_context& io();

 private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace heddle
