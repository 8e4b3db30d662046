#include "router/cli/feed.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "router/cli/values.hpp"
#include "router/client/failure.hpp"

namespace heddle::cli {
namespace {
constexpr std::size_t ahead_max = 256;
constexpr std::size_t item_bytes_max = std::size_t{16} << 20;
}  // namespace

struct StdinFeed::State {
    Loop& loop;
    Each each;
    int wake = ::eventfd(0, EFD_CLOEXEC);
    std::deque<std::string> items;  // of the loop's thread
    bool done = false;              // of the loop's thread
    std::string trouble;            // of the loop's thread

    std::mutex mutex;
    std::condition_variable room;
    std::size_t ahead = 0;  // items handed over and not yet taken
    bool stopping = false;
    std::thread thread;

    State(Loop& l, Each e) : loop(l), each(e) {}
    ~State() { ::close(wake); }

    void read_all(const std::shared_ptr<State>& self) {
        std::string buffer;
        char chunk[65536];
        const char end = each == Each::nul ? '\0' : '\n';
        for (;;) {
            pollfd waits[2] = {{STDIN_FILENO, POLLIN, 0}, {wake, POLLIN, 0}};
            if (::poll(waits, 2, -1) < 0 && errno != EINTR) break;
            if (waits[1].revents) return;
            if (!waits[0].revents) continue;
            ssize_t got = ::read(STDIN_FILENO, chunk, sizeof chunk);
            if (got <= 0) break;
            buffer.append(chunk, static_cast<std::size_t>(got));
            std::size_t begin = 0;
            for (std::size_t at; (at = buffer.find(end, begin)) != buffer.npos; begin = at + 1) {
                if (!hand_over(self, buffer.substr(begin, at - begin))) return;
            }
            buffer.erase(0, begin);
            if (buffer.size() > item_bytes_max) return finish(self, "an item of stdin is longer than 16 MiB");
        }
        if (!buffer.empty() && !hand_over(self, buffer)) return;
        finish(self, {});
    }

    bool hand_over(const std::shared_ptr<State>& self, std::string item) {
        if (each == Each::json && item.find_first_not_of(" \t\r") == item.npos) return true;
        std::unique_lock lock(mutex);
        room.wait(lock, [&] { return ahead < ahead_max || stopping; });
        if (stopping) return false;
        ++ahead;
        lock.unlock();
        loop.post([self, item = std::move(item)]() mutable { self->items.push_back(std::move(item)); });
        return true;
    }

    void finish(const std::shared_ptr<State>& self, std::string why) {
        loop.post([self, why = std::move(why)] {
            self->done = true;
            self->trouble = why;
        });
    }
};

StdinFeed::StdinFeed(Loop& loop, Each each) : state_(std::make_shared<State>(loop, each)) {
    state_->thread = std::thread([state = state_] { state->read_all(state); });
}

StdinFeed::~StdinFeed() {
    {
        std::lock_guard lock(state_->mutex);
        state_->stopping = true;
    }
    state_->room.notify_all();
    std::uint64_t one = 1;
    [[maybe_unused]] ssize_t written = ::write(state_->wake, &one, sizeof one);
    state_->thread.join();
}

bool StdinFeed::ready() const { return !state_->items.empty(); }
bool StdinFeed::ended() const { return state_->items.empty() && state_->done; }

std::optional<std::string> StdinFeed::next() {
    if (!ready()) {
        if (!state_->trouble.empty()) throw Failure(Failure::Kind::usage, state_->trouble);
        return std::nullopt;
    }
    std::string item = std::move(state_->items.front());
    state_->items.pop_front();
    {
        std::lock_guard lock(state_->mutex);
        --state_->ahead;
    }
    state_->room.notify_one();
    if (state_->each != Each::json) return text_to_json(item);
    if (!is_json(item)) throw Failure(Failure::Kind::usage, "an item of stdin is not JSON: " + item.substr(0, 60));
    return item;
}

}  // namespace heddle::cli
