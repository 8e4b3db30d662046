// The configuration's tree, from what toml++ made of the text.
#include <algorithm>
#include <sstream>

#include "router/config/toml_text.hpp"
#include "router/config/tree.hpp"

namespace heddle::config {
namespace {

Spot spot_of(const toml::source_region& region) {
    Spot spot{static_cast<int>(region.begin.line), static_cast<int>(region.begin.column), 1};
    if (region.end.line == region.begin.line)
        spot.length = std::max(1, static_cast<int>(region.end.column) - spot.column);
    return spot;
}

RawValue value_of(const toml::node& node) {
    RawValue value;
    value.spot = spot_of(node.source());
    if (auto* text = node.as_string()) {
        value.type = RawValue::Type::text;
        value.text = text->get();
        return value;
    }
    if (auto* list = node.as_array()) {
        value.type = RawValue::Type::list;
        for (const toml::node& item : *list) value.items.push_back(value_of(item));
    } else if (auto* integer = node.as_integer()) {
        value.type = RawValue::Type::integer;
        value.integer = integer->get();
    } else if (node.is_floating_point()) {
        value.type = RawValue::Type::real;
    } else if (node.is_boolean()) {
        value.type = RawValue::Type::boolean;
    }
    std::ostringstream spelling;
    if (!node.is_table()) spelling << toml::node_view<const toml::node>(node);
    value.text = spelling.str();
    return value;
}

class TreeReader {
 public:
    explicit TreeReader(Mistakes& mistakes) : mistakes_(mistakes) {}

    void read(const toml::table& from, Element& into) {
        for (auto&& [key, node] : from) member(key, node, into);
        // toml++ sorts keys by name; the file's order is the one that counts.
        std::stable_sort(into.children.begin(), into.children.end(), [](const Element& a, const Element& b) {
            return std::pair(a.spot.line, a.spot.column) < std::pair(b.spot.line, b.spot.column);
        });
    }

 private:
    void member(const toml::key& key, const toml::node& node, Element& into) {
        const Table& table = *into.table;
        Spot spot = spot_of(key.source());
        auto same = [&](const auto& row) { return row.name == key.str(); };
        if (auto row = std::find_if(table.keys.begin(), table.keys.end(), same); row != table.keys.end()) {
            into.settings.push_back({&*row, value_of(node), spot, {}});
        } else if (auto inner = std::find_if(table.tables.begin(), table.tables.end(), same);
                   inner != table.tables.end()) {
            inner->list ? elements(*inner, node, spot, into) : one(*inner, node, spot, into);
        } else {
            mistakes_.error(spot,
                            "unknown " + std::string(node.is_table() || node.is_array_of_tables() ? "table" : "key") +
                                " \"" + std::string(key.str()) + "\" in " + title(table),
                            hint_for_unknown(key.str(), table));
        }
    }

    void one(const Table& table, const toml::node& node, Spot key, Element& into) {
        if (const toml::table* inner = node.as_table()) {
            read(*inner, into.children.emplace_back(Element{&table, key, {}, {}}));
        } else if (node.is_array_of_tables()) {
            mistakes_.error(key, title(table) + " is one table, not a list of them",
                            "write it once, with single brackets");
        } else {
            mistakes_.error(key, "\"" + std::string(table.name) + "\" is a table",
                            "like { " + std::string(table.keys.front().name) + " = .. }");
        }
    }

    void elements(const Table& table, const toml::node& node, Spot key, Element& into) {
        const toml::array* list = node.as_array();
        if (!list)
            return mistakes_.error(key, "\"" + std::string(table.name) + "\" is a list of tables",
                                   table.inlined ? "like [{ .. }]" : "write " + title(table));
        for (const toml::node& item : *list) {
            Spot spot = spot_of(item.source());
            if (const toml::table* inner = item.as_table()) {
                read(*inner, into.children.emplace_back(Element{&table, spot, {}, {}}));
            } else {
                mistakes_.error(spot, "\"" + std::string(table.name) + "\" is a list of tables", "like [{ .. }]");
            }
        }
    }

    Mistakes& mistakes_;
};

}  // namespace

Element read_toml(std::string_view text, Mistakes& mistakes) {
    Element root{&schema(), {1, 1, 1}, {}, {}};
    if (const auto table = parse_toml(text, mistakes)) TreeReader(mistakes).read(*table, root);
    return root;
}

}  // namespace heddle::config
