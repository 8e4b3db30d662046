#pragma once
#include <string>
#include <string_view>

namespace heddle {

/// Whom an address is counted as. One subscriber gets a /64 of IPv6, which is 2^64 addresses, so "2001:db8:1:2::9" gives
/// "2001:db8:1:2::/64" however it is written. An IPv4 address, also one written as IPv6 ("::ffff:10.1.2.3"), and a text
/// that is no address give that address or text. `address` has no port and no brackets; it may have a zone ("fe80::1%eth0").
std::string address_block(std::string_view address);

}  // namespace heddle
