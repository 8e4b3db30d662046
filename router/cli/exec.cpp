#include "router/cli/exec.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <condition_variable>
#include <csignal>
#include <deque>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

namespace heddle::cli {

/// One command that waits for its turn.
struct ExecJob {
    std::string input;
    std::function<void(ExecResult)> done;
};

namespace {

constexpr std::size_t queue_max = 10'000;
constexpr std::size_t output_bytes_max = std::size_t{16} << 20;

/// Starts `sh -c command` with its stdin and stdout on pipes; -1 where that fails. In a process group of its own, so
/// that all of it can be ended.
pid_t start(const std::string& command, int& to_child, int& from_child) {
    int in[2], out[2];
    if (::pipe2(in, O_CLOEXEC) != 0) return -1;
    if (::pipe2(out, O_CLOEXEC) != 0) return ::close(in[0]), ::close(in[1]), -1;
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t none, usual;
    sigemptyset(&none);
    sigemptyset(&usual);
    sigaddset(&usual, SIGPIPE);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &usual);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
    const char* argv[] = {"sh", "-c", command.c_str(), nullptr};
    pid_t pid = -1;
    int failed = ::posix_spawn(&pid, "/bin/sh", &actions, &attributes, const_cast<char**>(argv), environ);
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
    ::close(in[0]);
    ::close(out[1]);
    to_child = in[1];
    from_child = out[0];
    if (failed == 0) return pid;
    ::close(to_child);
    ::close(from_child);
    return -1;
}

/// Feeds the child and listens to it at once: a child that answers before it has read everything must not stall.
void converse(int& to_child, int from_child, std::string_view input, ExecResult& result) {
    ::fcntl(to_child, F_SETFL, O_NONBLOCK);
    char chunk[65536];
    for (;;) {
        if (to_child >= 0 && input.empty()) ::close(std::exchange(to_child, -1));
        pollfd waits[2] = {{from_child, POLLIN, 0}, {to_child, POLLOUT, 0}};
        if (::poll(waits, to_child >= 0 ? 2 : 1, -1) < 0 && errno != EINTR) return;
        if (to_child >= 0 && waits[1].revents) {
            ssize_t put = ::write(to_child, input.data(), input.size());
            if (put > 0)
                input.remove_prefix(static_cast<std::size_t>(put));
            else if (errno != EAGAIN && errno != EINTR)
                input = {};  // it does not want to hear more
        }
        if (!waits[0].revents) continue;
        ssize_t got = ::read(from_child, chunk, sizeof chunk);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return;
        result.output.append(chunk, static_cast<std::size_t>(got));
        if (result.output.size() > output_bytes_max) {
            result.too_long = true;
            return;
        }
    }
}

}  // namespace

struct Exec::State {
    Loop& loop;
    std::string command;
    std::mutex mutex;
    std::condition_variable change;
    std::deque<ExecJob> queue;
    std::set<pid_t> running;
    std::size_t busy = 0;
    bool stopping = false;
    std::vector<std::thread> threads;

    State(Loop& l, std::string c) : loop(l), command(std::move(c)) {}

    void work() {
        sigset_t pipe;
        sigemptyset(&pipe);
        sigaddset(&pipe, SIGPIPE);  // a child need not read its stdin
        pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
        for (;;) {
            std::unique_lock lock(mutex);
            change.wait(lock, [&] { return stopping || !queue.empty(); });
            if (stopping) return;
            ExecJob job = std::move(queue.front());
            queue.pop_front();
            ++busy;
            lock.unlock();
            ExecResult result = run_one(job.input);
            lock.lock();
            --busy;
            if (stopping) return;
            loop.post([done = std::move(job.done), result = std::move(result)]() mutable { done(std::move(result)); });
        }
    }

    ExecResult run_one(const std::string& input) {
        ExecResult result;
        int to_child = -1, from_child = -1;
        pid_t pid = start(command, to_child, from_child);
        if (pid < 0) {
            result.status = 127;
            return result;
        }
        remember(pid);
        converse(to_child, from_child, input, result);
        if (to_child >= 0) ::close(to_child);
        ::close(from_child);
        if (result.too_long) ::kill(-pid, SIGKILL);
        int status = 0;
        while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
        }
        std::lock_guard lock(mutex);
        running.erase(pid);
        result.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        return result;
    }

    void remember(pid_t pid) {
        std::lock_guard lock(mutex);
        running.insert(pid);
        if (stopping) ::kill(-pid, SIGTERM);
    }
};

Exec::Exec(Loop& loop, std::string command, std::size_t at_once)
    : state_(std::make_unique<State>(loop, std::move(command))) {
    for (std::size_t i = 0; i < at_once; ++i) state_->threads.emplace_back([state = state_.get()] { state->work(); });
}

Exec::~Exec() {
    {
        std::lock_guard lock(state_->mutex);
        state_->stopping = true;
        for (pid_t pid : state_->running) ::kill(-pid, SIGTERM);
    }
    state_->change.notify_all();
    for (std::thread& thread : state_->threads) thread.join();
}

bool Exec::run(std::string input, std::function<void(ExecResult)> done) {
    {
        std::lock_guard lock(state_->mutex);
        if (state_->queue.size() >= queue_max) return false;
        state_->queue.push_back({std::move(input), std::move(done)});
    }
    state_->change.notify_one();
    return true;
}

bool Exec::idle() const {
    std::lock_guard lock(state_->mutex);
    return state_->queue.empty() && state_->busy == 0;
}

}  // namespace heddle::cli
