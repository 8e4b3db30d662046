#include "router/client/loop.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>

namespace heddle {
namespace asio = boost::asio;

struct Loop::State {
    asio::io_context io{1};
    asio::executor_work_guard<asio::io_context::executor_type> guard{io.get_executor()};
    asio::signal_set signals{io};
    bool interrupted = false;
};

Loop::Loop() : state_(std::make_unique<State>()) {}
Loop::~Loop() = default;

bool Loop::run_until(const std::function<bool()>& done, Deadline deadline) {
    while (!done()) {
        if (state_->interrupted) return false;
        if (deadline == no_deadline) {
            state_->io.run_one();
        } else if (Clock::now() >= deadline || state_->io.run_one_until(deadline) == 0) {
            return done();
        }
    }
    return true;
}

void Loop::post(std::function<void()> work) { asio::post(state_->io, std::move(work)); }

void Loop::catch_signals() {
    state_->signals.add(SIGINT);
    state_->signals.add(SIGTERM);
    state_->signals.async_wait([state = state_.get()](boost::system::error_code error, int) {
        if (!error) state->interrupted = true;
    });
}

bool Loop::interrupted() const { return state_->interrupted; }
asio::io_context& Loop::io() { return state_->io; }

}  // namespace heddle
