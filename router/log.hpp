#pragma once
#include <atomic>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

#include "router/settings.hpp"

namespace heddle {

/// One `name=value` of a log line.
struct LogField {
    std::string_view name;
    std::string value;
    LogField(std::string_view n, std::string_view v) : name(n), value(v) {}
    LogField(std::string_view n, const std::string& v) : name(n), value(v) {}
    LogField(std::string_view n, const char* v) : name(n), value(v) {}
    LogField(std::string_view n, std::uint64_t v) : name(n), value(std::to_string(v)) {}
};

/// Events, one line each, as text or JSON; never payloads, tickets or headers. `event` names are stable: docs/logs.md
/// lists them. Any thread. Where lines go is decided once, at start; which ones and how they look may change.
class Log {
 public:
    virtual ~Log() = default;
    virtual bool wants(LogLevel level) const = 0;
    void write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) {
        put(level, event, {fields.begin(), fields.size()});
    }
    virtual void put(LogLevel level, std::string_view event, std::span<const LogField> fields) = 0;
    virtual void change(LogLevel level, LogFormat format) { (void)level, (void)format; }
    /// Waits, for a bounded time, until what was put so far is written: before the process ends by
    /// itself, so that the line that says why is not lost. Not for event loops.
    virtual void flush() {}
    /// Lines that could not be written as they came too fast. Any thread.
    virtual std::uint64_t lost() const { return 0; }
};

/// The line without its end, for whoever prints it: `2026-11-21T10:12:04.118Z info  session.join    realm=plant`.
std::string log_line(LogFormat format, LogLevel level, std::string_view event, std::span<const LogField> fields,
                     std::int64_t unix_ms);

}  // namespace heddle
