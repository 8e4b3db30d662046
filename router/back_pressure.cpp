#include "router/back_pressure.hpp"

#include <algorithm>
#include <utility>

namespace heddle {
namespace {

/// So far back the list is searched for a sender that is held already. Beyond, it may be listed twice, which is
/// harmless: it is released as often as it was held.
constexpr std::size_t searched_max = 64;

}  // namespace

bool BackPressure::takes(ConnectionRef sender) const {
    if (stalled_ || sender.generation == 0) return false;
    const std::size_t searched = std::min(held_.size(), searched_max);
    return std::find(held_.end() - static_cast<std::ptrdiff_t>(searched), held_.end(), sender) == held_.end();
}

bool BackPressure::hold(ConnectionRef sender, TimePoint now, std::int64_t taken, std::chrono::milliseconds patience) {
    if (!takes(sender)) return false;
    if (held_.empty()) {
        taken_ = taken;
        deadline_ = now + patience;
    }
    held_.push_back(sender);
    return true;
}

std::vector<ConnectionRef> BackPressure::drained() {
    stalled_ = false;
    deadline_ = TimePoint::max();
    return std::exchange(held_, {});
}

std::vector<ConnectionRef> BackPressure::on_deadline(TimePoint now, std::int64_t taken,
                                                     std::chrono::milliseconds patience, std::int64_t least) {
    if (held_.empty()) {
        deadline_ = TimePoint::max();
        return {};
    }
    if (taken - taken_ >= least) {
        taken_ = taken;
        deadline_ = now + patience;
        return {};
    }
    deadline_ = TimePoint::max();
    stalled_ = true;
    return std::exchange(held_, {});
}

}  // namespace heddle
