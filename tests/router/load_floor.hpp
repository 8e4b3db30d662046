#pragma once
#include <gtest/gtest.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <stdexcept>
#include <string>
#include <variant>

#include "router/load/load.hpp"
#include "router/load/report.hpp"
#include "tests/router/temp_folder.hpp"

extern char** environ;

namespace heddle::load {

/// bench/floor, the real executable, on a port that the kernel picked.
class Floor {
 public:
    Floor() {
        int pipe_ends[2];
        EXPECT_EQ(pipe(pipe_ends), 0);
        posix_spawn_file_actions_t actions;
        posix_spawn_file_actions_init(&actions);
        posix_spawn_file_actions_adddup2(&actions, pipe_ends[1], STDOUT_FILENO);
        auto socket = unix_path();
        const char* arguments[] = {HEDDLE_FLOOR, "--port", "0", "--unix", socket.c_str(), nullptr};
        EXPECT_EQ(posix_spawn(&pid, HEDDLE_FLOOR, &actions, nullptr, const_cast<char**>(arguments), environ), 0);
        posix_spawn_file_actions_destroy(&actions);
        ::close(pipe_ends[1]);
        std::string line;
        for (char c; ::read(pipe_ends[0], &c, 1) == 1 && c != '\n';) line.push_back(c);
        ::close(pipe_ends[0]);
        if (line.empty()) throw std::runtime_error("bench/floor did not start: " HEDDLE_FLOOR);
        port_ = line.substr(line.rfind(':') + 1);
    }
    ~Floor() {
        kill(pid, SIGKILL);
        waitpid(pid, nullptr, 0);
    }
    std::string unix_path() const { return folder_ + "/floor.sock"; }
    std::string url(const std::string& transport) const {
        return transport.ends_with("+unix") ? transport + ":" + unix_path() : transport + "://127.0.0.1:" + port_;
    }
    pid_t pid = 0;

 private:
    const test::TempFolder temp_;
    const std::string folder_ = temp_.path();
    std::string port_;
};

/// What the load measured; a failure of the load is one of the test.
inline LoadReport report_of(const LoadOptions& options) {
    auto outcome = run_load(options, {});
    if (auto* failure = std::get_if<Failure>(&outcome)) {
        ADD_FAILURE() << failure->message;
        return {};
    }
    return std::get<LoadReport>(outcome);
}

}  // namespace heddle::load
