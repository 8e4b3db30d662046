#include "router/cli/stream.hpp"

#include <deque>
#include <iostream>
#include <utility>

#include "router/cli/errors.hpp"
#include "router/cli/exit_codes.hpp"
#include "router/config/units.hpp"

namespace heddle::cli {
namespace {

constexpr std::size_t unanswered_max = 64;
constexpr std::size_t waiting_bytes_max = std::size_t{1} << 20;

Each read_each(const std::string& text) {
    return text == "line" ? Each::line : text == "json" ? Each::json : text == "nul" ? Each::nul : Each::none;
}

/// Time between two sendings.
Clock::duration read_rate(const std::string& text) {
    if (text.empty()) return {};
    auto rate = parse_quantity(text);
    if (!rate || rate->unit != Unit::rate || rate->value == 0) {
        throw Failure(Failure::Kind::usage, "--rate needs a unit: " + text,
                      {"like --rate 100/s; units: " + std::string(units_of(Unit::rate))});
    }
    constexpr double base_per_second = 360'000;
    return std::chrono::duration_cast<Clock::duration>(
        std::chrono::duration<double>(base_per_second / static_cast<double>(rate->value)));
}

class Stream {
 public:
    Stream(Loop& loop, WampClient& client, const Globals& globals, const StreamFlags& flags, const Arguments& base,
           const SendOne& send)
        : loop_(loop),
          client_(client),
          globals_(globals),
          flags_(flags),
          base_(base),
          send_(send),
          gap_(read_rate(flags.rate)) {
        Each each = read_each(flags.each);
        if (each != Each::none) feed_.emplace(loop, each);
    }

    int run() {
        last_answer_ = next_due_ = Clock::now();
        while (!finished()) {
            bool acted = client_.wait_long([this] { return may_send() || settled() || stop_; }, wake_at());
            if (loop_.interrupted())
                throw Failure(Failure::Kind::refused,
                              "interrupted; " + std::to_string(answers_.size()) + " unanswered");
            if (stop_) break;
            if (may_send())
                send_next();
            else if (!acted && !answers_.empty() && Clock::now() >= last_answer_ + globals_.timeout)
                fail_late();
        }
        if (feed_ && !stop_) feed_->next();  // says what went wrong with stdin, if anything
        if (first_failure_) {
            if (!flags_.keep_going) std::rethrow_exception(first_failure_);
            return exit_;
        }
        return exit_done;
    }

 private:
    bool more() const { return feed_ ? !feed_->ended() : sent_ < flags_.repeat; }
    bool available() const { return feed_ ? feed_->ready() : sent_ < flags_.repeat; }
    bool finished() const { return stop_ || settled(); }
    bool settled() const { return !more() && answers_.empty() && client_.waiting() < waiting_bytes_max; }
    bool may_send() const {
        return available() && answers_.size() < unanswered_max && client_.waiting() < waiting_bytes_max &&
               Clock::now() >= next_due_;
    }
    Deadline wake_at() const {
        Deadline wake = answers_.empty() ? no_deadline : last_answer_ + globals_.timeout;
        return gap_.count() > 0 && available() ? std::min(wake, next_due_) : wake;
    }

    void send_next() {
        Arguments arguments = base_;
        if (feed_) {
            auto item = feed_->next();
            if (!item) return;
            arguments = base_.with(*item);
        }
        if (answers_.empty()) last_answer_ = Clock::now();
        next_due_ = std::max(next_due_, Clock::now() - gap_) + gap_;  // no burst after a pause
        std::uint64_t number = sent_++;
        answers_.push_back({{}, nullptr, false});
        send_(arguments, [this, number](Outcome outcome) { answered(number, std::move(outcome)); });
    }

    void answered(std::uint64_t number, Outcome outcome) {
        last_answer_ = Clock::now();
        Outcome& answer = answers_[number - printed_];
        answer.output += outcome.output;
        answer.failure = outcome.failure;
        answer.last = outcome.last;
        while (!answers_.empty() && !stop_) {
            Outcome& first = answers_.front();
            std::cout << std::exchange(first.output, {});
            if (!first.last) break;
            std::exception_ptr failure = first.failure;
            answers_.pop_front();
            ++printed_;
            if (failure) failed(failure);
        }
        std::cout << std::flush;
    }

    void failed(std::exception_ptr failure) {
        if (!first_failure_) first_failure_ = failure;
        if (!flags_.keep_going) {
            stop_ = true;
            return;
        }
        try {
            std::rethrow_exception(failure);
        } catch (const Failure& shown) {
            print_failure(shown, globals_);
            if (exit_ == exit_done) exit_ = exit_code_of(shown);
        }
    }

    [[noreturn]] void fail_late() {
        throw Failure(Failure::Kind::timeout, "no answer from " + globals_.url + " in time, " +
                                                  std::to_string(answers_.size()) + " unanswered");
    }

    Loop& loop_;
    WampClient& client_;
    const Globals& globals_;
    const StreamFlags& flags_;
    const Arguments& base_;
    const SendOne& send_;
    Clock::duration gap_;
    std::optional<StdinFeed> feed_;
    std::deque<Outcome> answers_;  // in order of sending, from the first that is not yet printed
    std::uint64_t sent_ = 0, printed_ = 0;
    Deadline last_answer_{}, next_due_{};
    std::exception_ptr first_failure_;
    bool stop_ = false;
    int exit_ = exit_done;
};

}  // namespace

int stream(Loop& loop, WampClient& client, const Globals& globals, const StreamFlags& flags, const Arguments& base,
           const SendOne& send) {
    return Stream(loop, client, globals, flags, base, send).run();
}

}  // namespace heddle::cli
