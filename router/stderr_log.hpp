#pragma once
#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>

#include "router/log.hpp"

namespace spdlog {
class async_logger;
namespace details {
class thread_pool;
}
}  // namespace spdlog

namespace heddle {

class StderrSink;

/// To stderr, from a thread of its own (spdlog's asynchronous logger): nobody who logs waits for the
/// pipe or the disk behind it. Where lines come faster than they are written, the oldest in the queue
/// make room and are counted; a line `log.lost` in their place says how many there were. The
/// destructor writes what is queued, for at most `end_max`.
class StderrLog final : public Log {
 public:
    static constexpr std::size_t lines_max = 4'096;      // in the queue
    static constexpr std::size_t value_bytes_max = 2'048;  // of one field; longer values are shortened

    /// `descriptor` is not closed at the end.
    StderrLog(LogLevel level, LogFormat format, int descriptor = 2,
              std::chrono::milliseconds end_max = std::chrono::seconds(2));
    ~StderrLog() override;

    bool wants(LogLevel level) const override { return level >= level_; }
    void put(LogLevel level, std::string_view event, std::span<const LogField> fields) override;
    void change(LogLevel level, LogFormat format) override { level_ = level, format_ = format; }
    void flush() override;
    std::uint64_t lost() const override;

 private:
    std::atomic<LogLevel> level_;
    std::atomic<LogFormat> format_;
    const std::chrono::milliseconds end_max_;
    std::atomic<std::uint64_t> queued_ = 0;  // lines, ever
    std::shared_ptr<spdlog::details::thread_pool> pool_;
    std::shared_ptr<StderrSink> sink_;
    std::shared_ptr<spdlog::async_logger> logger_;
};

}  // namespace heddle
