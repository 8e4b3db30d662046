#include "router/address_range.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>
#include <string>

namespace heddle {
namespace {

using Bytes = std::array<std::uint8_t, 16>;

constexpr unsigned mapped_bits = 96;  // ::ffff:0:0/96 stands for IPv4

struct Parsed {
    Bytes bytes{};
    bool v4 = false;
};

std::optional<Parsed> parse_address(std::string_view text) {
    if (text.find('\0') != text.npos) return std::nullopt;  // inet_pton would not see what follows
    const std::string name(text);
    Parsed parsed;
    if (::inet_pton(AF_INET6, name.c_str(), parsed.bytes.data()) == 1) return parsed;
    parsed.v4 = true;
    parsed.bytes[10] = parsed.bytes[11] = 0xFF;
    if (::inet_pton(AF_INET, name.c_str(), parsed.bytes.data() + 12) == 1) return parsed;
    return std::nullopt;
}

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
    const auto address = parse_address(text.substr(0, slash));
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
    const auto parsed = parse_address(address);
    return parsed && first_bits(parsed->bytes, bits_) == bytes_;
}

}  // namespace heddle
