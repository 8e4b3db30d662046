#pragma once
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "router/log.hpp"

namespace heddle {

/// Folds what would flood a log. Lines of one event that differ only in who it was about are of one
/// kind. Within a window of ten seconds so many of a kind are written at once:
///
///   1    warnings, errors and `auth.fail`
///   100  sessions and connections that come and go (`session.`, `connection.`, `tls.`, `warp.`)
///   all  everything else, which clients cannot cause, and uplinks, whose attempts have a pace of their own
///
/// Those that follow are one line at the end of the window: the last of them, with `times=`. Of one
/// event at most `kinds_max` kinds are told apart, whatever clients vary; the others are folded
/// together, so the lines within a window are bounded. Any thread.
class FoldingLog final : public Log {
 public:
    static constexpr std::uint64_t sessions_max = 100;  // lines of one kind in one window
    static constexpr std::size_t kinds_max = 100;       // of one event in one window

    explicit FoldingLog(Log& to, std::chrono::milliseconds window = std::chrono::seconds(10));
    ~FoldingLog() override;  // writes what is still folded

    bool wants(LogLevel level) const override { return to_.wants(level); }
    void change(LogLevel level, LogFormat format) override { to_.change(level, format); }
    void flush() override { to_.flush(); }
    std::uint64_t lost() const override { return to_.lost(); }

 private:
    using Clock = std::chrono::steady_clock;
    struct Fold {
        Clock::time_point until;
        std::uint64_t written = 0;  // at once
        std::uint64_t times = 0;    // beside these
        LogLevel level = LogLevel::warn;
        std::vector<LogField> last;
    };
    using Kinds = std::map<std::string, Fold, std::less<>>;

    void put(LogLevel level, std::string_view event, std::span<const LogField> fields) override;
    Fold& fold_of(std::string_view event, std::span<const LogField> fields, Clock::time_point now);
    void write_due(Clock::time_point now);
    void run(const std::stop_token& stop);

    Log& to_;
    const std::chrono::milliseconds window_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::map<std::string, Kinds, std::less<>> events_;  // by name
    Clock::time_point next_end_ = Clock::time_point::max();  // of the first window that holds something
    std::jthread thread_;                                    // last: it uses all of the above
};

}  // namespace heddle
