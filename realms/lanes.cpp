#include "realms/lanes.hpp"

namespace heddle {

Lanes::Lanes(const std::vector<LaneRule>& rules) {
    for (const LaneRule& rule : rules) {
        if (index_.find(rule.match, rule.uri) != PatternIndex::none) continue;  // the first of two equal ones stands
        index_.insert(rule.match, rule.uri, static_cast<PatternIndex::Handle>(kinds_.size()));
        kinds_.push_back(rule.kind);
    }
}

LaneKind Lanes::kind(std::string_view uri) const {
    const PatternIndex::Handle best = index_.best(uri);
    return best == PatternIndex::none ? LaneKind::by_state : kinds_[best];
}

}  // namespace heddle
