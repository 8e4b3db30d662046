#include "router/server.hpp"

#include <unistd.h>

#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <csignal>
#include <stdexcept>
#include <thread>

#include "router/listener.hpp"
#include "router/worker.hpp"

namespace heddle {
namespace {

constexpr std::size_t surplus_max = 64;

/// The parts of a running router. Worker 0 runs in the calling thread and has the listeners, the signals and the end.
class Server {
 public:
    Server(const ServerSettings& settings, Log& log) : site_{settings, log, {}, {}}, log_(log) {
        for (int i = 0; i < settings.threads; ++i)
            site_.workers.push_back(std::make_unique<Worker>(static_cast<std::uint32_t>(i), site_));
        std::size_t next = 0;
        for (const RealmEntry& realm : settings.realms) site_.workers[next++ % site_.workers.size()]->add_realm(realm);
        for (const ListenerSettings& listener : settings.listeners) open(listener);
        signals_ = std::make_unique<boost::asio::signal_set>(main_io(), SIGINT, SIGTERM);
        drain_timer_ = std::make_unique<boost::asio::steady_timer>(main_io());
    }

    void run(const std::function<void(const std::vector<BoundListener>&)>& on_ready) {
        for (const auto& acceptor : acceptors_) acceptor->start();
        wait_for_signal();
        std::vector<BoundListener> bound;
        for (const auto& listener : listeners_)
            bound.push_back({listener->settings.name, listener->bound, listener->port});
        std::vector<std::thread> threads;
        for (std::size_t i = 1; i < site_.workers.size(); ++i)
            threads.emplace_back([worker = site_.workers[i].get()] { worker->run(); });
        on_ready(bound);
        site_.workers[0]->run();
        for (std::thread& thread : threads) thread.join();
    }

 private:
    boost::asio::io_context& main_io() { return site_.workers[0]->io(); }

    void open(const ListenerSettings& settings) {
        auto listener = std::make_unique<Listener>();
        listener->settings = settings;
        for (const TlsSettings& tls : site_.settings.tls)
            if (tls.name == settings.tls) listener->tls = std::make_unique<TlsContext>(tls.certificate, tls.key);
        const Listener& fixed = *listener;
        auto on_accept = [this, &fixed](int descriptor, std::string from) {
            accept(fixed, descriptor, std::move(from));
        };
        acceptors_.push_back(std::make_unique<Acceptor>(main_io(), *listener, log_, std::move(on_accept)));
        listeners_.push_back(std::move(listener));
    }

    void accept(const Listener& listener, int descriptor, std::string from) {
        // A few beyond the limit are let in to be told, in their own protocol, that there is no room. They take
        // nobody's place.
        const bool surplus = site_.connections >= site_.settings.limits.connections;
        if (surplus)
            log_.write(LogLevel::warn, "connection.refused",
                       {{"reason", name_of(CloseReason::too_many_connections)}, {"from", from}});
        if (surplus && site_.surplus >= surplus_max) {
            ::close(descriptor);
            return;
        }
        ++(surplus ? site_.surplus : site_.connections);
        Worker& worker = *site_.workers[next_worker_++ % site_.workers.size()];
        Accepted accepted{listener, descriptor, std::move(from), surplus};
        if (&worker == site_.workers[0].get()) return worker.adopt(std::move(accepted));
        boost::asio::post(worker.io(),
                          [&worker, accepted = std::move(accepted)]() mutable { worker.adopt(std::move(accepted)); });
    }

    void wait_for_signal() {
        signals_->async_wait([this](const boost::system::error_code& error, int signal) {
            if (error) return;
            if (site_.draining) return stop();
            drain(signal);
            wait_for_signal();
        });
    }

    /// GOODBYE to everybody; over when nobody is left, or when the drain time is.
    void drain(int signal) {
        log_.write(LogLevel::info, "server.drain",
                   {{"signal", strsignal(signal)}, {"connections", site_.connections.load()}});
        site_.draining = true;
        for (const auto& acceptor : acceptors_) acceptor->stop();
        for (const auto& worker : site_.workers)
            boost::asio::post(worker->io(), [w = worker.get()] { w->shut_down(); });
        drain_until_ = std::chrono::steady_clock::now() + site_.settings.drain;
        check_drained();
    }

    void check_drained() {
        if (site_.connections == 0 || std::chrono::steady_clock::now() >= drain_until_) return stop();
        drain_timer_->expires_after(std::chrono::milliseconds(20));
        drain_timer_->async_wait([this](const boost::system::error_code& error) {
            if (!error) check_drained();
        });
    }

    void stop() {
        drain_timer_->cancel();
        signals_->cancel();
        for (const auto& worker : site_.workers) worker->stop();
    }

    Site site_;
    Log& log_;
    std::vector<std::unique_ptr<Listener>> listeners_;
    std::vector<std::unique_ptr<Acceptor>> acceptors_;
    std::unique_ptr<boost::asio::signal_set> signals_;
    std::unique_ptr<boost::asio::steady_timer> drain_timer_;
    std::chrono::steady_clock::time_point drain_until_;
    std::size_t next_worker_ = 0;
};

}  // namespace

void serve(const ServerSettings& settings, Log& log,
           const std::function<void(const std::vector<BoundListener>&)>& on_ready) {
    std::signal(SIGPIPE, SIG_IGN);
    Server server(settings, log);
    server.run(on_ready);
}

}  // namespace heddle
