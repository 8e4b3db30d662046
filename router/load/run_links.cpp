#include "router/load/run_links.hpp"

#include <algorithm>

namespace heddle::load {

LinkRun::LinkRun(const LoadOptions& options, const Dialer& dialer, const ProgressFn& progress, std::size_t readers,
                 std::size_t lanes, std::string_view lane)
    : SteadyRun(options, dialer, progress, readers + 1), heard_by_(readers), unanswered_(readers + 1, lanes) {
    auto base = unique_uri(options.uri);
    for (std::size_t i = 0; i < lanes; ++i) {
        auto topic = base + "." + std::to_string(i) + "." + std::string(lane);
        auto size = std::max(options.size, Messages::stamp_size);
        lanes_.push_back({topic, messages_.tail(topic), LaneFrames(topic, size)});
    }
}

Encoding LinkRun::encoding_of(std::size_t index) const {
    if (options_.scenario != Scenario::mixed) return Encoding::recon;
    bool warp = index == 0 ? options_.warp_publisher : index % 2 == 0;
    return warp ? Encoding::recon : options_.encoding;
}

void LinkRun::on_joined(Peer& peer, Nanos) {
    if (peer.index == 0) return settled();
    if (peer.encoding != Encoding::recon) return engine_.send(peer, messages_.subscribe(1, lanes_[0].topic));
    for (auto& lane : lanes_) engine_.send(peer, request(lane));
}

void LinkRun::on_envelope(Peer& peer, const EnvelopeHead& head, Nanos at) {
    if (head.name == FrameName::unlinked) return unlinked(head);
    auto& unanswered = unanswered_[peer.index];
    if (unanswered > 0 && head.name == answer() && --unanswered == 0) {
        stands(peer);
        return settled();
    }
    // A lane that was never set may say so before it stands.
    if (head.name != FrameName::event || (unanswered > 0 && head.body.empty())) return;
    auto stamp = stamp_of_body(head.body);
    if (!stamp) return fail(Failure::Kind::refused, "the router changed an event's body");
    heard(peer, static_cast<Nanos>(*stamp), at);
}

void LinkRun::on_other(Peer& peer, Head head, std::string_view message, Nanos at) {
    if (head.code == Code::subscribed) return settled();
    if (head.code != Code::event) return;
    auto stamp = stamp_of(options_.encoding, message);
    if (!stamp) return fail(Failure::Kind::refused, "the router changed an event's payload");
    heard(peer, static_cast<Nanos>(*stamp), at);
}

void LinkRun::publish(Nanos intended) {
    auto stamp = stamp_at(intended);
    auto& lane = lanes_[turn_];
    turn_ = (turn_ + 1) % lanes_.size();
    auto& publisher = *engine_.peers()[0];
    auto bits = static_cast<std::uint64_t>(stamp);
    engine_.send(publisher, publisher.encoding == Encoding::recon
                                ? lane.frames.command(bits)
                                : messages_.publish(++last_request_, lane.tail, bits));
    published(stamp);
    awaited_ += heard_by_;
    if (counts(stamp)) ++report_.sent, report_.expected += heard_by_;
}

Nanos LinkRun::pump(Nanos at, Nanos end) {
    if (!schedule_.paced()) {
        auto most = std::uint64_t{options_.window} * heard_by_;
        while (awaited_ + heard_by_ <= most) publish(at);
        return never;
    }
    for (; schedule_.next() <= at && schedule_.next() < end; schedule_.take()) {
        if (engine_.peers()[0]->out.size() > output_max) return never;  // room in the socket wakes us
        publish(schedule_.next());
    }
    return schedule_.next();
}

Outcome run_links(const LoadOptions& options, const Dialer& dialer, const ProgressFn& progress) {
    bool many_lanes = options.scenario == Scenario::lanes;
    std::size_t readers = many_lanes ? 1 : options.scenario == Scenario::mixed ? options.subscribers : options.links;
    return LinkRun(options, dialer, progress, readers, many_lanes ? options.links : 1, "event").execute();
}

}  // namespace heddle::load
