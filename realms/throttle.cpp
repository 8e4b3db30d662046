#include "realms/throttle.hpp"

#include <algorithm>

#include "realms/address_block.hpp"
#include "realms/auth/digest.hpp"

namespace heddle {

std::string Throttle::hashed(Kind kind, std::string_view name) const {
    const std::string counted = kind == Kind::address ? address_block(name) : std::string(name);
    return auth::hmac_sha256(key_, static_cast<char>(kind) + counted).substr(0, 16);
}

bool Throttle::blocked(Kind kind, std::string_view name, TimePoint now) const {
    if (name.empty() || entries_.empty()) return false;
    const auto found = by_name_.find(hashed(kind, name));
    return found != by_name_.end() && now < found->second->blocked_until;
}

void Throttle::failed(Kind kind, std::string_view name, const ThrottleSettings& settings, TimePoint now) {
    if (name.empty() || settings.attempts == 0 || settings.remembered_max == 0) return;
    std::string key = hashed(kind, name);
    auto found = by_name_.find(key);
    if (found == by_name_.end()) {
        while (entries_.size() >= settings.remembered_max) {
            by_name_.erase(entries_.front().name);
            entries_.pop_front();
        }
        entries_.push_back({std::move(key), 0, {}, {}, {}});
        found = by_name_.emplace(entries_.back().name, std::prev(entries_.end())).first;
    }
    Entry& entry = *found->second;
    entries_.splice(entries_.end(), entries_, found->second);
    if (now < entry.blocked_until) return;
    if (entry.blocked_until != TimePoint{} && now >= entry.blocked_until + settings.block_max) entry.block = {};
    if (entry.failures == 0 || now >= entry.window_end) {
        entry.failures = 0;
        entry.window_end = now + settings.window;
    }
    if (++entry.failures < settings.attempts) return;
    entry.failures = 0;
    entry.block = entry.block.count() ? std::min(entry.block * 2, settings.block_max) : settings.block;
    entry.blocked_until = now + entry.block;
}

void Throttle::forgive(Kind kind, std::string_view name) {
    if (name.empty() || entries_.empty()) return;
    const auto found = by_name_.find(hashed(kind, name));
    if (found == by_name_.end()) return;
    const auto entry = found->second;
    by_name_.erase(found);
    entries_.erase(entry);
}

}  // namespace heddle
