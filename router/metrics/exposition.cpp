#include "router/metrics/exposition.hpp"

#include <charconv>
#include <cmath>

namespace heddle::metrics {
namespace {

constexpr std::string_view kind_names[] = {"counter", "gauge", "histogram"};

void append_escaped(std::string& text, std::string_view value) {
    for (const char c : value) {
        if (c == '\n') {
            text += "\\n";
            continue;
        }
        if (c == '\\' || c == '"') text += '\\';
        text += c;
    }
}

}  // namespace

Form form_for(std::string_view accept) {
    return accept.find("application/openmetrics-text") != std::string_view::npos ? Form::openmetrics : Form::prometheus;
}

std::string_view content_type(Form form) {
    return form == Form::openmetrics ? "application/openmetrics-text; version=1.0.0; charset=utf-8"
                                     : "text/plain; version=0.0.4; charset=utf-8";
}

/// In OpenMetrics a counter's family lacks the `_total` that its samples have; in the older form both have it.
void Exposition::family(std::string_view name, Kind kind, std::string_view help) {
    name_ = name;
    kind_ = kind;
    const std::string_view total = kind == Kind::counter && form_ == Form::prometheus ? "_total" : "";
    text_.append("# HELP ").append(name).append(total).append(" ").append(help).append("\n# TYPE ");
    text_.append(name).append(total).append(" ").append(kind_names[static_cast<std::size_t>(kind)]).append("\n");
}

void Exposition::sample(Labels labels, double value) {
    line(kind_ == Kind::counter ? "_total" : "", labels, {}, number(value));
}

void Exposition::sample(Labels labels, std::uint64_t value) {
    line(kind_ == Kind::counter ? "_total" : "", labels, {}, std::to_string(value));
}

void Exposition::line(std::string_view suffix, Labels labels, std::string_view upper, std::string_view value) {
    text_.append(name_).append(suffix);
    char open = '{';
    const auto add = [&](std::string_view name, std::string_view text) {
        text_ += open;
        text_.append(name).append("=\"");
        append_escaped(text_, text);
        text_ += '"';
        open = ',';
    };
    for (const auto& [name, text] : labels) add(name, text);
    if (!upper.empty()) add("le", upper);
    if (open == ',') text_ += '}';
    text_.append(" ").append(value).append("\n");
}

std::string Exposition::number(double value) {
    if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
    if (std::isnan(value)) return "NaN";
    char digits[64];
    const bool usual = value == 0 || (std::abs(value) >= 1e-9 && std::abs(value) < 1e18);
    const auto end = usual ? std::to_chars(digits, digits + sizeof digits, value, std::chars_format::fixed)
                           : std::to_chars(digits, digits + sizeof digits, value);
    std::string text(digits, end.ptr);
    if (text.find_first_of(".e") == std::string::npos) text += ".0";  // as OpenMetrics wants `le`
    return text;
}

std::string Exposition::finish() {
    if (form_ == Form::openmetrics) text_ += "# EOF\n";
    return std::move(text_);
}

}  // namespace heddle::metrics
