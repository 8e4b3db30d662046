// What a long-poll client sends: bodies of requests to messages, in the order of their request ids, to the peer.
#include <utility>

#include "router/batch.hpp"
#include "router/long_poll.hpp"
#include "router/worker.hpp"
#include "serializers/codec.hpp"

namespace heddle {
namespace {

constexpr std::chrono::milliseconds overtaking{1'000};  // how long a request may be overtaken by later ones

}  // namespace

/// A body is read only where it can be of use: by a session that is not over, and no larger than its messages may be.
void LongPoll::on_announce(const PollRequest& request) {
    if (closing_) return answer(request.reader, 410, "the session is over\n");
    if (request.announced <= message_max_) return answer(request.reader, 100);
    const std::string refusal = "message above the limit of " + std::to_string(message_max_) + " bytes";
    violated(CloseReason::message_too_big, refusal);
    answer(request.reader, 413, refusal + "\n");
}

void LongPoll::on_send(PollRequest& request) {
    if (closing_) return answer(request.reader, 410, "the session is over\n");
    received_bytes_ += request.body.size();
    std::string refusal;
    unsigned status = 202;
    if (protocol_.form.framing == Framing::batched) {
        Batch batch(protocol_.form.encoding, request.body);
        for (auto part = batch.next(); part && status == 202; part = batch.next()) status = accept(*part, refusal);
        if (batch.malformed() && status == 202) {
            status = 400;
            refusal = "a batch that is empty or cut off";
            violated(CloseReason::malformed_message, refusal);
        }
    } else {
        status = accept(request.body, refusal);
    }
    pump();
    // The client sends on once it has the answer: while a reader of its messages is behind, it waits like any sender.
    if (status == 202 && held() && !closing_ && !gone_) return unanswered_.push_back(request.reader);
    answer(request.reader, status, refusal.empty() ? refusal : refusal + "\n");
}

void LongPoll::on_released() {
    pump();
    if (!held()) answer_senders(202);
}

void LongPoll::answer_senders(unsigned status) {
    for (const ConnectionRef sender : std::exchange(unanswered_, {})) answer(sender, status);
}

/// Takes one message down, or says why not: then the session is over too.
unsigned LongPoll::accept(std::string_view bytes, std::string& refusal) {
    if (bytes.size() > message_max_) {
        refusal = "message above the limit of " + std::to_string(message_max_) + " bytes";
        violated(CloseReason::message_too_big, refusal);
        return 413;
    }
    const auto message = decode(protocol_.form.encoding, bytes);
    if (!message) {
        refusal = message.error().what;
        violated(CloseReason::malformed_message, refusal);
        return 400;
    }
    const Limits& limits = worker_.limits();
    if (!inbound_.push(*message, bytes, had_session_ ? limits.outbox : limits.message_before_session)) {
        refusal = "too many messages wait for an earlier one";
        violated(CloseReason::protocol_violation, refusal);
        return 400;
    }
    return 202;
}

/// Requests on different connections overtake each other: what came too early waits for its turn.
void LongPoll::pump() {
    while (!paused_ && !held() && !closing_ && !gone_) {
        const auto message = inbound_.take(in_session());
        if (!message) break;
        inbound_deadline_ = TimePoint::max();
        peer_->on_message(*message);
    }
    keep_input(inbound_.bytes());
    if (inbound_.empty() || paused_ || held() || inbound_deadline_ != TimePoint::max()) return;
    inbound_deadline_ = worker_.now() + overtaking;
    schedule();
}

}  // namespace heddle
