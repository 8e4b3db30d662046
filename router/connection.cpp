#include "router/connection.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

#include "router/greeting.hpp"
#include "router/listener.hpp"
#include "router/worker.hpp"

namespace heddle {
namespace {

constexpr std::chrono::milliseconds linger{2'000};  // how long a peer may take to close after our last words
constexpr std::chrono::milliseconds surplus_patience{1'000};  // its place is for others who want to be told
constexpr std::size_t read_before_login = 4 << 10;  // bytes at a time: what is held back unread is no more than that
constexpr int tls_handshake_record = 0x16;

/// Endings after which there is nobody, or no room, for last words.
bool at_once(CloseReason why) {
    return why == CloseReason::slow_consumer || why == CloseReason::ping_timeout ||
           why == CloseReason::transport_lost || why == CloseReason::handshake_timeout ||
           why == CloseReason::memory_full || why == CloseReason::internal_error;
}

}  // namespace

Connection::Connection(Worker& worker, AcceptedSocket accepted)
    : Transport(worker, std::move(accepted.listener), std::move(accepted.from), std::move(accepted.permit)),
      socket_(accepted.socket ? std::move(accepted.socket) : kernel_socket(worker.io(), accepted.descriptor)),
      outbox_(worker.limits().outbox),
      protocol_(make_greeting(*this)),
      local_user_(std::move(accepted.local_user)) {}

Connection::~Connection() = default;

void Connection::start(ConnectionRef self) {
    self_ = self;
    socket_->set_send_buffer(worker_.limits().send_buffer);
    ping_deadline_ = worker_.now() + worker_.limits().ping_interval;
    const auto handshake = worker_.limits().handshake;
    set_phase(Phase::handshake, surplus() ? std::min(handshake, surplus_patience) : handshake);
    wait_readable();
}

// ---- reading ----

void Connection::wait_readable() {
    if (waiting_read_ || paused_ || gone_) return;
    waiting_read_ = true;
    socket_->wait(ConnectionSocket::For::reading, shared_from_this());
}

/// What was waited for is there: the handler of both waits.
void Connection::on_ready(ConnectionSocket::For what, bool released) {
    const bool reading = what == ConnectionSocket::For::reading;
    (reading ? waiting_read_ : waiting_write_) = false;
    if (released) return;
    if (reading) return on_readable();
    if (gone_) return;
    worker_.begin_turn(self_);
    worker_.mark_dirty(*this);
}

void Connection::on_readable() {
    worker_.begin_turn(self_);
    if (gone_ || paused() || (!greeted_ && !sniff_tls())) return;
    const std::span<char> whole = worker_.buffer();
    const std::span<char> buffer = proved_ ? whole : whole.first(std::min(whole.size(), read_before_login));
    const bool urgent = administers() || !in_session();
    while (worker_.may_read(urgent)) {
        const IoResult result = socket_->read(buffer);
        if (result.status == IoStatus::end || result.status == IoStatus::failed) return on_end();
        if (result.status == IoStatus::want_write) wait_writable();
        if (result.status != IoStatus::done) return wait_readable();
        worker_.tally().received_bytes[static_cast<std::size_t>(line())] += result.bytes;
        worker_.note_input(result.bytes);
        received_bytes_ += result.bytes;
        if (!outbox_.empty()) worker_.mark_dirty(*this);  // TLS may have had to read before it could write
        pings_unanswered_ = 0;
        sent_at_sign_ = outbox_.sent_bytes();
        sign_at_ = worker_.now();
        ping_deadline_ = worker_.now() + worker_.limits().ping_interval;
        const bool more = feed(buffer.first(result.bytes));
        watch_message();
        if (!more) return;
        if (result.bytes < buffer.size()) return wait_readable();
    }
    read_on();
}

/// Reads in a later turn: the next one, or when other workers have caught up.
void Connection::read_on() {
    auto read = [self = shared_from_this()] { self->on_readable(); };
    if (worker_.must_wait())
        worker_.read_later(std::move(read));
    else
        boost::asio::post(worker_.io(), std::move(read));
}

/// True when there may be more to read.
bool Connection::feed(std::span<char> bytes) {
    while (!bytes.empty()) {
        if (gone_) return false;
        if (parted_ && !protocol_->awaits_peer_close()) return true;  // read to notice the end, ignored
        const std::size_t used = protocol_->on_bytes(bytes);
        if (next_protocol_) {
            protocol_ = std::move(next_protocol_);
            if (std::string earlier = std::exchange(leftover_, {}); !earlier.empty() && !feed(earlier)) return false;
        }
        bytes = bytes.subspan(used);
        if (paused()) {
            leftover_.append(bytes.data(), bytes.size());
            return false;
        }
    }
    return !gone_;
}

bool Connection::sniff_tls() {
    const int first = socket_->peek_first_byte();
    if (first == -2) {
        wait_readable();
        return false;
    }
    greeted_ = true;
    if (first == tls_handshake_record && listener().tls && !socket_->start_tls(listener().tls->get())) {
        finish(CloseReason::handshake_failed);
        return false;
    }
    return true;
}

void Connection::pause_reading(bool paused) {
    if (paused_ == paused) return;
    paused_ = paused;
    if (!paused) resume();
}

/// Reading goes on where nothing stands against it any more; what was kept back comes first.
void Connection::resume() {
    if (gone_ || paused()) return;
    boost::asio::post(worker_.io(), [self = shared_from_this()] {
        if (self->gone_ || self->paused()) return;
        self->worker_.begin_turn(self->self_);
        self->protocol_->on_resumed();
        std::string held = std::exchange(self->leftover_, {});
        const bool more = self->feed(held);
        self->watch_message();
        if (more && !self->paused() && !self->waiting_read_) self->on_readable();
    });
}

void Connection::switch_to(std::unique_ptr<Protocol> next, std::string leftover) {
    next_protocol_ = std::move(next);
    leftover_ = std::move(leftover);
}

// ---- writing ----

void Connection::send(const Frame& frame, FrameKind kind) {
    if (gone_ || (closing_ && !parting_)) return;
    // Only a full socket makes a reader slow: what waits is written before anything is refused.
    if (outbox_.full() && !waiting_write_ && !broken_) write_out();
    const Admit admitted = outbox_.push(frame, kind, grace());
    if (admitted == Admit::overflow) {
        close(CloseReason::slow_consumer);
        return;
    }
    if (admitted == Admit::dropped) ++worker_.tally().dropped[std::string(realm())];
    worker_.mark_dirty(*this);
    if (above_high_watermark(outbox_.bytes())) slow_down();
}

void Connection::tell_when_sent() {
    outbox_.mark();
    worker_.mark_dirty(*this);
}

void Connection::wait_writable() {
    if (waiting_write_ || gone_) return;
    waiting_write_ = true;
    socket_->wait(ConnectionSocket::For::writing, shared_from_this());
}

void Connection::flush() {
    dirty = false;
    if (gone_) return;
    if (closing_ && at_once(*closing_)) return finish(*closing_);
    if (closing_ && !parted_) {
        parting_ = true;
        protocol_->on_closing(*closing_);
        parting_ = false;
        parted_ = true;
        phase_ = Phase::lingering;
        phase_deadline_ = TimePoint::max();  // until the last words are out, the write deadline watches
    }
    if (broken_) return finish(CloseReason::transport_lost);
    if (!waiting_write_) {  // else the socket is full: however much more is queued meanwhile, nothing leaves
        const IoStatus status = write_out();
        if (broken_) return finish(CloseReason::transport_lost);
        if (status == IoStatus::done && parted_) part();
    }
    if (outbox_.passed_mark() && !closing_) peer_->on_sent();
    look_at_outbox();
}

/// Writes what the socket takes. A failure is noted (`broken_`): this may be called in the middle of the peer's call.
IoStatus Connection::write_out() {
    const std::uint64_t sent_before = outbox_.sent_bytes();
    const IoStatus status = outbox_.flush(*socket_, worker_.write_buffer());
    worker_.tally().sent_bytes[static_cast<std::size_t>(line())] += outbox_.sent_bytes() - sent_before;
    if (status == IoStatus::failed || status == IoStatus::end) {
        broken_ = true;
        worker_.mark_dirty(*this);
        return status;
    }
    if (status != IoStatus::done) {
        const bool moved = outbox_.sent_bytes() != sent_before;
        if (moved || write_deadline_ == TimePoint::max()) note_progress(taken());
        if (write_deadline_ == TimePoint::max()) {
            write_deadline_ = worker_.now() + worker_.limits().write;
            taken_before_ = progress_taken_;
            full_since_ = worker_.now();
            schedule();
        }
        status == IoStatus::want_write ? wait_writable() : wait_readable();
        return status;
    }
    write_deadline_ = progress_deadline_ = TimePoint::max();
    if (full_since_ != TimePoint::max()) {
        worker_.tally().waited(worker_.now() - full_since_);
        full_since_ = TimePoint::max();
    }
    return status;
}

/// The last words are out: the peer may answer them, and closes.
void Connection::part() {
    if (phase_deadline_ == TimePoint::max()) set_phase(Phase::lingering, linger);
    if (shut_ || protocol_->awaits_peer_close()) return;
    shut_ = true;
    socket_->shutdown_write();
}

// ---- phases and endings ----

void Connection::set_phase(Phase phase, std::chrono::milliseconds limit) {
    phase_ = phase;
    phase_deadline_ = phase == Phase::open ? TimePoint::max() : worker_.now() + limit;
    schedule();
}

void Connection::handshake_done(bool hello_expected) {
    set_phase(hello_expected ? Phase::waiting_hello : Phase::open, worker_.limits().hello);
}

void Connection::renew_handshake() {
    served_ = true;
    set_phase(Phase::handshake, worker_.limits().handshake);
}

void Connection::welcomed() {
    had_session_ = true;
    proved();
    set_phase(Phase::open, {});
    protocol_->set_message_max(worker_.limits().message);
    if (peer_) peer_->on_welcomed();
}

void Connection::detached() {
    if (closing_ || gone_) return;
    peer_->on_detached();
    protocol_->set_message_max(worker_.limits().message_before_session);
    count_login(false);
    set_phase(Phase::waiting_hello, worker_.limits().hello);
    pause_reading(false);
    if (worker_.site().draining) close(CloseReason::goodbye);
}

void Connection::on_limits() {
    outbox_.set_bytes_max(worker_.limits().outbox);
    if (had_session_ && phase_ == Phase::open) protocol_->set_message_max(worker_.limits().message);
}

void Connection::close(CloseReason why) {
    if (gone_ || closing_) return;
    const bool was_paused = paused();
    closing_ = why;
    paused_ = false;
    if (was_paused) resume();
    worker_.mark_dirty(*this);
}

void Connection::finish(CloseReason why) {
    if (gone_) return;
    gone_ = true;
    why = closing_.value_or(why);
    worker_.tally().ended(why);
    free_senders(pressure_.drained());
    keep_input(0);
    // The kernel would go on holding what a peer that does not read was sent.
    if (at_once(why) && why != CloseReason::transport_lost) socket_->reset_on_close();
    worker_.forget(self_);  // first: whoever reads of the end in the log finds the place free
    protocol_->on_gone(outbox_.empty());
    if (peer_) peer_->on_lost(why);
    if (!had_session_ && worker_.log().wants(LogLevel::debug))
        worker_.log().write(LogLevel::debug, "connection.end", {{"reason", name_of(why)}, {"from", from()}});
    socket_->release();
}

Traffic Connection::traffic() const {
    return {outbox_.bytes(), received_bytes_, outbox_.sent_bytes(), outbox_.dropped(),
            above_high_watermark(outbox_.bytes())};
}

metrics::Line Connection::line() const {
    if (!listener().settings.unix_path.empty()) return metrics::Line::unix_;
    return socket_->secure() ? metrics::Line::tls : metrics::Line::tcp;
}

TimePoint Connection::next_deadline() const {
    return gone_ ? TimePoint::max() : std::min({phase_deadline_, write_deadline_, ping_deadline_,
                                                    message_deadline_, progress_deadline_, pressure_.deadline()});
}

void Connection::schedule() {
    const TimePoint next = next_deadline();
    if (next >= wake_at_) return;  // it is looked at before that anyway
    wake_at_ = next;
    worker_.wake_at(self_, next);
}

TimePoint Connection::on_deadline(TimePoint now) {
    if (now < wake_at_) return TimePoint::max();  // left over: it is called again then
    if (write_deadline_ <= now) {
        on_write_deadline(now);
    } else if (phase_deadline_ <= now) {
        on_phase_deadline();
    } else if (message_deadline_ <= now) {
        on_message_deadline(now);
    } else if (ping_deadline_ <= now) {
        on_ping_deadline(now);
    }
    if (!gone_ && progress_deadline_ <= now) on_progress_deadline();
    if (!gone_) judge_progress(now, progress_min);
    wake_at_ = next_deadline();
    return wake_at_;
}

void Connection::on_phase_deadline() {
    switch (phase_) {
        case Phase::handshake:
            return finish(served_ ? CloseReason::goodbye : CloseReason::handshake_timeout);
        case Phase::lingering:
            return finish(CloseReason::transport_lost);
        case Phase::waiting_hello:
            phase_deadline_ = TimePoint::max();
            if (had_session_) return close(CloseReason::goodbye);  // said GOODBYE, and nothing since
            return peer_->on_violation(CloseReason::hello_timeout, late_words(peer_->realm()));
        case Phase::open:
            phase_deadline_ = TimePoint::max();
    }
}

}  // namespace heddle
