#include "router/inbound_order.hpp"

#include <algorithm>
#include <utility>

namespace heddle {
namespace {

std::uint64_t request_of(const Message& message) {
    return std::visit(
        Overload{[](const Publish& m) { return m.request.value; }, [](const Subscribe& m) { return m.request.value; },
                 [](const Unsubscribe& m) { return m.request.value; }, [](const Call& m) { return m.request.value; },
                 [](const Register& m) { return m.request.value; }, [](const Unregister& m) { return m.request.value; },
                 [](const auto&) { return std::uint64_t{0}; }},
        message);
}

}  // namespace

bool InboundOrder::push(const Message& message, std::string_view bytes, std::size_t bytes_max) {
    if (waiting_.size() >= messages_max || bytes_ + bytes.size() > bytes_max) return false;
    waiting_.push_back({request_of(message), std::string(bytes)});
    bytes_ += bytes.size();
    return true;
}

std::optional<std::string> InboundOrder::take(bool numbered) {
    const auto its_turn = [&](const Waiting& message) {
        return !numbered || !counts_ || message.request <= last_request_ + 1;
    };
    const auto next = std::find_if(waiting_.begin(), waiting_.end(), its_turn);
    if (next == waiting_.end()) return std::nullopt;
    const Waiting message = std::move(*next);
    waiting_.erase(next);
    bytes_ -= message.bytes.size();
    last_request_ = std::max(last_request_, message.request);
    return message.bytes;
}

void InboundOrder::next_session() {
    last_request_ = 0;
    while (!waiting_.empty() && waiting_.front().request != 0) {
        bytes_ -= waiting_.front().bytes.size();
        waiting_.pop_front();
    }
}

void InboundOrder::clear() {
    waiting_.clear();
    bytes_ = 0;
}

}  // namespace heddle
