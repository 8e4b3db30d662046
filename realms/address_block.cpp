#include "realms/address_block.hpp"

#include <arpa/inet.h>

#include <array>
#include <charconv>

#include "realms/ip_address.hpp"

namespace heddle {

std::string address_block(std::string_view address) {
    const auto read = read_ip_address(address.substr(0, address.find('%')));
    if (!read || read->v4) return std::string(address);
    const auto& bytes = read->bytes;
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (IN6_IS_ADDR_V4MAPPED(bytes.data())) return ::inet_ntop(AF_INET, &bytes[12], text.data(), text.size());
    std::string block;
    for (std::size_t i = 0; i < 8; i += 2) {
        const auto group = static_cast<unsigned>(bytes[i] << 8 | bytes[i + 1]);
        block.append(text.data(), std::to_chars(text.data(), text.data() + text.size(), group, 16).ptr);
        block += ':';
    }
    return block += ":/64";
}

}  // namespace heddle
