#include "router/log.hpp"

#include <ctime>
#include <nlohmann/json.hpp>

namespace heddle {
namespace {

constexpr std::string_view level_names[] = {"trace", "debug", "info", "warn", "error"};

std::string timestamp(std::int64_t unix_ms) {
    const std::time_t seconds = unix_ms / 1000;
    std::tm utc{};
    gmtime_r(&seconds, &utc);
    char text[40];
    const std::size_t size = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &utc);
    const std::string fraction = std::to_string(1000 + unix_ms % 1000).substr(1);
    return std::string(text, size) + "." + fraction + "Z";
}

/// Values with blanks, quotes or control characters are quoted, so that a line stays one line and splits at blanks.
std::string text_value(const std::string& value) {
    const bool plain = !value.empty() && value.find_first_of(" \"\\=\n\r\t") == std::string::npos;
    return plain ? value : nlohmann::json(value).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace

std::string log_line(LogFormat format, LogLevel level, std::string_view event, std::span<const LogField> fields,
                     std::int64_t unix_ms) {
    const std::string_view level_name = level_names[static_cast<std::size_t>(level)];
    if (format == LogFormat::json) {
        nlohmann::ordered_json line = {{"ts", timestamp(unix_ms)}, {"level", level_name}, {"event", event}};
        for (const LogField& field : fields) line[std::string(field.name)] = field.value;
        return line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    }
    std::string line = timestamp(unix_ms) + " " + std::string(level_name);
    line.append(line.size() < 31 ? 31 - line.size() : 1, ' ').append(event);
    line.append(line.size() < 46 ? 46 - line.size() : 0, ' ');
    for (const LogField& field : fields)
        line.append(" ").append(field.name).append("=").append(text_value(field.value));
    return line;
}

}  // namespace heddle
