#pragma once
#include <span>
#include <string>
#include <string_view>

#include "router/http_reader.hpp"
#include "router/settings.hpp"

namespace heddle {

class Connection;

/// Is this address, without port, one of those that the settings believe?
bool is_proxy(const ClientAddressSettings& settings, std::string_view address);

/// Who stands behind a chain of proxies. `lines`: the header's, each a list of addresses, the nearest last. From `peer`,
/// whose socket it is, back along the list for as long as the one that wrote an entry is believed; an entry that is no
/// address ends it. `peer` itself where it is not believed.
std::string client_address(const ClientAddressSettings& settings, std::string_view peer,
                           std::span<const std::string_view> lines);

/// The connection's client is, for this request, whom the proxy says.
void see_client(Connection& connection, const HttpRequest& request);

}  // namespace heddle
