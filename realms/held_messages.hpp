#pragma once
#include <cstddef>
#include <deque>
#include <string>
#include <utility>

#include "realms/questions.hpp"
#include "serializers/encoding.hpp"

namespace heddle {

/// What a session said while the dynamic authorizer is asked about the first of it: all of it waits, in order. Owned,
/// as encoded messages.
struct HeldMessages {
    struct One {
        Encoding encoding;
        std::string bytes;
    };
    static constexpr std::size_t messages_max = 1'024;
    static constexpr std::size_t bytes_max = std::size_t{1} << 20;

    /// The first always has: a transport lets no message through that is too big.
    bool has_room(std::size_t size) const {
        return waiting.empty() || (waiting.size() < messages_max && bytes + size <= bytes_max);
    }
    void push(One one) {
        bytes += one.bytes.size();
        waiting.push_back(std::move(one));
    }
    One pop() {
        One first = std::move(waiting.front());
        waiting.pop_front();
        bytes -= first.bytes.size();
        return first;
    }

    std::deque<One> waiting;
    std::size_t bytes = 0;
    QuestionId question;  // about the first; 0: it is being dealt with
};

}  // namespace heddle
