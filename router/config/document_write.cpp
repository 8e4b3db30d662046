#include <algorithm>

#include "router/config/build.hpp"
#include "router/config/document.hpp"
#include "router/config/tree.hpp"
#include "router/config/view.hpp"
#include "router/json_text.hpp"

namespace heddle::config {
namespace {

using nlohmann::json;

/// A field's value, as the file would have it.
json value_of(const Key& key, const Field& field) {
    if (auto* text = std::get_if<std::string*>(&field)) return **text;
    if (auto* texts = std::get_if<std::vector<std::string>*>(&field)) return **texts;
    std::string spelled = spell(key, field);
    if (spelled.front() != '"' && spelled.front() != '[') std::erase(spelled, '_');  // 100_000
    return json_or_null(spelled);
}

/// Users and uplinks are not of a document, nor of what is shown.
std::size_t size_of(const Table& table, const Place& place) {
    if (table.path == "realm.users" || table.path == "realm.uplinks") return 0;
    return table.rows.size(place);
}
Place element_at(const Table& table, Place place, std::size_t index) {
    table.rows.point(place, index);
    return place;
}

/// `usual` null: all members, otherwise those that differ from it.
json members_of(const Table& table, const Place& place, const Place* usual) {
    json out = json::object();
    for (const Key& key : table.keys) {
        json value = value_of(key, key.field(place));
        if (!usual || key.required || value != value_of(key, key.field(*usual))) out[std::string(key.name)] = std::move(value);
    }
    for (const Table& inner : table.tables) {
        json value = inner.list ? json::array() : members_of(inner, place, usual);
        for (std::size_t i = 0; inner.list && i < size_of(inner, place); ++i)
            value.push_back(members_of(inner, element_at(inner, place, i), usual));
        if (!value.empty()) out[std::string(inner.name)] = std::move(value);
    }
    return out;
}

std::string toml_value(const json& value) {
    if (value.is_array()) {
        std::string out = "[";
        for (const json& item : value) out += (out.size() > 1 ? ", " : "") + toml_value(item);
        return out + "]";
    }
    if (value.is_object()) {
        std::string out = "{";
        for (const auto& [name, item] : value.items())
            out += (out.size() > 1 ? ", " : " ") + name + " = " + toml_value(item);
        return out + " }";
    }
    return value.dump(-1, ' ', true, json::error_handler_t::replace);  // texts and numbers are written alike
}

/// Members in the order of the table.
std::string toml_inline(const Table& table, const json& members) {
    std::string out;
    for (const std::string_view name : names_in(table))
        if (const auto found = members.find(std::string(name)); found != members.end())
            out += (out.empty() ? "{ " : ", ") + std::string(name) + " = " + toml_value(*found);
    return out.empty() ? "{}" : out + " }";
}

void toml_line(std::string_view name, const std::string& value, std::string& out) {
    out += std::string(name) + " = " + value + "\n";
}

void toml_list(const Table* table, std::string_view name, const json& items, std::string& out) {
    std::string lines = "[\n";
    for (const json& item : items) lines += "  " + (table ? toml_inline(*table, item) : toml_value(item)) + ",\n";
    toml_line(name, lines + "]", out);
}

void toml_table(const Table& table, const json& members, std::string& out) {
    out += title(table) + "\n";
    for (const Key& key : table.keys)
        if (const auto found = members.find(std::string(key.name)); found != members.end())
            toml_line(key.name, toml_value(*found), out);
    const bool is_realm = table.path == "realm";
    if (is_realm && members.contains("users")) toml_list(nullptr, "users", members["users"], out);
    for (const Table& inner : table.tables) {
        const auto found = members.find(std::string(inner.name));
        if (found == members.end() || !inner.inlined || inner.name == "users") continue;
        inner.list ? toml_list(&inner, inner.name, *found, out)
                   : toml_line(inner.name, toml_inline(inner, *found), out);
    }
    for (const Table& inner : table.tables) {
        const auto found = members.find(std::string(inner.name));
        if (found == members.end() || inner.inlined || inner.name == "users") continue;
        if (!inner.list) {
            out += "\n";
            toml_table(inner, *found, out);
            continue;
        }
        for (const json& item : *found) {
            out += "\n";
            toml_table(inner, item, out);
        }
    }
}

json value_of(const RawValue& raw) {
    switch (raw.type) {
        case RawValue::Type::text:
            return raw.text;
        case RawValue::Type::integer:
            return raw.integer;
        case RawValue::Type::boolean:
            return raw.text == "true";
        case RawValue::Type::list: {
            json out = json::array();
            for (const RawValue& item : raw.items) out.push_back(value_of(item));
            return out;
        }
        case RawValue::Type::real: {
            const auto out = parse_json(raw.text);  // "inf" and the like are not JSON
            return out ? *out : json(raw.text);
        }
        case RawValue::Type::other:
            break;
    }
    return nullptr;
}

json members_of(const Element& element) {
    json out = json::object();
    for (const Setting& setting : element.settings) out[std::string(setting.key->name)] = value_of(setting.value);
    for (const Element& child : element.children) {
        json& place = out[std::string(child.table->name)];
        child.table->list ? place.push_back(members_of(child)) : void(place = members_of(child));
    }
    return out;
}

}  // namespace

json document_of(const RealmEntry& realm, const RealmEntry& defaults) {
    RealmEntry own = realm, usual = defaults;  // fields are reached by pointers that may write
    Defaults fresh;
    Place here, there = fresh.place();
    here.realm = &own;
    there.realm = &usual;
    json out = members_of(realm_schema(), here, &there);
    out.erase("name");
    return out;
}

json view_of(const ServerSettings& settings) {
    ServerSettings own = settings;
    Place place;
    place.server = &own;
    place.realm = &own.realm_defaults;
    json out = json::object();
    for (const Key& key : schema().keys) out[std::string(key.name)] = value_of(key, key.field(place));
    for (const Table& table : schema().tables) {
        if (table.path == "realm") continue;
        json& into = out[std::string(table.name)];
        if (!table.list) into = members_of(table, place, nullptr);
        for (std::size_t i = 0; table.list && i < size_of(table, place); ++i) {
            json one = members_of(table, element_at(table, place, i), nullptr);
            const std::string name = one.value("name", std::to_string(i));
            into[name] = std::move(one);
        }
        if (into.is_null()) into = json::object();
    }
    return out;
}

std::string toml_of(const json& document) {
    std::string out;
    toml_table(realm_schema(), document, out);
    return out;
}

json document_of_toml(std::string_view text, Mistakes& mistakes) {
    const Element root = read_toml(text, mistakes);
    const Element* realm = nullptr;
    for (const Setting& setting : root.settings)
        mistakes.error(setting.spot, "\"" + std::string(setting.key->name) + "\" is not of a realm", "only [[realm]]");
    for (const Element& child : root.children) {
        if (child.table->path != "realm")
            mistakes.error(child.spot, title(*child.table) + " is not of a realm", "only [[realm]]");
        else if (std::exchange(realm, &child))
            mistakes.error(child.spot, "a second [[realm]]", "one realm a file");
    }
    if (!realm && mistakes.errors() == 0) mistakes.error({}, "no [[realm]]", "heddle realm export prints one");
    return realm ? members_of(*realm) : json::object();
}

}  // namespace heddle::config
