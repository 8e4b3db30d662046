// How a connection and those it exchanges messages with keep pace (docs/design.md, "Flow control"), and what it must do in
// time.
#include <algorithm>

#include "router/connection.hpp"
#include "router/worker.hpp"

namespace heddle {

// ---- as a sender ----

/// A message of which a part has come has a deadline for its rest; a message that follows it, a new one. What is kept of
/// it counts as memory.
void Connection::watch_message() {
    if (gone_) return;
    keep_input(leftover_.capacity() + protocol_->kept_input());
    const std::uint64_t now_unfinished = phase_ == Phase::handshake ? 0 : protocol_->unfinished();
    if (now_unfinished == unfinished_) return;
    unfinished_ = now_unfinished;
    message_deadline_ = unfinished_ ? worker_.now() + worker_.limits().message_time : TimePoint::max();
    schedule();
}

// ---- as a reader ----

/// Above the high watermark.
void Connection::slow_down() {
    if (slow_down_sender()) schedule();
}

/// Has the socket been full for the patience, and has its peer taken nothing meanwhile?
bool Connection::has_stalled() {
    if (!waiting_write_ || worker_.now() - progress_at_ < worker_.limits().patience) return false;
    const std::int64_t now_taken = taken();
    if (now_taken - progress_taken_ < progress_min) return true;
    note_progress(now_taken);
    return false;
}

/// The peer of a full socket is looked at again after the patience, until it takes nothing more. So readers that have stalled
/// are known before much waits for them, and do not hold their senders one after the other.
void Connection::note_progress(std::int64_t taken) {
    progress_at_ = worker_.now();
    progress_taken_ = taken;
    progress_deadline_ = progress_at_ + worker_.limits().patience;
    schedule();
}

void Connection::look_at_outbox() {
    if (!crowded_) look_at_backlog(outbox_.bytes());
}

void Connection::crowded(bool in_realm) {
    if (gone_) return;
    crowded_ = in_realm;
    in_realm ? slow_down() : look_at_outbox();
}

/// Bytes that the peer's side has taken so far. Only differences mean something: TLS adds bytes of its own.
std::int64_t Connection::taken() const {
    return static_cast<std::int64_t>(outbox_.sent_bytes()) - static_cast<std::int64_t>(socket_->unsent());
}

// ---- deadlines ----

/// The socket has been full all the time: did its peer take what it must?
void Connection::on_write_deadline(TimePoint now) {
    const Limits& limits = worker_.limits();
    const double seconds = std::chrono::duration<double>(limits.write).count();
    const auto least = std::max<std::int64_t>(1, static_cast<std::int64_t>(static_cast<double>(limits.write_rate) * seconds));
    if (taken() - taken_before_ < least) return finish(CloseReason::slow_consumer);
    taken_before_ = taken();
    write_deadline_ = now + limits.write;
}

/// Looks whether the peer took something; if so, there will be another look.
void Connection::on_progress_deadline() {
    progress_deadline_ = TimePoint::max();
    has_stalled();
}

/// What was sent since the peer's last sign of life may lie unread in its kernel, with the pings behind it. Who reads no
/// slower than limits.write_rate has come to them by then.
TimePoint Connection::read_by() const {
    const double unread = static_cast<double>(outbox_.sent_bytes() - sent_at_sign_);
    const std::chrono::duration<double> time(unread / static_cast<double>(worker_.limits().write_rate));
    return sign_at_ + std::chrono::duration_cast<TimePoint::duration>(time);
}

/// A ping behind data that waits proves nothing: there, the write deadline watches. Nor does an answer come that is not read.
void Connection::on_ping_deadline(TimePoint now) {
    ping_deadline_ = now + worker_.limits().ping_interval;
    if (!outbox_.empty() || socket_->unsent() > 0 || paused()) return;
    if (pings_unanswered_ >= worker_.limits().ping_missed) {
        if (now >= read_by()) finish(CloseReason::ping_timeout);
        return;
    }
    if (phase_ != Phase::lingering && protocol_->ping()) ++pings_unanswered_;
}

void Connection::on_message_deadline(TimePoint now) {
    if (paused()) {  // it is us who do not read
        message_deadline_ = now + worker_.limits().message_time;
        return;
    }
    message_deadline_ = TimePoint::max();
    if (closing_ || !peer_) return;
    peer_->on_violation(CloseReason::message_timeout, "the rest of a message did not come in time");
    if (!closing_) pause_reading(true);  // until the realm, elsewhere, has said its ABORT
}

}  // namespace heddle
