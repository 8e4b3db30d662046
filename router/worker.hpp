// Long because a worker is the one door between connections and realms, of which each call is declared here once.
#pragma once
#include <algorithm>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <memory>
#include <queue>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "router/admission.hpp"
#include "router/connection_socket.hpp"
#include "router/directory.hpp"
#include "router/faults.hpp"
#include "router/helper_pool.hpp"
#include "router/history_writer.hpp"
#include "router/log.hpp"
#include "router/memory_budget.hpp"
#include "router/nonces.hpp"
#include "router/metrics/snapshot.hpp"
#include "router/outlet.hpp"
#include "router/password_pool.hpp"
#include "router/realm_host.hpp"
#include "router/settings.hpp"
#include "router/transport.hpp"
#include "router/world.hpp"
#include "serializers/function_ref.hpp"

namespace heddle {

class Control;
class UplinkPeer;
namespace admin {
class Desk;
}

/// What all workers share; built before the first thread starts and, but for its numbers, not changed after.
struct Site {
    explicit Site(Log& to, World& in = kernel_world())
        : log(to), world(in), faults(to), passwords(faults), helpers(faults) {}
    Log& log;
    World& world;
    Admission admission;         // before the workers, whose connections hold its permits
    Faults faults;
    MemoryBudget memory;
    Control* control = nullptr;  // these two: null where nobody administers (tests)
    admin::Desk* desk = nullptr;
    std::shared_ptr<HistoryWriter> histories;  // null without a store; before the workers, whose realms use it
    std::vector<std::unique_ptr<Worker>> workers;
    std::vector<std::pair<std::string, std::int64_t>> certificates;  // names and ends, Unix seconds: worker 0's alone
    std::atomic<bool> draining = false;  // no new clients
    std::atomic<std::size_t> connections = 0;
    std::atomic<std::size_t> surplus = 0;  // beyond limits.connections, on their way out; not among `connections`
    std::atomic<bool> cookies = false;     // a realm offered to log in by cookie: browsers are given them
    std::atomic<bool> admin_cookies = false;  // the same of heddle.admin
    std::atomic<std::size_t> listeners = 0, realms = 0;
    std::atomic<std::uint64_t> reloads = 0, failed_reloads = 0;
    std::atomic<std::int64_t> reloaded_at = 0;  // the last one that went well, or the start: Unix seconds
    Nonces nonces;           // of signed HTTP requests
    PasswordPool passwords;  // these two post to the workers: last, so that they end before the workers do
    HelperPool helpers;
};

/// A socket on its way from the listener to its worker.
struct AcceptedSocket {
    std::shared_ptr<const Listener> listener;
    int descriptor;
    std::string from;
    Admission::Permit permit = {};
    std::string local_user = {};  // who is at the other end of a Unix socket, if its listener trusts them; else empty
    std::unique_ptr<ConnectionSocket> socket = {};  // where there is no descriptor: of a simulation
};

/// One thread of the router: a loop, the connections that live on it, and the realms that do. Connections and realms of
/// one worker call each other directly; between workers, what a turn of the loop gathered goes over in one post.
class Worker final : public Outlet {
 public:
    Worker(std::uint32_t index, Site& site, std::shared_ptr<const ServerSettings> settings);
    ~Worker() override;

