#include "realms/lanes.hpp"

namespace heddle {

Lanes::Lanes(const std::vector<LaneRule>& rules) {
    for (const LaneRule& rule : rules) {
        if (index_.find(rule.match, rule.uri) != PatternIndex::none) continue;  // the first of two equal ones stands
        index_.insert(rule.match, rule.uri, static_cast<PatternIndex::Handle>(rules_.size()));
        rules_.push_back(rule);
    }
}

const LaneRule& Lanes::rule(std::string_view uri) const {
    static const LaneRule none;
    const PatternIndex::Handle best = index_.best(uri);
    return best == PatternIndex::none ? none : rules_[best];
}

}  // namespace heddle
