#pragma once
#include <csignal>
#include <future>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "router/server.hpp"

namespace heddle {

/// Remembers lines.
class KeptLog final : public Log {
 public:
    bool wants(LogLevel) const override { return true; }
    void put(LogLevel level, std::string_view event, std::span<const LogField> fields) override {
        const std::string line = log_line(LogFormat::text, level, event, fields, 0);
        const std::lock_guard lock(mutex_);
        lines_.push_back(line);
    }
    void change(LogLevel level, LogFormat) override { level_ = level; }
    LogLevel level() const { return level_; }
    /// The last line of this event; empty where there is none.
    std::string last(std::string_view event) const {
        const std::lock_guard lock(mutex_);
        for (auto line = lines_.rbegin(); line != lines_.rend(); ++line)
            if (line->find(" " + std::string(event)) != line->npos) return *line;
        return {};
    }

 private:
    mutable std::mutex mutex_;
    std::vector<std::string> lines_;
    std::atomic<LogLevel> level_ = LogLevel::info;
};

/// A realm that everybody may do everything in.
inline RealmEntry open_realm(const std::string& name) {
    RealmEntry entry;
    entry.realm.name = name;
    entry.realm.anonymous_role = "anonymous";
    entry.realm.auth.methods.add(AuthMethod::anonymous);
    entry.realm.limits.goodbye_wait_max = std::chrono::milliseconds(50);
    RoleSettings role;
    role.name = "anonymous";
    PermissionRule rule;
    rule.match = Match::prefix;
    rule.allow.bits = 15;
    role.permissions.push_back(rule);
    entry.realm.roles.push_back(role);
    return entry;
}

/// A router in threads of this process, at a port of 127.0.0.1, until it goes out of scope.
class RunningServer {
 public:
    explicit RunningServer(ServerSettings settings, ConfigSource source = {})
        : server_(with_listener(std::move(settings)), log, std::move(source)) {
        std::signal(SIGPIPE, SIG_IGN);
        std::promise<std::uint16_t> ready;
        thread_ = std::thread([&] {
            server_.run([&](const std::vector<BoundListener>& bound) { ready.set_value(bound.front().port); });
        });
        port = ready.get_future().get();
    }
    ~RunningServer() {
        server_.drain("the test is over");
        thread_.join();
    }

    Control& control() { return server_; }
    const Site& site() const { return server_.site(); }

    /// Waits for what Control does.
    void add(const RealmEntry& realm) {
        wait([&](Control::Done done) { control().add_realm(realm, std::move(done)); });
    }
    void remove(const std::string& name) {
        wait([&](Control::Done done) { control().remove_realm(name, std::move(done)); });
    }
    void settle() {
        wait([&](Control::Done done) { control().settle(std::move(done)); });
    }
    ReloadOutcome reload(bool dry_run = false) {
        std::promise<ReloadOutcome> over;
        control().reload(dry_run, [&](ReloadOutcome outcome) { over.set_value(std::move(outcome)); });
        return over.get_future().get();
    }
    template <class R>
    R at(const std::string& realm, std::function<R(RealmHost*, TimePoint)> act) {
        std::promise<R> over;
        control().on_realm(realm, [&](RealmHost* host, TimePoint now) { over.set_value(act(host, now)); });
        return over.get_future().get();
    }

    KeptLog log;
    std::uint16_t port = 0;

 private:
    template <class F>
    static void wait(F&& start) {
        std::promise<void> over;
        start([&] { over.set_value(); });
        over.get_future().get();
    }
    static ServerSettings with_listener(ServerSettings settings) {
        if (settings.listeners.empty()) {
            ListenerSettings listener;
            listener.name = "local";
            listener.host = "127.0.0.1";
            settings.listeners.push_back(listener);
        }
        return settings;
    }

    Server server_;
    std::thread thread_;
};

}  // namespace heddle
