// What a run consists of: who is there, which limits hold, which network lies between.
#include <boost/asio/post.hpp>

#include "tests/simulation/names.hpp"
#include "tests/simulation/simulation.hpp"
#include "tests/simulation/wamp_client.hpp"
#include "tests/simulation/warp_client.hpp"

namespace heddle::sim {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;

template <class T, std::size_t n>
T one_of(Dice& dice, const T (&choices)[n]) {
    return choices[dice.below(n)];
}

ActionSet all_actions() {
    ActionSet all;
    for (const Action action : {Action::call, Action::register_, Action::publish, Action::subscribe}) all.add(action);
    return all;
}

WireShape make_wire(Dice& dice) {
    WireShape shape;
    shape.latency = microseconds(dice.between(50, 5'000));
    shape.piece_max = one_of<std::size_t>(dice, {9, 80, 1460, 1460});
    shape.client_window = one_of<std::size_t>(dice, {2'000, 8'000, 32'000});
    shape.router_window = one_of<std::size_t>(dice, {2'000, 16'000});
    shape.client_buffer = one_of<std::size_t>(dice, {2'000, 16'000});
    return shape;
}

}  // namespace

Simulation::Plan Simulation::make_plan() {
    Plan plan;
    plan.workers = one_of<std::size_t>(dice_, {1, 1, 1, 2, 2, 3});
    plan.clients = static_cast<std::size_t>(dice_.between(3, 7));
    plan.busy = milliseconds(dice_.between(200, 600));
    plan.flood = dice_.percent(12);
    plan.drain = dice_.percent(30);
    plan.small_budgets = dice_.percent(15);
    if (plan.flood) plan.clients = 4;
    return plan;
}

ServerSettings Simulation::make_settings() {
    ServerSettings settings;
    Limits& limits = settings.limits;
    limits.message = limits.message_before_session = 4 << 10;
    limits.outbox = one_of<std::size_t>(dice_, {4 << 10, 4 << 10, 16 << 10, 64 << 10});
    limits.send_buffer = one_of<std::size_t>(dice_, {1 << 10, 4 << 10, 16 << 10});
    limits.handshake = limits.hello = milliseconds(1'000);
    limits.write = milliseconds(1'000);
    // Longer than the slowest reader needs for what its kernel holds: a ping stands behind that.
    limits.ping_interval = milliseconds(400);
    limits.message_time = milliseconds(2'000);
    settings.threads = static_cast<int>(plan_.workers);
    return settings;
}

std::vector<PermissionRule> Simulation::rules(ActionSet forbidden) const {
    return {{Match::prefix, "", all_actions(), {}, {}, {}}, {Match::prefix, "town.edited.", all_actions(), forbidden, {}, {}}};
}

RealmEntry Simulation::make_realm() {
    RealmEntry entry;
    RealmSettings& realm = entry.realm;
    realm.name = realm_name;
    realm.anonymous_role = "anonymous";
    realm.roles = {{"anonymous", rules({})}};
    for (const char* events : {"town.event.", "town.edited."})
        realm.lanes.push_back({Match::prefix, events, LaneKind::event});
    realm.lanes.push_back({Match::wildcard, "town..door", LaneKind::event});
    realm.lanes.push_back({Match::prefix, "town.value.", LaneKind::value});
    realm.lanes.push_back({Match::exact, "town.map", LaneKind::map});
    realm.limits.call_timeout = milliseconds(1'000);
    realm.limits.goodbye_wait_max = milliseconds(300);
    if (plan_.small_budgets) realm.limits.retained_bytes_max = realm.limits.user_retained_bytes_max = 2'000;
    entry.slow_reader = dice_.percent(50) ? SlowReader::drop : SlowReader::close;
    entry.warp.window = one_of<std::size_t>(dice_, {1 << 10, 4 << 10, 128 << 10});
    return entry;
}

void Simulation::make_workers() {
    Site& site = house_.site;
    faults_before_ = site.faults.count();
    site.draining = false;
    const auto settings = std::make_shared<const ServerSettings>(settings_);
    for (std::uint32_t i = 0; i < plan_.workers; ++i) {
        site.workers.push_back(std::make_unique<Worker>(i, site, settings));
        workers_.push_back({boost::asio::make_work_guard(site.workers.back()->io()), {}});
    }
    home_ = site.workers[dice_.below(plan_.workers)].get();
    const RealmAddress address = home_->add_realm(realm_).address;
    host_ = address.host;
    for (const auto& worker : site.workers) worker->list(std::string(realm_name), address);
    on_realm([this](TimePoint now) { observer_.join(*host_, now); });
    auto listener = std::make_shared<Listener>();
    listener->settings.name = "simulated";
    listener->settings.host = "127.0.0.1";
    listener->settings.hosts = {"*"};
    listener_ = listener;
}

void Simulation::make_clients() {
    Stage& stage = *this;
    for (std::uint32_t id = 1; id <= plan_.clients; ++id) {
        const WireShape shape = make_wire(dice_);
        if (dice_.percent(30)) {
            clients_.push_back(std::make_shared<WarpClient>(stage, id, dice_.split(),
                                                            WireForm{Encoding::recon, Framing::websocket}, shape));
            continue;
        }
        const auto encoding = one_of(dice_, {Encoding::json, Encoding::msgpack, Encoding::cbor});
        const auto framing = one_of(dice_, {Framing::rawsocket, Framing::rawsocket, Framing::websocket, Framing::batched});
        clients_.push_back(std::make_shared<WampClient>(stage, id, dice_.split(), WireForm{encoding, framing}, shape));
    }
}

std::shared_ptr<Wire> Simulation::connect(const std::string& address, WireShape shape, Dice dice) {
    Site& site = house_.site;
    Worker& worker = *site.workers[dice.below(site.workers.size())];
    auto wire = std::make_shared<Wire>(world(), worker.io(), shape, dice.split());
    if (site.draining) {  // nobody listens any more
        wire->router_end()->reset_on_close();
        return wire;
    }
    ++site.connections;
    AcceptedSocket accepted{listener_, -1, address};
    accepted.socket = wire->router_end();
    world().stir();
    boost::asio::post(worker.io(), [&worker, accepted = std::move(accepted)]() mutable { worker.adopt(std::move(accepted)); });
    return wire;
}

}  // namespace heddle::sim
