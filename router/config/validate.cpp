#include "router/config/validate.hpp"

#include <filesystem>
#include <map>

#include "router/address_range.hpp"
#include "router/config/nearest.hpp"
#include "router/config/units.hpp"

namespace heddle::config {
namespace {

void check_realm(const Element& element, const RealmSettings& realm, Mistakes& mistakes, RuleAdvice advice) {
    unique_names(children_of(element, "role"), mistakes);
    validate_auth(element, realm, mistakes);
    validate_rules(element, realm, mistakes, advice);
}

}  // namespace

void unique_names(const std::vector<const Element*>& elements, Mistakes& mistakes) {
    std::map<std::string_view, const Element*> seen;
    for (const Element* element : elements) {
        auto name = element->name();
        if (name.empty()) continue;
        auto [first, fresh] = seen.try_emplace(name, element);
        if (fresh) continue;
        report(mistakes, false, *element, "name",
               title(*element->table) + " \"" + std::string(name) + "\" stands twice",
               "the first is in line " + std::to_string(spot_of(*first->second, "name").line));
    }
}

std::vector<std::string_view> names_of(const std::vector<const Element*>& elements) {
    std::vector<std::string_view> names;
    for (const Element* element : elements) names.push_back(element->name());
    return names;
}

bool one_of(std::string_view name, const std::vector<std::string_view>& names) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

std::string did_you_mean(std::string_view name, const std::vector<std::string_view>& names) {
    auto near = nearest(name, names);
    return near.empty() ? "" : "did you mean \"" + std::string(near) + "\"?";
}

void check_file(const Element& element, std::string_view key, const std::string& path, bool folder,
                Mistakes& mistakes) {
    if (path.empty()) return;
    std::error_code error;
    auto status = std::filesystem::status(path, error);
    if (!std::filesystem::exists(status))
        return report(mistakes, false, element, key, (folder ? "no folder " : "no file ") + path);
    if (std::filesystem::is_directory(status) == folder) return;
    report(mistakes, false, element, key, path + (folder ? " is no folder" : " is a folder"));
}

std::vector<const Element*> children_of(const Element& element, std::string_view table) {
    std::vector<const Element*> out;
    for (const Element& child : element.children) {
        if (child.table->name == table) out.push_back(&child);
    }
    return out;
}

Spot spot_of(const Element& element, std::string_view key) {
    const Setting* setting = element.find(key);
    return setting ? setting->value.spot : element.spot;
}

void report(Mistakes& mistakes, bool warning, const Element& element, std::string_view key, std::string message,
            std::string hint) {
    Mistake mistake{spot_of(element, key), std::move(message), std::move(hint), {}, warning};
    if (const Setting* setting = element.find(key); setting && setting->origin.from != Origin::From::file)
        mistake.outside = setting->origin.name;
    mistakes.add(std::move(mistake));
}

namespace {

void check_exempt(const Element& element, const Limits& limits, Mistakes& mistakes) {
    for (const std::string& range : limits.address_exempt)
        if (!AddressRange::parse(range))
            report(mistakes, false, element, "address_exempt", "\"" + range + "\" is not a valid range of addresses",
                   "like 10.0.0.0/8, 2001:db8::/32 or 192.0.2.7");
}

void check_stores(const Element& realm, const RealmEntry& settings, Mistakes& mistakes) {
    const auto histories = children_of(realm, "history");
    for (std::size_t i = 0; i < histories.size(); ++i)
        if (settings.realm.histories[i].kind == HistoryKind::sqlite && settings.store.empty())
            report(mistakes, false, *histories[i], "store", "there is no file to keep it in",
                   "like store.path = \"heddle.db\", above all tables");
}

/// A message may become a frame that is longer than itself, and that is let through; but what is shorter must always fit.
void check_limits(const Element& root, const Limits& limits, Mistakes& mistakes) {
    if (limits.outbox >= limits.message) return;
    for (const Element* element : children_of(root, "limits"))
        report(mistakes, false, *element, element->find("outbox") ? "outbox" : "message",
               "limits.outbox (" + format_size(limits.outbox) + ") must be at least limits.message (" +
                   format_size(limits.message) + ")",
               "a client could not be sent every message that another may send");
}

}  // namespace

void validate_realm(const Element& realm, const RealmEntry& settings, Mistakes& mistakes, RuleAdvice advice) {
    check_realm(realm, settings.realm, mistakes, advice);
    validate_uplinks(realm, settings, mistakes);
    check_stores(realm, settings, mistakes);
}

void validate(const Element& root, const ServerSettings& settings, Mistakes& mistakes) {
    const auto realms = children_of(root, "realm");
    unique_names(realms, mistakes);
    for (const Element* limits : children_of(root, "limits")) check_exempt(*limits, settings.limits, mistakes);
    validate_listeners(root, settings, mistakes);
    validate_peers(root, settings, mistakes);
    validate_bearers(root, settings, mistakes);
    check_limits(root, settings.limits, mistakes);
    for (std::size_t i = 0; i < realms.size(); ++i) {
        validate_realm(*realms[i], settings.realms[i], mistakes);
    }
    if (realms.empty())
        mistakes.warn({}, "no [[realm]]: nobody could join", "heddle config default prints a file to start from");
    if (!settings.default_realm.empty() && !one_of(settings.default_realm, names_of(realms))) {
        report(mistakes, false, root, "default_realm", "no [[realm]] is named \"" + settings.default_realm + "\"",
               did_you_mean(settings.default_realm, names_of(realms)));
    }
}

}  // namespace heddle::config