    boost::asio::io_context& io() { return io_; }
    std::uint32_t index() const { return index_; }  // among Site::workers
    /// In force for this worker; others may still be a turn behind after a reload. Good until the next handler.
    const ServerSettings& settings() const { return *settings_; }
    const Limits& limits() const { return settings_->limits; }
    Site& site() { return site_; }
    const Directory& directory() const { return directory_; }
    Log& log() { return site_.log; }
    TimePoint now() const { return now_; }
    /// For bytes on their way in, within one call.
    std::span<char> buffer() { return buffer_; }
    /// For bytes on their way out: frames may have to leave while the bytes that caused them stand in `buffer`.
    std::span<char> write_buffer() { return write_buffer_; }
    /// A turn takes a bounded amount of input before outboxes are written. False: read on in the next turn.
    /// `urgent`: not to be slowed down where memory is short.
    bool may_read(bool urgent) const { return turn_input_ < turn_input_max && !congested_ && (urgent || memory_.ration > 0); }
    void note_input(std::size_t bytes) {
        turn_input_ += bytes;
        memory_.ration -= std::min(bytes, memory_.ration);
    }
    /// Connections here keep so much more, or less, of messages of which a part has come.
    void change_input(std::int64_t bytes) { memory_.input += bytes; }
    /// A connection wanted to read while other workers lag behind, or memory is short: it is called when it may.
    void read_later(std::function<void()> read) { parked_.push_back(std::move(read)); }
    /// From the first level on at which senders are slowed down.
    bool memory_is_short() const { return memory_.level != MemoryLevel::normal; }
    bool must_wait() const { return congested_ || memory_.ration == 0; }

    // Flow control: who is being handled, and who has to wait for whom. On this worker's thread.
    /// The connection whose message is being handled; none: nobody's.
    ConnectionRef sender() const { return sender_; }
    /// Runs `work` as part of handling a message of `sender`.
    template <class F>
    void on_behalf_of(ConnectionRef sender, F&& work) {
        const ConnectionRef before = std::exchange(sender_, sender);
        work();
        sender_ = before;
    }
    /// Gives a sender without a transport a reference, which `on_behalf_of` takes. The caller removes it before it ends.
    ConnectionRef add_sender(HeldSender& sender);
    void remove_sender(ConnectionRef sender) { senders_.erase(sender.slot); }
    /// Tells a connection, wherever it lives, that it may not read, or may again.
    void hold(ConnectionRef sender) { flow(sender, ToConnection::What::hold); }
    void release(ConnectionRef sender) { flow(sender, ToConnection::What::release); }
    Entropy& entropy() { return *entropy_; }
    metrics::WorkerCounters& tally() { return tally_; }
    metrics::WorkerSnapshot snapshot() const;  // worker_snapshot.cpp
    Traffic traffic(ConnectionRef of) const;   // nothing where it is gone

    // Realms, on this worker's thread or before it runs.
    struct Added {
        RealmAddress address;
        std::string trouble;  // an uplink whose address or secret is not to be had: the realm is there without it
    };
    Added add_realm(RealmEntry entry);
    std::span<const std::unique_ptr<RealmHost>> realms() const { return hosts_; }
    /// Null where none of this name lives here, or it is on its way out.
    RealmHost* find_realm(std::string_view name) const;
    /// Everybody in it is sent away; once nobody is left, the realm goes and `gone` is called. No directory names it any
    /// more, and no mail that a directory led to it is under way.
    void close_realm(std::string_view name, std::function<void()> gone);
    /// What clients find from the next handler on.
    void list(const std::string& name, const RealmAddress& address) { directory_.realms[name] = address; }
    void unlist(const std::string& name) { directory_.realms.erase(name); }

    /// From here on these are in force, for living connections too.
    void use(std::shared_ptr<const ServerSettings> settings);

    /// Runs `work` on this worker's thread, in a turn. Any thread.
    void post(std::function<void(TimePoint)> work);
    /// On this worker's thread: runs it when this turn's mail is on its way and its outboxes are written.
    void after_turn(std::function<void()> work) { after_turn_.push_back(std::move(work)); }

    /// Runs turns until `stop`: handlers that are ready, then one flush.
    void run();
    void stop();
    /// One of these turns. False: no handler was ready (`wait`: one is waited for).
    bool turn(bool wait);
    /// When the timer rings, and what it does then: for who keeps a time of their own (World).
    TimePoint alarm() const { return armed_for_; }
    void on_alarm() { on_timer(); }

