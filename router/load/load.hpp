#pragma once
#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "router/client/failure.hpp"
#include "router/load/histogram.hpp"
#include "router/load/target.hpp"

/// A load on any WAMP router, or on the WARP side of this one: what to do, and what came of it.
namespace heddle::load {

enum class Scenario : std::uint8_t { call, fanout, pairs, join, idle, links, lanes, mixed, sync, stalled, idle_links };
std::string_view name_of(Scenario scenario);
std::string_view unit_of(Scenario scenario);  // "call", "event", "join", "session", "entry", "link"
constexpr bool is_warp(Scenario scenario) { return scenario >= Scenario::links; }  // all or some of its connections

struct LoadOptions {
    Scenario scenario = Scenario::call;
    Target target;
    std::string realm = "realm1";
    Encoding encoding = Encoding::msgpack;
    std::string uri = "com.heddle.bench";  // topics and procedures stand below it
    std::size_t size = 32;                 // bytes of text in each payload, at least Messages::stamp_size
    std::chrono::nanoseconds duration{std::chrono::seconds(10)};
    std::chrono::nanoseconds warmup{std::chrono::seconds(1)};
    double rate = 0;             // calls or publications a second, all connections together; 0: as fast as it goes
    unsigned callers = 1;        // call: connections
    unsigned inflight = 1;       // call: open per caller; join, idle: joining at once. Not with a rate
    unsigned subscribers = 100;  // fanout, mixed: half of them are links
    unsigned pairs = 16;
    unsigned window = 8;  // fanout, pairs and WARP: publications per publisher not yet heard by all. Not with a rate
    unsigned sessions = 1000;     // join, idle
    unsigned links = 100;         // links, sync, stalled, idle_links: connections; lanes: links of the one connection
    unsigned stalled = 10;        // stalled: so many of the links read nothing
    unsigned keys = 1000;         // sync: entries of the map lane
    bool warp_publisher = false;  // mixed
    pid_t pid = 0;                // of the router; 0: not measured
    std::chrono::nanoseconds patience{std::chrono::seconds(10)};  // without any progress while joining
};

/// What the router's process used in the measured window.
struct ServerUse {
    pid_t pid = 0;
    double cpu_seconds = 0;
    double seconds = 0;
    std::uint64_t units = 0;  // calls, delivered events or joins that ended in the window
    std::size_t resident_before = 0, resident_after = 0;
    double cpu_us_per_unit() const { return units == 0 ? 0 : cpu_seconds * 1e6 / static_cast<double>(units); }
    double cores() const { return seconds <= 0 ? 0 : cpu_seconds / seconds; }
};

/// Links that stopped reading, and what became of them when they went on.
struct StalledLinks {
    unsigned links = 0;
    std::size_t newest = 0;    // heard the newest value in the end
    std::size_t ended = 0;     // the router ended the connection
    std::uint64_t frames = 0;  // that they were sent, all together
};

/// Counts cover what was due to be sent in the measured window; what still arrives after its end is waited for.
struct LoadReport {
    std::uint64_t sent = 0;      // calls, publications, sessions
    std::uint64_t expected = 0;  // calls, events (publications times subscribers), sessions
    std::uint64_t delivered = 0;
    std::uint64_t errors = 0;      // ERROR answers to calls
    std::uint64_t superseded = 0;  // value lanes: a newer value came instead
    std::uint64_t unsent = 0;      // were due in the window, but the router took no more
    std::uint64_t lost() const {
        auto known = delivered + errors + superseded;
        return expected > known ? expected - known : 0;
    }
    double seconds = 0;  // the window
    double rate = 0;     // units a second that arrived in the window
    Histogram latency;   // nanoseconds from the intended send time (join, idle: from connect to WELCOME)
    std::optional<ServerUse> server;
    std::optional<StalledLinks> stalled;
    std::size_t sessions = 0;
};

struct Progress {
    double done = 0;  // 0..1
    std::uint64_t sent = 0, delivered = 0;
};
using ProgressFn = std::function<void(const Progress&)>;  // about four times a second; may be empty

/// The report, or why there is none.
std::variant<LoadReport, Failure> run_load(const LoadOptions& options, const ProgressFn& progress);

}  // namespace heddle::load
