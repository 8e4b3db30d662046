#pragma once
#include <deque>
#include <future>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "router/admin/desk.hpp"
#include "router/control.hpp"
#include "router/outlet.hpp"
#include "router/realm_host.hpp"
#include "tests/router/silent_log.hpp"

namespace heddle::test {

/// A router without threads or sockets: realms are real, everything happens at once on the caller's thread.
class FakeControl final : public Control {
 public:
    explicit FakeControl(ServerSettings settings) : settings_(std::make_shared<const ServerSettings>(std::move(settings))) {}

    void add_realm(RealmEntry entry, Done done) override {
        const std::string name = entry.realm.name;
        hosts_[name] = std::make_unique<RealmHost>(std::move(entry), outlet_, log_);
        done();
    }
    void remove_realm(const std::string& name, Done done) override {
        hosts_.erase(name);
        done();
    }
    void on_realm(const std::string& name, std::function<void(RealmHost*, TimePoint)> act) override {
        if (stuck) {
            if (auto* promise = std::exchange(reached, nullptr)) promise->set_value();
            return;
        }
        const auto found = hosts_.find(name);
        ++visits;
        act(found == hosts_.end() ? nullptr : found->second.get(), std::chrono::steady_clock::now());
    }
    std::vector<std::string> realm_names() const override {
        std::vector<std::string> out;
        for (const auto& [name, host] : hosts_) out.push_back(name);
        return out;
    }
    void settle(Done done) override {
        ++settled;
        done();
    }
    void traffic(std::vector<ConnectionRef> of, std::function<void(std::vector<Traffic>)> done) override {
        done(std::vector<Traffic>(of.size()));
    }
    void reload(bool, std::function<void(ReloadOutcome)> done) override { done(outcome); }
    std::shared_ptr<const ServerSettings> settings() const override { return settings_; }

    RealmHost* host(const std::string& name) { return hosts_.contains(name) ? hosts_[name].get() : nullptr; }

    ReloadOutcome outcome;
    int visits = 0, settled = 0;
    bool stuck = false;                     // realms do nothing any more, as when their threads have ended
    std::promise<void>* reached = nullptr;  // the first visit to a stuck one

 private:
    class NoOutlet final : public Outlet {
        void deliver(ConnectionRef, const Frame&, FrameKind) override {}
        void tell_when_sent(ConnectionRef) override {}
        void welcomed(ConnectionRef) override {}
        void detached(ConnectionRef, CloseReason) override {}
        void close(ConnectionRef, CloseReason) override {}
    };
    std::shared_ptr<const ServerSettings> settings_;
    NoOutlet outlet_;
    SilentLog log_;
    std::map<std::string, std::unique_ptr<RealmHost>> hosts_;
};

}  // namespace heddle::test
