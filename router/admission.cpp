#include "router/admission.hpp"

#include <algorithm>
#include <utility>

#include "realms/address_block.hpp"
#include "router/descriptors.hpp"
#include "router/http_client.hpp"
#include "router/local_address.hpp"

namespace heddle {
namespace {

using metrics::Limit;

constexpr std::size_t address_surplus_max = 8;
constexpr std::size_t idle_addresses_max = 65'536;  // addresses without a connection that are remembered
constexpr std::chrono::seconds unused_max{2};  // what an unused rate may save up

}  // namespace

// ---- permits

Admission::Permit& Admission::Permit::operator=(Permit&& other) noexcept {
    if (this == &other) return *this;
    give_back();
    from_ = std::exchange(other.from_, nullptr);
    block_ = std::exchange(other.block_, {});
    seat_ = std::exchange(other.seat_, Seat::none);
    waiting_ = std::exchange(other.waiting_, false);
    return *this;
}

void Admission::Permit::give_back() {
    if (Admission* from = std::exchange(from_, nullptr)) from->release(*this);
}

void Admission::Permit::logged_in(bool yes) {
    if (from_ && seat_ == Seat::regular && waiting_ == yes) from_->count_login(*this, yes);
}

// ---- who may come

bool Admission::Rate::take(std::size_t per_second, TimePoint now) {
    const auto one = std::chrono::duration_cast<TimePoint::duration>(std::chrono::seconds(1)) / std::max<std::size_t>(per_second, 1);
    const TimePoint next = std::max(used_until, now) + one;
    if (next > now + unused_max) return false;
    used_until = next;
    return true;
}

Admission::Caller Admission::caller(const ListenerSettings& listener, std::string_view from) {
    Caller caller;
    if (!listener.unix_path.empty()) {
        caller.administrates = listener.for_administrators();
        return caller;
    }
    caller.host = host_of(from);
    caller.proxy = is_proxy(listener.client_address, caller.host);
    return caller;
}

void Admission::use(const Limits& limits, std::size_t descriptors) {
    const std::lock_guard lock(mutex_);
    limits_ = limits;
    exempt_.clear();
    for (const std::string& text : limits.address_exempt)
        if (const auto range = AddressRange::parse(text)) exempt_.push_back(*range);
    connections_max_ = std::min(limits.connections, descriptors);
    const std::size_t few = std::max<std::size_t>(descriptors / 4, 2);  // where there are hardly any descriptors
    reserved_max_ = std::min(limits.connections_reserved, few);
    surplus_max_ = std::min(surplus_connections_max, few);
}

bool Admission::is_exempt(std::string_view host) const {
    return host.empty() ||
           std::any_of(exempt_.begin(), exempt_.end(), [&](const AddressRange& range) { return range.contains(host); });
}

bool Admission::exempt(std::string_view host) const {
    const std::lock_guard lock(mutex_);
    return is_exempt(host);
}

void Admission::set_memory_full(bool full) {
    const std::lock_guard lock(mutex_);
    memory_full_ = full;
}

Admission::Answer Admission::admit(const Caller& caller, TimePoint now) {
    const std::lock_guard lock(mutex_);
    const bool counted = !caller.proxy && !is_exempt(caller.host);
    Answer answer;
    if (counted) answer.permit.block_ = address_block(caller.host);
    Address* const address = counted ? &address_of(answer.permit.block_) : nullptr;
    answer.refused = refusal(caller, address, now);
    Seat seat = answer.refused ? Seat::none : Seat::regular;
    if (answer.refused == Limit::connections && caller.administrates && reserved_ < reserved_max_) {
        answer.refused.reset();
        seat = Seat::reserved;
    } else if (answer.refused && caller.surplus && has_surplus_room(address)) {
        seat = Seat::surplus;
    }
    Permit& permit = answer.permit;
    if (seat != Seat::none) permit.from_ = this;
    permit.seat_ = seat;
    permit.waiting_ = seat == Seat::regular && !caller.administrates;
    regular_ += seat == Seat::regular;
    reserved_ += seat == Seat::reserved;
    surplus_ += seat == Seat::surplus;
    before_login_ += permit.waiting_;
    if (!address) return answer;
    surplus_of_counted_ += seat == Seat::surplus;
    address->connections += seat == Seat::regular || seat == Seat::reserved;
    address->surplus += seat == Seat::surplus;
    address->before_login += permit.waiting_;
    settle(permit.block_, *address, now);
    return answer;
}

std::optional<Limit> Admission::refusal(const Caller& caller, Address* address, TimePoint now) {
    if (regular_ >= connections_max_) return Limit::connections;
    if (caller.administrates) return std::nullopt;
    if (memory_full_) return Limit::memory;
    if (before_login_ >= limits_.connections_before_login) return Limit::before_login;
    if (!address) return std::nullopt;
    if (address->connections >= limits_.address_connections) return Limit::address_connections;
    if (address->before_login >= limits_.address_connections_before_login) return Limit::address_before_login;
    if (!address->accepts.take(limits_.address_accepts, now)) return Limit::address_accepts;
    if (!accepts_.take(limits_.accepts, now)) return Limit::accepts;
    return std::nullopt;
}

/// One address has few, and all addresses that are counted have half: the rest is for probes of this machine.
bool Admission::has_surplus_room(const Address* address) const {
    if (surplus_ >= surplus_max_) return false;
    return !address || (address->surplus < address_surplus_max && surplus_of_counted_ < (surplus_max_ + 1) / 2);
}

// ---- addresses

Admission::Address& Admission::address_of(const std::string& block) { return addresses_[block]; }

/// An address without a connection is forgotten once its rate is what a stranger's would be.
void Admission::settle(const std::string& block, Address& address, TimePoint now) {
    if (address.held() != 0) {
        if (std::exchange(address.idle, false)) idle_.erase(address.idle_at);
    } else if (!address.idle) {
        idle_.push_back(&addresses_.find(block)->first);
        address.idle_at = std::prev(idle_.end());
        address.idle = true;
    }
    while (!idle_.empty()) {
        const auto oldest = addresses_.find(*idle_.front());
        if (idle_.size() <= idle_addresses_max && oldest->second.accepts.used_until > now) break;
        idle_.pop_front();
        addresses_.erase(oldest);
    }
}

void Admission::release(Permit& permit) {
    const std::lock_guard lock(mutex_);
    const Seat seat = permit.seat_;
    regular_ -= seat == Seat::regular;
    reserved_ -= seat == Seat::reserved;
    surplus_ -= seat == Seat::surplus;
    before_login_ -= permit.waiting_;
    if (permit.block_.empty()) return;
    Address& address = addresses_.find(permit.block_)->second;
    surplus_of_counted_ -= seat == Seat::surplus;
    address.connections -= seat != Seat::surplus;
    address.surplus -= seat == Seat::surplus;
    address.before_login -= permit.waiting_;
    settle(permit.block_, address, TimePoint{});
}

void Admission::count_login(Permit& permit, bool yes) {
    const std::lock_guard lock(mutex_);
    permit.waiting_ = !yes;
    yes ? --before_login_ : ++before_login_;
    if (permit.block_.empty()) return;
    std::size_t& waiting = addresses_.find(permit.block_)->second.before_login;
    yes ? --waiting : ++waiting;
}

Admission::Counts Admission::counts() const {
    const std::lock_guard lock(mutex_);
    return {regular_ + reserved_, before_login_, surplus_, addresses_.size()};
}

}  // namespace heddle
