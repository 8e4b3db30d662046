#pragma once
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "router/listener.hpp"
#include "router/worker.hpp"
#include "tests/router/silent_log.hpp"
#include "tests/simulation/client.hpp"
#include "tests/simulation/observer.hpp"
#include "tests/simulation/stage.hpp"

namespace heddle::sim {

/// What all runs of a program share, since its threads (which no simulation uses) are slow to make.
struct House {
    SilentLog log;
    VirtualWorld world;
    Site site{log, world};
};

struct Verdict {
    std::string fault;  // empty: nothing is wrong
    std::uint64_t trace_hash = 0, trace_lines = 0;
    std::vector<std::string> tail;  // of the trace
};

/// One run: a router of real workers, connections and a realm, and clients around it, on virtual time. All that happens
/// follows from the seed.
///
///   clients act .. 300 to 900 ms | quiet: all is answered and received | the last word on each topic | everybody leaves
class Simulation final : private Stage {
 public:
    Simulation(House& house, std::uint64_t seed, bool print_trace);
    ~Simulation() override;
    Verdict run();

 private:
    struct Plan {
        std::size_t workers = 1, clients = 4;
        std::chrono::milliseconds busy{500};
        bool flood = false, drain = false, small_budgets = false;
    };
    struct OfWorker {
        boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard;
        TimePoint asleep_until{};
    };

    // simulation_setup.cpp
    Plan make_plan();
    ServerSettings make_settings();
    RealmEntry make_realm();
    void make_workers();
    void make_clients();
    std::vector<PermissionRule> rules(ActionSet forbidden) const;

    // simulation.cpp
    void run_until(TimePoint deadline);
    void run_for(std::chrono::milliseconds time) { run_until(world().now() + time); }
    void let_workers_run();
    void ring_alarms();
    TimePoint next_moment() const;
    void schedule_acts();
    void schedule_edits();
    void edit_permissions();
    void edit_limits();
    void put_to_sleep();
    void drain();
    void go_on_draining(TimePoint began);
    void send_everybody_home();
    void post(Worker& worker, std::function<void()> work);
    void on_realm(std::function<void(TimePoint)> work);

    // simulation_checks.cpp
    void check_outboxes(const Worker& worker);
    const Client* reader(const Transport& transport) const;
    bool settled() const;
    std::string holds() const;
    void check_settled();
    void check_holds();
    void check_nothing_left();

    VirtualWorld& world() override { return house_.world; }
    Trace& trace() override { return trace_; }
    const Ledger& ledger() const override { return ledger_; }
    std::shared_ptr<Wire> connect(const std::string& address, WireShape shape, Dice dice) override;
    void fault(std::string what) override;
    bool quiet() const override { return quiet_; }
    bool flood() const override { return plan_.flood; }
    bool keeps_all() const override { return !plan_.small_budgets; }
    bool ending() const override { return ending_; }
    void log(std::string_view what) { trace_.line(house_.world.now(), "router", what); }

    House& house_;
    Dice dice_;
    Trace trace_;
    Ledger ledger_;
    Observer observer_{ledger_};
    Plan plan_;
    ServerSettings settings_;
    RealmEntry realm_;
    std::size_t outbox_max_ = 0;  // the largest limit that was in force
    std::uint64_t faults_before_ = 0;
    std::vector<OfWorker> workers_;
    std::shared_ptr<const Listener> listener_;
    Worker* home_ = nullptr;  // of the realm
    RealmHost* host_ = nullptr;
    std::vector<std::shared_ptr<Client>> clients_;
    bool quiet_ = false, ending_ = false;
    std::string fault_;
};

}  // namespace heddle::sim
