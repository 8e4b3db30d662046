#include "router/server.hpp"

#include <unistd.h>

#include <boost/asio/post.hpp>
#include <csignal>
#include <cstring>
#include <ctime>
#include <stdexcept>
#include <utility>

#include "router/admin/callee.hpp"
#include "router/certificate.hpp"
#include "router/descriptors.hpp"

namespace heddle {
namespace {

constexpr std::chrono::seconds identify_max{2};

/// Histories wait in memory while the store cannot be written.
HistoryWriter::Trouble note_trouble(Log& log) {
    return [&log](std::string_view why) {
        if (why.empty())
            log.write(LogLevel::info, "history.works", {});
        else
            log.write(LogLevel::error, "history.stuck", {{"why", why}});
    };
}

}  // namespace

Server::Server(const ServerSettings& settings, Log& log, ConfigSource source)
    : site_(log), log_(log), source_(std::move(source)), settings_(std::make_shared<const ServerSettings>(settings)) {
    site_.control = this;
    site_.reloaded_at = std::time(nullptr);
    if (!settings.store.empty()) site_.histories = std::make_shared<HistoryWriter>(settings.store, note_trouble(log));
    for (int i = 0; i < settings.threads; ++i)
        site_.workers.push_back(std::make_unique<Worker>(static_cast<std::uint32_t>(i), site_, settings_));
    realms_on_.resize(site_.workers.size());
    for (const TlsSettings& tls : settings.tls) tls_[tls.name] = std::make_shared<TlsContext>(tls);
    note_certificates();
    for (const RealmEntry& realm : settings.realms) place(realm, least_loaded());
    for (const ListenerSettings& listener : settings.listeners) acceptors_.push_back(open(listener, tls_, {}));
    site_.listeners = acceptors_.size();
    count_descriptors();
    signals_ = std::make_unique<boost::asio::signal_set>(main().io(), SIGINT, SIGTERM, SIGHUP);
    drain_timer_ = std::make_unique<boost::asio::steady_timer>(main().io());
}

namespace {

/// The threads of all workers but the first. However its scope is left, they are told to end and waited for.
class WorkerThreads {
 public:
    explicit WorkerThreads(const std::vector<std::unique_ptr<Worker>>& workers) : workers_(workers) {
        try {
            for (std::size_t i = 1; i < workers.size(); ++i)
                threads_.emplace_back([worker = workers[i].get()] { worker->run(); });
        } catch (...) {
            end();
            throw;
        }
    }
    ~WorkerThreads() { end(); }
    WorkerThreads(const WorkerThreads&) = delete;
    WorkerThreads& operator=(const WorkerThreads&) = delete;

 private:
    void end() {
        for (std::size_t i = 1; i < workers_.size(); ++i) workers_[i]->stop();
        for (std::thread& thread : threads_) thread.join();
    }

    const std::vector<std::unique_ptr<Worker>>& workers_;
    std::vector<std::thread> threads_;
};

/// The desk at work. However its scope is left, its thread has ended before the router that it works on goes.
class DeskAtWork {
 public:
    DeskAtWork(admin::Desk& desk, Control& control) : desk_(desk) { desk_.start(control); }
    ~DeskAtWork() { desk_.stop(); }
    DeskAtWork(const DeskAtWork&) = delete;
    DeskAtWork& operator=(const DeskAtWork&) = delete;

