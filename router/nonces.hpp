#pragma once
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <unordered_set>
#include <vector>

namespace heddle {

/// Nonces of signed HTTP requests, each good once. Holds as many as `max`, each until its request would be too old anyway.
/// Any thread.
class Nonces {
 public:
    enum class Found : std::uint8_t { fresh, used, full };
    explicit Nonces(std::size_t max = 500'000) : max_(max) {}

    /// `name` is used from here on, if it was not before. `until` and `now`: Unix seconds.
    Found use(const std::string& name, std::int64_t until, std::int64_t now);

 private:
    std::mutex mutex_;
    const std::size_t max_;
    std::unordered_set<std::string> used_;
    std::map<std::int64_t, std::vector<std::string>> by_end_;
};

}  // namespace heddle
