#include "router/load/run.hpp"

#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include "serializers/uris.hpp"

namespace heddle::load {

namespace {
constexpr Nanos show_every = second / 4;
constexpr Nanos stall_after = 2 * second;  // a window that moved this long not at all has lost something
constexpr std::size_t join_at_once = 64;
}  // namespace

std::string unique_uri(const std::string& base) {
    return base + ".r" + std::to_string(getpid()) + "x" + std::to_string(now() / 1000 % 1'000'000'000);
}

std::uint64_t Schedule::left_before(Nanos end) const {
    if (!paced() || next() >= end) return 0;
    auto due = static_cast<std::uint64_t>(static_cast<double>(end - start_) / interval_);
    return due > taken_ ? due - taken_ : 0;
}

Run::Run(const LoadOptions& options, const Dialer& dialer, const ProgressFn& progress)
    : options_(options),
      messages_(options.encoding, std::max(options.size, Messages::stamp_size)),
      engine_(options.target, dialer, *this),
      progress_(progress) {
    if (options.pid == 0) return;
    auto found = ServerProcess::find(options.pid);
    if (found)
        process_ = *found;
    else
        fail(Failure::Kind::usage, found.error().what);
}

void Run::on_open(Peer& peer) {
    if (peer.encoding == Encoding::recon) return on_joined(peer, now());
    engine_.send(peer, messages_.hello(options_.realm));
}

void Run::on_message(Peer& peer, std::string_view message, Nanos at) {
    if (peer.encoding == Encoding::recon) return on_envelope(peer, envelope_of(message), at);
    auto head = head_of(options_.encoding, message);
    switch (head.code) {
        case Code::welcome:
            return on_joined(peer, at);
        case Code::abort:
            return refused("not let in", message);
        case Code::goodbye:
            return on_goodbye(peer, reason_of(options_.encoding, message));
        case Code::none:
            return fail(Failure::Kind::no_connection, "the router sent a message nobody can read");
        case Code::error:
            break;
        default:
            return on_other(peer, head, message, at);
    }
    Reader in(options_.encoding, message);
    in.list(), in.uint();
    auto request_code = static_cast<Code>(in.uint());
    if (request_code == Code::call) return on_call_error(peer, in.uint());
    refused(request_code == Code::register_ ? "register" : "subscribe", message);
}

/// The router's no: `what` it was about, the reason as its URI.
void Run::refused(const std::string& what, std::string_view message) {
    auto reason = reason_of(options_.encoding, message);
    auto uri = reason.substr(0, reason.find(' '));
    bool abort = head_of(options_.encoding, message).code == Code::abort;
    bool denied = uri == uri::not_authorized || uri == uri::authorization_failed;
    auto text = abort ? what + ": " : denied ? "not authorized to " + what + ": " : "refused: " + what + ": ";
    fail(abort || denied ? Failure::Kind::not_let_in : Failure::Kind::refused, text + reason, uri);
}

void Run::unlinked(const EnvelopeHead& head) {
    bool denied = head.body == "@notAuthorized";
    auto why = head.body.empty() ? std::string() : ": " + std::string(head.body.substr(1));
    fail(denied ? Failure::Kind::not_let_in : Failure::Kind::refused,
         (denied ? "not authorized to link " : "the link ended: ") + std::string(head.header) + why);
}

void Run::on_goodbye(Peer&, const std::string& reason) {
    fail(Failure::Kind::no_connection, "the router said goodbye: " + reason);
}

void Run::on_lost(Peer& peer, const std::string& why) {
    if (may_lose(peer)) return;
    const auto& url = options_.target.url;
    auto text = settled_ == 0 ? "cannot connect to " + url + ": " + why : "connection to " + url + " lost: " + why;
    fail(Failure::Kind::no_connection, std::move(text));
}

void Run::fail(Failure::Kind kind, std::string what, std::string uri) {
    if (!failure_) failure_.emplace(kind, std::move(what), std::vector<std::string>(), std::move(uri));
}

bool Run::join(std::size_t count, std::size_t at_once) {
    last_progress_ = now();
    while (settled_ < count && !failed()) {
        while (engine_.peers().size() < count && engine_.peers().size() < settled_ + at_once && !failed()) dial();
        engine_.turn(now() + show_every);
        show(now());
        if (now() - last_progress_ > options_.patience.count())
            fail(Failure::Kind::timeout, "no answer while joining: " + std::to_string(settled_) + " of " +
                                             std::to_string(count) + " sessions stand");
    }
    return !failed();
}

void Run::open_window() {
    opened_ = now();
    arrived_before_ = arrived_;
    if (process_) cpu_before_ = process_->cpu();
}

void Run::close_window() {
    report_.seconds = static_cast<double>(now() - opened_) / 1e9;
    auto units = arrived_ - arrived_before_;
    report_.rate = static_cast<double>(units) / report_.seconds;
    if (!process_) return;
    ServerUse use;
    if (report_.server) use = *report_.server;  // memory from before
    use.pid = process_->pid();
    use.cpu_seconds = static_cast<double>(process_->cpu() - cpu_before_) / 1e9;
    use.seconds = report_.seconds;
    use.units = units;
    use.resident_after = process_->resident_bytes();
    report_.server = use;
}

void Run::show(Nanos at) {
    if (!progress_ || at - last_shown_ < show_every) return;
    last_shown_ = at;
    double done = to_ == never ? 0 : static_cast<double>(at - begun_) / static_cast<double>(to_ - begun_);
    progress_({std::clamp(done, 0.0, 1.0), report_.sent, report_.delivered});
}

Outcome Run::outcome() {
    if (failure_) return *failure_;
    report_.sessions = settled_;
    return std::move(report_);
}

Outcome SteadyRun::execute() {
    if (failed() || !join(connections_, join_at_once)) return outcome();
    if (process_) report_.server.emplace().resident_before = process_->resident_bytes();
    begun_ = last_progress_ = now();
    from_ = begun_ + options_.warmup.count();
    to_ = from_ + options_.duration.count();
    schedule_.start(begun_);
    drive(from_, to_);
    open_window();
    drive(to_, to_);
    close_window();
    drain();
    if (!failed()) finish();
    return outcome();
}

void SteadyRun::drive(Nanos until, Nanos end) {
    for (Nanos at; (at = now()) < until && !failed();) {
        auto next = pump(at, end);
        engine_.turn(std::min({next, until, at + show_every}));
        show(at);
        if (at - last_progress_ > stall_after && outstanding()) {
            forgive();
            last_progress_ = at;
        }
    }
}

// What was due in the window is still sent, and what was sent still counts, as long as something moves.
void SteadyRun::drain() {
    last_progress_ = now();
    while (!failed() && (outstanding() || schedule_.left_before(to_) > 0)) {
        auto at = now();
        if (at - last_progress_ > stall_after || at - to_ > options_.patience.count()) break;
        auto next = schedule_.left_before(to_) > 0 ? pump(at, to_) : never;
        engine_.turn(std::min(next, at + show_every));
    }
    report_.unsent = schedule_.left_before(to_);
}

std::string_view name_of(Scenario scenario) {
    constexpr std::string_view names[] = {"call",  "fanout", "pairs", "join",    "idle",      "links",
                                          "lanes", "mixed",  "sync",  "stalled", "idle-links"};
    return names[static_cast<std::size_t>(scenario)];
}

std::string_view unit_of(Scenario scenario) {
    constexpr std::string_view names[] = {"call",  "event", "event", "join",  "session", "event",
                                          "event", "event", "entry", "event", "link"};
    return names[static_cast<std::size_t>(scenario)];
}

/// WARP finds the realm in the address, and speaks Recon.
static LoadOptions warp_options(LoadOptions options) {
    if (options.target.path.size() <= 1) options.target.path = "/" + options.realm;
    if (options.scenario != Scenario::mixed) options.encoding = Encoding::recon;
    options.stalled = std::min(options.stalled, options.links);
    return options;
}

Outcome run_load(const LoadOptions& options, const ProgressFn& progress) {
    auto chosen = is_warp(options.scenario) ? warp_options(options) : options;
    if (is_warp(options.scenario) && options.target.framing != Framing::websocket)
        return Failure(Failure::Kind::usage, "WARP goes over ws:// or ws+unix: only");
    auto dialer = Dialer::make(options.target);
    if (!dialer) return Failure(Failure::Kind::no_connection, dialer.error().what);
    prctl(PR_SET_TIMERSLACK, 1);  // nanoseconds: a paced message must not be late by our own doing
    switch (options.scenario) {
        case Scenario::call:
            return run_calls(chosen, *dialer, progress);
        case Scenario::fanout:
        case Scenario::pairs:
            return run_events(chosen, *dialer, progress);
        case Scenario::join:
            return run_joins(chosen, *dialer, progress);
        case Scenario::links:
        case Scenario::lanes:
        case Scenario::mixed:
            return run_links(chosen, *dialer, progress);
        case Scenario::stalled:
            return run_stalled(chosen, *dialer, progress);
        case Scenario::sync:
            return run_syncs(chosen, *dialer, progress);
        case Scenario::idle:
        case Scenario::idle_links:
            return run_idle(chosen, *dialer, progress);
    }
    return Failure(Failure::Kind::usage, "no such load");
}

}  // namespace heddle::load
