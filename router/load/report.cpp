#include "router/load/report.hpp"
#include "router/json_text.hpp"

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
        case Scenario::links:
            return "1 publisher, " + plural(options.links, "link");
        case Scenario::lanes:
            return "1 publisher, " + plural(options.links, "link") + " on one connection";
        case Scenario::mixed:
            return std::string(options.warp_publisher ? "1 WARP publisher, " : "1 WAMP publisher, ") +
                   plural(options.subscribers, "subscriber") + ", every other one a link";
        case Scenario::sync:
            return plural(options.links, "link") + " at once, " + plural(options.keys, "key");
        case Scenario::stalled:
            return "1 publisher, " + plural(options.links, "link") + ", " + with_commas(options.stalled) + " stalled";
        case Scenario::idle_links:
            return plural(options.links, "link");
    }
    return {};
}

const char* verb(Scenario scenario) {
    switch (scenario) {
        case Scenario::call:
            return "called";
        case Scenario::join:
        case Scenario::idle:
            return "sessions";
        case Scenario::sync:
            return "synced";
        case Scenario::idle_links:
            return "links";
        default:
            return "published";
    }
}

const char* arrival(Scenario scenario) {
    switch (scenario) {
        case Scenario::call:
            return "answered";
        case Scenario::join:
        case Scenario::idle:
            return "joined";
        case Scenario::idle_links:
            return "linked";
        default:
            return "delivered";
    }
}

std::string serializers(const LoadOptions& options) {
    auto wamp = std::string(name_of(options.encoding));
    return options.scenario == Scenario::mixed ? wamp + " and recon" : is_warp(options.scenario) ? "recon" : wamp;
}

double kib(std::size_t bytes) { return static_cast<double>(bytes) / 1024; }

double kib_per_session(const LoadOptions& options, const ServerUse& use) {
    auto count = options.scenario == Scenario::idle ? options.sessions : options.links;
    return (kib(use.resident_after) - kib(use.resident_before)) / static_cast<double>(count);
}

bool is_idle(const LoadOptions& options) {
    return options.scenario == Scenario::idle || options.scenario == Scenario::idle_links;
}

std::string stalled_line(const LoadReport& report) {
    auto& stalled = *report.stalled;
    auto line = format(" stalled %zu of %u ended on the newest value after ", stalled.newest, stalled.links);
    line += plural(stalled.frames, "frame") + format(" in all; %zu connections were ended", stalled.ended);
    if (report.server)
        line += format("; the router grew by %.1f MiB",
                       (kib(report.server->resident_after) - kib(report.server->resident_before)) / 1024);
    return line + "\n";
}

std::string server_line(const LoadOptions& options, const ServerUse& use, const std::optional<Baseline>& baseline) {
    std::string line = " server  ";
    if (is_idle(options)) {
        line += format("%.1f KiB per ", kib_per_session(options, use)) + std::string(unit_of(options.scenario));
        line += format(" (%.1f to %.1f MiB), ", kib(use.resident_before) / 1024, kib(use.resident_after) / 1024);
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
    text +=
        "   " + serializers(options) + " over " + options.target.transport() + "   " + options.target.place() + "\n";
    text += progress_line(options, {1, report.sent, report.delivered}, report.lost());
    if (report.errors > 0) text += "   errors " + with_commas(report.errors);
    if (report.superseded > 0) text += "   superseded " + with_commas(report.superseded);
    text += "\n";
    if (report.unsent > 0)
        text += " behind: " + with_commas(report.unsent) + " more were due, but the router took no more\n";
    auto from = options.scenario == Scenario::join || options.scenario == Scenario::idle ? "connecting to WELCOME\n"
                : options.scenario == Scenario::idle_links                               ? "connecting to @linked\n"
                : options.scenario == Scenario::sync                                     ? "connecting to the entry\n"
                                                                                         : "the intended send time\n";
    text += "              rate       p50       p90       p99     p99.9       max     counted from ";
    text += from;
    auto rate = is_idle(options) ? std::string("-") : with_commas(static_cast<std::uint64_t>(report.rate)) + "/s";
    text += format(" %-7s %10s", std::string(unit_of(options.scenario)).c_str(), rate.c_str());
    for (double share : shares) text += format("%10s", short_time(report.latency.percentile(share)).c_str());
    text += format("%10s\n", short_time(report.latency.max()).c_str());
    if (report.server) text += server_line(options, *report.server, baseline);
    if (report.stalled) text += stalled_line(report);
    return text;
}

std::string report_json(const LoadOptions& options, const LoadReport& report) {
    auto micros = [](std::uint64_t nanos) { return static_cast<double>(nanos) / 1e3; };
    nlohmann::ordered_json json{
        {"scenario", name_of(options.scenario)},   {"unit", unit_of(options.scenario)},
        {"transport", options.target.transport()}, {"address", options.target.place()},
        {"serializer", serializers(options)},      {"realm", options.realm},
        {"payload_bytes", options.size},
    };
    json["shape"] = {{"callers", options.callers}, {"inflight", options.inflight}, {"subscribers", options.subscribers},
                     {"pairs", options.pairs},     {"window", options.window},     {"sessions", options.sessions},
                     {"rate", options.rate}};
    if (is_warp(options.scenario)) json["shape"]["links"] = options.links;
    if (options.scenario == Scenario::sync) json["shape"]["keys"] = options.keys;
    if (options.scenario == Scenario::mixed) json["shape"]["publisher"] = options.warp_publisher ? "warp" : "wamp";
    json["seconds"] = report.seconds;
    json["sent"] = report.sent;
    json["expected"] = report.expected;
    json["delivered"] = report.delivered;
    json["lost"] = report.lost();
    json["errors"] = report.errors;
    json["unsent"] = report.unsent;
    if (auto& stalled = report.stalled) {
        json["superseded"] = report.superseded;
        json["stalled"] = {{"links", stalled->links},
                           {"newest", stalled->newest},
                           {"ended", stalled->ended},
                           {"frames", stalled->frames}};
        if (report.server)
            json["stalled"]["grown_kib"] = kib(report.server->resident_after) - kib(report.server->resident_before);
    }
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
    if (is_idle(options))
        json["server"]["kib_per_" + std::string(unit_of(options.scenario))] = kib_per_session(options, use);
    else
        json["server"]["cpu_us_per_unit"] = use.cpu_us_per_unit();
    return json.dump();
}

std::optional<Baseline> read_baseline(const std::string& json, const LoadOptions& options) {
    const auto saved = json_or_null(json);
    if (!saved.is_object() || saved.value("scenario", "") != name_of(options.scenario)) return std::nullopt;
    auto server = saved.find("server");
    if (server == saved.end() || !server->is_object()) return std::nullopt;
    auto cpu = server->find("cpu_us_per_unit");
    if (cpu == server->end() || !cpu->is_number()) return std::nullopt;
    return Baseline{cpu->get<double>()};
}

}  // namespace heddle::load
