#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <variant>

#include "realms/close_reason.hpp"
#include "realms/histogram.hpp"
#include "serializers/ids.hpp"
#include "serializers/messages.hpp"

/// What the router counts on its way, for metrics: plain numbers, each on the thread that owns them. Reading them is
/// metrics/snapshot.hpp.
namespace heddle::metrics {

inline constexpr std::size_t message_kinds = std::variant_size_v<Message> + 1;  // by index; the last one: WARP frames
inline constexpr std::size_t warp_frame = message_kinds - 1;

inline constexpr std::array<double, 10> recipients_bounds = {0, 1, 2, 5, 10, 50, 100, 500, 1'000, 5'000};
inline constexpr std::array<double, 13> routing_bounds = {1e-6, 2.5e-6, 5e-6, 1e-5, 2.5e-5, 5e-5, 1e-4,
                                                          2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, 1e-2};
inline constexpr std::array<double, 16> wait_bounds = {1e-4, 2.5e-4, 5e-4, 1e-3, 2.5e-3, 5e-3, .01, .025,
                                                       .05,  .1,     .25,  .5,   1,      2.5,  5,   10};

/// Of one realm, on its thread.
class RealmCounters {
 public:
    void received(std::size_t kind) { ++received_[kind]; }
    void sent(std::size_t kind, std::uint64_t how_many = 1) { sent_[kind] += how_many; }
    /// One in so many messages is timed from its bytes to the last answer queued: our share of a call.
    bool times_this_one() { return (++seen_ & 63) == 0; }
    void routed(double seconds) { routing_.observe(routing_bounds, seconds); }
    /// An event went to so many readers. One publication may come in several parts, one behind the other.
    void delivered(PublicationId publication, std::uint64_t readers) {
        if (publication != publication_) close_publication();
        publication_ = publication;
        readers_ += readers;
    }
    void opened() { ++opened_; }
    void ended(CloseReason why) { ++ended_[static_cast<std::size_t>(why)]; }

    void close_publication() {
        if (publication_) recipients_.observe(recipients_bounds, static_cast<double>(readers_));
        publication_ = {};
        readers_ = 0;
    }

    std::array<std::uint64_t, message_kinds> received_{}, sent_{};
    std::array<std::uint64_t, close_reason_count> ended_{};
    std::uint64_t opened_ = 0;
    Histogram<recipients_bounds.size()> recipients_;  // of publications that somebody heard
    Histogram<routing_bounds.size()> routing_;

 private:
    std::uint64_t seen_ = 0, readers_ = 0;
    PublicationId publication_;
};

enum class Line : std::uint8_t { tcp, tls, unix_ };
inline constexpr std::size_t line_count = 3;
/// Limits at which a peer is refused, or ended. Their names: families.cpp. docs/limits.md says what each is.
enum class Limit : std::uint8_t {
    connections,
    before_login,
    accepts,
    address_connections,
    address_before_login,
    address_accepts,
    handshake,
    outbox,
    message,
    poll,
    message_time,
    memory,
};
inline constexpr std::size_t limit_count = 12;
inline constexpr std::array<std::string_view, limit_count> limit_names = {
    "connections",          "connections_before_login",         "accepts", "address_connections",
    "address_connections_before_login", "address_accepts", "handshake", "outbox",
    "message",              "poll",                             "message_time",
    "memory"};
constexpr std::optional<Limit> limit_of(CloseReason why) {
    switch (why) {
        case CloseReason::handshake_timeout:
        case CloseReason::hello_timeout:
            return Limit::handshake;
        case CloseReason::slow_consumer:
            return Limit::outbox;
        case CloseReason::message_too_big:
            return Limit::message;
        case CloseReason::poll_timeout:
            return Limit::poll;
        case CloseReason::message_timeout:
            return Limit::message_time;
        case CloseReason::memory_full:
            return Limit::memory;
        default:
            return std::nullopt;
    }
}

/// Of one worker: its sockets and its loop.
struct WorkerCounters {
    void waited(std::chrono::steady_clock::duration time) {
        outbox_wait.observe(wait_bounds, std::chrono::duration<double>(time).count());
    }
    void lagged(std::chrono::steady_clock::duration time) {
        loop_lag.observe(wait_bounds, std::chrono::duration<double>(time).count());
    }
    void refuse(Limit limit) { ++refused[static_cast<std::size_t>(limit)]; }
    /// A transport ended: did it run into a limit? What was refused for want of room was counted when it came.
    void ended(CloseReason why) {
        if (const auto limit = limit_of(why)) refuse(*limit);
    }

    std::array<std::uint64_t, line_count> received_bytes{}, sent_bytes{};
    std::array<std::uint64_t, limit_count> refused{};
    std::map<std::string, std::uint64_t> accepted;  // by listener
    std::map<std::string, std::uint64_t> dropped;   // events that a full outbox did not take, by realm
    std::uint64_t held = 0;     // a connection was not read because a consumer of what it sends was behind
    std::uint64_t stalled = 0;  // a consumer that was behind took nothing for limits.patience
    Histogram<wait_bounds.size()> outbox_wait;  // from a full socket to the last byte that waited for it
    Histogram<wait_bounds.size()> loop_lag;     // a deadline came, and was looked at so much later
    struct Requests {
        std::uint64_t count = 0;
        Histogram<wait_bounds.size()> seconds;
    };
    std::map<std::tuple<std::string_view, std::string_view, unsigned>, Requests> http;  // route, method, status
};

}  // namespace heddle::metrics
