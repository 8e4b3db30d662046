#include "router/load/report.hpp"

#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace heddle::load {

namespace {

constexpr double shares[] = {0.5, 0.9, 0.99, 0.999};
constexpr const char* share_names[] = {"p50", "p90", "p99", "p99_9"};

template <class... Args>
std::string format(const char* pattern, Args... args) {
    char text[256];
    auto size = std::snprintf(text, sizeof text, pattern, args...);
    return {text, static_cast<std::size_t>(size)};
}

std::string plural(std::uint64_t count, const std::string& noun) {
    return with_commas(count) + " " + noun + (count == 1 ? "" : "s");
}

std::string shape(const LoadOptions& options) {
    switch (options.scenario) {
        case Scenario::call:
            return plural(options.callers, "caller") +
                   (options.rate > 0 ? "" : ", " + with_commas(options.inflight) + " in flight");
        case Scenario::fanout:
            return "1 publisher, " + plural(options.subscribers, "subscriber");
        case Scenario::pairs:
            return plural(options.pairs, "pair");
        case Scenario::join:
            return plural(options.sessions, "session") + ", " + with_commas(options.inflight) + " at once";
        case Scenario::idle:
            return plural(options.sessions, "session");
    }
    return {};
}

const char* verb(Scenario scenario) {
    switch (scenario) {
        case Scenario::call:
            return "called";
        case Scenario::fanout:
        case Scenario::pairs:
            return "published";
        default:
            return "sessions";
    }
}

const char* arrival(Scenario scenario) {
    switch (scenario) {
        case Scenario::call:
            return "answered";
        case Scenario::fanout:
        case Scenario::pairs:
            return "delivered";
        default:
            return "joined";
    }
}

double kib(std::size_t bytes) { return static_cast<double>(bytes) / 1024; }

double kib_per_session(const LoadOptions& options, const ServerUse& use) {
    return (kib(use.resident_after) - kib(use.resident_before)) / static_cast<double>(options.sessions);
}

std::string server_line(const LoadOptions& options, const ServerUse& use, const std::optional<Baseline>& baseline) {
    std::string line = " server  ";
    if (options.scenario == Scenario::idle) {
        line += format("%.1f KiB per session (%.1f to %.1f MiB), ", kib_per_session(options, use),
                       kib(use.resident_before) / 1024, kib(use.resident_after) / 1024);
        return line + format("%.1f %% of one core while idle\n", use.cores() * 100);
    }
    line += format("%.2f us CPU per ", use.cpu_us_per_unit()) + std::string(unit_of(options.scenario));
    line += format(", %.0f %% of one core", use.cores() * 100);
    if (baseline && baseline->cpu_us_per_unit > 0)
        line += format("        floor %.2f us, ratio %.2f", baseline->cpu_us_per_unit,
                       use.cpu_us_per_unit() / baseline->cpu_us_per_unit);
    return line + "\n";
}

}  // namespace

std::string with_commas(std::uint64_t value) {
    auto digits = std::to_string(value);
    for (auto at = static_cast<std::ptrdiff_t>(digits.size()) - 3; at > 0; at -= 3)
        digits.insert(static_cast<std::size_t>(at), 1, ',');
    return digits;
}

std::string short_time(std::uint64_t nanos) {
    auto value = static_cast<double>(nanos);
    if (value < 1e3) return format("%.0f ns", value);
    if (value < 9.95e3) return format("%.1f us", value / 1e3);
    if (value < 999.5e3) return format("%.0f us", value / 1e3);
    if (value < 99.95e6) return format("%.1f ms", value / 1e6);
    if (value < 999.5e6) return format("%.0f ms", value / 1e6);
    return format("%.1f s", value / 1e9);
}

std::string progress_line(const LoadOptions& options, const Progress& progress, std::optional<std::uint64_t> lost) {
    constexpr int width = 20;
    auto full = static_cast<std::size_t>(std::lround(progress.done * width));
    auto seconds = std::chrono::duration<double>(options.duration).count();
    std::string line = options.scenario == Scenario::join ? " " : format("%3.0f s  ", seconds);
    line += "[" + std::string(full, '#') + std::string(width - full, '.') + "]  " + verb(options.scenario) + " ";
    line += with_commas(progress.sent) + "   " + arrival(options.scenario) + " " + with_commas(progress.delivered);
    if (lost) line += "   lost " + with_commas(*lost);
    return line;
}

