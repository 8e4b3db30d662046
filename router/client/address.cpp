#include "router/client/address.hpp"

#include <algorithm>

#include "router/config/units.hpp"

namespace heddle {
namespace {

struct Scheme {
    std::string_view begin;
    Address::Carrier carrier;
    bool tls, unix_socket;
    std::string_view port;
};
constexpr Scheme schemes[] = {
    {"ws+unix:", Address::Carrier::websocket, false, true, ""},
    {"rs+unix:", Address::Carrier::rawsocket, false, true, ""},
    {"ws://", Address::Carrier::websocket, false, false, "80"},
    {"wss://", Address::Carrier::websocket, true, false, "443"},
    {"rs://", Address::Carrier::rawsocket, false, false, ""},
    {"rss://", Address::Carrier::rawsocket, true, false, ""},
};

bool is_port(std::string_view text) {
    const auto number = parse_whole(text);
    return number && *number <= 65'535;
}

/// Where a URL becomes a Host header and the path of a request, these would end the line that they stand in.
bool holds_spaces_or_controls(std::string_view text) {
    return std::any_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F; });
}

}  // namespace

std::string Address::authority() const {
    if (!unix_path.empty()) return "localhost";
    return (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" + port;
}

Result<Address> parse_address(std::string_view url) {
    auto scheme =
        std::find_if(std::begin(schemes), std::end(schemes), [&](const Scheme& s) { return url.starts_with(s.begin); });
    if (scheme == std::end(schemes))
        return Error{"unknown kind of address: ws:// wss:// rs:// rss:// ws+unix:PATH rs+unix:PATH"};
    Address address;
    address.carrier = scheme->carrier;
    address.tls = scheme->tls;
    address.path = "/";
    address.text = std::string(url);
    std::string_view rest = url.substr(scheme->begin.size());
    if (scheme->unix_socket) {
        if (rest.starts_with("//")) rest.remove_prefix(2);
        if (rest.empty()) return Error{"the socket's path is missing"};
        if (rest.find('\0') != rest.npos) return Error{"the socket's path must not hold a zero byte"};
        address.unix_path = std::string(rest);
        return address;
    }
    if (holds_spaces_or_controls(rest)) return Error{"spaces and control characters must be percent-encoded"};
    std::size_t end = std::min(rest.find_first_of("/?#"), rest.size());
    if (end < rest.size()) address.path = (rest[end] == '/' ? "" : "/") + std::string(rest.substr(end));
    rest = rest.substr(0, end);
    std::size_t host_end = rest.starts_with('[') ? rest.find(']') + 1 : std::min(rest.find(':'), rest.size());
    std::string_view host = rest.substr(0, host_end), port = rest.substr(host_end);
    if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
    if (port.starts_with(':'))
        port.remove_prefix(1);
    else if (port.empty())
        port = scheme->port;
    if (host.empty()) return Error{"the host is missing"};
    if (!is_port(port)) return Error{port.empty() ? "the port is missing" : "the port must be a number from 0 to 65535"};
    address.host = std::string(host);
    address.port = std::string(port);
    return address;
}

}  // namespace heddle
