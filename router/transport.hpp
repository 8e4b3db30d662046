#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "realms/peer_facts.hpp"
#include "realms/settings.hpp"
#include "router/admission.hpp"
#include "router/back_pressure.hpp"
#include "router/outbox.hpp"
#include "router/outlet.hpp"

namespace heddle {

struct CallStep;
class Worker;
struct Listener;

/// What an HTTP request wants of a long-poll transport (long_poll.hpp), on its way to the worker where that lives.
struct PollRequest {
    enum class What : std::uint8_t {
        receive,
        send,
        announce,  // the head of a `send` came, its body did not: may it?
        close,
        reader_lost,  // the connection that waited for messages is gone
        answer_lost,  // .. and took messages with it that it was given
    };
    What what = What::receive;
    ConnectionRef reader;  // the HTTP connection that wants the answer
    std::string secret;    // of the transport's id
    std::string body;
    std::uint64_t announced = 0;  // bytes of the body, where it has not come
};

/// The answer on its way to the HTTP connection.
struct PollAnswer {
    unsigned status = 204;           // 100: the body that was announced may come
    std::string_view content_type;  // static text
    std::string body;
    ConnectionRef carried_from;  // the transport whose messages these are; none: no messages
    std::shared_ptr<CallStep> call = {};  // instead of all this: what a realm said to the request (http_call.hpp)
};

/// One client of the router as its worker and its peer see it: a socket (Connection), or a long-poll transport, which
/// outlives its sockets. Lives on one worker and has a place in that worker's table.
class Transport {
 public:
    Transport(Worker& worker, std::shared_ptr<const Listener> listener, std::string from, Admission::Permit permit)
        : worker_(worker), listener_(std::move(listener)), from_(std::move(from)), permit_(std::move(permit)) {}
    virtual ~Transport() = default;
    Transport(const Transport&) = delete;
    Transport& operator=(const Transport&) = delete;

    // For protocols and peers.
    ConnectionRef self() const { return self_; }
    Worker& worker() const { return worker_; }
    /// As it was when the socket was accepted.
    const Listener& listener() const { return *listener_; }
    const std::shared_ptr<const Listener>& shared_listener() const { return listener_; }
    const std::string& from() const { return from_; }
    /// The router is full: the protocol says so and ends.
    bool surplus() const { return permit_.surplus(); }
    /// Of administrators, who are served also while the router is short of something.
    bool administers() const;
    /// Its room is free for others. For the worker, when it is gone.
    void give_back_room() { permit_.give_back(); }
    virtual bool secure() const = 0;
    /// For the realm, but for how messages travel (PeerFacts::transport), which its peer knows.
    virtual PeerFacts facts() const = 0;
    virtual bool polled() const { return false; }
    virtual void send(const Frame& frame, FrameKind kind) = 0;
    /// Ends it after what was sent before has left. The first reason stands.
    virtual void close(CloseReason why) = 0;
    /// A consumer of what this client sends is above its high watermark: nothing more is read until as many `release`.
    void hold();
    void release();
    std::int32_t holds() const { return holds_; }
    /// No reading while the realm, on another thread, has to answer first.
    virtual void pause_reading(bool paused) = 0;

    // From the realm (Outlet).
    virtual void tell_when_sent() = 0;
    virtual void welcomed() = 0;
    virtual void turned_away() {}
    virtual void detached() = 0;
    /// In the realm, too, much waits for this client (a WARP session's links), or does not any more.
    virtual void crowded(bool in_realm) = 0;

    // For the worker.
    virtual bool in_session() const = 0;
    // For metrics.
    virtual std::string_view protocol() const = 0;
    virtual std::string_view realm() const = 0;
    virtual Traffic traffic() const = 0;
    /// Bytes of memory that go with it: what waits for the client, and what is kept of its unfinished messages.
    std::size_t backlog() const { return traffic().waiting + kept_input_; }
    /// The router ends: no more waiting for anything.
    virtual void abandon() = 0;
    /// End of turn: hands on what is queued, moves a closing transport on.
    virtual void flush() = 0;
    /// Something is due. Returns when to come next.
    virtual TimePoint on_deadline(TimePoint now) = 0;
    /// The worker's limits are others now.
    virtual void on_limits() = 0;
    virtual void on_poll(PollRequest request);
    virtual void on_answer(PollAnswer answer) { (void)answer; }
    bool dirty = false;   // is in the worker's list for this turn
    bool faulty = false;  // a handler of it threw: it is being ended (worker_guard.cpp)
    std::size_t in_mail = 0;  // bytes of messages on their way to a realm of another worker

 protected:
    // Flow control (docs/design.md): what is queued here holds back those who sent it.
    bool held() const { return holds_ > 0; }
    /// No consumer holds this client back any more: it is read again.
    virtual void on_released() = 0;
    /// Bytes that the client has taken so far. Only differences mean something.
    virtual std::int64_t taken() const = 0;
    /// Something waits for the client, and it has taken nothing for limits.patience.
    virtual bool has_stalled() = 0;
    bool above_high_watermark(std::size_t bytes) const;
    /// Bytes that are admitted beyond limits.outbox: what may be under way to a client that has not stalled, or that took
    /// something not long ago.
    std::size_t grace() const;
    /// What is being queued is above the high watermark: its sender waits, but not for a client that has already stalled.
    /// True: `pressure_.deadline()` is new.
    bool slow_down_sender();
    /// So much waits now. Below the low watermark the senders may go on.
    void look_at_backlog(std::size_t bytes);
    /// At `pressure_.deadline()`: who took less than `least` bytes has stalled.
    void judge_progress(TimePoint now, std::int64_t least);
    void free_senders(const std::vector<ConnectionRef>& senders);
    /// So much of what has come is kept in memory now.
    void keep_input(std::size_t bytes);

    ConnectionRef self_;
    Worker& worker_;
    BackPressure pressure_;  // on the senders of what waits here
    TimePoint progress_at_;  // the client was last seen to take something

 private:
    std::shared_ptr<const Listener> listener_;
    std::string from_;
    Admission::Permit permit_;
    /// Below 0 for a moment where a release overtakes its hold on the way from another worker.
    std::int32_t holds_ = 0;
    std::size_t kept_input_ = 0;

 protected:
    void count_login(bool yes) { permit_.logged_in(yes); }
    void show_from(std::string from) { from_ = std::move(from); }
};

}  // namespace heddle
