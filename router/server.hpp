#pragma once
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "router/control.hpp"
#include "router/listener.hpp"
#include "router/local_user.hpp"
#include "router/log.hpp"
#include "router/memory_trim.hpp"
#include "router/reload.hpp"
#include "router/service_manager.hpp"
#include "router/settings.hpp"
#include "router/worker.hpp"

namespace heddle {

/// A listener as it came up.
struct BoundListener {
    std::string name;
    std::string address;  // "127.0.0.1:8080" or "unix:/path"
    std::uint16_t port = 0;
};

/// A running router. Worker 0 runs in the thread that calls `run`, and has the listeners, the signals, the order of what
/// Control is asked for, and the end.
class Server final : public Control {
 public:
    using OnReady = std::function<void(const std::vector<BoundListener>&)>;

    /// Opens the listeners. Throws std::runtime_error with a sentence for people. `source` may be empty: then there is
    /// nothing to reload.
    Server(const ServerSettings& settings, Log& log, ConfigSource source = {});
    ~Server() override = default;

    /// Until SIGTERM or SIGINT, then the end in good order within settings.drain (server_drain.cpp); a second signal
    /// ends it at once.
    /// SIGHUP reloads. `on_ready` is called once, when all listeners are open.
    void run(const OnReady& on_ready);
    /// Any thread: as SIGTERM does.
    void drain(const std::string& why);

    void add_realm(RealmEntry entry, Done done) override;
    void remove_realm(const std::string& name, Done done) override;
    void on_realm(const std::string& name, std::function<void(RealmHost*, TimePoint)> act) override;
    std::vector<std::string> realm_names() const override;
    void settle(Done done) override;
    void traffic(std::vector<ConnectionRef> of, std::function<void(std::vector<Traffic>)> done) override;
    void reload(bool dry_run, std::function<void(ReloadOutcome)> done) override;
    std::shared_ptr<const ServerSettings> settings() const override;

    const Site& site() const { return site_; }
    /// Who administers; outlives the server's run.
    void administered_by(admin::Desk& desk) { site_.desk = &desk; }

 private:
    using TlsContexts = std::map<std::string, std::shared_ptr<const TlsContext>>;  // by name
    struct Reloading;                                                              // server_reload.cpp

    Worker& main() { return *site_.workers.front(); }
    void count_descriptors();
    void use_limits(const Limits& limits);
    void note_certificates();
    std::shared_ptr<const TlsContext> tls_of(const ListenerSettings& listener, const TlsContexts& tls) const;
    std::shared_ptr<Acceptor> open(const ListenerSettings& settings, const TlsContexts& tls,
                                   const std::vector<std::shared_ptr<Acceptor>>& leaving, const std::string& host = {});
    void accept(const std::shared_ptr<const Listener>& listener, int descriptor, std::string from);
    void hand_over(AcceptedSocket accepted);
    /// Asks who is at the other end of a Unix socket (local_user.hpp) before the connection is handed over.
    void identify(AcceptedSocket accepted);
    void identified(std::uint64_t id, const LocalTrust& answer);
    void wait_for_signal();
    void begin_drain(const std::string& why);
    void go_on_draining();
    void send_all_away();
    void stop();

    // server_realms.cpp
    void place(RealmEntry entry, Worker& worker);
    void keep(const std::string& name, Worker& worker);
    Worker& least_loaded() const;
    void add(const RealmEntry& entry, const Done& done);
    void give_up(const std::string& name, const Done& done);
    void remove(const std::string& name, const Done& done);
    /// What is about one realm happens one after the other: each step calls `next_for` when it is over.
    void in_order_for(const std::string& name, std::function<void()> step);
    void next_for(const std::string& name);
    /// Calls `done` once every worker has come to the end of so many turns, each begun after the turn before was over
    /// everywhere: mail goes one hop in each.
    void pass_turns(int turns, Done done);

    // server_reload.cpp
    void begin_reload(std::shared_ptr<Reloading> reloading);
    void finish_reload(const std::shared_ptr<Reloading>& reloading);
    bool open_listeners(Reloading& reloading, std::vector<std::shared_ptr<Acceptor>>& acceptors,
                        std::vector<std::shared_ptr<Acceptor>>& closed);
    void put_in_force(const std::shared_ptr<Reloading>& reloading, std::vector<std::shared_ptr<Acceptor>> acceptors);
    void end_reload(const std::shared_ptr<Reloading>& reloading);

    Site site_;
    Log& log_;
    ServiceManager service_manager_;
    ConfigSource source_;
    std::vector<std::shared_ptr<Acceptor>> acceptors_;  // in the order of the file
    TlsContexts tls_;
    std::unique_ptr<boost::asio::signal_set> signals_;
    std::unique_ptr<boost::asio::steady_timer> drain_timer_;
    struct Drain {  // server_drain.cpp
        std::chrono::steady_clock::time_point began;
        std::chrono::milliseconds time{0};
        std::size_t connections = 0;  // at the beginning
        bool sent_all = false;        // everybody was told GOODBYE
        bool settled = false;         // .. and that is with the sockets
    };
    Drain drain_;
    std::size_t next_worker_ = 0;
    std::size_t descriptors_for_connections_ = 0;
    std::unique_ptr<MemoryTrim> memory_trim_;  // while it runs

    /// A connection whose user is being looked up. What its client sends waits in the socket.
    struct Unidentified {
        Unidentified(boost::asio::io_context& io, AcceptedSocket of) : accepted(std::move(of)), timer(io) {}
        ~Unidentified();
        AcceptedSocket accepted;
        boost::asio::steady_timer timer;
    };
    std::map<std::uint64_t, Unidentified> unidentified_;
    std::uint64_t last_unidentified_ = 0;

    mutable std::mutex mutex_;  // for those who ask from other threads
    std::shared_ptr<const ServerSettings> settings_;
    std::map<std::string, Worker*> realms_;
    std::vector<std::size_t> realms_on_;  // how many of `realms_` each worker has; worker 0 only

    std::map<std::string, std::deque<std::function<void()>>> orders_;  // by realm; the first is under way
    std::deque<std::shared_ptr<Reloading>> reloads_;                   // the first is under way
    boost::asio::thread_pool reader_{1};  // of the file that is being reloaded; last: it ends before all else does
};

/// Runs a router in this thread (and its worker threads) until it is told to end (Server::run).
void serve(const ServerSettings& settings, Log& log, const Server::OnReady& on_ready, ConfigSource source = {});
/// The same with administration: realms are those of the desk's store, and heddle.admin is where it answers.
void serve(const ServerSettings& settings, Log& log, const Server::OnReady& on_ready, ConfigSource source,
           admin::Desk& desk);

}  // namespace heddle
