#include "router/address_range.hpp"

#include <algorithm>
#include <charconv>

#include "realms/ip_address.hpp"

namespace heddle {
namespace {

using Bytes = decltype(IpAddress::bytes);

constexpr unsigned mapped_bits = 96;  // ::ffff:0:0/96 stands for IPv4

/// What is left of an address when all bits after the first so many are zero.
Bytes first_bits(Bytes bytes, unsigned bits) {
    for (unsigned at = 0; at < bytes.size(); ++at) {
        const unsigned kept = bits > at * 8 ? std::min(8u, bits - at * 8) : 0;
        bytes[at] = static_cast<std::uint8_t>(bytes[at] & (0xFF00u >> kept));
    }
    return bytes;
}

}  // namespace

std::optional<AddressRange> AddressRange::parse(std::string_view text) {
    const std::size_t slash = text.find('/');
    const auto address = read_ip_address(text.substr(0, slash));
    if (!address) return std::nullopt;
    const unsigned most = address->v4 ? 32 : 128;
    unsigned bits = most;
    if (slash != text.npos) {
        const std::string_view number = text.substr(slash + 1);
        const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), bits);
        if (error != std::errc() || end != number.data() + number.size() || bits > most) return std::nullopt;
    }
    AddressRange range;
    range.bits_ = address->v4 ? mapped_bits + bits : bits;
    range.bytes_ = address->bytes;
    if (first_bits(range.bytes_, range.bits_) != range.bytes_) return std::nullopt;
    return range;
}

bool AddressRange::contains(std::string_view address) const {
    const auto parsed = read_ip_address(address);
    return parsed && first_bits(parsed->bytes, bits_) == bytes_;
}

}  // namespace heddle
