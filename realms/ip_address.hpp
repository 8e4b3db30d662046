#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace heddle {

/// An IP address. One of IPv4 stands where IPv6 has it (::ffff:0:0/96).
struct IpAddress {
    std::array<std::uint8_t, 16> bytes{};  // in network order
    bool v4 = false;                       // it was written as an IPv4 address
};

/// Without a zone, port or brackets; nothing where `text` is not an address.
std::optional<IpAddress> read_ip_address(std::string_view text);

}  // namespace heddle
