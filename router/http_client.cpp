#include "router/http_client.hpp"

#include <algorithm>
#include <vector>

#include "router/address_range.hpp"
#include "router/http_text.hpp"
#include "router/local_address.hpp"

namespace heddle {
namespace {

/// "203.0.113.9", "203.0.113.9:4711", "fd00::1" and "[fd00::1]:4711" alike; empty where it is none of them.
std::string address_in(std::string_view entry) {
    entry = without_outer_space(entry);
    if (AddressRange::parse(entry) && entry.find('/') == entry.npos) return std::string(entry);
    const std::string host = host_of(entry);
    return AddressRange::parse(host) && host.find('/') == host.npos ? host : std::string();
}

}  // namespace

bool is_proxy(const ClientAddressSettings& settings, std::string_view address) {
    return std::any_of(settings.from.begin(), settings.from.end(), [&](const std::string& range) {
        const auto parsed = AddressRange::parse(range);
        return parsed && parsed->contains(address);
    });
}

std::string client_address(const ClientAddressSettings& settings, std::string_view peer,
                           std::span<const std::string_view> lines) {
    std::vector<std::string_view> entries;
    for (std::string_view line : lines)
        for (std::size_t end = 0; end != line.npos; line.remove_prefix(end == line.npos ? 0 : end + 1)) {
            end = line.find(',');
            entries.push_back(line.substr(0, end));
        }
    std::string client(peer);
    while (!entries.empty() && is_proxy(settings, client)) {
        std::string next = address_in(entries.back());
        entries.pop_back();
        if (next.empty()) break;
        client = std::move(next);
    }
    return client;
}

}  // namespace heddle
