#include "router/worker.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <stdexcept>
#include <utility>

#include "router/connection.hpp"
#include "router/http_call.hpp"
#include "router/listener.hpp"
#include "router/uplink_peer.hpp"

namespace heddle {
namespace {

constexpr std::size_t buffer_size = 64 << 10;
constexpr int handlers_per_turn_max = 64;  // then what was queued goes out, however busy the loop is

}  // namespace

Worker::Worker(std::uint32_t index, Site& site, std::shared_ptr<const ServerSettings> settings)
    : index_(index),
      site_(site),
      settings_(std::move(settings)),
      io_(1),
      timer_(io_),
      now_(site.world.now()),
      buffer_(buffer_size),
      write_buffer_(buffer_size),
      entropy_(site.world.entropy()) {}

Worker::~Worker() = default;

Worker::Added Worker::add_realm(RealmEntry entry) {
    const std::vector<UplinkEntry> uplinks = std::move(entry.uplinks);
    hosts_.push_back(std::make_unique<RealmHost>(
        std::move(entry), *this, site_.log,
        Errands{&site_.passwords, [this](std::function<void(TimePoint)> work) { post(std::move(work)); },
                site_.histories, &site_.world}));
    RealmHost& host = *hosts_.back();
    host.set_room(memory_.room);
    ++site_.realms;
    touched_ = true;
    Added added{{&host, this, host.realm().settings().administers}, {}};
    for (const UplinkEntry& uplink : uplinks) {
        try {
            const auto peer = std::make_shared<UplinkPeer>(*this, host, uplink);
            uplinks_.emplace_back(&host, peer);
            boost::asio::post(io_, [weak = std::weak_ptr(peer)] {
                if (const auto started = weak.lock()) started->start();
            });
        } catch (const std::runtime_error& error) {
            added.trouble = error.what();
        }
    }
    return added;
}

RealmHost* Worker::find_realm(std::string_view name) const {
    for (const auto& host : hosts_) {
        const auto is_it = [&](const Leaving& leaving) { return leaving.host == host.get(); };
        if (host->name() == name && std::none_of(leaving_.begin(), leaving_.end(), is_it)) return host.get();
    }
    return nullptr;
}

void Worker::close_realm(std::string_view name, std::function<void()> gone) {
    RealmHost* host = find_realm(name);
    if (!host) return gone();
    leaving_.push_back({host, std::move(gone)});
    host->shut_down(begin_local_turn(), CloseReason::realm_closed);
    std::erase_if(uplinks_, [&](const auto& uplink) {
        if (uplink.first != host) return false;
        uplink.second->stop();
        return true;
    });
}

/// Realms that were removed, and whose last guest has left: connections say so once, after all else they had to say.
void Worker::sweep() {
    for (std::size_t i = 0; i < leaving_.size();) {
        if (!leaving_[i].host->vacant()) {
            ++i;
            continue;
        }
        const Leaving left = std::move(leaving_[i]);
        leaving_.erase(leaving_.begin() + static_cast<std::ptrdiff_t>(i));
        std::erase_if(hosts_, [&](const auto& host) { return host.get() == left.host; });
        --site_.realms;
        touched_ = true;
        left.gone();
    }
}

void Worker::use(std::shared_ptr<const ServerSettings> settings) {
    begin_turn();
    settings_ = std::move(settings);
    each_transport([](Transport& transport) { transport.on_limits(); });
}

void Worker::run() {
    const auto guard = boost::asio::make_work_guard(io_);
    while (!stopping_) turn(true);
    uplinks_.clear();
    close_all(CloseReason::shutdown);
    end_turn();
    for (Slot& slot : slots_)
        if (const auto transport = slot.transport) transport->abandon();
    end_turn();
    io_.restart();
    io_.poll();  // what was waiting hears that it is over, and lets go of its connection
}

bool Worker::turn(bool wait) {
    if (run_handler(wait) == 0) return false;
    for (int i = 1; i < handlers_per_turn_max && turn_input_ < turn_input_max && run_handler(false) > 0; ++i) continue;
    guard({}, "the end of a turn", [this] { end_turn(); });
    return true;
}

void Worker::stop() {
    boost::asio::post(io_, [this] { stopping_ = true; });
}

void Worker::post(std::function<void(TimePoint)> work) {
    boost::asio::post(io_, [this, work = std::move(work)] { work(begin_local_turn()); });
}

void Worker::begin_turn(ConnectionRef concerned) {
    now_ = site_.world.now();
    concerned_ = concerned;
    sender_ = {};
    if (now_ >= memory_.look_at) look_at_memory();
}

TimePoint Worker::begin_local_turn() {
    begin_turn();
    touched_ = true;
    return now_;
}

void Worker::end_turn() {
    for (;;) {
        for (const auto& host : hosts_) guard({}, "the end of a realm's turn", [&] { host->end_turn(); });
        if (dirty_.empty()) break;
        flushing_.swap(dirty_);
        for (const ConnectionRef ref : flushing_)
            if (Transport* transport = find(ref)) guard(ref, "writing to a connection", [&] { transport->flush(); });
        flushing_.clear();
    }
    turn_input_ = 0;
    last_crowded_ = {};
    look_at_others();
    send_handled();
    for (std::size_t to = 0; to < outgoing_.size(); ++to) {
        Mailbag& bag = outgoing_[to];
        if (bag.to_realms.empty() && bag.to_connections.empty()) continue;
        Worker& other = *site_.workers[to];
        other.unopened_ += bag.weight;
        boost::asio::post(other.io_, [&other, full = std::exchange(bag, {})]() mutable { other.open_mailbag(full); });
    }
    graveyard_.clear();
    for (const auto& work : std::exchange(after_turn_, {})) guard({}, "work after a turn", work);
    if (!leaving_.empty()) sweep();
    arm_timer();
}

// ---- connections ----

void Worker::adopt(AcceptedSocket accepted) {
    begin_turn();
    ++tally_.accepted[accepted.listener->settings.name];
    auto connection = std::make_shared<Connection>(*this, std::move(accepted));
    Connection& started = *connection;
    concerned_ = place(std::move(connection));
    started.start(concerned_);
}

ConnectionRef Worker::place(std::shared_ptr<Transport> transport) {
    if (free_slots_.empty()) {
        free_slots_.push_back(static_cast<std::uint32_t>(slots_.size()));
        slots_.emplace_back();
    }
    const std::uint32_t slot = free_slots_.back();
    free_slots_.pop_back();
    slots_[slot].generation += 1;
    slots_[slot].transport = std::move(transport);
    return {index_, slot, slots_[slot].generation};
}

void Worker::forget(ConnectionRef ref) {
    Transport* transport = find(ref);
    if (!transport) return;
    --(transport->surplus() ? site_.surplus : site_.connections);
    transport->give_back_room();
    graveyard_.push_back(std::move(slots_[ref.slot].transport));  // it may be in the middle of a call
    slots_[ref.slot].transport = nullptr;
    free_slots_.push_back(ref.slot);
}

Transport* Worker::find(ConnectionRef ref) {
    if (ref.slot >= slots_.size() || slots_[ref.slot].generation != ref.generation) return nullptr;
    return slots_[ref.slot].transport.get();
}

void Worker::mark_dirty(Transport& transport) {
    if (transport.dirty) return;
    transport.dirty = true;
    dirty_.push_back(transport.self());
}

// ---- long-poll ----

void Worker::ask(ConnectionRef to, PollRequest request) {
    if (to.worker >= site_.workers.size())
        return answer(request.reader, {404, "text/plain", "no such transport\n", {}});
    if (to.worker != index_) {
        Worker& other = *site_.workers[to.worker];
        boost::asio::post(other.io_, [&other, to, request = std::move(request)]() mutable {
            other.begin_turn();
            other.ask(to, std::move(request));
        });
        return;
    }
    if (Transport* transport = find(to))
        return guard(to, "a long-poll request", [&] { transport->on_poll(std::move(request)); });
    answer(request.reader, {404, "text/plain", "no such transport\n", {}});
}

void Worker::answer(ConnectionRef reader, PollAnswer said) {
    if (reader.generation == 0) return;  // nobody asked
    if (reader.worker != index_) {
        Worker& other = *site_.workers[reader.worker];
        const std::size_t weight = said.body.size() + (said.call ? said.call->args.size() + said.call->kwargs.size() : 0);
        other.unopened_ += weight;
        boost::asio::post(other.io_, [&other, reader, weight, said = std::move(said)]() mutable {
            other.begin_turn();
            other.answer(reader, std::move(said));
            other.unweigh(weight);
        });
        return;
    }
    if (Transport* transport = find(reader)) {
        const ConnectionRef sender = said.call ? said.call->sender : ConnectionRef{};
        return on_behalf_of(sender, [&] {
            guard(reader, "an HTTP answer", [&] { transport->on_answer(std::move(said)); });
        });
    }
    if (said.carried_from.generation != 0) ask(said.carried_from, {PollRequest::What::answer_lost, {}, {}, {}});
}

// ---- time ----

void Worker::wake_at(ConnectionRef connection, TimePoint when) { due_.push({when, connection}); }

void Worker::arm_timer() {
    TimePoint earliest = due_.empty() ? TimePoint::max() : due_.top().when;
    if (touched_) {
        realm_deadline_ = TimePoint::max();
        for (const auto& host : hosts_) realm_deadline_ = std::min(realm_deadline_, host->next_deadline());
        touched_ = false;
    }
    earliest = std::min(earliest, std::max(realm_deadline_, no_deadline_before_));
    if (memory_.level != MemoryLevel::normal) earliest = std::min(earliest, memory_.look_at);
    if (earliest >= armed_for_) return;  // waking too early is harmless
    armed_for_ = earliest;
    timer_.expires_at(earliest);
    timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error) on_timer();
    });
}

void Worker::on_timer() {
    begin_turn();
    tally_.lagged(std::max(now_ - armed_for_, TimePoint::duration::zero()));
    armed_for_ = TimePoint::max();
    for (const auto& host : hosts_)
        if (host->next_deadline() <= now_) tick(*host);
    touched_ = true;
    while (!due_.empty() && due_.top().when <= now_) {
        const ConnectionRef ref = due_.top().connection;
        due_.pop();
        Transport* transport = find(ref);
        if (!transport) continue;
        TimePoint next = TimePoint::max();
        guard(ref, "the deadlines of a connection", [&] { next = transport->on_deadline(now_); });
        if (next != TimePoint::max()) due_.push({next, ref});
    }
}

void Worker::close_all(CloseReason why) {
    each_transport([&](Transport& transport) { transport.close(why); });
}

}  // namespace heddle
