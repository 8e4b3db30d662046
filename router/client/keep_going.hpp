#pragma once
// Private to this folder: what the two transports share.
#include <chrono>
#include <deque>
#include <string>

#include "router/client/transport.hpp"

namespace heddle {

inline constexpr std::chrono::seconds ping_interval{20};                 // of both transports
inline constexpr std::chrono::seconds farewell_wait_max{2};              // for the router's side of closing
inline constexpr std::size_t message_bytes_max = std::size_t{16} << 20;  // inbound: what RawSocket can announce

/// Tells the owner about the end, exactly once, and not at all after the owner let go.
class EventSlot {
 public:
    void set(ClientTransport::Events events) { events_ = std::move(events); }
    void message(std::string_view bytes) {
        if (events_.message) events_.message(bytes);
    }
    void end(const std::string& why) {
        auto ended = std::exchange(events_, {}).ended;
        if (ended) ended(why);
    }
    void forget() { events_ = {}; }
    bool over() const { return !events_.ended; }

 private:
    ClientTransport::Events events_;
};

}  // namespace heddle
