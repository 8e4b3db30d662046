#include "router/long_poll.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "router/long_poll_request.hpp"
#include "router/wamp_peer.hpp"
#include "router/worker.hpp"

namespace heddle {
namespace {

constexpr std::chrono::milliseconds poll_linger{5'000};  // for the client to fetch the last words and to say close

std::string_view content_type_of(const Subprotocol& protocol) {
    if (protocol.form.framing == Framing::batched) return "application/octet-stream";
    switch (protocol.form.encoding) {
        case Encoding::msgpack:
            return "application/msgpack";
        case Encoding::cbor:
            return "application/cbor";
        default:
            return "application/json";
    }
}

/// Subprotocols are named for WebSocket: here there is no frame around a message.
Subprotocol for_http(Subprotocol protocol) {
    if (protocol.form.framing == Framing::websocket) protocol.form.framing = Framing::bare;
    return protocol;
}

}  // namespace

LongPoll::LongPoll(Worker& worker, std::shared_ptr<const Listener> listener, std::string from, bool secure,
                   const Subprotocol& protocol, std::string secret, Admission::Permit permit)
    : Transport(worker, std::move(listener), std::move(from), std::move(permit)),
      protocol_(for_http(protocol)),
      secret_(std::move(secret)),
      secure_(secure),
      peer_(make_wamp_peer(*this, protocol_.form, std::numeric_limits<std::size_t>::max())),
      message_max_(worker.limits().message_before_session) {}

void LongPoll::start(ConnectionRef self) {
    self_ = self;
    progress_at_ = worker_.now();
    poll_deadline_ = worker_.now() + worker_.limits().poll_idle;
    set_phase(Phase::waiting_hello, worker_.limits().hello);
}

void LongPoll::came_with(PeerFacts facts) {
    facts_ = std::move(facts);
    facts_.tls_exporter.reset();
    facts_.tls_unique.reset();
}

// ---- requests ----

void LongPoll::on_poll(PollRequest request) {
    using What = PollRequest::What;
    const bool from_client = request.what != What::reader_lost && request.what != What::answer_lost;
    if (from_client && (gone_ || !same_secret(request.secret, secret_)))
        return answer(request.reader, 404, "no such transport\n");
    switch (request.what) {
        case What::receive:
            return on_receive(request.reader);
        case What::announce:
            return on_announce(request);
        case What::send:
            return on_send(request);
        case What::close:
            if (reader_) answer(*std::exchange(reader_, std::nullopt), 204);
            answer(request.reader, 202);
            return finish(CloseReason::goodbye);
        case What::reader_lost:
            if (reader_ != request.reader) return;
            reader_.reset();
            poll_deadline_ = worker_.now() + worker_.limits().poll_idle;
            return schedule();
        case What::answer_lost:
            return finish(CloseReason::transport_lost);
    }
}

void LongPoll::on_receive(ConnectionRef reader) {
    if (reader_) answer(*reader_, 409, "another receive took over\n");
    reader_ = reader;
    poll_deadline_ = worker_.now() + worker_.limits().poll_wait;
    schedule();
    worker_.mark_dirty(*this);
}

// ---- from the realm ----

void LongPoll::send(const Frame& frame, FrameKind kind) {
    if (gone_ || closing_) return;
    if (queued_bytes_ > worker_.limits().outbox + grace()) {  // one frame may always go beyond
        if (kind != FrameKind::droppable) return close(CloseReason::slow_consumer);
        ++worker_.tally().dropped[std::string(realm())];
        ++dropped_;
        return;
    }
    queued_bytes_ += frame.size() + Outbox::frame_overhead;
    queue_.push_back(frame);
    worker_.mark_dirty(*this);
    if (above_high_watermark(queued_bytes_) && slow_down_sender()) schedule();
}

void LongPoll::close(CloseReason why) {
    if (gone_ || closing_) return;
    closing_ = why;
    set_phase(Phase::lingering, poll_linger);
    worker_.mark_dirty(*this);
}

void LongPoll::pause_reading(bool paused) {
    paused_ = paused;
    if (!paused) pump();
}

void LongPoll::welcomed() {
    had_session_ = true;
    count_login(true);
    message_max_ = worker_.limits().message;
    set_phase(Phase::open, {});
    pump();
}

void LongPoll::detached() {
    if (closing_ || gone_) return;
    peer_->on_detached();
    count_login(false);
    message_max_ = worker_.limits().message_before_session;
    inbound_.next_session();
    set_phase(Phase::waiting_hello, worker_.limits().hello);
    if (worker_.site().draining) close(CloseReason::goodbye);
    pause_reading(false);
}

/// End of turn: what gathered goes to the reader, the last words too.
void LongPoll::flush() {
    dirty = false;
    if (gone_) return;
    if (closing_ == CloseReason::slow_consumer) return finish(CloseReason::slow_consumer);
    if (!reader_) return;
    if (!queue_.empty()) {
        hand_over();
        return look_at_backlog(queued_bytes_);
    }
    if (closing_) finish(*closing_);
}

/// One message, or in the batched forms all that wait.
void LongPoll::hand_over() {
    PollAnswer said{200, content_type_of(protocol_), {}, self_};
    do {
        said.body.append(queue_.front().view());
        queued_bytes_ -= queue_.front().size() + Outbox::frame_overhead;
        queue_.pop_front();
    } while (protocol_.form.framing == Framing::batched && !queue_.empty());
    sent_bytes_ += said.body.size();
    progress_at_ = worker_.now();
    poll_deadline_ = worker_.now() + worker_.limits().poll_idle;
    worker_.answer(*std::exchange(reader_, std::nullopt), std::move(said));
    schedule();
}

bool LongPoll::has_stalled() { return !reader_ && worker_.now() - progress_at_ >= worker_.limits().patience; }

Traffic LongPoll::traffic() const {
    return {queued_bytes_, received_bytes_, sent_bytes_, dropped_, above_high_watermark(queued_bytes_)};
}

void LongPoll::answer(ConnectionRef reader, unsigned status, std::string text) {
    worker_.answer(reader, {status, "text/plain", std::move(text), {}});
}

// ---- phases and endings ----

/// The session ends through its peer; nothing more is taken until a realm on another thread has said its ABORT.
void LongPoll::violated(CloseReason why, std::string_view what) {
    inbound_.clear();
    peer_->on_violation(why, what);
    if (!closing_) paused_ = true;
}

void LongPoll::finish(CloseReason why, unsigned status) {
    if (gone_) return;
    gone_ = true;
    why = closing_.value_or(why);
    worker_.tally().ended(why);
    free_senders(pressure_.drained());
    keep_input(0);
    worker_.forget(self_);
    peer_->on_lost(why);
    if (reader_) answer(*std::exchange(reader_, std::nullopt), status, "the session is over\n");
    answer_senders(202);  // they were taken
    if (!had_session_ && worker_.log().wants(LogLevel::debug))
        worker_.log().write(LogLevel::debug, "connection.end", {{"reason", name_of(why)}, {"from", from()}});
}

void LongPoll::set_phase(Phase phase, std::chrono::milliseconds limit) {
    phase_ = phase;
    phase_deadline_ = phase == Phase::open ? TimePoint::max() : worker_.now() + limit;
    schedule();
}

TimePoint LongPoll::next_deadline() const {
    return gone_ ? TimePoint::max() : std::min({phase_deadline_, poll_deadline_, inbound_deadline_, pressure_.deadline()});
}

void LongPoll::schedule() {
    const TimePoint next = next_deadline();
    if (next >= wake_at_) return;  // it is looked at before that anyway
    wake_at_ = next;
    worker_.wake_at(self_, next);
}

TimePoint LongPoll::on_deadline(TimePoint now) {
    if (now < wake_at_) return TimePoint::max();  // left over: it is called again then
    if (phase_deadline_ <= now) on_phase_deadline();
    if (!gone_ && inbound_deadline_ <= now) {  // the missing one does not come: it must make sense without
        inbound_deadline_ = TimePoint::max();
        inbound_.give_up();
        pump();
    }
    if (!gone_ && poll_deadline_ <= now) {
        if (!reader_) {
            finish(CloseReason::poll_timeout);
        } else {
            answer(*std::exchange(reader_, std::nullopt), 204);
            poll_deadline_ = now + worker_.limits().poll_idle;
        }
    }
    if (!gone_) judge_progress(now, 1);
    wake_at_ = next_deadline();
    return wake_at_;
}

void LongPoll::on_limits() {
    message_max_ = in_session() ? worker_.limits().message : worker_.limits().message_before_session;
}

void LongPoll::on_phase_deadline() {
    phase_deadline_ = TimePoint::max();
    if (phase_ == Phase::lingering) return finish(CloseReason::transport_lost);
    if (had_session_) return close(CloseReason::goodbye);  // said GOODBYE, and nothing since
    peer_->on_violation(CloseReason::hello_timeout, late_words(peer_->realm()));
}

}  // namespace heddle
