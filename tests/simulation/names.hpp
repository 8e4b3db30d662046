#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "tests/simulation/dice.hpp"

/// The topics and procedures that all clients of a simulation use, and what the realm's rules make of them as lanes.
///
///   town.event.a, .b    lane rule event
///   town.value.a, .b    lane rule value: published retained
///   town.map.k0 .. k3   entries of the map town.map: published retained, or removed
///   town.edited.a, .b   permissions for these are taken away and given back
///   town.left.door, town.right.door   for the wildcard town..door; lane rule event
namespace heddle::sim {

const std::vector<std::string>& all_topics();
const std::string& any_topic(Dice& dice);
std::string any_procedure(Dice& dice);

inline bool is_edited(std::string_view topic) {
    return topic.starts_with("town.edited.");
}
inline bool is_map_entry(std::string_view topic) { return topic.starts_with("town.map."); }
inline bool is_kept(std::string_view topic) { return topic.starts_with("town.value.") || is_map_entry(topic); }

}  // namespace heddle::sim