std::string report_table(const LoadOptions& options, const LoadReport& report,
                         const std::optional<Baseline>& baseline) {
    std::string text = format("%-6s   ", std::string(name_of(options.scenario)).c_str()) + shape(options);
    text += "   " + std::string(name_of(options.encoding)) + " over " + options.target.transport() + "   " +
            options.target.place() + "\n";
    text += progress_line(options, {1, report.sent, report.delivered}, report.lost());
    if (report.errors > 0) text += "   errors " + with_commas(report.errors);
    text += "\n";
    if (report.unsent > 0)
        text += " behind: " + with_commas(report.unsent) + " more were due, but the router took no more\n";
    bool joins = options.scenario == Scenario::join || options.scenario == Scenario::idle;
    text += "              rate       p50       p90       p99     p99.9       max     counted from ";
    text += joins ? "connecting to WELCOME\n" : "the intended send time\n";
    auto rate = options.scenario == Scenario::idle ? std::string("-")
                                                   : with_commas(static_cast<std::uint64_t>(report.rate)) + "/s";
    text += format(" %-7s %10s", std::string(unit_of(options.scenario)).c_str(), rate.c_str());
    for (double share : shares) text += format("%10s", short_time(report.latency.percentile(share)).c_str());
    text += format("%10s\n", short_time(report.latency.max()).c_str());
    if (report.server) text += server_line(options, *report.server, baseline);
    return text;
}

std::string report_json(const LoadOptions& options, const LoadReport& report) {
    auto micros = [](std::uint64_t nanos) { return static_cast<double>(nanos) / 1e3; };
    nlohmann::ordered_json json{
        {"scenario", name_of(options.scenario)},   {"unit", unit_of(options.scenario)},
        {"transport", options.target.transport()}, {"address", options.target.place()},
        {"serializer", name_of(options.encoding)}, {"realm", options.realm},
        {"payload_bytes", options.size},
    };
    json["shape"] = {{"callers", options.callers}, {"inflight", options.inflight}, {"subscribers", options.subscribers},
                     {"pairs", options.pairs},     {"window", options.window},     {"sessions", options.sessions},
                     {"rate", options.rate}};
    json["seconds"] = report.seconds;
    json["sent"] = report.sent;
    json["expected"] = report.expected;
    json["delivered"] = report.delivered;
    json["lost"] = report.lost();
    json["errors"] = report.errors;
    json["unsent"] = report.unsent;
    json["rate"] = report.rate;
    auto& latency = json["latency_us"];
    for (std::size_t i = 0; i < std::size(shares); ++i)
        latency[share_names[i]] = micros(report.latency.percentile(shares[i]));
    latency["max"] = micros(report.latency.max());
    latency["mean"] = report.latency.mean() / 1e3;
    if (!report.server) return json.dump();
    auto& use = *report.server;
    json["server"] = {{"pid", use.pid},
                      {"cpu_seconds", use.cpu_seconds},
                      {"units", use.units},
                      {"cores", use.cores()},
                      {"rss_kib", kib(use.resident_after)}};
    if (options.scenario == Scenario::idle)
        json["server"]["kib_per_session"] = kib_per_session(options, use);
    else
        json["server"]["cpu_us_per_unit"] = use.cpu_us_per_unit();
    return json.dump();
}

std::optional<Baseline> read_baseline(const std::string& json, const LoadOptions& options) {
    auto saved = nlohmann::json::parse(json, nullptr, false);
    if (!saved.is_object() || saved.value("scenario", "") != name_of(options.scenario)) return std::nullopt;
    auto server = saved.find("server");
    if (server == saved.end() || !server->is_object()) return std::nullopt;
    auto cpu = server->find("cpu_us_per_unit");
    if (cpu == server->end() || !cpu->is_number()) return std::nullopt;
    return Baseline{cpu->get<double>()};
}

}  // namespace heddle::load
