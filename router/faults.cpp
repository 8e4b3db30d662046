#include "router/faults.hpp"

#include <unistd.h>

#include <atomic>
#include <exception>
#include <string>

#include "router/log.hpp"

namespace heddle {
namespace {

std::atomic<int> fatal_exit_code = 1;  // std::terminate takes a plain function

[[noreturn]] void on_terminate() {
    static std::atomic<bool> ending = false;
    if (!ending.exchange(true)) {  // a second thread, or a fault in here, ends without words
        std::string line = "fault.fatal why=\"";
        line += std::current_exception() ? reason_of_exception() : "std::terminate was called";
        line += "\"; the router cannot go on\n";
        [[maybe_unused]] const auto written = ::write(STDERR_FILENO, line.data(), line.size());
    }
    ::_exit(fatal_exit_code);
}

}  // namespace

const char* reason_of_exception() noexcept {
    try {
        throw;
    } catch (const std::exception& error) {
        thread_local std::string what;  // the exception goes with the catch block
        try {
            what = error.what();
        } catch (...) {
            return "out of memory";
        }
        return what.c_str();
    } catch (...) {
        return "something that is not an exception of the standard library";
    }
}

void Faults::caught(std::string_view doing) noexcept {
    ++count_;
    try {
        log_.write(LogLevel::error, "fault.caught", {{"doing", doing}, {"why", reason_of_exception()}});
    } catch (...) {  // no memory for the line: it is counted at least
        return;
    }
}

void end_with_a_line(int exit_code) {
    fatal_exit_code = exit_code;
    std::set_terminate(on_terminate);
}

}  // namespace heddle
