#pragma once
#include <string_view>
#include <vector>

#include "realms/pattern_index.hpp"
#include "realms/settings.hpp"

namespace heddle {

/// The lane rules of a realm: which kind of lane is a topic or procedure? Of the rules that fit, the one that would win
/// a call speaks: exact, else the longest prefix, else the wildcard that is literal longest from the left.
class Lanes {
 public:
    explicit Lanes(const std::vector<LaneRule>& rules);
    /// The rule that speaks; one of kind by_state and without limits where none does.
    const LaneRule& rule(std::string_view uri) const;
    LaneKind kind(std::string_view uri) const { return rule(uri).kind; }

 private:
    PatternIndex index_;
    std::vector<LaneRule> rules_;  // by handle
};

}  // namespace heddle
