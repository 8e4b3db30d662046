#include <algorithm>
#include <vector>

#include "router/load/run.hpp"

/// Connection 0 fills a map lane. Then connections come, sync it, hear each entry, and leave; always as many at once as
/// there are links.
namespace heddle::load {

namespace {

class SyncRun : public Run {
 public:
    SyncRun(const LoadOptions& options, const Dialer& dialer, const ProgressFn& progress)
        : Run(options, dialer, progress),
          // All below a node are the entries of its lane `topics`: no rule is needed for that.
          lane_(unique_uri(options.uri) + ".topics", std::max(options.size, Messages::stamp_size)) {}

    Outcome execute() override {
        if (failed() || !join(1, 1)) return outcome();
        if (process_) report_.server.emplace().resident_before = process_->resident_bytes();
        begun_ = last_progress_ = now();
        from_ = begun_ + options_.warmup.count();
        to_ = from_ + options_.duration.count();
        drive(from_);
        open_window();
        drive(to_);
        close_window();
        while (open_ > 0 && !failed() && now() - last_progress_ < options_.patience.count())
            engine_.turn(now() + second / 4);
        return outcome();
    }

 private:
    void dial() override { engine_.dial(Encoding::recon); }

    void drive(Nanos until) {
        for (Nanos at; (at = now()) < until && !failed(); show(at)) {
            for (; open_ < options_.links && !failed(); ++open_) {
                dial();
                auto& peer = *engine_.peers().back();
                if (counts(peer.dialled)) ++report_.sent, report_.expected += options_.keys;
            }
            engine_.turn(std::min(until, at + second / 4));
            if (at - last_progress_ > options_.patience.count())
                fail(Failure::Kind::timeout,
                     "no entry for " + std::to_string(options_.patience.count() / second) + " s");
        }
    }

    void on_joined(Peer& peer, Nanos at) override {
        entries_.resize(engine_.peers().size());
        for (unsigned key = 0; peer.index == 0 && key < options_.keys; ++key)
            engine_.send(peer, lane_.update("k" + std::to_string(key), static_cast<std::uint64_t>(at)));
        engine_.send(peer, lane_.sync());
    }

    void on_envelope(Peer& peer, const EnvelopeHead& head, Nanos at) override {
        if (head.name == FrameName::unlinked) return unlinked(head);
        auto& entries = entries_[peer.index];
        if (head.name == FrameName::event && head.body.starts_with("@update(")) {
            if (!stamp_of_body(head.body)) return fail(Failure::Kind::refused, "the router changed an entry");
            ++entries;
            if (peer.index == 0) return;
            arrived(peer.dialled, at);
        }
        if (head.name != FrameName::synced) return;
        if (entries != options_.keys)
            return fail(Failure::Kind::refused, "a map of " + std::to_string(options_.keys) +
                                                    " entries was synced with " + std::to_string(entries));
        if (peer.index == 0) return settled();
        --open_;
        engine_.close(peer);
    }

    void on_other(Peer&, Head, std::string_view, Nanos) override {}

    LaneFrames lane_;
    std::vector<unsigned> entries_;  // by connection
    std::size_t open_ = 0;
};

}  // namespace

Outcome run_syncs(const LoadOptions& options, const Dialer& dialer, const ProgressFn& progress) {
    return SyncRun(options, dialer, progress).execute();
}

}  // namespace heddle::load
