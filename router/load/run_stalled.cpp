#include <algorithm>

#include "router/load/run_links.hpp"

namespace heddle::load {

namespace {

constexpr int stalled_receive_bytes = 4096;  // so that it is the router, not the kernel, that has to hold something

/// Connections 1 to `stalled` are linked, then read nothing until the end. A value lane may leave out what is no longer
/// the newest, for the others too: whoever hears a value has heard all before it.
class StalledRun : public LinkRun {
 public:
    StalledRun(const LoadOptions& options, const Dialer& dialer, const ProgressFn& progress)
        : LinkRun(options, dialer, progress, options.links, 1, "value"), next_(options.links + 1) {
        heard_by_ -= options.stalled;
        report_.stalled.emplace().links = options.stalled;
    }

 private:
    bool stalls(const Peer& peer) const { return peer.index >= 1 && peer.index <= options_.stalled; }
    void dial() override {
        auto index = engine_.peers().size();
        engine_.dial(Encoding::recon, index >= 1 && index <= options_.stalled ? stalled_receive_bytes : 0);
    }
    std::string request(const Lane& lane) const override { return lane.frames.sync(); }
    FrameName answer() const override { return FrameName::synced; }
    void stands(Peer& peer) override {
        if (stalls(peer)) engine_.stall(peer, true);
    }

    Nanos stamp_at(Nanos intended) const override {
        return stamps_.empty() ? intended : std::max(intended, stamps_.back() + 1);
    }
    void published(Nanos stamp) override { stamps_.push_back(stamp); }

    void heard(Peer& peer, Nanos stamp, Nanos at) override {
        auto& next = next_[peer.index];
        if (stalls(peer)) ++report_.stalled->frames, last_progress_ = at;
        for (; next < stamps_.size() && stamps_[next] <= stamp; ++next) {
            if (stalls(peer)) continue;
            if (awaited_ > 0) --awaited_;
            if (stamps_[next] == stamp)
                arrived(stamp, at);
            else
                superseded(stamps_[next]);
        }
    }

    // The router has dealt with it all the same: it counts as one that it was paid for.
    void superseded(Nanos stamp) {
        ++arrived_;
        if (counts(stamp)) ++report_.superseded;
    }

    bool may_lose(Peer& peer) override {
        if (!stalls(peer)) return false;
        ++report_.stalled->ended;
        return true;
    }

    // What the router holds was measured at the end of the window. Now they read, and have to end on the newest.
    void finish() override {
        for (std::size_t i = 1; i <= options_.stalled; ++i) engine_.stall(*engine_.peers()[i], false);
        last_progress_ = now();
        auto behind = [this] {
            auto& told = *report_.stalled;
            told.newest = 0;
            for (std::size_t i = 1; i <= options_.stalled; ++i) told.newest += next_[i] == stamps_.size();
            return told.newest + told.ended < told.links;
        };
        while (behind() && !failed() && now() - last_progress_ < options_.patience.count())
            engine_.turn(now() + second / 4);
    }

    std::vector<Nanos> stamps_;      // of all that was published, each once
    std::vector<std::size_t> next_;  // by connection: the first of them that it has not heard
};

}  // namespace

Outcome run_stalled(const LoadOptions& options, const Dialer& dialer, const ProgressFn& progress) {
    return StalledRun(options, dialer, progress).execute();
}

}  // namespace heddle::load
