#pragma once
#include <cstddef>

/// File descriptors: how many there may be, and how many of them are for connections.
namespace heddle {

/// Connections beyond the limits that are let in to be told so.
inline constexpr std::size_t surplus_connections_max = 64;

/// How many this process has open; 0: it cannot be said.
std::size_t open_descriptors();

/// Raises the soft limit of descriptors to `wanted`, or to the hard limit where that is less. Never lowers it. Returns the
/// soft limit in force.
std::size_t raise_descriptor_limit(std::size_t wanted);

/// What is kept back: places for administrators and for those who are told that there is no room, and descriptors for the
/// store, histories, links to other servers, files that are read, and what comes with a reload.
struct DescriptorReserve {
    std::size_t administration = 0, surplus = surplus_connections_max, files = 64;
    std::size_t sum() const { return administration + surplus + files; }
};

/// How many connections fit below `limit` when `open` are in use. Where the limit is low, at most half of what is free is
/// kept back.
std::size_t connections_within(std::size_t limit, std::size_t open, const DescriptorReserve& reserve);

}  // namespace heddle
