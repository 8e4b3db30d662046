#include "tests/simulation/simulation.hpp"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <cmath>
#include <utility>

namespace heddle::sim {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

constexpr int turns_at_once_max = 20'000;  // without time passing
constexpr milliseconds settling{2'500}, settling_step{500}, settling_max{12'000}, last_words{800}, leaving{4'500};

}  // namespace

Simulation::Simulation(House& house, std::uint64_t seed, bool print_trace)
    : house_(house),
      dice_(seed),
      trace_(print_trace) {
    house_.world.restart(dice_.next());
    plan_ = make_plan();
    settings_ = make_settings();
    outbox_max_ = settings_.limits.outbox;
    realm_ = make_realm();
    make_workers();
    make_clients();
}

/// However the run ended, the workers end as those of a router do.
Simulation::~Simulation() {
    ending_ = quiet_ = true;
    for (const auto& client : clients_) client->leave(Wire::End::closed);
    for (const auto& worker : house_.site.workers) worker->stop();
    for (const auto& worker : house_.site.workers) worker->run();
    workers_.clear();
    house_.site.workers.clear();
    house_.site.connections = 0;
    house_.world.restart(0);
}

void Simulation::fault(std::string what) {
    if (!fault_.empty()) return;
    log("FAULT " + what);
    fault_ = std::move(what);
}

Verdict Simulation::run() {
    log("workers " + std::to_string(plan_.workers) + ", clients " + std::to_string(plan_.clients) + ", outbox " +
        std::to_string(settings_.limits.outbox) + (plan_.flood ? ", flood" : "") + (plan_.drain ? ", drain" : "") +
        (plan_.small_budgets ? ", small budgets" : "") +
        (realm_.slow_reader == SlowReader::drop ? ", drop" : ", close"));
    schedule_acts();
    schedule_edits();
    run_for(plan_.busy);
    quiet_ = true;
    log("quiet");
    run_for(settling);
    const TimePoint latest = world().now() + settling_max;
    while (fault_.empty() && !settled() && world().now() < latest) run_for(settling_step);
    check_settled();
    check_holds();
    on_realm([this](TimePoint now) { observer_.publish_to_all_topics(now); });
    run_for(last_words);
    check_settled();
    check_holds();
    ending_ = true;
    plan_.drain ? drain() : send_everybody_home();
    run_for(leaving);
    on_realm([this](TimePoint now) { observer_.leave(now); });
    run_for(milliseconds(1));
    check_nothing_left();
    return {fault_, trace_.hash(), trace_.lines(), {trace_.tail().begin(), trace_.tail().end()}};
}

// ---- time ----

void Simulation::run_until(TimePoint deadline) {
    for (;;) {
        if (world().take_stirred()) let_workers_run();
        if (!fault_.empty()) return;
        const TimePoint next = next_moment();
        world().move_to(std::min(next, deadline));
        if (next > deadline) return;
        world().run_due();
        ring_alarms();
    }
}

TimePoint Simulation::next_moment() const {
    TimePoint next = house_.world.next();
    for (std::size_t i = 0; i < workers_.size(); ++i)
        next = std::min(next, std::max(house_.site.workers[i]->alarm(), workers_[i].asleep_until));
    return next;
}

void Simulation::ring_alarms() {
    for (const auto& worker : house_.site.workers)
        if (worker->alarm() <= world().now()) post(*worker, [w = worker.get()] { w->on_alarm(); });
}

/// Turns in an order that the dice choose, until no worker that is awake has anything to do.
void Simulation::let_workers_run() {
    int turns = 0;
    const std::size_t count = workers_.size();
    for (std::size_t idle = 0; idle < count && fault_.empty();) {
        const std::size_t first = count == 1 ? 0 : dice_.below(count);
        idle = 0;
        for (std::size_t k = 0; k < count; ++k) {
            const std::size_t i = (first + k) % count;
            Worker& worker = *house_.site.workers[i];
            if (workers_[i].asleep_until > world().now() || !worker.turn(false)) {
                ++idle;
                continue;
            }
            check_outboxes(worker);
            if (++turns > turns_at_once_max) return fault("the workers do not come to rest");
        }
    }
}

void Simulation::post(Worker& worker, std::function<void()> work) {
    world().stir();
    boost::asio::post(worker.io(), std::move(work));
}

void Simulation::on_realm(std::function<void(TimePoint)> work) {
    world().stir();
    home_->post(std::move(work));
}

// ---- what happens ----

void Simulation::schedule_acts() {
    for (const auto& client : clients_) {
        TimePoint when = world().now() + microseconds(dice_.between(0, 50'000));
        world().at(when, [client] { client->connect(); });
        const TimePoint end = world().now() + plan_.busy;
        for (;;) {
            when += microseconds(dice_.between(500, plan_.flood ? 16'000 : 30'000));
            if (when >= end) break;
            world().at(when, [client] { client->act(); });
        }
    }
}

void Simulation::schedule_edits() {
    const auto at_some_time = [&](auto edit) {
        world().after(microseconds(dice_.between(0, microseconds(plan_.busy).count())), [this, edit] { (this->*edit)(); });
    };
    for (auto left = dice_.below(4); left > 0; --left) at_some_time(&Simulation::edit_permissions);
    for (auto left = dice_.below(3); left > 0; --left) at_some_time(&Simulation::edit_limits);
    if (plan_.workers > 1)
        for (auto left = dice_.below(8); left > 0; --left) at_some_time(&Simulation::put_to_sleep);
}

void Simulation::edit_permissions() {
    const auto forbidden = static_cast<std::uint8_t>(dice_.below(16));
    log("permissions: forbidden " + std::to_string(forbidden));
    realm_.realm.roles = {{"anonymous", rules({forbidden})}};
    on_realm([this, entry = realm_](TimePoint now) { host_->apply(entry, now); });
}

void Simulation::edit_limits() {
    settings_.limits.outbox = std::size_t{4 << 10} << dice_.below(5);
    settings_.limits.patience = milliseconds(dice_.between(180, 300));
    outbox_max_ = std::max(outbox_max_, settings_.limits.outbox);
    log("limits: outbox " + std::to_string(settings_.limits.outbox));
    const auto settings = std::make_shared<const ServerSettings>(settings_);
    for (const auto& worker : house_.site.workers) post(*worker, [settings, w = worker.get()] { w->use(settings); });
}

/// The kernel gives the core to another thread for a while.
void Simulation::put_to_sleep() {
    const std::size_t i = dice_.below(workers_.size());
    log("worker " + std::to_string(i) + " sleeps");
    workers_[i].asleep_until = world().now() + microseconds(dice_.between(100, 15'000));
    world().at(workers_[i].asleep_until, [this] { world().stir(); });
}

// ---- the end ----

void Simulation::send_everybody_home() {
    for (const auto& client : clients_) {
        const auto how = dice_.below(10);
        const auto leave = [client, how] {
            if (how < 5) return client->take_leave();
            client->leave(how < 7 ? Wire::End::closed : how < 9 ? Wire::End::reset : Wire::End::cut);
        };
        world().after(microseconds(dice_.between(0, 200'000)), leave);
        world().after(milliseconds(900), [client] { client->leave(Wire::End::closed); });  // who waits for an answer in vain
    }
}

/// As Server does it (router/server_drain.cpp), in a second.
void Simulation::drain() {
    log("drain");
    house_.site.draining = true;
    for (const auto& worker : house_.site.workers) post(*worker, [w = worker.get()] { w->drain(); });
    go_on_draining(world().now());
}

void Simulation::go_on_draining(TimePoint began) {
    const double passed = std::chrono::duration<double>(world().now() - began).count();
    const auto each_worker = [&](auto work) {
        for (const auto& worker : house_.site.workers) post(*worker, [w = worker.get(), work] { work(*w); });
    };
    if (passed >= 0.9) return each_worker([](Worker& worker) { worker.shut_down(); });
    each_worker([share = std::min(1.0, passed / 0.75)](Worker& worker) { worker.send_away(share); });
    world().after(milliseconds(20), [this, began] { go_on_draining(began); });
}

}  // namespace heddle::sim
