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

/// Folds what would flood a log: of a warning (and of `auth.fail`) the first is written at once; what repeats it within
/// ten seconds, whoever it came from, is one line at their end, that of the last with `times=`. What ends sessions is
/// never folded, there is one line for each; nor are uplinks, whose attempts have a pace of their own. Any thread.
class FoldingLog final : public Log {
 public:
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
        std::uint64_t times = 0;  // beside the first
        LogLevel level = LogLevel::warn;
        std::string event;
        std::vector<LogField> last;
    };
    static constexpr std::size_t folds_max = 1'000;

    void put(LogLevel level, std::string_view event, std::span<const LogField> fields) override;
    void write_due(Clock::time_point now);
    Clock::time_point next_end() const;
    void run(const std::stop_token& stop);

    Log& to_;
    const std::chrono::milliseconds window_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::map<std::string, Fold, std::less<>> folds_;  // by event and cause
    std::jthread thread_;                             // last: it uses all of the above
};

}  // namespace heddle
