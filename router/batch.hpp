#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

#include "serializers/encoding.hpp"

namespace heddle {

/// The messages inside one WebSocket message of a batched subprotocol (WAMP, "Batched Transport"):
/// JSON ends each with octet 0x1E, the binary ones begin each with its length, 32 bits big-endian.
class Batch {
 public:
    Batch(Encoding encoding, std::string_view bytes)
        : json_(encoding == Encoding::json), rest_(bytes), malformed_(bytes.empty()) {}

    std::optional<std::string_view> next() {
        if (rest_.empty() || malformed_) return std::nullopt;
        return json_ ? next_delimited() : next_counted();
    }
    std::string_view rest() const { return rest_; }
    /// Empty, or cut off in the middle.
    bool malformed() const { return malformed_; }

 private:
    std::optional<std::string_view> next_delimited() {
        const std::size_t end = rest_.find('\x1e');
        if (end == std::string_view::npos) return fail();
        return take(0, end, 1);
    }
    std::optional<std::string_view> next_counted() {
        if (rest_.size() < 4) return fail();
        std::size_t size = 0;
        for (std::size_t i = 0; i < 4; ++i) size = size << 8 | static_cast<unsigned char>(rest_[i]);
        if (size > rest_.size() - 4) return fail();
        return take(4, size, 0);
    }
    std::optional<std::string_view> take(std::size_t skip, std::size_t size, std::size_t trailer) {
        const std::string_view message = rest_.substr(skip, size);
        rest_.remove_prefix(skip + size + trailer);
        return message;
    }
    std::nullopt_t fail() {
        malformed_ = true;
        return std::nullopt;
    }
    bool json_;
    std::string_view rest_;
    bool malformed_;
};

}  // namespace heddle
