#pragma once
#include <limits>
#include <optional>
#include <string>
#include <variant>

#include "router/load/engine.hpp"
#include "router/load/envelopes.hpp"
#include "router/load/load.hpp"
#include "router/load/messages.hpp"
#include "router/load/server_process.hpp"

namespace heddle::load {

inline constexpr Nanos second = 1'000'000'000;
inline constexpr Nanos never = std::numeric_limits<Nanos>::max();

/// Bytes that may wait at a publisher. Beyond, a paced publication waits and its latency grows.
inline constexpr std::size_t output_max = 1 << 20;

using Outcome = std::variant<LoadReport, Failure>;

/// When the n-th message of a rate is due, whatever became of the others: latency counted from here hides no stall.
class Schedule {
 public:
    explicit Schedule(double rate) : interval_(rate > 0 ? 1e9 / rate : 0) {}
    void start(Nanos at) { start_ = at, taken_ = 0; }
    bool paced() const { return interval_ > 0; }
    Nanos next() const { return start_ + static_cast<Nanos>(interval_ * static_cast<double>(taken_)); }
    void take() { ++taken_; }
    /// How many are due before `end` and not taken yet.
    std::uint64_t left_before(Nanos end) const;

 private:
    double interval_;
    Nanos start_ = 0;
    std::uint64_t taken_ = 0;
};

/// What all loads share: joining, counting, the measured window, failure. One run, then thrown away.
class Run : public PeerEvents {
 public:
    Run(const LoadOptions& options, const Dialer& dialer, const ProgressFn& progress);
    virtual Outcome execute() = 0;

    void on_open(Peer& peer) final;
    void on_message(Peer& peer, std::string_view message, Nanos at) final;
    void on_lost(Peer& peer, const std::string& why) final;

 protected:
    /// Begins one more connection; `Engine::peers` tells which it will be.
    virtual void dial() { engine_.dial(options_.encoding); }
    /// The session stands; with WARP, which has none, the connection. Calls `settled` now, or when what it still has to
    /// ask for is answered.
    virtual void on_joined(Peer& peer, Nanos at) = 0;
    /// Any message but those that Run handles itself (WELCOME, ABORT, GOODBYE, ERROR of what is not a call).
    virtual void on_other(Peer& peer, Head head, std::string_view message, Nanos at) = 0;
    virtual void on_goodbye(Peer& peer, const std::string& reason);
    /// A frame of a connection that speaks WARP.
    virtual void on_envelope(Peer&, const EnvelopeHead&, Nanos /*at*/) {}
    virtual void on_call_error(Peer&, std::uint64_t /*request*/) {}

    /// Whether the load goes on without that connection.
    virtual bool may_lose(Peer&) { return false; }

    void refused(const std::string& what, std::string_view message);
    /// `@unlinked`, and its body tells why.
    void unlinked(const EnvelopeHead& head);
    /// Dials until `count` connections have settled, `at_once` at a time.
    bool join(std::size_t count, std::size_t at_once);
    void settled() { ++settled_, last_progress_ = now(); }
    void fail(Failure::Kind kind, std::string what, std::string uri = {});
    bool failed() const { return failure_.has_value(); }

    /// Something arrived that was meant to be sent at `intended`.
    void arrived(Nanos intended, Nanos at) {
        ++arrived_;
        last_progress_ = at;
        if (intended < from_ || intended >= to_) return;
        ++report_.delivered;
        report_.latency.add(at > intended ? static_cast<std::uint64_t>(at - intended) : 0);
    }
    bool counts(Nanos intended) const { return intended >= from_ && intended < to_; }
    void open_window();
    void close_window();
    void show(Nanos at);
    Outcome outcome();

    const LoadOptions& options_;
    Messages messages_;
    Engine engine_;
    LoadReport report_;
    std::optional<ServerProcess> process_;
    Nanos from_ = never, to_ = never;  // the window, by intended times
    Nanos begun_ = 0, last_progress_ = 0;
    std::uint64_t arrived_ = 0;

 private:
    const ProgressFn& progress_;
    std::size_t settled_ = 0;
    std::optional<Failure> failure_;
    Nanos opened_ = 0, last_shown_ = 0;
    std::int64_t cpu_before_ = 0;
    std::uint64_t arrived_before_ = 0;
};

/// A load that sends all the time: warm-up, window, then waiting for what is still on its way.
class SteadyRun : public Run {
 public:
    SteadyRun(const LoadOptions& options, const Dialer& dialer, const ProgressFn& progress, std::size_t connections)
        : Run(options, dialer, progress), connections_(connections), schedule_(options.rate) {}
    Outcome execute() override;

 protected:
    /// Sends what is due at `at` and was due before `end`; returns when more will be.
    virtual Nanos pump(Nanos at, Nanos end) = 0;
    virtual bool outstanding() const = 0;
    /// Nothing arrived for a while: what is on its way counts as lost, so that the rest goes on.
    virtual void forgive() = 0;
    /// All that was sent has arrived or counts as lost.
    virtual void finish() {}

    std::size_t connections_;
    Schedule schedule_;

 private:
    void drive(Nanos until, Nanos end);
    void drain();
};

std::string unique_uri(const std::string& base);

Outcome run_calls(const LoadOptions& options, const Dialer& dialer, const ProgressFn& progress);
Outcome run_events(const LoadOptions& options, const Dialer& dialer, const ProgressFn& progress);
Outcome run_links(const LoadOptions& options, const Dialer& dialer, const ProgressFn& progress);
Outcome run_stalled(const LoadOptions& options, const Dialer& dialer, const ProgressFn& progress);
Outcome run_syncs(const LoadOptions& options, const Dialer& dialer, const ProgressFn& progress);
Outcome run_joins(const LoadOptions& options, const Dialer& dialer, const ProgressFn& progress);
Outcome run_idle(const LoadOptions& options, const Dialer& dialer, const ProgressFn& progress);

}  // namespace heddle::load
