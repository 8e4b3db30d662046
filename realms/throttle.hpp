#pragma once
#include <list>
#include <string>
#include <string_view>
#include <unordered_map>

#include "realms/settings.hpp"

namespace heddle {

/// Counts failed logins by address (IPv6: by /64, which one subscriber has all of) and by authid, and says who is
/// blocked. Names are kept as keyed hashes, at most ThrottleSettings::remembered_max of them; then those who failed longest
/// ago are forgotten. While somebody is blocked nothing more is counted; each further block is twice as long.
class Throttle {
 public:
    enum class Kind : char { address = 'a', authid = 'u' };

    explicit Throttle(std::string key) : key_(std::move(key)) {}

    /// An empty name is never blocked.
    bool blocked(Kind kind, std::string_view name, TimePoint now) const;
    void failed(Kind kind, std::string_view name, const ThrottleSettings& settings, TimePoint now);
    /// He proved who he is.
    void forgive(Kind kind, std::string_view name);
    std::size_t size() const { return entries_.size(); }

 private:
    struct Entry {
        std::string name;  // hashed
        std::size_t failures = 0;
        TimePoint window_end, blocked_until;
        std::chrono::milliseconds block{0};  // the last one
    };
    std::string hashed(Kind kind, std::string_view name) const;

    const std::string key_;
    std::list<Entry> entries_;  // who failed last is last
    std::unordered_map<std::string_view, std::list<Entry>::iterator> by_name_;
};

}  // namespace heddle
