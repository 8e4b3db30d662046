#pragma once
#include <cstddef>
#include <utility>

#include "serializers/bytes.hpp"

namespace heddle {

/// A copy of something that is kept, in another form: made by whoever needs it first, counted where the original is.
class KeptCopy {
 public:
    KeptCopy() = default;
    KeptCopy(KeptCopy&& other) noexcept
        : bytes_(std::exchange(other.bytes_, {})), sum_(std::exchange(other.sum_, nullptr)) {}
    KeptCopy& operator=(KeptCopy&& other) noexcept {
        std::swap(bytes_, other.bytes_);
        std::swap(sum_, other.sum_);
        return *this;
    }
    ~KeptCopy() { forget(); }

    /// From now on it is part of `sum`, which must outlive it.
    void count_in(std::size_t& sum) {
        sum_ = &sum;
        sum += bytes_.size();
    }
    explicit operator bool() const { return static_cast<bool>(bytes_); }
    const SharedBytes& bytes() const { return bytes_; }
    void set(SharedBytes bytes) {
        forget();
        bytes_ = std::move(bytes);
        if (sum_) *sum_ += bytes_.size();
    }
    void forget() {
        if (sum_) *sum_ -= bytes_.size();
        bytes_ = {};
    }

 private:
    SharedBytes bytes_;
    std::size_t* sum_ = nullptr;
};

}  // namespace heddle
