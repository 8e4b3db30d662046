#include "router/load/histogram.hpp"

#include <algorithm>
#include <cmath>

namespace heddle::load {

void Histogram::merge(const Histogram& other) {
    for (std::size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
    count_ += other.count_;
    sum_ += other.sum_;
    max_ = std::max(max_, other.max_);
}

std::uint64_t Histogram::upper_end(std::size_t bucket) {
    if (bucket < 2 * parts) return bucket;
    auto shift = bucket / parts - 1;
    auto leading = bucket % parts + parts;
    return (leading << shift) + ((std::uint64_t{1} << shift) - 1);
}

std::uint64_t Histogram::percentile(double share) const {
    if (count_ == 0) return 0;
    auto wanted = static_cast<std::uint64_t>(std::ceil(std::clamp(share, 0.0, 1.0) * static_cast<double>(count_)));
    wanted = std::clamp<std::uint64_t>(wanted, 1, count_);
    std::uint64_t seen = 0;
    for (std::size_t i = 0; i < counts_.size(); ++i) {
        seen += counts_[i];
        if (seen >= wanted) return std::min(upper_end(i), max_);
    }
    return max_;
}

}  // namespace heddle::load
