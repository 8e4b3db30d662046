#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace heddle {

/// "10.0.0.0/8", "::1": addresses that share their first bits. An IPv4 address is the same whether it is written as one or
/// as the part of IPv6 that stands for it.
class AddressRange {
 public:
    /// Nothing where it is none, or has bits behind its prefix (10.1.0.0/8 is a slip).
    static std::optional<AddressRange> parse(std::string_view text);
    /// `address` as PeerFacts has it, without port and brackets. What is no address is in no range.
    bool contains(std::string_view address) const;

 private:
    std::array<std::uint8_t, 16> bytes_{};
    unsigned bits_ = 0;
};

}  // namespace heddle
