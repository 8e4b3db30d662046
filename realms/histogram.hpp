#pragma once
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace heddle {

/// Observations sorted into buckets, for metrics: counts[i] holds what is at most bounds[i] and more than the bound
/// before; the last one the rest.
template <std::size_t n>
struct Histogram {
    std::array<std::uint64_t, n + 1> counts{};
    double sum = 0;

    void observe(const std::array<double, n>& bounds, double value) {
        ++counts[static_cast<std::size_t>(std::lower_bound(bounds.begin(), bounds.end(), value) - bounds.begin())];
        sum += value;
    }
    void add(const Histogram& other) {
        for (std::size_t i = 0; i <= n; ++i) counts[i] += other.counts[i];
        sum += other.sum;
    }
};

inline constexpr std::array<double, 18> call_seconds_bounds = {.0001, .00025, .0005, .001, .0025, .005, .01, .025, .05,
                                                               .1,    .25,    .5,    1,    2.5,   5,    10,  25,   60};
using CallSeconds = Histogram<call_seconds_bounds.size()>;

}  // namespace heddle
