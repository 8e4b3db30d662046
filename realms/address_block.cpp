#include "realms/address_block.hpp"

#include <arpa/inet.h>

#include <array>
#include <charconv>

namespace heddle {

std::string address_block(std::string_view address) {
    in6_addr bytes{};
    const std::string bare(address.substr(0, address.find('%')));
    if (::inet_pton(AF_INET6, bare.c_str(), &bytes) != 1) return std::string(address);
    std::array<char, INET6_ADDRSTRLEN> text{};
    if (IN6_IS_ADDR_V4MAPPED(&bytes)) return ::inet_ntop(AF_INET, &bytes.s6_addr[12], text.data(), text.size());
    std::string block;
    for (std::size_t i = 0; i < 8; i += 2) {
        const auto group = static_cast<unsigned>(bytes.s6_addr[i] << 8 | bytes.s6_addr[i + 1]);
        block.append(text.data(), std::to_chars(text.data(), text.data() + text.size(), group, 16).ptr);
        block += ':';
    }
    return block += ":/64";
}

}  // namespace heddle
