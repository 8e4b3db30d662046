#pragma once
#include "router/config/tree.hpp"

namespace heddle::config {

/// Checks settings against each other and against the machine: names that refer to nothing or stand twice, files that
/// are missing or open to others, rules that do not do what they seem to. `root` is the tree they were built from.
void validate(const Element& root, const ServerSettings& settings, Mistakes& mistakes);

/// The part about listeners, their certificates, and the paths of the HTTP bridge.
void validate_listeners(const Element& root, const ServerSettings& settings, Mistakes& mistakes);

/// Whether the rules of a role are also compared with each other, to warn of rules without effect.
/// That takes time quadratic in the number of rules, and yields warnings only.
enum class RuleAdvice { give, skip };

/// The part about one realm.
void validate_realm(const Element& realm, const RealmEntry& settings, Mistakes& mistakes,
                    RuleAdvice advice = RuleAdvice::give);

/// The part about one realm's logins; and that no secret goes over an open line.
void validate_auth(const Element& realm, const RealmSettings& settings, Mistakes& mistakes);
void validate_bearers(const Element& root, const ServerSettings& settings, Mistakes& mistakes);

/// The part about one realm's roles and lanes.
void validate_rules(const Element& realm, const RealmSettings& settings, Mistakes& mistakes, RuleAdvice advice);

/// The part about who comes: browsers, TLS clients, local users.
void validate_peers(const Element& root, const ServerSettings& settings, Mistakes& mistakes);

/// The part about one realm's uplinks.
void validate_uplinks(const Element& realm, const RealmEntry& settings, Mistakes& mistakes);

/// Names of a list's elements must differ.
void unique_names(const std::vector<const Element*>& elements, Mistakes& mistakes);
std::vector<std::string_view> names_of(const std::vector<const Element*>& elements);
bool one_of(std::string_view name, const std::vector<std::string_view>& names);
std::string did_you_mean(std::string_view name, const std::vector<std::string_view>& names);
void check_file(const Element& element, std::string_view key, const std::string& path, bool folder, Mistakes& mistakes);

/// The children of `element` that belong to the table of this name, in order.
std::vector<const Element*> children_of(const Element& element, std::string_view table);

/// Where a setting stands, value first; the element where it was not written.
Spot spot_of(const Element& element, std::string_view key);

/// Reports at a setting, wherever it was said.
void report(Mistakes& mistakes, bool warning, const Element& element, std::string_view key, std::string message,
            std::string hint = {});

}  // namespace heddle::config
