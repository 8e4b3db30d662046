#pragma once
#include <atomic>
#include <cstdint>
#include <string_view>

namespace heddle {

class Log;

/// Exceptions that came to the edge of a handler: nothing below expected them. Each is written to the log
/// (`fault.caught`) and counted (`heddle_faults_total`). Any thread.
class Faults {
 public:
    explicit Faults(Log& log) : log_(log) {}

    /// Runs `work`. False: it threw. `doing`: static text for the log, like "a handler of a worker".
    template <class F>
    bool guard(std::string_view doing, F&& work) noexcept {
        try {
            work();
            return true;
        } catch (...) {
            caught(doing);
            return false;
        }
    }
    /// Inside of a catch block: what was caught.
    void caught(std::string_view doing) noexcept;
    std::uint64_t count() const { return count_; }

 private:
    Log& log_;
    std::atomic<std::uint64_t> count_ = 0;
};

/// Inside of a catch block: what the exception says of itself.
const char* reason_of_exception() noexcept;

/// From here on, what ends the process (an exception that nobody catches, one that leaves a noexcept function) writes a
/// line `fault.fatal` to stderr first, and the process exits with `exit_code`. Once, before threads are started.
void end_with_a_line(int exit_code);

}  // namespace heddle
