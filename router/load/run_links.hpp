#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "router/load/run.hpp"

namespace heddle::load {

/// One publisher, connection 0, and connections that hear it, each with a link to every lane; what is published goes to
/// the lanes in turn. Scenarios links (one lane), lanes (one connection, many lanes) and mixed (every other connection
/// is a WAMP subscriber of the lane's topic).
class LinkRun : public SteadyRun {
 public:
    /// `lane`: what the lanes are called; the realm's rules go by that name.
    LinkRun(const LoadOptions& options, const Dialer& dialer, const ProgressFn& progress, std::size_t readers,
            std::size_t lanes, std::string_view lane);

 protected:
    struct Lane {
        std::string topic, tail;  // for WAMP
        LaneFrames frames;
    };

    void dial() override { engine_.dial(encoding_of(engine_.peers().size())); }
    /// What is asked of a lane, and which answer means that it stands.
    virtual std::string request(const Lane& lane) const { return lane.frames.link(); }
    virtual FrameName answer() const { return FrameName::linked; }
    virtual void stands(Peer&) {}
    /// A reader was told what was published with that stamp.
    virtual void heard(Peer&, Nanos stamp, Nanos at) {
        if (awaited_ > 0) --awaited_;
        arrived(stamp, at);
    }
    virtual void published(Nanos /*stamp*/) {}
    /// When what is published now was meant to be sent; for those who need each stamp once.
    virtual Nanos stamp_at(Nanos intended) const { return intended; }
    Encoding encoding_of(std::size_t index) const;
    bool outstanding() const override { return awaited_ > 0; }
    void forgive() override { awaited_ = 0; }

    std::size_t heard_by_;       // readers that are waited for
    std::uint64_t awaited_ = 0;  // events not yet heard

 private:
    void on_joined(Peer& peer, Nanos at) override;
    void on_other(Peer& peer, Head head, std::string_view message, Nanos at) override;
    void on_envelope(Peer& peer, const EnvelopeHead& head, Nanos at) override;
    void publish(Nanos intended);
    Nanos pump(Nanos at, Nanos end) override;

    std::vector<Lane> lanes_;
    std::vector<std::size_t> unanswered_;  // by connection
    std::uint64_t last_request_ = 0;
    std::size_t turn_ = 0;
};

}  // namespace heddle::load
