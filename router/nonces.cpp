#include "router/nonces.hpp"

namespace heddle {

Nonces::Found Nonces::use(const std::string& name, std::int64_t until, std::int64_t now) {
    const std::lock_guard guard(mutex_);
    while (!by_end_.empty() && by_end_.begin()->first < now) {
        for (const std::string& old : by_end_.begin()->second) used_.erase(old);
        by_end_.erase(by_end_.begin());
    }
    if (used_.contains(name)) return Found::used;
    if (used_.size() >= max_) return Found::full;
    used_.insert(name);
    by_end_[until].push_back(name);
    return Found::fresh;
}

}  // namespace heddle
