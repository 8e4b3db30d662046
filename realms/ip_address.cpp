#include "realms/ip_address.hpp"

#include <arpa/inet.h>

#include <string>

namespace heddle {

std::optional<IpAddress> read_ip_address(std::string_view text) {
    if (text.find('\0') != text.npos) return std::nullopt;  // inet_pton would not see what follows
    const std::string name(text);
    IpAddress address;
    if (::inet_pton(AF_INET6, name.c_str(), address.bytes.data()) == 1) return address;
    address.v4 = true;
    address.bytes[10] = address.bytes[11] = 0xFF;
    if (::inet_pton(AF_INET, name.c_str(), address.bytes.data() + 12) == 1) return address;
    return std::nullopt;
}

}  // namespace heddle
