// Realms that come and go while the router runs, and how everybody hears of it. Directories change by posts, one worker
// after the other; what leads from a directory to a realm is mail, which stays in order. So a realm may go once
//
//   directories forget it -> mail that they led to has arrived -> everybody is sent away -> the last one has left
#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

#include "router/server.hpp"

namespace heddle {
namespace {

/// The longest way of one thing through the router: from an HTTP connection to its long-poll transport, from there to the
/// realm, to another long-poll transport, and to the connection that waits for its answer. Each is one hop.
constexpr int hops_max = 5;

}  // namespace

/// At the start, before the workers run.
void Server::place(RealmEntry entry, Worker& worker) {
    const std::string name = entry.realm.name;
    const Worker::Added added = worker.add_realm(std::move(entry));
    if (!added.trouble.empty()) throw std::runtime_error(added.trouble);
    for (const auto& each : site_.workers) each->list(name, added.address);
    keep(name, worker);
}

void Server::keep(const std::string& name, Worker& worker) {
    const std::lock_guard lock(mutex_);
    realms_[name] = &worker;
    ++realms_on_[worker.index()];
}

/// The worker with the fewest realms, the first of several.
Worker& Server::least_loaded() const {
    const auto least = std::min_element(realms_on_.begin(), realms_on_.end());
    return *site_.workers[static_cast<std::size_t>(least - realms_on_.begin())];
}

void Server::add_realm(RealmEntry entry, Done done) {
    boost::asio::post(main().io(), [this, entry = std::move(entry), done = std::move(done)] {
        in_order_for(entry.realm.name, [this, entry, done] { add(entry, done); });
    });
}

void Server::remove_realm(const std::string& name, Done done) {
    boost::asio::post(main().io(), [this, name, done = std::move(done)] {
        in_order_for(name, [this, name, done] { remove(name, done); });
    });
}

void Server::in_order_for(const std::string& name, std::function<void()> step) {
    auto& steps = orders_[name];
    steps.push_back(std::move(step));
    if (steps.size() == 1) std::function(steps.front())();
}

void Server::next_for(const std::string& name) {
    boost::asio::post(main().io(), [this, name] {
        auto& steps = orders_[name];
        steps.pop_front();
        if (steps.empty()) {
            orders_.erase(name);
        } else {
            std::function(steps.front())();
        }
    });
}

void Server::add(const RealmEntry& entry, const Done& done) {
    const std::string name = entry.realm.name;
    const auto listed = [this, name, done] {
        done();
        next_for(name);
    };
    if (realms_.contains(name)) return listed();
    Worker& worker = least_loaded();
    keep(name, worker);
    worker.post([this, entry, &worker, name, listed](TimePoint) {
        Worker::Added added;
        if (!site_.faults.guard("making a realm", [&] { added = worker.add_realm(entry); }))
            return boost::asio::post(main().io(), [this, name, listed] { give_up(name, listed); });
        if (!added.trouble.empty())
            log_.write(LogLevel::error, "uplink.impossible", {{"realm", name}, {"why", added.trouble}});
        for (const auto& each : site_.workers)
            each->post([name, address = added.address, to = each.get()](TimePoint) { to->list(name, address); });
        pass_turns(1, listed);
    });
}

/// A realm that could not be made is not there; whoever waits for it goes on.
void Server::give_up(const std::string& name, const Done& done) {
    {
        const std::lock_guard lock(mutex_);
        realms_.erase(name);
    }
    done();
}

void Server::remove(const std::string& name, const Done& done) {
    const auto found = realms_.find(name);
    if (found == realms_.end()) {
        done();
        return next_for(name);
    }
    Worker& home = *found->second;
    {
        const std::lock_guard lock(mutex_);
        realms_.erase(found);
        --realms_on_[home.index()];
    }
    for (const auto& each : site_.workers) each->post([name, to = each.get()](TimePoint) { to->unlist(name); });
    // What the directories led to in the turn before is in the home's queue when that turn is over everywhere.
    pass_turns(1, [this, &home, name, done] {
        home.post([this, &home, name, done](TimePoint) {
            home.close_realm(name, [this, name] { next_for(name); });
            home.after_turn(done);
        });
    });
}

void Server::on_realm(const std::string& name, std::function<void(RealmHost*, TimePoint)> act) {
    Worker* home = nullptr;
    {
        const std::lock_guard lock(mutex_);
        if (const auto found = realms_.find(name); found != realms_.end()) home = found->second;
    }
    if (!home) return main().post([act = std::move(act)](TimePoint now) { act(nullptr, now); });
    home->post([home, name, act = std::move(act)](TimePoint now) { act(home->find_realm(name), now); });
}

std::vector<std::string> Server::realm_names() const {
    const std::lock_guard lock(mutex_);
    std::vector<std::string> names;
    for (const auto& [name, home] : realms_) names.push_back(name);
    return names;
}

void Server::settle(Done done) { pass_turns(hops_max, std::move(done)); }

/// Each worker fills in what it knows; the last one answers.
void Server::traffic(std::vector<ConnectionRef> of, std::function<void(std::vector<Traffic>)> done) {
    struct Sheet {
        std::vector<ConnectionRef> of;
        std::vector<Traffic> seen;
        std::atomic<std::size_t> missing;
        std::function<void(std::vector<Traffic>)> done;
    };
    auto sheet = std::make_shared<Sheet>();
    sheet->seen.resize(of.size());
    sheet->of = std::move(of);
    sheet->missing = site_.workers.size();
    sheet->done = std::move(done);
    for (std::uint32_t index = 0; index < site_.workers.size(); ++index)
        site_.workers[index]->post([sheet, index, worker = site_.workers[index].get()](TimePoint) {
            for (std::size_t i = 0; i < sheet->of.size(); ++i)
                if (sheet->of[i].worker == index) sheet->seen[i] = worker->traffic(sheet->of[i]);
            if (--sheet->missing == 0) sheet->done(std::move(sheet->seen));
        });
}

void Server::pass_turns(int turns, Done done) {
    if (turns == 0) return done();
    const auto left = std::make_shared<std::atomic<std::size_t>>(site_.workers.size());
    const auto over = [this, turns, left, done = std::move(done)] {
        if (--*left == 0) pass_turns(turns - 1, done);
    };
    for (const auto& worker : site_.workers)
        worker->post([over, w = worker.get()](TimePoint) { w->after_turn(over); });
}

}  // namespace heddle
