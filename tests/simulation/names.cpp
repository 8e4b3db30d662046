#include "tests/simulation/names.hpp"

namespace heddle::sim {

const std::vector<std::string>& all_topics() {
    static const std::vector<std::string> topics = {
        "town.event.a", "town.event.b", "town.value.a", "town.value.b",   "town.map.k0",     "town.map.k1",
        "town.map.k2",  "town.map.k3",  "town.edited.a", "town.edited.b", "town.left.door", "town.right.door",
    };
    return topics;
}

const std::string& any_topic(Dice& dice) { return all_topics()[dice.below(all_topics().size())]; }

std::string any_procedure(Dice& dice) {
    if (dice.percent(20)) return "town.edited.job";
    return "town.job." + std::to_string(dice.below(3));
}

}  // namespace heddle::sim
