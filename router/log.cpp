#include "router/log.hpp"

#include <cstdio>
#include <nlohmann/json.hpp>

#include "realms/wall_clock.hpp"
#include "router/control_characters.hpp"

namespace heddle {
namespace {

constexpr std::string_view level_names[] = {"trace", "debug", "info", "warn", "error"};

bool has_controls(std::string_view text) {
    for (std::size_t at = 0; at < text.size(); ++at)
        if (control_character_at(text, at) > 0) return true;
    return false;
}

/// JSON in which every control character is escaped, also those that JSON may leave as they are: a terminal that shows the
/// log would obey them.
std::string escaped_json(const nlohmann::ordered_json& value) {
    const std::string text = value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    std::string out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const std::size_t size = control_character_at(text, at);
        if (size == 0) {
            out += text[at];
            continue;
        }
        char escaped[8];
        std::snprintf(escaped, sizeof escaped, "\\u%04x", static_cast<unsigned>(text[at + size - 1]) & 0xFFu);
        out += escaped;
        at += size - 1;
    }
    return out;
}

/// Values with blanks, quotes or control characters are quoted, so that a line stays one line and splits at blanks.
std::string text_value(const std::string& value) {
    const bool plain = !value.empty() && value.find_first_of(" \"\\=") == std::string::npos && !has_controls(value);
    return plain ? value : escaped_json(value);
}

}  // namespace

std::string log_line(LogFormat format, LogLevel level, std::string_view event, std::span<const LogField> fields,
                     std::int64_t unix_ms) {
    const std::string_view level_name = level_names[static_cast<std::size_t>(level)];
    if (format == LogFormat::json) {
        nlohmann::ordered_json line = {{"ts", date_text(unix_ms)}, {"level", level_name}, {"event", event}};
        for (const LogField& field : fields) line[std::string(field.name)] = field.value;
        return escaped_json(line);
    }
    std::string line = date_text(unix_ms) + " " + std::string(level_name);
    line.append(line.size() < 31 ? 31 - line.size() : 1, ' ').append(event);
    line.append(line.size() < 46 ? 46 - line.size() : 0, ' ');
    for (const LogField& field : fields)
        line.append(" ").append(field.name).append("=").append(text_value(field.value));
    return line;
}

}  // namespace heddle
