#include <bit>
#include <vector>

#include "router/load/run.hpp"

/// caller connections -> router -> one callee connection -> router -> caller. The callee is connection 0.
namespace heddle::load {

namespace {

constexpr std::size_t paced_open_max =
    1 << 16;  // open calls per caller of a rate; beyond, they wait here and their latency grows

struct Caller {
    std::uint64_t last_request = 0;
    std::size_t open = 0;
    std::vector<Nanos> intended;  // by request id, as a ring: ids are sequential
};

class CallRun : public SteadyRun {
 public:
    CallRun(const LoadOptions& options, const Dialer& dialer, const ProgressFn& progress)
        : SteadyRun(options, dialer, progress, options.callers + 1),
          procedure_(unique_uri(options.uri) + ".echo"),
          tail_(messages_.tail(procedure_)),
          open_max_(schedule_.paced() ? paced_open_max : options.inflight),
          callers_(options.callers) {
        // Twice the open ones: an answer may overtake an older one, and the ring must not lap it.
        for (auto& caller : callers_) caller.intended.resize(std::bit_ceil(2 * open_max_));
    }

 private:
    void on_joined(Peer& peer, Nanos) override {
        if (peer.index == 0)
            engine_.send(peer, messages_.register_procedure(1, procedure_));
        else
            settled();
    }

    void on_other(Peer& peer, Head head, std::string_view, Nanos at) override {
        if (head.code == Code::invocation) return engine_.send(peer, messages_.yield(head.id));
        if (head.code == Code::registered) return settled();
        if (head.code == Code::result) answered(peer, head.id, at, true);
    }

    void on_call_error(Peer& peer, std::uint64_t request) override { answered(peer, request, now(), false); }

    void answered(Peer& peer, std::uint64_t request, Nanos at, bool well) {
        if (peer.index == 0) return;
        auto& caller = callers_[peer.index - 1];
        auto intended = caller.intended[request & (caller.intended.size() - 1)];
        if (caller.open > 0) --caller.open;
        if (well) return arrived(intended, at);
        last_progress_ = at;
        if (counts(intended)) ++report_.errors;
    }

    bool call(std::size_t index, Nanos intended) {
        auto& caller = callers_[index];
        if (caller.open >= open_max_) return false;
        ++caller.open;
        ++caller.last_request;
        caller.intended[caller.last_request & (caller.intended.size() - 1)] = intended;
        engine_.send(*engine_.peers()[index + 1], messages_.call(caller.last_request, tail_));
        if (counts(intended)) ++report_.sent, ++report_.expected;
        return true;
    }

    Nanos pump(Nanos at, Nanos end) override {
        if (!schedule_.paced()) {
            for (std::size_t i = 0; i < callers_.size(); ++i)
                while (call(i, at)) continue;
            return never;
        }
        for (; schedule_.next() <= at && schedule_.next() < end;
             schedule_.take(), turn_ = (turn_ + 1) % callers_.size())
            if (!call(turn_, schedule_.next())) return never;  // an answer wakes us
        return schedule_.next();
    }

    bool outstanding() const override {
        for (auto& caller : callers_)
            if (caller.open > 0) return true;
        return false;
    }

    void forgive() override {
        for (auto& caller : callers_) caller.open = 0;
    }

    std::string procedure_, tail_;
    std::size_t open_max_;
    std::vector<Caller> callers_;
    std::size_t turn_ = 0;
};

}  // namespace

Outcome run_calls(const LoadOptions& options, const Dialer& dialer, const ProgressFn& progress) {
    return CallRun(options, dialer, progress).execute();
}

}  // namespace heddle::load
