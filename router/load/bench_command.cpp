#include "router/load/bench_command.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <fstream>
#include <memory>
#include <sstream>

#include "router/config/units.hpp"
#include "router/load/messages.hpp"
#include "router/load/report.hpp"

namespace heddle::load {

namespace {

/// What the command line says about one load, before it is checked as a whole.
struct BenchLine {
    LoadOptions options;
    std::string size = "32B", duration = "10s", warmup = "1s", rate = "0", save, floor;
};

[[noreturn]] void refuse(const std::string& what) { throw Failure(Failure::Kind::usage, what); }

void read_units(BenchLine& line) {
    auto& options = line.options;
    auto size = parse_quantity(line.size);
    if (!size || (size->unit != Unit::size && size->unit != Unit::none) || size->value < Messages::stamp_size ||
        size->value > (1 << 20))
        refuse("--size " + line.size + ": expected 16B to 1MiB");
    options.size = size->value;
    auto duration = parse_time(line.duration);
    if (!duration || duration->count() <= 0) refuse("--duration " + line.duration + ": expected a time such as 10s");
    options.duration = *duration;
    auto warmup = line.warmup == "0" ? std::chrono::microseconds(0) : parse_time(line.warmup);
    if (!warmup) refuse("--warmup " + line.warmup + ": expected a time such as 1s, or 0");
    options.warmup = *warmup;
    auto rate = parse_quantity(line.rate);
    if (!rate || (rate->unit != Unit::rate && rate->unit != Unit::none))
        refuse("--rate " + line.rate + ": expected 1000/s");
    options.rate =
        static_cast<double>(rate->value) / (rate->unit == Unit::rate ? 100.0 * 3600 : 1);  // hundredths an hour
}

void read_flags(const BenchFlags& flags, LoadOptions& options) {
    auto target = parse_target(flags.url.empty() ? options.target.url : flags.url);
    if (!target) refuse(target.error().what);
    options.target = *target;
    if (!flags.realm.empty()) options.realm = flags.realm;
    if (flags.serializer.empty()) return;
    for (auto encoding : {Encoding::json, Encoding::msgpack, Encoding::cbor}) {
        if (name_of(encoding) != flags.serializer) continue;
        options.encoding = encoding;
        return;
    }
    refuse("--serializer " + flags.serializer + ": expected json, msgpack or cbor");
}

// A session is a descriptor here, too.
void raise_descriptor_limit() {
    rlimit files{};
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
}

std::optional<Baseline> load_baseline(const BenchLine& line) {
    if (line.floor.empty()) return std::nullopt;
    std::stringstream text;
    text << std::ifstream(line.floor).rdbuf();
    auto baseline = read_baseline(text.str(), line.options);
    if (!baseline) std::fprintf(stderr, "no CPU time of this load in %s\n", line.floor.c_str());
    return baseline;
}

int run(const BenchFlags& flags, BenchLine& line) {
    read_units(line);
    read_flags(flags, line.options);
    raise_descriptor_limit();
    ProgressFn progress;
    bool live = !flags.quiet && isatty(STDERR_FILENO);
    if (live) {
        progress = [&](const Progress& at) {
            std::fprintf(stderr, "\r%s\033[K", progress_line(line.options, at, std::nullopt).c_str());
        };
    }
    auto outcome = run_load(line.options, progress);
    if (live) std::fputs("\r\033[K", stderr);
    if (auto* failure = std::get_if<Failure>(&outcome)) throw *failure;
    auto& report = std::get<LoadReport>(outcome);
    auto json = report_json(line.options, report);
    auto text = flags.output == "json" ? json + "\n" : report_table(line.options, report, load_baseline(line));
    std::fputs(text.c_str(), stdout);
    if (line.save.empty()) return 0;
    std::ofstream file(line.save);
    file << json << "\n";
    if (!file.flush()) refuse("cannot write " + line.save);
    if (flags.output != "json") std::printf(" saved: %s\n", line.save.c_str());
    return 0;
}

void add_common(CLI::App& load, BenchLine& line) {
    load.add_option("--duration", line.duration, "measured time")->capture_default_str();
    load.add_option("--warmup", line.warmup, "unmeasured time before")->capture_default_str();
    load.add_option("--pid", line.options.pid, "the router's process: its CPU time and memory");
    load.add_option("--save", line.save, "also write the JSON report to this file");
    load.add_option("--floor", line.floor, "a saved report of the same load on bench/floor, to compare with");
}

void add_messages(CLI::App& load, BenchLine& line) {
    load.add_option("--size", line.size, "text in each payload")->capture_default_str();
    load.add_option("--uri", line.options.uri, "topics and procedures stand below this")->capture_default_str();
}

void add_rate(CLI::App& load, BenchLine& line) {
    load.add_option("--rate", line.rate, "messages a second, all publishers or callers together; 0: as fast as it goes")
        ->capture_default_str();
}

/// Those whose connections speak WARP. The realm's rules make `..event` an event lane and `..value` a value lane.
template <class Add, class Number>
void add_warp_loads(Add&& add, Number&& number) {
    auto [links, links_options] = add(Scenario::links, "WARP: one publisher to many links, a connection each");
    number(links, "--links", links_options->links, "linked connections");
    number(links, "--window", links_options->window, "commands not yet heard by all (without --rate)");
    auto [lanes, lanes_options] =
        add(Scenario::lanes, "WARP: one connection with links to many nodes, commanded in turn");
    lanes_options->links = 1000;
    number(lanes, "--links", lanes_options->links, "links of the connection");
    lanes_options->window = 128;
    number(lanes, "--window", lanes_options->window, "commands to all lanes not yet heard (without --rate)");
    auto [mixed, mixed_options] = add(Scenario::mixed, "WAMP subscribers and WARP links of one topic, half and half");
    number(mixed, "--subscribers", mixed_options->subscribers, "subscribed or linked connections");
    number(mixed, "--window", mixed_options->window, "publications not yet heard by all (without --rate)");
    mixed->add_flag("--warp-publisher", mixed_options->warp_publisher, "commands to the lane instead of publications");
    auto [sync, sync_options] = add(Scenario::sync, "WARP: connections that come, sync a map lane and leave");
    number(sync, "--links", sync_options->links, "at once");
    number(sync, "--keys", sync_options->keys, "entries of the map");
    auto [stalled, stalled_options] = add(Scenario::stalled, "WARP: as links, on a value lane, and some stop reading");
    number(stalled, "--links", stalled_options->links, "linked connections");
    number(stalled, "--stalled", stalled_options->stalled, "those of them that read nothing until the end");
    number(stalled, "--window", stalled_options->window, "commands not yet heard by all who read (without --rate)");
    auto [idle, idle_options] =
        add(Scenario::idle_links, "WARP: links that do nothing: what one costs, with its connection");
    idle_options->links = 1000;
    number(idle, "--links", idle_options->links, "how many");
    number(idle, "--inflight", idle_options->inflight, "linking at once, at least 16");
}

}  // namespace

BenchCommand add_bench_command(CLI::App& app, const BenchFlags& flags) {
    auto chosen = std::make_shared<std::shared_ptr<BenchLine>>();
    auto* bench = app.add_subcommand("bench", "load any WAMP router, or the WARP side of this one, and measure it");
    bench->require_subcommand(1);
    auto add = [&](Scenario scenario, const char* help) {
        auto line = std::make_shared<BenchLine>();
        line->options.scenario = scenario;
        auto* load = bench->add_subcommand(std::string(name_of(scenario)), help)->fallthrough();
        add_common(*load, *line);
        bool sessions = scenario == Scenario::join || scenario == Scenario::idle;
        if (!sessions) add_messages(*load, *line);
        if (!sessions && scenario != Scenario::sync && scenario != Scenario::idle_links) add_rate(*load, *line);
        load->callback([line, chosen] { *chosen = line; });
        return std::pair(load, &line->options);
    };
    auto number = [](CLI::App* load, const char* name, unsigned& value, const char* help) {
        load->add_option(name, value, help)->capture_default_str()->check(CLI::Range(1u, 1'000'000u));
    };
    auto [call, call_options] = add(Scenario::call, "callers to one callee and back");
    number(call, "--inflight", call_options->inflight, "open calls per caller (without --rate)");
    number(call, "--callers", call_options->callers, "calling connections");
    auto [fanout, fanout_options] = add(Scenario::fanout, "one publisher to many subscribers");
    number(fanout, "--subscribers", fanout_options->subscribers, "subscribed connections");
    number(fanout, "--window", fanout_options->window, "publications not yet heard by all (without --rate)");
    auto [pairs, pairs_options] = add(Scenario::pairs, "many publishers, each with one subscriber");
    number(pairs, "--pairs", pairs_options->pairs, "publishers, and as many subscribers");
    number(pairs, "--window", pairs_options->window, "publications per pair not yet heard (without --rate)");
    auto [join, join_options] = add(Scenario::join, "sessions that come and go");
    number(join, "--sessions", join_options->sessions, "how many in all");
    number(join, "--inflight", join_options->inflight, "joining at once");
    auto [idle, idle_options] = add(Scenario::idle, "sessions that do nothing: what one costs");
    number(idle, "--sessions", idle_options->sessions, "how many");
    number(idle, "--inflight", idle_options->inflight, "joining at once, at least 16");
    add_warp_loads(add, number);
    return {bench, [chosen, &flags] { return run(flags, **chosen); }};
}

}  // namespace heddle::load
