#pragma once
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace heddle::load {

/// Counts values in log-linear buckets: each power of two is cut into 128 equal parts, so a value is known to 1/128 of
/// itself, and those below 128 exactly. Adding costs a few instructions; merging is addition.
class Histogram {
 public:
    static constexpr unsigned part_bits = 7;

    void add(std::uint64_t value) {
        ++counts_[bucket_of(value)];
        ++count_;
        sum_ += value;
        if (value > max_) max_ = value;
    }
    void merge(const Histogram& other);
    void clear() { *this = Histogram(); }

    std::uint64_t count() const { return count_; }
    std::uint64_t max() const { return max_; }
    double mean() const { return count_ == 0 ? 0 : static_cast<double>(sum_) / static_cast<double>(count_); }
    /// The least value of which at least `share` (0..1) of all values are not greater, to the precision of a bucket
    /// (its upper end, but never above the maximum); 0 without values.
    std::uint64_t percentile(double share) const;

    static std::size_t bucket_of(std::uint64_t value) {
        if (value < parts) return static_cast<std::size_t>(value);
        auto shift = static_cast<unsigned>(std::bit_width(value)) - part_bits - 1;
        return static_cast<std::size_t>(shift * parts + (value >> shift));  // value >> shift lies in parts..2*parts-1
    }
    static std::uint64_t upper_end(std::size_t bucket);

 private:
    static constexpr std::uint64_t parts = std::uint64_t{1} << part_bits;
    std::vector<std::uint64_t> counts_ = std::vector<std::uint64_t>((64 - part_bits + 1) * parts);
    std::uint64_t count_ = 0, sum_ = 0, max_ = 0;
};

}  // namespace heddle::load