    // Connections. On this worker's thread.
    void adopt(AcceptedSocket accepted);
    /// Gives a transport its place. The caller has counted it among Site::connections.
    ConnectionRef place(std::shared_ptr<Transport> transport);
    void forget(ConnectionRef connection);
    template <class F>
    void each_transport(F&& f) const {
        for (const Slot& slot : slots_)
            if (slot.transport) f(*slot.transport);
    }
    void mark_dirty(Transport& transport);
    void wake_at(ConnectionRef connection, TimePoint when);
    /// `begin_turn`: every handler's first line; reads the clock. `concerned`: the connection that ends where the handler
    /// throws.
    void begin_turn(ConnectionRef concerned = {});
    /// The same for what lives in a realm of this worker without a connection.
    TimePoint begin_local_turn();

    // From a connection to a realm, wherever that lives.
    void attach(const RealmAddress& realm, Attachment attachment);
    void bytes(const RealmAddress& realm, ConnectionRef from, std::string_view message);
    void violation(const RealmAddress& realm, ConnectionRef from, CloseReason why, std::string_view what);
    void lost(const RealmAddress& realm, ConnectionRef from, CloseReason why);
    void sent(const RealmAddress& realm, ConnectionRef from);

    // Between HTTP connections and long-poll transports, wherever they live. A request gets one answer.
    void ask(ConnectionRef transport, PollRequest request);
    void answer(ConnectionRef reader, PollAnswer answer);

    // From a realm to a connection (Outlet).
    void deliver(ConnectionRef to, const Frame& frame, FrameKind kind) override;
    void tell_when_sent(ConnectionRef to) override;
    void crowded(ConnectionRef to, bool on) override;
    void welcomed(ConnectionRef connection) override;
    void turned_away(ConnectionRef connection) override;
    void detached(ConnectionRef connection, CloseReason why) override;
    void close(ConnectionRef connection, CloseReason why) override;
    void cookies_offered(bool by_administration) override {
        (by_administration ? site_.admin_cookies : site_.cookies) = true;
    }

    /// Stops taking part: GOODBYE to the sessions of its realms, then the end of every connection within the drain
    /// time.
    void shut_down();
    void close_all(CloseReason why);
    /// The router is going to stop: no new sessions and calls; connections without a session end.
    void drain();
    /// GOODBYE to sessions without open calls, until this share of those that were there at `drain` has had it.
    void send_away(double share);

    // worker_guard.cpp
    /// Part of a handler. Where it throws, `concerned` (if it is one) ends with `internal_error`, and the handler goes on.
    void guard(ConnectionRef concerned, std::string_view doing, FunctionRef<void()> work) noexcept;

 private:
    // worker_guard.cpp
    std::size_t run_handler(bool wait) noexcept;
    void end_faulty(ConnectionRef concerned) noexcept;
    void tick(RealmHost& host) noexcept;

    // What crosses threads.
    struct ToRealm {
        RealmHost* host;
        ConnectionRef from;
        enum class What : std::uint8_t { attach, bytes, sent, violation, lost } what;
        CloseReason why = CloseReason::goodbye;
        SharedBytes bytes;  // a message, or what was violated
        std::unique_ptr<Attachment> attachment;
    };
    struct ToConnection {
        ConnectionRef to;
        enum class What : std::uint8_t {
            deliver,
            tell_when_sent,
            welcomed,
            turned_away,
            detached,
            close,
            crowded,
            uncrowded,
            hold,
            release,
            handled,  // so many bytes of its messages are no longer in the mail
        } what;
        CloseReason why = CloseReason::goodbye;
        FrameKind kind = FrameKind::required;
        Frame frame;
        ConnectionRef sender = {};  // whose message caused it
        std::size_t bytes = 0;
    };
    struct Mailbag {
        std::vector<ToRealm> to_realms;
        std::vector<ToConnection> to_connections;
        std::size_t weight = 0;  // of the frames, in bytes
    };
    struct Slot {
        std::shared_ptr<Transport> transport;
        std::uint32_t generation = 0;
    };
    struct Due {
        TimePoint when;
        ConnectionRef connection;
        bool operator>(const Due& other) const { return when > other.when; }
    };
    struct Leaving {
        RealmHost* host;
        std::function<void()> gone;
    };

