// A reload: the file is read and checked beside the running router, then all of it is put in force, or nothing.
//
//   read and check (a thread of its own) -> open new listeners -> swap listeners, then every worker's settings -> done
#include <algorithm>
#include <boost/asio/post.hpp>
#include <ctime>
#include <stdexcept>
#include <utility>

#include "router/certificate.hpp"
#include "router/server.hpp"

namespace heddle {

struct Server::Reloading {
    bool dry_run = false;
    std::function<void(ReloadOutcome)> done;
    ConfigReading reading;
    std::shared_ptr<const ServerSettings> settings;  // what it comes to
    TlsContexts tls;
    struct Number {
        std::string text, trouble;  // one of them is empty
    };
    std::map<std::string, Number> numbers;  // hosts of listeners as numbers: looked up where waiting is allowed
    ReloadOutcome outcome;

    void read(const ConfigSource& source, const ServerSettings& now);
    void look_up_hosts();
    void mistake(std::string_view listener, const std::string& what);
};

namespace {

std::string first_line(const std::string& text) { return text.substr(0, text.find('\n')); }

std::string joined(const std::vector<std::string>& texts) {
    std::string out;
    for (const std::string& text : texts) out += (out.empty() ? "" : "; ") + text;
    return out;
}

}  // namespace

void Server::Reloading::read(const ConfigSource& source, const ServerSettings& now) {
    std::string why = "this router was not started from a file";
    auto found = source.read ? source.read(why) : std::nullopt;
    if (!found) {
        outcome.mistakes.push_back(why);
        return;
    }
    reading = std::move(*found);
    outcome.mistakes = reading.loaded.mistakes.render_errors(reading.file_name, reading.text);
    if (!outcome.mistakes.empty()) return;
    settings = std::make_shared<const ServerSettings>(merged(now, reading.loaded.settings));
    try {
        for (const TlsSettings& one : settings->tls) tls[one.name] = std::make_shared<TlsContext>(one);
    } catch (const std::runtime_error& error) {  // it was good when the file was checked, a moment ago
        outcome.mistakes.push_back(reading.file_name + ": " + error.what());
    }
    look_up_hosts();
}

/// What fails is told only if the listener has to be opened.
void Server::Reloading::look_up_hosts() {
    for (const ListenerSettings& listener : settings->listeners) {
        if (!listener.unix_path.empty() || numbers.contains(listener.host)) continue;
        try {
            numbers[listener.host].text = number_of_host(listener);
        } catch (const std::runtime_error& error) {
            numbers[listener.host].trouble = error.what();
        }
    }
}

/// At the listener's address in the file.
void Server::Reloading::mistake(std::string_view listener, const std::string& what) {
    Mistakes mistakes;
    for (const config::Element& child : reading.loaded.tree.children) {
        if (child.table->path != "listener" || child.name() != listener) continue;
        const config::Setting* address = child.find("address");
        mistakes.error(address ? address->value.spot : child.spot, what);
    }
    outcome.mistakes = mistakes.render_errors(reading.file_name, reading.text);
}

std::shared_ptr<const ServerSettings> Server::settings() const {
    const std::lock_guard lock(mutex_);
    return settings_;
}

void Server::reload(bool dry_run, std::function<void(ReloadOutcome)> done) {
    const auto reloading = std::make_shared<Reloading>();
    reloading->dry_run = dry_run;
    reloading->done = std::move(done);
    boost::asio::post(main().io(), [this, reloading] {
        reloads_.push_back(reloading);
        if (reloads_.size() == 1) begin_reload(reloading);
    });
}

void Server::begin_reload(std::shared_ptr<Reloading> reloading) {
    if (!reloading->dry_run) service_manager_.reloading();
    boost::asio::post(reader_, [this, reloading, now = settings_] {
        if (!site_.faults.guard("reading the configuration again", [&] { reloading->read(source_, *now); }))
            reloading->outcome.mistakes = {"the configuration could not be read: the log has a line fault.caught"};
        boost::asio::post(main().io(), [this, reloading] { finish_reload(reloading); });
    });
}

void Server::finish_reload(const std::shared_ptr<Reloading>& reloading) {
    ReloadOutcome& outcome = reloading->outcome;
    std::vector<std::shared_ptr<Acceptor>> acceptors, closed;
    if (site_.draining) outcome.mistakes = {"the router is shutting down"};
    if (!outcome.mistakes.empty() || !open_listeners(*reloading, acceptors, closed)) return end_reload(reloading);
    outcome = compare({*settings_, source_.tree}, {reloading->reading.loaded.settings, reloading->reading.loaded.tree});
    for (const auto& [name, context] : reloading->tls) {
        const auto known = tls_.find(name);
        if (known != tls_.end() && certificate_of(context->get()).digest != certificate_of(known->second->get()).digest)
            outcome.changes.push_back("tls " + name + ": another certificate");
    }
    if (reloading->dry_run) return end_reload(reloading);
    for (const auto& acceptor : closed) {
        acceptor->retire();
        const Listener& listener = acceptor->listener();
        log_.write(LogLevel::info, "listener.closed", {{"listener", listener.settings.name}, {"address", listener.bound}});
    }
    put_in_force(reloading, std::move(acceptors));
}

/// Everything that may fail about sockets happens here, and nothing that could not be taken back.
bool Server::open_listeners(Reloading& reloading, std::vector<std::shared_ptr<Acceptor>>& acceptors,
                            std::vector<std::shared_ptr<Acceptor>>& closed) {
    closed = acceptors_;
    for (const ListenerSettings& listener : reloading.settings->listeners) {
        const auto known = std::find_if(closed.begin(), closed.end(),
                                        [&](const auto& acceptor) { return acceptor->has_address_of(listener); });
        acceptors.push_back(known == closed.end() ? nullptr : *known);
        if (known != closed.end()) closed.erase(known);
    }
    for (std::size_t i = 0; i < acceptors.size(); ++i) {
        if (acceptors[i]) continue;
        const ListenerSettings& listener = reloading.settings->listeners[i];
        try {
            const Reloading::Number& host = reloading.numbers[listener.host];
            if (!host.trouble.empty()) throw std::runtime_error(host.trouble);
            acceptors[i] = open(listener, reloading.tls, closed, host.text);
        } catch (const std::runtime_error& error) {
            reloading.mistake(listener.name, error.what());
            return false;
        }
    }
    return true;
}

void Server::put_in_force(const std::shared_ptr<Reloading>& reloading,
                          std::vector<std::shared_ptr<Acceptor>> acceptors) {
    for (std::size_t i = 0; i < acceptors.size(); ++i) {
        const ListenerSettings& listener = reloading->settings->listeners[i];
        const bool known = std::find(acceptors_.begin(), acceptors_.end(), acceptors[i]) != acceptors_.end();
        if (known) {
            acceptors[i]->change(listener, tls_of(listener, reloading->tls));
            continue;
        }
        acceptors[i]->start();
        log_.write(LogLevel::info, "listener.open",
                   {{"listener", listener.name}, {"address", acceptors[i]->listener().bound}});
    }
    acceptors_ = std::move(acceptors);
    site_.listeners = acceptors_.size();
    tls_ = std::move(reloading->tls);
    note_certificates();
    source_.tree = std::move(reloading->reading.loaded.tree);
    {
        const std::lock_guard lock(mutex_);
        settings_ = reloading->settings;
    }
    use_limits(settings_->limits);
    log_.change(settings_->log_level, settings_->log_format);
    for (const auto& worker : site_.workers)
        worker->post([settings = settings_, w = worker.get()](TimePoint) { w->use(settings); });
    pass_turns(1, [this, reloading] {
        boost::asio::post(main().io(), [this, reloading] { end_reload(reloading); });
    });
}

void Server::end_reload(const std::shared_ptr<Reloading>& reloading) {
    const ReloadOutcome& outcome = reloading->outcome;
    const bool good = outcome.mistakes.empty();
    if (!reloading->dry_run) {
        ++(good ? site_.reloads : site_.failed_reloads);
        if (good) site_.reloaded_at = std::time(nullptr);
        if (good)
            log_.write(LogLevel::info, "config.reload",
                       {{"result", "ok"}, {"changes", joined(outcome.changes)}, {"kept", joined(outcome.kept)}});
        else
            log_.write(LogLevel::error, "config.reload",
                       {{"result", "failed"},
                        {"mistakes", std::uint64_t{outcome.mistakes.size()}},
                        {"why", first_line(outcome.mistakes.front())}});
        service_manager_.ready(good ? "reloaded" : "reload failed: " + first_line(outcome.mistakes.front()));
    }
    reloading->done(outcome);
    reloads_.pop_front();
    if (!reloads_.empty()) begin_reload(reloads_.front());
}

}  // namespace heddle
