#include "router/cli/subscribe.hpp"

#include <iostream>

#include "router/cli/errors.hpp"
#include "router/cli/exec.hpp"
#include "router/cli/exit_codes.hpp"
#include "router/cli/options.hpp"
#include "router/cli/render.hpp"
#include "router/cli/stream.hpp"
#include "router/config/units.hpp"

namespace heddle::cli {
namespace {

constexpr std::chrono::milliseconds pause_min{1'000}, pause_max{30'000};

class Subscription {
 public:
    Subscription(const SubscribeCommand& command, const Globals& globals)
        : command_(command), globals_(globals), where_(wamp_options(globals)) {
        options_ = read_subscribe_options(command.options);
        if (!command.match.empty()) options_.match = read_match(command.match);
        options_.get_retained = options_.get_retained || command.retained;
        if (!command.duration.empty()) {
            auto span = parse_time(command.duration);
            if (!span)
                throw Failure(Failure::Kind::usage, "--for is a time and needs a unit: " + command.duration,
                              {"like --for 10s"});
            end_ = Clock::now() + *span;
        }
        if (!command.exec.empty()) exec_.emplace(loop_, command.exec, 1);  // one at a time: events have an order
    }

    int run() {
        loop_.catch_signals();
        auto pause = pause_min;
        for (bool connected_once = false;;) {
            try {
                WampClient client(loop_, where_);
                require_features(options_, client.identity().router);
                subscribe(client);
                connected_once = true;
                pause = pause_min;
                client.wait_long([this] { return complete() || trouble_; }, end_);
                if (trouble_) throw *trouble_;
                client.leave();
                break;
            } catch (const Failure& failure) {
                bool temporary = failure.kind == Failure::Kind::no_connection || failure.kind == Failure::Kind::timeout;
                if (loop_.interrupted()) return exit_done;
                if (!connected_once || !temporary) throw;
                notice(globals_, failure.message + "; again in " + format_time(pause));
            }
            loop_.run_until([] { return false; }, std::min(end_, Clock::now() + pause));
            if (loop_.interrupted() || Clock::now() >= end_) break;
            pause = std::min(pause_max, pause * 9 / 5);
        }
        return finish();
    }

 private:
    bool complete() const { return command_.count && seen_ >= *command_.count && (!exec_ || exec_->idle()); }

    int finish() {
        bool short_of = command_.count && seen_ < *command_.count && !loop_.interrupted();
        if (!short_of) return exit_done;
        throw Failure(Failure::Kind::timeout,
                      std::to_string(seen_) + " of " + std::to_string(*command_.count) + " events came within " +
                          command_.duration,
                      {"longer: --for"});
    }

    void subscribe(WampClient& client) {
        bool answered = false;
        std::optional<Failure> refusal;
        auto answer = [&](const Message& message) {
            answered = true;
            if (const auto* error = std::get_if<ErrorReply>(&message))
                refusal = refused_by(*error, "subscribe " + command_.uri, globals_);
        };
        client.subscribe(command_.uri, options_, answer, [this](const Event& event) { on_event(event); });
        client.wait([&] { return answered; }, "SUBSCRIBED");
        if (refusal) throw *refusal;
        notice(globals_, "subscribed " + command_.uri);
    }

    void on_event(const Event& event) {
        if (command_.count && seen_ >= *command_.count) return;
        ++seen_;
        std::string_view topic = event.details.topic.empty() ? std::string_view(command_.uri) : event.details.topic;
        if (!exec_) {
            std::cout << render_event(globals_.form, topic, event, clock_now()) << std::flush;
            if (!std::cout) trouble_ = Failure(Failure::Kind::refused, "cannot write to stdout");
            return;
        }
        std::string line = render_event(Form::json, topic, event, {});
        bool taken = exec_->run(std::move(line), [this](ExecResult result) {
            std::cout << result.output << std::flush;
            if (result.status != 0) notice(globals_, "--exec ended with " + std::to_string(result.status));
        });
        if (!taken) trouble_ = Failure(Failure::Kind::refused, "--exec is slower than the events: too many wait");
    }

    const SubscribeCommand& command_;
    const Globals& globals_;
    WampOptions where_;
    SubscribeOptions options_;
    Loop loop_;
    std::optional<Exec> exec_;
    Deadline end_ = no_deadline;
    std::uint64_t seen_ = 0;
    std::optional<Failure> trouble_;
};

}  // namespace

int run_subscribe(const SubscribeCommand& command, const Globals& globals) {
    return Subscription(command, globals).run();
}

}  // namespace heddle::cli
