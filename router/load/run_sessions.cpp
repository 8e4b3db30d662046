#include <algorithm>

#include "router/load/run.hpp"

/// Loads whose unit is the session itself: how fast they come and go, and what one costs while it does nothing.
namespace heddle::load {

namespace {

/// Each session joins, says GOODBYE, hears GOODBYE and is closed; then the next one dials.
class JoinRun : public Run {
 public:
    using Run::Run;

    Outcome execute() override {
        if (failed()) return outcome();
        std::size_t warmup = options_.warmup.count() > 0 ? std::min<std::size_t>(options_.sessions / 10 + 1, 100) : 0;
        if (!join(warmup, options_.inflight)) return outcome();
        begun_ = from_ = now();
        open_window();
        report_.sent = report_.expected = options_.sessions;
        if (!join(warmup + options_.sessions, options_.inflight)) return outcome();
        close_window();
        return outcome();
    }

 private:
    void on_joined(Peer& peer, Nanos at) override {
        if (peer.dialled >= from_) report_.latency.add(static_cast<std::uint64_t>(at - peer.dialled));
        engine_.send(peer, messages_.goodbye());
    }
    void on_other(Peer&, Head, std::string_view, Nanos) override {}
    void on_goodbye(Peer& peer, const std::string&) override {
        engine_.close(peer);
        settled();
        ++arrived_;
        if (peer.dialled >= from_) ++report_.delivered;
    }
};

/// All sessions join, or all connections link one lane, then nothing happens for the duration. The first few do not
/// count: they make the router set up what all share.
class IdleRun : public Run {
 public:
    using Run::Run;

    Outcome execute() override {
        constexpr std::size_t first_few = 10;
        auto at_once = std::max(options_.inflight, 16u);
        if (failed() || !join(first_few, at_once)) return outcome();
        if (process_) report_.server.emplace().resident_before = process_->resident_bytes();
        from_ = now();
        report_.sent = report_.expected = count();
        if (!join(first_few + count(), at_once)) return outcome();
        rest(options_.warmup);  // until what joining left behind is done
        open_window();
        begun_ = now();
        to_ = begun_ + options_.duration.count();
        rest(options_.duration);
        close_window();
        if (report_.server) report_.server->units = count();
        return outcome();
    }

 private:
    void rest(std::chrono::nanoseconds span) {
        for (Nanos at, end = now() + span.count(); (at = now()) < end && !failed(); show(at))
            engine_.turn(std::min(end, at + second / 4));
    }
    unsigned count() const { return links() ? options_.links : options_.sessions; }
    bool links() const { return options_.scenario == Scenario::idle_links; }
    void dial() override { engine_.dial(links() ? Encoding::recon : options_.encoding); }
    void on_joined(Peer& peer, Nanos at) override {
        if (links()) return engine_.send(peer, lane_.link());
        stands(peer, at);
    }
    void on_envelope(Peer& peer, const EnvelopeHead& head, Nanos at) override {
        if (head.name == FrameName::unlinked) return unlinked(head);
        if (head.name == FrameName::linked) stands(peer, at);
    }
    void stands(Peer& peer, Nanos at) {
        settled();
        if (peer.dialled < from_) return;
        ++report_.delivered;
        report_.latency.add(static_cast<std::uint64_t>(at - peer.dialled));
    }
    void on_other(Peer&, Head, std::string_view, Nanos) override {}

    LaneFrames lane_{unique_uri(options_.uri) + ".0.event", Messages::stamp_size};
};

}  // namespace

Outcome run_joins(const LoadOptions& options, const Dialer& dialer, const ProgressFn& progress) {
    return JoinRun(options, dialer, progress).execute();
}

Outcome run_idle(const LoadOptions& options, const Dialer& dialer, const ProgressFn& progress) {
    return IdleRun(options, dialer, progress).execute();
}

}  // namespace heddle::load