 private:
    admin::Desk& desk_;
};

}  // namespace

void Server::run(const OnReady& on_ready) {
    for (const auto& acceptor : acceptors_) acceptor->start();
    wait_for_signal();
    std::vector<BoundListener> bound;
    for (const auto& acceptor : acceptors_) {
        const Listener& listener = acceptor->listener();
        bound.push_back({listener.settings.name, listener.bound, listener.port});
    }
    memory_trim_ = std::make_unique<MemoryTrim>(log_, site_.memory);
    const WorkerThreads threads(site_.workers);
    on_ready(bound);
    service_manager_.ready("serving " + std::to_string(site_.realms) + " realms");
    main().run();
}

/// Descriptors for as many connections as the settings allow, and some that are kept back. Once, when what the router
/// itself needs is open.
void Server::count_descriptors() {
    const Limits& limits = settings_->limits;
    DescriptorReserve reserve;
    reserve.administration = limits.connections_reserved;
    const std::size_t open = open_descriptors();
    const std::size_t most = raise_descriptor_limit(open + limits.connections + reserve.sum());
    descriptors_for_connections_ = connections_within(most, open, reserve);
    use_limits(limits);
}

/// Into force, as far as there are descriptors.
void Server::use_limits(const Limits& limits) {
    site_.admission.use(limits, descriptors_for_connections_);
    site_.memory.set_max(limits.memory ? limits.memory : default_memory_budget());
    if (descriptors_for_connections_ < limits.connections)
        log_.write(LogLevel::warn, "server.descriptors",
                   {{"connections", std::uint64_t{descriptors_for_connections_}},
                    {"configured", std::uint64_t{limits.connections}},
                    {"why", "the limit of file descriptors (ulimit -Hn, LimitNOFILE=) allows no more"}});
}

// ---- listeners ----

/// For metrics: until when the certificates that are shown are good.
void Server::note_certificates() {
    site_.certificates.clear();
    for (const auto& [name, context] : tls_)
        site_.certificates.emplace_back(name, certificate_of(context->get()).not_after);
}

std::shared_ptr<const TlsContext> Server::tls_of(const ListenerSettings& listener, const TlsContexts& tls) const {
    const auto found = tls.find(listener.tls);
    return found == tls.end() ? nullptr : found->second;
}

std::shared_ptr<Acceptor> Server::open(const ListenerSettings& settings, const TlsContexts& tls,
                                       const std::vector<std::shared_ptr<Acceptor>>& leaving, const std::string& host) {
    auto on_accept = [this](const std::shared_ptr<const Listener>& listener, int descriptor, std::string from) {
        accept(listener, descriptor, std::move(from));
    };
    return Acceptor::open(main().io(), settings, tls_of(settings, tls), log_, std::move(on_accept), leaving, host);
}

void Server::accept(const std::shared_ptr<const Listener>& listener, int descriptor, std::string from) {
    // A few beyond the limits are let in to be told, in their own protocol, that there is no room. They take
    // nobody's place.
    auto [permit, refused] = site_.admission.admit(Admission::caller(listener->settings, from), std::chrono::steady_clock::now());
    if (refused) {
        main().tally().refuse(*refused);
        log_.write(LogLevel::warn, "connection.refused",
                   {{"reason", name_of(CloseReason::too_many_connections)},
                    {"limit", metrics::limit_names[static_cast<std::size_t>(*refused)]},
                    {"from", from}});
    }
    if (permit.seat() == Admission::Seat::none) {
        ::close(descriptor);
        return;
    }
    ++(permit.surplus() ? site_.surplus : site_.connections);
    AcceptedSocket accepted{listener, descriptor, std::move(from), std::move(permit)};
    const bool may_be_trusted = !listener->settings.unix_path.empty() && !listener->settings.peer_admins.empty();
    may_be_trusted ? identify(std::move(accepted)) : hand_over(std::move(accepted));
}

void Server::hand_over(AcceptedSocket accepted) {
    Worker& worker = *site_.workers[next_worker_++ % site_.workers.size()];
    if (&worker == &main()) return worker.adopt(std::move(accepted));
    boost::asio::post(worker.io(),
                      [&worker, accepted = std::move(accepted)]() mutable { worker.adopt(std::move(accepted)); });
}

void Server::identify(AcceptedSocket accepted) {
    const auto user = local_user(accepted.descriptor);
    if (!user) return hand_over(std::move(accepted));
    const std::uint64_t id = ++last_unidentified_;
    const std::vector<std::string> admins = accepted.listener->settings.peer_admins;
    Unidentified& waiting = unidentified_.try_emplace(id, main().io(), std::move(accepted)).first->second;
    // The work owns all it uses; what it found comes home by a post.
    const bool taken = site_.helpers.run([this, id, user = *user, admins] {
        return [this, id, answer = trust(admins, user)] {
            boost::asio::post(main().io(), [this, id, answer] { identified(id, answer); });
        };
    });
    if (!taken) return identified(id, {false, {}, "too many look-ups of users wait"});
    waiting.timer.expires_after(identify_max);
    waiting.timer.async_wait([this, id](const boost::system::error_code& error) {
        if (!error) identified(id, {false, {}, "the look-up of the user takes longer than 2 s"});
    });
}

/// The first answer counts.
void Server::identified(std::uint64_t id, const LocalTrust& answer) {
    auto found = unidentified_.extract(id);
    if (!found) return;
    AcceptedSocket accepted = std::move(found.mapped().accepted);
    found.mapped().accepted.descriptor = -1;
    if (!answer.trouble.empty())
        log_.write(LogLevel::warn, "local_user.unknown",
                   {{"listener", accepted.listener->settings.name}, {"why", answer.trouble}});
    if (answer.trusted) accepted.local_user = answer.name;
    hand_over(std::move(accepted));
}

Server::Unidentified::~Unidentified() {
    if (accepted.descriptor >= 0) ::close(accepted.descriptor);  // the end of the router
}

// ---- the end ----

void Server::wait_for_signal() {
    signals_->async_wait([this](const boost::system::error_code& error, int signal) {
        if (error) return;
        if (signal == SIGHUP) {
            reload(false, [](const ReloadOutcome&) {});
        } else if (site_.draining) {
            return stop();
        } else {
            begin_drain(strsignal(signal));
        }
        wait_for_signal();
    });
}

void Server::drain(const std::string& why) {
    boost::asio::post(main().io(), [this, why] {
        if (!site_.draining) begin_drain(why);
    });
}

void Server::stop() {
    drain_timer_->cancel();
    signals_->cancel();
    for (const auto& worker : site_.workers) worker->stop();
}

void serve(const ServerSettings& settings, Log& log, const Server::OnReady& on_ready, ConfigSource source) {
    std::signal(SIGPIPE, SIG_IGN);
    Server server(settings, log, std::move(source));
    server.run(on_ready);
}

void serve(const ServerSettings& settings, Log& log, const Server::OnReady& on_ready, ConfigSource source,
           admin::Desk& desk) {
    std::signal(SIGPIPE, SIG_IGN);
    ServerSettings stored = settings;
    stored.realms = desk.realms();
    admin::AdminCallee callee(desk, log);  // outlives the realm that it is in
    Server server(stored, log, std::move(source));
    server.administered_by(desk);
    callee.start(server);
    const DeskAtWork at_work(desk, server);
    server.run(on_ready);
}

}  // namespace heddle
