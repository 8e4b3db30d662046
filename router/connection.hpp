#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "realms/settings.hpp"
#include "router/connection_socket.hpp"
#include "router/metrics/counters.hpp"
#include "router/outbox.hpp"
#include "router/outlet.hpp"
#include "router/protocol.hpp"
#include "router/transport.hpp"

namespace heddle {

struct AcceptedSocket;

/// One accepted socket from accept to end: waits for readiness, reads into its worker's buffer, writes its outbox,
/// keeps the deadlines. Lives on one worker. Every ending goes through `close` and, once nothing more can be done,
/// `finish`.
///
///   greeting --> handshake --> waiting for HELLO --> open --> closing (last frames leave, the peer closes) --> gone
class Connection final : public Transport,
                         public ConnectionSocket::Waiter,
                         public std::enable_shared_from_this<Connection> {
 public:
    Connection(Worker& worker, AcceptedSocket accepted);
    ~Connection() override;

    void start(ConnectionRef self);

    // For protocols and peers.
    bool secure() const override { return socket_->secure(); }
    PeerFacts facts() const override;
    /// Behind a proxy: the client's address, for the request at hand; empty: the socket's peer is the client.
    void came_from(std::string client);
    /// Of the socket, whatever a proxy says.
    const std::string& socket_from() const { return proxy_.empty() ? from() : proxy_; }
    /// Of the request that became this connection: what it brought, and what its answer set.
    void set_cookies(std::string brought, std::string made);
    /// Whether a page that the listener trusts, or no page at all, asks from here on. To others' pages a browser lends its
    /// owner's certificate: it does not count then, nor who the user is.
    void trust_page(bool trusted) { foreign_ = !trusted; }
    /// As admission sees it: by its socket's address, whatever a proxy says.
    Admission::Caller caller() const;
    int descriptor() const { return socket_->descriptor(); }
    void send(const Frame& frame, FrameKind kind) override;
    /// Data frames are parts of batches from here on (Outbox::batch_with).
    void batch_with(BatchHeader header) { outbox_.batch_with(header); }
    /// Peer::on_sent, once what was sent so far has left.
    void tell_when_sent() override;
    void close(CloseReason why) override;
    /// From the next byte on, `next` reads; `leftover` are bytes that the present protocol took too many of.
    void switch_to(std::unique_ptr<Protocol> next, std::string leftover = {});
    void set_peer(std::unique_ptr<Peer> peer) { peer_ = std::move(peer); }
    Peer& peer() { return *peer_; }
    /// The transport's handshake is done; HELLO (or, for WARP and HTTP, nothing) is next.
    void handshake_done(bool hello_expected);
    void welcomed() override;
    /// Somebody logged in over it: an HTTP request was let into a realm.
    void proved() {
        proved_ = true;
        count_login(true);
    }
    void turned_away() override {
        if (peer_) peer_->on_turned_away();
    }
    void detached() override;
    void crowded(bool in_realm) override;
    /// HTTP: another request may follow on this connection.
    void renew_handshake();
    void pause_reading(bool paused) override;
    bool paused() const { return paused_ || (held() && !closing_); }
    bool closing() const { return closing_.has_value(); }

    // For the worker.
    bool in_session() const override { return (had_session_ && phase_ == Phase::open) || protocol_->awaits_answer(); }
    std::string_view protocol() const override { return protocol_->name(); }
    std::string_view realm() const override { return peer_ ? peer_->realm() : ""; }
    Traffic traffic() const override;
    void abandon() override { finish(CloseReason::shutdown); }
    void flush() override;
    TimePoint on_deadline(TimePoint now) override;
    void on_limits() override;
    void on_answer(PollAnswer answer) override { protocol_->on_answer(std::move(answer)); }

 private:
    enum class Phase : std::uint8_t { handshake, waiting_hello, open, lingering };

    void on_ready(ConnectionSocket::For what, bool released) override;
    void wait_readable();
    void wait_writable();
    void on_readable();
    void read_on();
    void resume();
    IoStatus write_out();
    void part();
    void slow_down();
    bool has_stalled() override;
    void note_progress(std::int64_t taken);
    TimePoint read_by() const;
    void look_at_outbox();
    void on_released() override { resume(); }
    std::int64_t taken() const override;
    void watch_message();
    void on_write_deadline(TimePoint now);
    void on_progress_deadline();
    void on_ping_deadline(TimePoint now);
    void on_message_deadline(TimePoint now);
    bool feed(std::span<char> bytes);
    bool sniff_tls();
    void on_end();
    void finish(CloseReason why);
    void set_phase(Phase phase, std::chrono::milliseconds limit);
    TimePoint next_deadline() const;
    metrics::Line line() const;
    void schedule();
    void on_phase_deadline();

    const std::unique_ptr<ConnectionSocket> socket_;
    Outbox outbox_;
    std::unique_ptr<Protocol> protocol_;
    std::unique_ptr<Protocol> next_protocol_;
    std::unique_ptr<Peer> peer_;
    /// In the patience: what a kernel takes by and by for a peer that does not read is less.
    static constexpr std::int64_t progress_min = 4 << 10;
    struct Cookies {
        std::string brought, made;
    };
    std::unique_ptr<Cookies> cookies_;  // null: none
    std::string leftover_;
    std::string local_user_;  // as in AcceptedSocket
    std::string proxy_;  // the socket's peer, where from() is somebody behind it
    Phase phase_ = Phase::handshake;
    bool greeted_ = false;  // the first byte was looked at
    bool waiting_read_ = false;
    bool waiting_write_ = false;
    bool paused_ = false;
    bool crowded_ = false;   // much waits for this client in its realm
    bool broken_ = false;    // a write failed in the middle of a call: the end of the turn sees to it
    bool parting_ = false;  // the protocol is saying its last words
    bool parted_ = false;   // they are queued
    bool shut_ = false;     // no more bytes from us
    bool had_session_ = false;
    bool served_ = false;  // an HTTP request was answered: no other need follow
    bool gone_ = false;
    bool proved_ = false;   // somebody logged in over it, as a session or with a request
    bool foreign_ = false;  // a page that is not trusted asks
    int pings_unanswered_ = 0;
    TimePoint sign_at_{};  // the peer's last sign of life, and what had been sent by then
    std::uint64_t sent_at_sign_ = 0;
    std::optional<CloseReason> closing_;
    TimePoint wake_at_ = TimePoint::max();  // when the worker looks at the deadlines next
    TimePoint phase_deadline_ = TimePoint::max();
    TimePoint write_deadline_ = TimePoint::max();
    std::int64_t taken_before_ = 0;  // when the write deadline was set
    std::int64_t progress_taken_ = 0;  // at progress_at_
    TimePoint progress_deadline_ = TimePoint::max();  // of the full socket's peer
    TimePoint message_deadline_ = TimePoint::max();
    std::uint64_t unfinished_ = 0;  // the message that it is about
    std::uint64_t received_bytes_ = 0;
    TimePoint full_since_ = TimePoint::max();  // the socket takes no more: when that began
    TimePoint ping_deadline_ = TimePoint::max();
};

}  // namespace heddle