    Transport* find(ConnectionRef ref);
    ToRealm& mail_to(const RealmAddress& realm, ConnectionRef from, ToRealm::What what);
    ToConnection& mail_to(ConnectionRef to, ToConnection::What what);
    void close_without_session();
    void end_turn();
    void sweep();
    void open_mailbag(Mailbag& bag);
    void to_realm(ToRealm& mail);
    void to_connection(const ToConnection& mail);
    void flow(ConnectionRef sender, ToConnection::What what);
    void note_handled(ConnectionRef from, std::size_t bytes);
    void send_handled();
    void look_at_others();
    void let_parked_read(bool all);
    // worker_memory.cpp
    void look_at_memory();
    void report_memory();
    void log_memory();
    void look_at_backlogs();
    void put_into_mail(Transport& transport, std::size_t bytes);
    void take_from_mail(Transport& transport, std::size_t bytes);
    void unweigh(std::size_t weight);
    void arm_timer();
    void on_timer();

    std::uint32_t index_;
    Site& site_;
    std::shared_ptr<const ServerSettings> settings_;
    Directory directory_;
    boost::asio::io_context io_;
    boost::asio::steady_timer timer_;
    TimePoint armed_for_ = TimePoint::max();
    TimePoint now_;
    static constexpr std::uint32_t first_sender_slot = std::uint32_t{1} << 31;  // above all slots of transports
    std::uint32_t next_sender_slot_ = first_sender_slot;
    std::unordered_map<std::uint32_t, HeldSender*> senders_;  // by slot
    std::vector<std::unique_ptr<RealmHost>> hosts_;
    std::vector<std::pair<RealmHost*, std::shared_ptr<UplinkPeer>>> uplinks_;
    std::vector<Leaving> leaving_;
    std::vector<std::function<void()>> after_turn_;
    std::vector<Slot> slots_;
    std::vector<std::uint32_t> free_slots_;
    std::vector<ConnectionRef> dirty_;
    std::vector<ConnectionRef> flushing_;
    std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
    std::vector<std::shared_ptr<Transport>> graveyard_;  // ended in this turn
    std::vector<Mailbag> outgoing_;                      // by worker
    TimePoint realm_deadline_ = TimePoint::max();
    bool touched_ = false;  // a realm's deadlines may have changed in this turn
    std::vector<char> buffer_, write_buffer_;
    static constexpr std::size_t turn_input_max = 256 << 10;
    std::size_t turn_input_ = 0;  // bytes that were read in this turn
    ConnectionRef sender_;
    std::pair<ConnectionRef, ConnectionRef> last_crowded_;  // in this turn: a connection, and whose message made it so
    std::vector<std::pair<ConnectionRef, std::size_t>> handled_;  // mail that was handled, not acknowledged yet
    std::deque<std::function<void()>> parked_;
    bool congested_ = false;  // another worker has too much unopened mail of all
    static constexpr std::size_t unrationed = std::numeric_limits<std::size_t>::max();
    struct Memory {
        MemoryLevel level = MemoryLevel::normal;
        Room room;
        std::size_t ration = unrationed;  // bytes that may be read until the next look
        TimePoint look_at{}, look_at_backlogs{};
        std::int64_t input = 0, reported_input = 0, reported_state = 0;
    };
    Memory memory_;
    std::atomic<std::size_t> unopened_ = 0;  // bytes of frames and HTTP answers that others mailed to this worker
    const std::unique_ptr<Entropy> entropy_;
    metrics::WorkerCounters tally_;
    struct Drained {
        std::size_t sessions = 0, sent_away = 0;  // there when the drain began; of these were told GOODBYE
    };
    Drained drained_;
    bool stopping_ = false;
    ConnectionRef concerned_;  // by the handler that runs
    TimePoint no_deadline_before_ = TimePoint::min();
};

}  // namespace heddle
