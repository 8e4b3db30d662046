#pragma once
#include <chrono>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "router/address_range.hpp"
#include "router/metrics/counters.hpp"
#include "router/settings.hpp"

namespace heddle {

/// Who may connect: counts connections, those that have not logged in, and new ones a second, of the whole router and of
/// each address (address_block), and says no at limits.connections and its neighbours. Any thread; one lock, taken when a
/// connection comes, logs in and goes, never for a message. Outlives all permits.
///
///   admit --> Permit (regular, reserved)  --logged_in-->  .. --give_back--> the room is free
///         \-> Permit (surplus): let in only to be told that there is no room
///         \-> nothing: closed at once
class Admission {
 public:
    enum class Seat : std::uint8_t {
        none,
        regular,
        reserved,  // of an administrator, while all regular ones are taken
        surplus,   // beyond the limits, among no count
    };

    /// The room that one connection takes. Goes back with the permit, or before.
    class Permit {
     public:
        Permit() = default;
        Permit(Permit&& other) noexcept { *this = std::move(other); }
        Permit& operator=(Permit&& other) noexcept;
        ~Permit() { give_back(); }
        void give_back();
        /// Whether somebody logged in over it; may change back.
        void logged_in(bool yes);
        Seat seat() const { return seat_; }
        bool surplus() const { return seat_ == Seat::surplus; }

     private:
        friend class Admission;
        Admission* from_ = nullptr;
        std::string block_;  // empty: no limit of an address applies
        Seat seat_ = Seat::none;
        bool waiting_ = false;  // counted as not logged in
    };

    struct Caller {
        std::string host;            // without port; empty: a Unix socket
        bool administrates = false;  // a Unix socket of administrators
        bool proxy = false;          // one that its listener believes
        bool surplus = true;         // may be let in to be told that there is no room
    };
    struct Answer {
        Permit permit;
        std::optional<metrics::Limit> refused;
    };

    /// Of a connection that came to this listener; `from` is its socket's address and port.
    static Caller caller(const ListenerSettings& listener, std::string_view from);

    /// From now on. `descriptors`: connections that there are descriptors for.
    void use(const Limits& limits, std::size_t descriptors);
    /// While limits.memory is used up, only administrators are admitted.
    void set_memory_full(bool full);
    Answer admit(const Caller& caller, TimePoint now);
    /// Does no limit of an address apply to it?
    bool exempt(std::string_view host) const;

    struct Counts {
        std::size_t connections = 0, before_login = 0, surplus = 0, addresses = 0;
    };
    Counts counts() const;

 private:
    /// A rate, as the time up to which it is used up. Twice a second's worth may come at once.
    struct Rate {
        TimePoint used_until{};
        bool take(std::size_t per_second, TimePoint now);
    };
    struct Address {
        std::size_t connections = 0, before_login = 0, surplus = 0;
        Rate accepts;
        std::list<const std::string*>::iterator idle_at;
        bool idle = false;  // has no connection: remembered for its rate only
        std::size_t held() const { return connections + surplus; }
    };

    std::optional<metrics::Limit> refusal(const Caller& caller, Address* address, TimePoint now);
    bool has_surplus_room(const Address* address) const;
    Address& address_of(const std::string& block);
    void settle(const std::string& block, Address& address, TimePoint now);
    void release(Permit& permit);
    void count_login(Permit& permit, bool yes);
    bool is_exempt(std::string_view host) const;

    mutable std::mutex mutex_;
    Limits limits_;
    std::vector<AddressRange> exempt_;
    bool memory_full_ = false;
    std::size_t connections_max_ = 0, reserved_max_ = 0, surplus_max_ = 0;
    std::size_t regular_ = 0, reserved_ = 0, surplus_ = 0, surplus_of_counted_ = 0, before_login_ = 0;
    Rate accepts_;
    std::unordered_map<std::string, Address> addresses_;
    std::list<const std::string*> idle_;  // keys of addresses_ without a connection; who left first is first
};

}  // namespace heddle
