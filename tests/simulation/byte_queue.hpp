#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace heddle::sim {

/// Bytes that come in at one end and leave at the other.
class ByteQueue {
 public:
    void append(std::string_view bytes) { bytes_.append(bytes); }
    std::string_view view() const { return std::string_view(bytes_).substr(gone_); }
    std::size_t size() const { return bytes_.size() - gone_; }
    bool empty() const { return size() == 0; }
    void clear() {
        bytes_.clear();
        gone_ = 0;
    }
    /// The first `count` leave.
    void drop(std::size_t count) {
        gone_ += count;
        if (gone_ * 2 < bytes_.size()) return;
        bytes_.erase(0, gone_);
        gone_ = 0;
    }

 private:
    std::string bytes_;
    std::size_t gone_ = 0;
};

}  // namespace heddle::sim
