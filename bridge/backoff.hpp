#pragma once
#include <algorithm>
#include <chrono>
#include <cstdint>

#include "realms/egress.hpp"

namespace heddle {

/// Delays between attempts, as @swim/client has them by default (docs/warp.md 2.4).
struct BackoffSettings {
    std::chrono::milliseconds first{1'000};  // the first lies between half of it and one and a half
    std::chrono::milliseconds most{30'000};
    std::size_t growth_percent = 180;  // of one delay, the next
};

/// One series of attempts. The random beginning keeps clients that lost one server together from coming back together.
class Backoff {
 public:
    explicit Backoff(const BackoffSettings& settings) : settings_(settings) {}

    std::chrono::milliseconds next(Entropy& entropy) {
        if (delay_.count() == 0) {
            const auto first = std::max<std::int64_t>(settings_.first.count(), 1);
            delay_ = std::chrono::milliseconds(first - first / 2 +
                                               static_cast<std::int64_t>(entropy.next() % std::uint64_t(first)));
        } else {
            delay_ = std::chrono::milliseconds(delay_.count() * std::int64_t(settings_.growth_percent) / 100);
        }
        return delay_ = std::min(delay_, settings_.most);
    }
    /// The last attempt was worth it: the next series begins anew.
    void reset() { delay_ = {}; }

 private:
    BackoffSettings settings_;
    std::chrono::milliseconds delay_{};
};

}  // namespace heddle
