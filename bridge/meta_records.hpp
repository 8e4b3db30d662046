#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "bridge/meta_facts.hpp"

/// The records of meta lanes, as Recon that stands after an attribute: names and meanings are Swim's where Swim has
/// them (docs/warp.md 3, "Meta").
namespace heddle {

/// Counts of a section of the realm.
struct Pulse {
    std::size_t nodes = 0, lanes = 0, links = 0;
    std::uint64_t events = 0, commands = 0;
    std::uint64_t event_rate = 0, command_rate = 0;  // a second
};
Pulse pulse_of(const Facts& facts);
/// How fast a count grows; one that shrinks, because links left, does not.
std::uint64_t rate(std::uint64_t before, std::uint64_t after, double seconds);

std::string node_record(std::string_view uri, std::size_t lanes, std::size_t links);
std::string child_record(std::string_view uri, std::size_t children);
std::string lane_record(const LaneFacts& lane);
std::string link_record(const LinkFacts& link);
std::string pulse_record(MetaLane::Scope scope, const Pulse& pulse);

}  // namespace heddle
