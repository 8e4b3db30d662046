#include "router/transport.hpp"

#include "router/listener.hpp"
#include "router/worker.hpp"

namespace heddle {

void Transport::on_poll(PollRequest request) {  // of anything but a long-poll transport
    worker_.answer(request.reader, {404, "text/plain", "no such transport\n", {}});
}

bool Transport::administers() const { return listener().settings.for_administrators(); }

void Transport::keep_input(std::size_t bytes) {
    if (bytes == kept_input_) return;
    worker_.change_input(static_cast<std::int64_t>(bytes) - static_cast<std::int64_t>(kept_input_));
    kept_input_ = bytes;
}

// ---- flow control: as a sender

void Transport::hold() {
    if (holds_++ == 0) ++worker_.tally().held;
}

void Transport::release() {
    if (holds_-- == 1) on_released();
}

// ---- as a reader

bool Transport::slow_down_sender() {
    if (pressure_.flowing() && has_stalled()) {
        pressure_.stall();
        ++worker_.tally().stalled;
    }
    const ConnectionRef sender = worker_.sender();
    if (!pressure_.takes(sender)) return false;
    pressure_.hold(sender, worker_.now(), taken(), worker_.limits().patience);
    worker_.hold(sender);
    return true;
}

void Transport::look_at_backlog(std::size_t bytes) {
    if (!pressure_.flowing() && bytes <= worker_.limits().outbox / 4) free_senders(pressure_.drained());
}

void Transport::judge_progress(TimePoint now, std::int64_t least) {
    if (pressure_.deadline() > now) return;
    const auto senders = pressure_.on_deadline(now, taken(), worker_.limits().patience, least);
    if (!senders.empty()) ++worker_.tally().stalled;
    free_senders(senders);
}

void Transport::free_senders(const std::vector<ConnectionRef>& senders) {
    for (const ConnectionRef sender : senders) worker_.release(sender);
}

/// Who reads slowly over a wide window takes its bytes in steps that are further apart than the patience.
std::size_t Transport::grace() const {
    constexpr int patiences = 10;
    const bool lately = worker_.now() - progress_at_ < worker_.limits().patience * patiences;
    return !pressure_.stalled() || (lately && !worker_.memory_is_short()) ? Outbox::under_way_max : 0;
}

bool Transport::above_high_watermark(std::size_t bytes) const { return bytes > worker_.limits().outbox / 2; }

}  // namespace heddle
