#pragma once
#include <string_view>

#include "router/client/address.hpp"

namespace heddle {

/// The address of a WARP server: `warp swim ws`, and with TLS `warps swims wss`, with host, port and path; or
/// `ws+unix:PATH`.
Result<Address> parse_warp_url(std::string_view url);

}  // namespace heddle
