#include "router/admin/desk.hpp"

#include <algorithm>

#include "router/admin/desk_state.hpp"
#include "router/admin/router_session.hpp"

namespace heddle::admin {

using nlohmann::json;

Desk::Desk(const ServerSettings& settings, Log& log) : state_(std::make_unique<State>(settings, log)) {}
Desk::~Desk() { stop(); }

Desk::State::State(const ServerSettings& settings, Log& to)
    : started_with(std::make_shared<const ServerSettings>(settings)),
      log(to),
      faults(to),
      store(settings.store.empty() ? ":memory:" : settings.store),
      mock_key(store.mock_key()) {}

void Desk::tell(Hear hear) { state_->hear = std::move(hear); }
bool Desk::has_administrator() const { return state_->administered; }
std::uint64_t Desk::store_failures() const { return state_->failures; }
Figures::All Desk::figures() const { return state_->figures.look(); }
std::uint64_t Desk::faults() const { return state_->faults.count(); }
bool Desk::store_works() const { return state_->works; }

void Desk::start(Control& control) {
    state_->control = &control;
    state_->lookout = std::make_unique<Lookout>(*state_);
    state_->thread = std::thread([state = state_.get()] { state->run(); });
}

void Desk::stop() {
    state_->meeting->stop();
    {
        const std::lock_guard lock(state_->mutex);
        state_->stopping = true;
        state_->arrived.notify_all();
    }
    if (state_->thread.joinable()) state_->thread.join();
}

void Desk::ask(Request request, std::function<void(Answer)> done) {
    bool full = false;
    {
        const std::lock_guard lock(state_->mutex);
        full = state_->queue.size() >= State::queue_max;
        if (!full && !state_->stopping) {
            state_->queue.push_back({std::move(request), std::move(done)});
            state_->arrived.notify_one();
            return;
        }
    }
    Answer answer;  // without the lock: whoever hears it may ask again
    answer.error = full ? error::throttled : error::shutting_down;
    answer.detail = full ? "too many operations wait; try again in a moment" : "the router is shutting down";
    done(std::move(answer));
}

void Desk::State::run() {
    constexpr std::chrono::seconds second(1);
    auto next_look = std::chrono::steady_clock::now() + second;
    std::unique_lock lock(mutex);
    while (true) {
        arrived.wait_until(lock, next_look, [&] { return stopping || !queue.empty(); });
        if (!stopping && std::chrono::steady_clock::now() >= next_look) {
            lock.unlock();
            faults.guard("looking around for administrators", [&] { lookout->tick(); });
            faults.guard("writing summaries of refused operations", [&] { write_summaries(std::chrono::steady_clock::now()); });
            next_look = std::chrono::steady_clock::now() + second;
            lock.lock();
            continue;
        }
        if (queue.empty() && stopping) {
            lock.unlock();
            return write_summaries(std::chrono::steady_clock::time_point::max());
        }
        if (queue.empty()) continue;
        Waiting waiting = std::move(queue.front());
        queue.pop_front();
        const bool late = stopping;
        lock.unlock();
        Answer result;
        if (late) {
            result.error = error::shutting_down;
            result.detail = "the router is shutting down";
        } else if (!faults.guard("an operation of administration", [&] { result = answer(waiting.request); })) {
            result.error = error::internal_error;
            result.detail = "a fault of the router: its log has a line fault.caught";
        }
        faults.guard("the answer to an operation", [&] { waiting.done(std::move(result)); });
        lock.lock();
    }
}

Answer Desk::State::answer(const Request& request) {
    Refusal refusal;
    try {
        Job job{*this, request, check_fields(*request.operation, request.arguments)};
        admit(job);
        return handler_of(*request.operation)(job);
    } catch (const Refusal& thrown) {
        refusal = thrown;
    } catch (const std::exception& thrown) {
        // Reading the store failed; edits have their own way to say so (enter).
        log.write(LogLevel::error, "store.failed", {{"op", std::string(request.operation->noun) + "."
            + std::string(request.operation->verb)}, {"why", thrown.what()}});
        ++failures;
        works = false;
        refusal = {std::string(error::store_failed), "the store cannot be used; nothing was changed", {}};
    }
    if (request.operation->changes) audit_refusal(request, refusal);
    Answer out;
    out.error = std::move(refusal.error);
    out.detail = std::move(refusal.detail);
    out.body = std::move(refusal.body);
    return out;
}

std::optional<std::vector<std::string>> confined_to(Desk::State& desk, const Asker& asker) {
    const auto stored = desk.store.user(admin_realm, asker.authid);
    if (!stored || stored->user.realms.empty()) return std::nullopt;
    return stored->user.realms;
}

/// What waited while somebody else took the asker's rights away: that ended his session, and with it what it asked for.
void Desk::State::admit_live(const Request& request) {
    if (!request.asker.live || !request.operation->changes) return;
    const auto there = at<bool>(std::string(admin_realm), [session = request.asker.session](RealmHost* host, TimePoint now) {
        return host && RouterSession(*host, now).call("wamp.session.get", json::array({session})).error.empty();
    });
    if (there.value_or(false)) return;
    throw Refusal{std::string(uri::not_authorized), "the session that asked for it has ended", json::object()};
}

/// An administrator of some realms has no business with others, nor with what is of the whole router.
void Desk::State::admit(const Job& job) {
    admit_live(job.request);
    if (job.request.asker.method == "token") {
        std::int64_t& last = used[job.request.asker.authid];
        const std::int64_t now = now_ms();
        if (now - last > 60'000) try {
                store.note_use(admin_realm, job.request.asker.authid, last = now);
            } catch (const std::runtime_error&) {  // what is asked does not depend on it
                works = false;
            }
    }
    const auto realms = confined_to(*this, job.request.asker);
    if (!realms) return;
    const Operation& operation = *job.request.operation;
    const std::string realm = job.text("realm");
    const bool named = !realm.empty() && realm != admin_realm;
    const bool among = named && std::find(realms->begin(), realms->end(), realm) != realms->end();
    const bool filtered = realm.empty() && (operation.noun == "audit" || operation.noun == "stats" ||
                                            (operation.noun == "realm" && operation.verb == "list"));
    const bool of_realm = operation.noun != "token" && operation.noun != "config";
    const bool founds = operation.noun == "realm" && operation.verb == "remove";  // it could not be had back
    if ((among && of_realm && !founds) || filtered) return;
    throw Refusal{std::string(uri::not_authorized),
                  job.request.asker.authid + " administers only " + [&] {
                      std::string list;
                      for (const std::string& one : *realms) list += (list.empty() ? "" : ", ") + one;
                      return list;
                  }(),
                  json::object()};
}

Handler handler_of(const Operation& operation) {
    using namespace handlers;
    static const std::map<std::string, Handler, std::less<>> all = {
        {"realm.list", realm_list},
        {"realm.get", realm_get},
        {"realm.put", realm_put},
        {"realm.remove", realm_remove},
        {"realm.export", realm_export},
        {"realm.apply", realm_apply},
        {"role.list", role_list},
        {"role.get", role_get},
        {"role.put", role_put},
        {"role.remove", role_remove},
        {"permission.list", permission_list},
        {"permission.put", permission_put},
        {"permission.remove", permission_remove},
        {"permission.test", permission_test},
        {"authorizer.purge", authorizer_purge},
        {"user.list", user_list},
        {"user.get", user_get},
        {"user.put", user_put},
        {"user.remove", user_remove},
        {"user.passwd", user_passwd},
        {"user.key", user_key},
        {"user.disable", user_disable},
        {"token.create", token_create},
        {"token.list", token_list},
        {"token.revoke", token_revoke},
        {"session.list", session_list},
        {"session.get", session_get},
        {"session.kick", session_kick},
        {"subscription.list", pattern_list},
        {"subscription.get", pattern_get},
        {"subscription.match", pattern_match},
        {"subscription.remove", pattern_remove},
        {"registration.list", pattern_list},
        {"registration.get", pattern_get},
        {"registration.match", pattern_match},
        {"registration.remove", pattern_remove},
        {"lane.list", lane_list},
        {"lane.match", lane_match},
        {"retained.list", retained_list},
        {"retained.get", retained_get},
        {"retained.match", retained_match},
        {"retained.remove", retained_remove},
        {"audit.list", audit_list},
        {"stats.get", stats_get},
        {"config.get", config_get},
        {"config.reload", config_reload},
    };
    const auto found = all.find(std::string(operation.noun) + "." + std::string(operation.verb));
    return found == all.end() ? nullptr : found->second;
}

}  // namespace heddle::admin
