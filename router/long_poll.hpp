#pragma once
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "router/inbound_order.hpp"
#include "router/protocol.hpp"
#include "router/subprotocol.hpp"
#include "router/transport.hpp"

namespace heddle {

/// A WAMP client that comes by HTTP requests (WAMP, "HTTP Longpoll Transport"): one that waits for messages, and one
/// for each message it sends. Outlives the connections that carry these; they may live on other workers.
///
///   send    --> inbound (in order of request ids) --> peer --> realm
///   receive <-- queue (bounded by limits.outbox)  <-- deliver
///
/// A second `receive` takes over from the first, whose connection may be dead without anybody knowing. Without any for
/// limits.poll_idle, or with an answer that was lost on the way, the session ends: the transport has no
/// acknowledgements, so what was handed out cannot be handed out again.
class LongPoll final : public Transport {
 public:
    LongPoll(Worker& worker, std::shared_ptr<const Listener> listener, std::string from, bool secure,
             const Subprotocol& protocol, std::string secret, Admission::Permit permit);
    void start(ConnectionRef self);

    bool secure() const override { return secure_; }
    /// Those of the connection that opened it, but for what binds to that alone.
    void came_with(PeerFacts facts);
    PeerFacts facts() const override { return facts_; }
    bool polled() const override { return true; }
    void send(const Frame& frame, FrameKind kind) override;
    void close(CloseReason why) override;
    void pause_reading(bool paused) override;
    void tell_when_sent() override {}  // WARP's, which does not come this way
    void welcomed() override;
    void detached() override;
    void crowded(bool) override {}  // of WARP sessions, which do not come this way

    bool in_session() const override { return had_session_ && phase_ == Phase::open; }
    std::string_view protocol() const override { return "longpoll"; }
    std::string_view realm() const override { return peer_ ? peer_->realm() : ""; }
    Traffic traffic() const override;
    void abandon() override { finish(CloseReason::shutdown); }
    void flush() override;
    TimePoint on_deadline(TimePoint now) override;
    void on_limits() override;
    void on_poll(PollRequest request) override;

 private:
    enum class Phase : std::uint8_t { waiting_hello, open, lingering };

    void on_receive(ConnectionRef reader);
    // long_poll_inbound.cpp
    void on_announce(const PollRequest& request);
    void on_send(PollRequest& request);
    unsigned accept(std::string_view bytes, std::string& refusal);
    void pump();
    // long_poll.cpp
    void hand_over();
    void on_released() override;
    void answer_senders(unsigned status);
    /// A client makes progress when it fetches messages.
    std::int64_t taken() const override { return static_cast<std::int64_t>(sent_bytes_); }
    bool has_stalled() override;
    void violated(CloseReason why, std::string_view what);
    void finish(CloseReason why, unsigned status = 410);
    void answer(ConnectionRef reader, unsigned status, std::string text = {});
    void set_phase(Phase phase, std::chrono::milliseconds limit);
    TimePoint next_deadline() const;
    void schedule();
    void on_phase_deadline();

    Subprotocol protocol_;
    std::string secret_;
    bool secure_;
    PeerFacts facts_;
    std::unique_ptr<Peer> peer_;
    std::deque<Frame> queue_;
    std::size_t queued_bytes_ = 0;
    std::uint64_t received_bytes_ = 0, sent_bytes_ = 0, dropped_ = 0;
    std::optional<ConnectionRef> reader_;
    InboundOrder inbound_;
    std::vector<ConnectionRef> unanswered_;  // whose messages wait for a reader of theirs
    std::size_t message_max_;
    Phase phase_ = Phase::waiting_hello;
    bool paused_ = false;
    bool had_session_ = false;
    bool gone_ = false;
    std::optional<CloseReason> closing_;
    TimePoint wake_at_ = TimePoint::max();
    TimePoint phase_deadline_ = TimePoint::max();
    TimePoint poll_deadline_ = TimePoint::max();     // with a reader: when it is sent home; without: when one must come
    TimePoint inbound_deadline_ = TimePoint::max();  // of waiting for a request that others have overtaken
};

}  // namespace heddle
