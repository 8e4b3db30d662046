#include "realms/address_block.hpp"

#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace heddle {
namespace {

using Groups = std::array<std::uint16_t, 8>;

/// "10.1.2.3" as the last two groups of an IPv6 address.
bool read_ipv4(std::string_view text, Groups& groups, std::size_t at) {
    if (at + 2 > groups.size()) return false;
    std::array<unsigned, 4> octets{};
    for (std::size_t i = 0; i < octets.size(); ++i) {
        const char* const end_of_text = text.data() + text.size();
        const auto [end, error] = std::from_chars(text.data(), end_of_text, octets[i]);
        if (error != std::errc() || octets[i] > 255) return false;
        text.remove_prefix(static_cast<std::size_t>(end - text.data()));
        if (i == 3) break;
        if (!text.starts_with('.')) return false;
        text.remove_prefix(1);
    }
    groups[at] = static_cast<std::uint16_t>(octets[0] << 8 | octets[1]);
    groups[at + 1] = static_cast<std::uint16_t>(octets[2] << 8 | octets[3]);
    return text.empty();
}

/// Groups between colons, from the first place on; how many, or nothing where `text` is no such list.
std::optional<std::size_t> read_groups(std::string_view text, Groups& groups) {
    std::size_t count = 0;
    while (!text.empty()) {
        const std::size_t colon = text.find(':');
        const std::string_view group = text.substr(0, colon);
        if (group.find('.') != group.npos) {
            if (colon != text.npos || !read_ipv4(group, groups, count)) return std::nullopt;
            return count + 2;
        }
        if (count == groups.size() || group.empty() || group.size() > 4) return std::nullopt;
        const auto [end, error] = std::from_chars(group.data(), group.data() + group.size(), groups[count++], 16);
        if (error != std::errc() || end != group.data() + group.size()) return std::nullopt;
        if (colon == text.npos) break;
        text.remove_prefix(colon + 1);
        if (text.empty()) return std::nullopt;  // a colon and nothing behind it
    }
    return count;
}

std::optional<Groups> read_ipv6(std::string_view text) {
    Groups groups{}, tail{};
    const std::size_t gap = text.find("::");
    const auto before = read_groups(text.substr(0, gap), groups);
    if (!before) return std::nullopt;
    if (gap == text.npos) return *before == groups.size() ? std::optional(groups) : std::nullopt;
    const auto after = read_groups(text.substr(gap + 2), tail);
    if (!after || *before + *after >= groups.size()) return std::nullopt;
    for (std::size_t i = 0; i < *after; ++i) groups[groups.size() - *after + i] = tail[i];
    return groups;
}

void append_hex(std::uint16_t group, std::string& text) {
    char digits[4];
    text.append(digits, std::to_chars(digits, digits + sizeof digits, group, 16).ptr);
}

}  // namespace

std::string address_block(std::string_view address) {
    const std::string_view bare = address.substr(0, address.find('%'));
    if (bare.find(':') == bare.npos) return std::string(address);
    const auto groups = read_ipv6(bare);
    if (!groups) return std::string(address);
    const Groups& g = *groups;
    if (g[0] == 0 && g[1] == 0 && g[2] == 0 && g[3] == 0 && g[4] == 0 && g[5] == 0xFFFF)
        return std::to_string(g[6] >> 8) + "." + std::to_string(g[6] & 255) + "." + std::to_string(g[7] >> 8) + "." +
               std::to_string(g[7] & 255);
    std::string block;
    for (std::size_t i = 0; i < 4; ++i) {
        append_hex(g[i], block);
        block += ':';
    }
    return block += ":/64";
}

}  // namespace heddle
