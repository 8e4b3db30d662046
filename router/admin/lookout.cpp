#include "router/admin/lookout.hpp"

#include "router/admin/desk_state.hpp"
#include "router/admin/router_session.hpp"
#include "serializers/rules.hpp"

namespace heddle::admin {

using nlohmann::json;

/// A session of the router's own that hears the realm's meta events.
class Lookout::Watch final : private LocalPeer {
 public:
    Watch(std::string realm, const Desk::Hear& hear) : realm_(std::move(realm)), hear_(hear) {}

    /// Who must not hear of this realm.
    void set_strangers(std::vector<std::string> strangers) {
        const std::lock_guard lock(mutex_);
        strangers_ = std::move(strangers);
    }

    // On the realm's thread.
    void join(RealmHost& host, TimePoint now) {
        if (there_) return;
        if (self_) host.leave(self_, now);
        HelloDetails hello;
        hello.agent = "heddle";
        hello.roles.add(Role::subscriber, Feature::pattern_based_subscription);
        there_ = true;
        self_ = host.join(*this, "router", hello, {"heddle", "router", "router", "router", true}, now, true);
        host.say(self_, Subscribe{{1}, {}, "wamp.session.on_join"}, now);
        host.say(self_, Subscribe{{2}, {}, "wamp.session.on_leave"}, now);
    }
    void leave(RealmHost& host, TimePoint now) {
        if (std::exchange(there_, false)) host.leave(self_, now);
        self_ = {};
    }

 private:
    void on_message(const Message& message) override {
        if (const auto* subscribed = std::get_if<Subscribed>(&message))
            (subscribed->request.value == 1 ? joins_ : leaves_) = subscribed->subscription;
    }
    void on_event(const Event& event) override {
        const JsonPayload payload = json_of(event.payload);
        const auto strangers = [&] {
            const std::lock_guard lock(mutex_);
            return strangers_;
        }();
        if (event.subscription == joins_ && !payload.args.empty() && payload.args[0].is_object()) {
            const json& facts = payload.args[0];
            hear_("heddle.session.on_join", {{"realm", realm_},
                                            {"session", facts.value("session", std::uint64_t{0})},
                                            {"authid", facts.value("authid", "")},
                                            {"role", facts.value("authrole", "")},
                                            {"method", facts.value("authmethod", "")}}, strangers);
        } else if (event.subscription == leaves_ && payload.args.size() >= 3) {
            hear_("heddle.session.on_leave", {{"realm", realm_},
                                             {"session", payload.args[0]},
                                             {"authid", payload.args[1]},
                                             {"role", payload.args[2]}}, strangers);
        }
    }
    /// The realm goes; one that comes after it under the name is joined anew.
    void on_closed(CloseReason) override {
        there_ = false;
        self_ = {};
    }

    const std::string realm_;
    const Desk::Hear& hear_;
    std::mutex mutex_;
    std::vector<std::string> strangers_;
    bool there_ = false;
    EndpointId self_;
    SubscriptionId joins_, leaves_;
};

Lookout::Lookout(Desk::State& desk) : desk_(desk) {}
Lookout::~Lookout() = default;

Lookout::Wanted Lookout::who_listens() {
    return desk_
        .at<Wanted>(std::string(admin_realm),
                    [](RealmHost* host, TimePoint now) {
                        Wanted wanted;
                        if (!host || host->realm_counts().subscriptions == 0) return wanted;
                        RouterSession router(*host, now);
                        const auto heard = [&](const char* topic) {
                            const auto found = router.call("wamp.subscription.match", json::array({topic}));
                            return found.value().is_array() && !found.value().empty();
                        };
                        wanted.stats = heard("heddle.stats.on_update");
                        wanted.sessions = heard("heddle.session.on_join") || heard("heddle.session.on_leave");
                        return wanted;
                    })
        .value_or(Wanted{});
}

void Lookout::tick() {
    if (!desk_.hear) return;
    try {
        const Wanted wanted = who_listens();
        if (wanted.sessions || !watches_.empty()) watch_sessions(wanted.sessions);
        if (wanted.stats) tell_stats();
    } catch (const Refusal&) {  // the end
    } catch (const std::exception& error) {
        desk_.log.write(LogLevel::warn, "admin.lookout", {{"why", error.what()}});
    }
}

void Lookout::watch_sessions(bool wanted) {
    for (const StoredRealm& realm : desk_.store.realms()) {
        auto& watch = watches_[realm.name];
        if (!watch) watch = std::make_unique<Watch>(realm.name, desk_.hear);
        watch->set_strangers(desk_.strangers_to(realm.name));
        desk_.at<bool>(realm.name, [&watch = *watch, wanted](RealmHost* host, TimePoint now) {
            if (host) wanted ? watch.join(*host, now) : watch.leave(*host, now);
            return true;
        });
    }
}

void Lookout::tell_stats() { desk_.hear("heddle.stats.on_update", stats_of(desk_, {}, std::nullopt), desk_.strangers_to("")); }

}  // namespace heddle::admin
