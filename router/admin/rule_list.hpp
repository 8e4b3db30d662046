#pragma once
#include <cstddef>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "router/admin/store.hpp"

/// Lists of permission rules as administration compares them. Roles have thousands of rules, so each
/// function here looks at every rule once or twice, never at pairs of rules.
namespace heddle::admin {

/// Two rules with the same match and URI: their positions in the list.
struct RuleTwins {
    std::size_t earlier = 0, later = 0;
};
/// The first rule that repeats an earlier one, if any.
std::optional<RuleTwins> find_twins(const nlohmann::json& rules);

/// The stamps of the rules `after` an edit, by rule_key. A rule that is equal to one of the rules
/// `before` keeps the stamp that `known` has for it; every other rule gets `edit`.
std::map<std::string, Stamp> stamps_after(const nlohmann::json& before, const nlohmann::json& after,
                                          const std::map<std::string, Stamp>& known, const Stamp& edit);

}  // namespace heddle::admin
