#include "router/stderr_log.hpp"

#include <poll.h>
#include <spdlog/async.h>
#include <spdlog/async_logger.h>
#include <spdlog/details/null_mutex.h>
#include <spdlog/sinks/base_sink.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "router/shortened.hpp"

namespace heddle {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t write_max = 4'096;  // PIPE_BUF: a pipe that is writable takes as much without waiting
constexpr std::chrono::milliseconds look_at_end{20};

std::int64_t unix_ms() {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
}

}  // namespace

/// Writes lines, on the pool's thread.
class StderrSink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
    StderrSink(spdlog::details::thread_pool& pool, const std::atomic<LogFormat>& format, int descriptor)
        : pool_(pool), format_(format), descriptor_(descriptor) {}

    /// From here on it waits for the descriptor until `end`, and no longer. Any thread.
    void end_by(Clock::time_point end) { end_ = end.time_since_epoch().count(); }
    /// Lines that were not written although they had their turn. Any thread.
    std::uint64_t dropped() const { return dropped_; }
    /// Until so many lines had their turn, or `end`.
    void wait_for(const std::function<bool(std::uint64_t handled)>& enough, Clock::time_point end) {
        std::unique_lock lock(mutex_);
        changed_.wait_until(lock, end, [&] { return enough(handled_); });
    }

 private:
    void sink_it_(const spdlog::details::log_msg& message) override {
        tell_lost();
        std::string line(message.payload.data(), message.payload.size());
        line += '\n';
        if (!write(line)) ++dropped_;
        const std::lock_guard lock(mutex_);
        ++handled_;
        changed_.notify_all();
    }
    void flush_() override {}

    void tell_lost() {
        const std::uint64_t lost = pool_.overrun_counter();
        if (lost == told_) return;
        const LogField fields[] = {{"lines", lost - told_}};
        if (write(log_line(format_, LogLevel::warn, "log.lost", fields, unix_ms()) + '\n')) told_ = lost;
    }

    bool write(std::string_view text) {
        while (!text.empty()) {
            if (!wait_writable()) return false;
            const ssize_t size = ::write(descriptor_, text.data(), std::min(text.size(), write_max));
            if (size > 0) text.remove_prefix(static_cast<std::size_t>(size));
            if (size < 0 && errno != EINTR && errno != EAGAIN) return false;
        }
        return true;
    }

    bool wait_writable() const {
        for (;;) {
            const bool over = Clock::now().time_since_epoch().count() >= end_;
            pollfd waiting{descriptor_, POLLOUT, 0};
            if (::poll(&waiting, 1, over ? 0 : static_cast<int>(look_at_end.count())) > 0) return true;
            if (over) return false;
        }
    }

    spdlog::details::thread_pool& pool_;
    const std::atomic<LogFormat>& format_;
    const int descriptor_;
    std::atomic<Clock::rep> end_ = Clock::time_point::max().time_since_epoch().count();
    std::atomic<std::uint64_t> dropped_ = 0;
    std::uint64_t told_ = 0;
    std::mutex mutex_;
    std::condition_variable changed_;
    std::uint64_t handled_ = 0;
};

StderrLog::StderrLog(LogLevel level, LogFormat format, int descriptor, std::chrono::milliseconds end_max)
    : level_(level),
      format_(format),
      end_max_(end_max),
      pool_(std::make_shared<spdlog::details::thread_pool>(lines_max, 1)),
      sink_(std::make_shared<StderrSink>(*pool_, format_, descriptor)),
      logger_(std::make_shared<spdlog::async_logger>("heddle", sink_, pool_,
                                                     spdlog::async_overflow_policy::overrun_oldest)) {
    logger_->set_level(spdlog::level::trace);
}

StderrLog::~StderrLog() {
    sink_->end_by(Clock::now() + end_max_);
    pool_.reset();  // ends its thread, which handles the queued lines first; they refer to the logger
    logger_.reset();
}

void StderrLog::put(LogLevel level, std::string_view event, std::span<const LogField> fields) {
    if (!wants(level)) return;
    std::vector<LogField> bounded;
    const auto is_long = [](const LogField& field) { return field.value.size() > value_bytes_max; };
    if (std::any_of(fields.begin(), fields.end(), is_long)) {
        bounded.assign(fields.begin(), fields.end());
        for (LogField& field : bounded)
            if (is_long(field)) field.value = shortened(field.value, value_bytes_max);
        fields = bounded;
    }
    const std::string line = log_line(format_, level, event, fields, unix_ms());
    ++queued_;
    logger_->log(spdlog::level::info, spdlog::string_view_t(line.data(), line.size()));
}

void StderrLog::flush() {
    const std::uint64_t target = queued_;
    const auto enough = [&](std::uint64_t handled) { return handled + pool_->overrun_counter() >= target; };
    sink_->wait_for(enough, Clock::now() + end_max_);
}

std::uint64_t StderrLog::lost() const { return pool_->overrun_counter() + sink_->dropped(); }

}  // namespace heddle
