#include "router/host_header.hpp"

#include <algorithm>

#include "router/address_range.hpp"
#include "router/http_text.hpp"

namespace heddle {
namespace {

/// Without port, brackets and the dot of a full name.
std::string_view name_in(std::string_view host) {
    if (host.starts_with('[')) return host.substr(1, host.find(']') - 1);
    host = host.substr(0, host.find(':'));
    if (host.ends_with('.')) host.remove_suffix(1);
    return host;
}

bool below_localhost(std::string_view name) {
    constexpr std::string_view end = ".localhost";
    return name.size() > end.size() && same_ignoring_case(name.substr(name.size() - end.size()), end);
}

}  // namespace

bool host_allowed(std::string_view host, const ListenerSettings& listener) {
    if (!listener.unix_path.empty() || !listener.local() || !listener.client_address.header.empty()) return true;
    const std::string_view name = name_in(host);
    if (name.find('.') == name.npos && name.find(':') == name.npos) return true;
    if (below_localhost(name) || (AddressRange::parse(name) && name.find('/') == name.npos)) return true;
    return std::any_of(listener.hosts.begin(), listener.hosts.end(),
                       [&](const std::string& own) { return own == "*" || same_ignoring_case(own, name); });
}

}  // namespace heddle
