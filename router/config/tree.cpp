#include "router/config/tree.hpp"

#include <algorithm>

#include "router/config/nearest.hpp"

namespace heddle::config {

const Setting* Element::find(std::string_view key) const {
    auto found = std::find_if(settings.begin(), settings.end(), [&](const Setting& s) { return s.key->name == key; });
    return found == settings.end() ? nullptr : &*found;
}
Setting* Element::find(std::string_view key) { return const_cast<Setting*>(std::as_const(*this).find(key)); }

std::string_view Element::name() const {
    const Setting* setting = find("name");
    return setting && setting->value.type == RawValue::Type::text ? std::string_view(setting->value.text)
                                                                  : std::string_view();
}

std::string title(const Table& table) {
    if (table.path.empty()) return "the file";
    return (table.list ? "[[" : "[") + std::string(table.path) + (table.list ? "]]" : "]");
}

std::vector<std::string_view> names_in(const Table& table) {
    std::vector<std::string_view> names;
    for (const Key& key : table.keys) names.push_back(key.name);
    for (const Table& inner : table.tables) names.push_back(inner.name);
    return names;
}

std::string hint_for_unknown(std::string_view written, const Table& table) {
    std::string hint;
    if (auto name = nearest(written, names_in(table)); !name.empty())
        hint = "did you mean \"" + std::string(name) + "\"? ";
    return hint + "all: config keys" + (table.path.empty() ? "" : " " + std::string(table.path));
}

}  // namespace heddle::config
