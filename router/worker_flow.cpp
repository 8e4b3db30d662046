// Flow control within and between workers (docs/design.md, "Flow control"): who is held, and how much may be under way.
#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

#include "router/transport.hpp"
#include "router/worker.hpp"

namespace heddle {
namespace {

constexpr std::size_t unopened_max = Outbox::under_way_max;  // bytes of frames that one worker may leave unopened
constexpr std::size_t in_mail_max = 256 << 10;  // bytes of one connection's messages under way to another worker

}  // namespace

// ---- senders ----

void Worker::flow(ConnectionRef sender, ToConnection::What what) {
    if (sender.generation == 0) return;  // no connection sent it
    const bool hold = what == ToConnection::What::hold;
    if (sender.worker != index_) {
        mail_to(sender, what);
    } else if (Transport* transport = find(sender)) {
        hold ? transport->hold() : transport->release();
    } else if (const auto found = senders_.find(sender.slot); found != senders_.end()) {
        hold ? found->second->hold() : found->second->release();
    }
}

ConnectionRef Worker::add_sender(HeldSender& sender) {
    senders_.emplace(next_sender_slot_, &sender);
    return {index_, next_sender_slot_++, 1};
}

/// Messages of one connection that a realm of this worker has handled: its worker hears of it with the turn.
void Worker::note_handled(ConnectionRef from, std::size_t bytes) {
    if (!handled_.empty() && handled_.back().first == from)
        handled_.back().second += bytes;
    else
        handled_.emplace_back(from, bytes);
}

/// While another worker lags behind, nothing is acknowledged, so that the senders come to a stop.
void Worker::send_handled() {
    if (congested_) return;
    for (const auto& [to, bytes] : std::exchange(handled_, {})) mail_to(to, ToConnection::What::handled).bytes = bytes;
}

/// Has another worker more unopened frames than it should? Then nothing is read here until it has caught up; it says so
/// (unweigh).
void Worker::look_at_others() {
    const bool was = std::exchange(congested_, false);
    for (const auto& other : site_.workers)
        if (other.get() != this && other->unopened_ > unopened_max) congested_ = true;
    if (was || !parked_.empty()) let_parked_read(was);
}

/// One after the other where memory is short, and so in turn: who reads comes to stand behind all others.
void Worker::let_parked_read(bool all) {
    while (!parked_.empty() && !must_wait()) {
        boost::asio::post(io_, std::move(parked_.front()));
        parked_.pop_front();
        if (!all && memory_.ration != unrationed) return;
    }
}

void Worker::unweigh(std::size_t weight) {
    if (weight == 0) return;
    const std::size_t before = unopened_.fetch_sub(weight);
    if (before <= unopened_max || before - weight > unopened_max) return;
    for (const auto& other : site_.workers)
        if (other.get() != this) boost::asio::post(other->io_, [] {});  // its turn ends, and it looks again
}

/// A connection may be so far ahead of the realm of another worker.
void Worker::put_into_mail(Transport& transport, std::size_t bytes) {
    const bool below = transport.in_mail <= in_mail_max;
    transport.in_mail += bytes;
    if (below && transport.in_mail > in_mail_max) transport.hold();
}

void Worker::take_from_mail(Transport& transport, std::size_t bytes) {
    const bool above = transport.in_mail > in_mail_max;
    transport.in_mail -= std::min(bytes, transport.in_mail);
    if (above && transport.in_mail <= in_mail_max) transport.release();
}

}  // namespace heddle
