#include <vector>

#include "router/load/run.hpp"

/// Groups of one publisher and its subscribers, each with a topic of its own: fanout is one group of many, pairs are
/// many of one. Connections of a group stand together, the publisher first.
namespace heddle::load {

namespace {

struct Group {
    std::string topic, tail;
    std::uint64_t last_request = 0;
    std::uint64_t awaited = 0;  // events not yet heard
};

class EventRun : public SteadyRun {
 public:
    EventRun(const LoadOptions& options, const Dialer& dialer, const ProgressFn& progress, std::size_t groups,
             std::size_t subscribers)
        : SteadyRun(options, dialer, progress, groups * (subscribers + 1)), subscribers_(subscribers), groups_(groups) {
        auto base = unique_uri(options.uri);
        for (std::size_t i = 0; i < groups; ++i) {
            groups_[i].topic = base + ".t" + std::to_string(i);
            groups_[i].tail = messages_.tail(groups_[i].topic);
        }
    }

 private:
    Group& group_of(const Peer& peer) { return groups_[peer.index / (subscribers_ + 1)]; }

    void on_joined(Peer& peer, Nanos) override {
        if (peer.index % (subscribers_ + 1) == 0) return settled();
        engine_.send(peer, messages_.subscribe(1, group_of(peer).topic));
    }

    void on_other(Peer& peer, Head head, std::string_view message, Nanos at) override {
        if (head.code == Code::subscribed) return settled();
        if (head.code != Code::event) return;
        auto stamp = stamp_of(options_.encoding, message);
        if (!stamp) return fail(Failure::Kind::refused, "the router changed an event's payload");
        auto& group = group_of(peer);
        if (group.awaited > 0) --group.awaited;
        arrived(static_cast<Nanos>(*stamp), at);
    }

    void publish(std::size_t index, Nanos intended) {
        auto& group = groups_[index];
        auto& publisher = *engine_.peers()[index * (subscribers_ + 1)];
        engine_.send(publisher,
                     messages_.publish(++group.last_request, group.tail, static_cast<std::uint64_t>(intended)));
        group.awaited += subscribers_;
        if (counts(intended)) ++report_.sent, report_.expected += subscribers_;
    }

    Nanos pump(Nanos at, Nanos end) override {
        if (!schedule_.paced()) {
            for (std::size_t i = 0; i < groups_.size(); ++i)
                while (groups_[i].awaited + subscribers_ <= options_.window * subscribers_) publish(i, at);
            return never;
        }
        for (; schedule_.next() <= at && schedule_.next() < end;
             schedule_.take(), turn_ = (turn_ + 1) % groups_.size()) {
            if (engine_.peers()[turn_ * (subscribers_ + 1)]->out.size() > output_max)
                return never;  // room in the socket wakes us
            publish(turn_, schedule_.next());
        }
        return schedule_.next();
    }

    bool outstanding() const override {
        for (auto& group : groups_)
            if (group.awaited > 0) return true;
        return false;
    }

    void forgive() override {
        for (auto& group : groups_) group.awaited = 0;
    }

    std::size_t subscribers_;
    std::vector<Group> groups_;
    std::size_t turn_ = 0;
};

}  // namespace

Outcome run_events(const LoadOptions& options, const Dialer& dialer, const ProgressFn& progress) {
    bool fanout = options.scenario == Scenario::fanout;
    return EventRun(options, dialer, progress, fanout ? 1 : options.pairs, fanout ? options.subscribers : 1).execute();
}

}  // namespace heddle::load
