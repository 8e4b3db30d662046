#include "router/admin/rule_list.hpp"

#include <unordered_map>
#include <unordered_set>

#include "router/admin/fields.hpp"

namespace heddle::admin {

using nlohmann::json;

namespace {

/// Equal for equal rules, whatever the order of their members and with or without empty lists.
std::string text_of(const json& rule) {
    return plain_rule(rule).dump(-1, ' ', false, json::error_handler_t::replace);
}

}  // namespace

std::optional<RuleTwins> find_twins(const json& rules) {
    std::unordered_map<std::string, std::size_t> seen;
    for (std::size_t at = 0; at < rules.size(); ++at) {
        const auto [first, fresh] = seen.emplace(rule_key(rules[at]), at);
        if (!fresh) return RuleTwins{first->second, at};
    }
    return std::nullopt;
}

std::map<std::string, Stamp> stamps_after(const json& before, const json& after,
                                          const std::map<std::string, Stamp>& known, const Stamp& edit) {
    std::unordered_set<std::string> old;
    for (const json& rule : before) old.insert(text_of(rule));
    std::map<std::string, Stamp> stamps;
    for (const json& rule : after) {
        std::string key = rule_key(rule);
        const auto stamp = known.find(key);
        const bool kept = stamp != known.end() && old.contains(text_of(rule));
        stamps[std::move(key)] = kept ? stamp->second : edit;
    }
    return stamps;
}

}  // namespace heddle::admin
