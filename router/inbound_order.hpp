#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "serializers/messages.hpp"

namespace heddle {

/// Messages of a client whose requests overtake each other on their way: those that open a request have ids 1, 2, 3, ..
/// (WAMP, "IDs"), so what came too early can wait for its turn. All others keep the place in which they came.
///
///   push 3, push 1, push GOODBYE:   take gives 1, GOODBYE; 3 waits for 2
class InboundOrder {
 public:
    static constexpr std::size_t messages_max = 1'000;

    /// False: too much waits already (`bytes_max` in all).
    bool push(const Message& message, std::string_view bytes, std::size_t bytes_max);
    /// The next message whose turn it is. `numbered` false: in the order they came, before a session.
    std::optional<std::string> take(bool numbered);
    /// The missing request does not come: from here on the client's ids mean nothing.
    void give_up() { counts_ = false; }
    /// The session is over: a new one begins at 1, and what waited for its turn in the old one is dropped.
    void next_session();
    void clear();
    bool empty() const { return waiting_.empty(); }
    std::size_t bytes() const { return bytes_; }  // of messages that wait

 private:
    struct Waiting {
        std::uint64_t request = 0;  // 0: opens none
        std::string bytes;
    };
    std::deque<Waiting> waiting_;
    std::size_t bytes_ = 0;
    std::uint64_t last_request_ = 0;
    bool counts_ = true;  // the client counts its requests one by one, as it should
};

}  // namespace heddle
