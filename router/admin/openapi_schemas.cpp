#include "router/admin/openapi_schemas.hpp"

#include <algorithm>

#include "router/config/schema.hpp"
#include "router/config/units.hpp"

namespace heddle::admin {
namespace {

using nlohmann::ordered_json;

ordered_json choices_of(std::string_view choices) {
    ordered_json all = ordered_json::array();
    for (const std::string_view choice : config::words(choices)) all.push_back(choice);
    return all;
}

ordered_json schema_default(const Field& field) {
    if (field.type == Field::Type::flag) return field.default_value == "true";
    if (field.type == Field::Type::integer) return parse_whole(field.default_value).value_or(0);
    return field.default_value;
}

ordered_json schema_of(const config::Key& key) {
    ordered_json schema{{"description", key.doc}};
    switch (key.type) {
        case config::Type::flag:
            schema["type"] = "boolean";
            break;
        case config::Type::count:
        case config::Type::size:
            schema["type"] = {"integer", "string"};
            break;
        case config::Type::texts:
        case config::Type::choices:
            schema["type"] = "array";
            schema["items"] = {{"type", "string"}};
            if (!key.choices.empty()) schema["items"]["enum"] = choices_of(key.choices);
            break;
        case config::Type::choice:
            schema["type"] = "string";
            schema["enum"] = choices_of(key.choices);
            break;
        default:
            schema["type"] = "string";
    }
    return schema;
}

ordered_json schema_of(const config::Table& table) {
    ordered_json properties = ordered_json::object();
    for (const config::Key& key : table.keys) properties[std::string(key.name)] = schema_of(key);
    for (const config::Table& inner : table.tables) {
        ordered_json object = schema_of(inner);
        if (inner.list) object = ordered_json{{"type", "array"}, {"items", ordered_json(std::move(object))}};
        properties[std::string(inner.name)] = std::move(object);
    }
    return {{"type", "object"}, {"description", table.doc}, {"properties", std::move(properties)}};
}

}  // namespace

nlohmann::ordered_json schema_of(const Field& field) {
    using Type = Field::Type;
    ordered_json schema;
    switch (field.type) {
        case Type::text:
        case Type::choice:
            schema["type"] = "string";
            break;
        case Type::time:
            schema["type"] = "string";
            schema["examples"] = {"90d", "2027-01-31T00:00:00Z"};
            break;
        case Type::integer:
            schema["type"] = "integer";
            schema["minimum"] = 0;
            break;
        case Type::flag:
            schema["type"] = "boolean";
            break;
        case Type::texts:
            schema["type"] = "array";
            schema["items"] = {{"type", "string"}};
            if (!field.choices.empty()) schema["items"]["enum"] = choices_of(field.choices);
            break;
        case Type::object:
            schema["type"] = "object";
            break;
        case Type::objects:
            schema["type"] = "array";
            schema["items"] = {{"type", "object"}};
    }
    if (field.type == Type::choice) schema["enum"] = choices_of(field.choices);
    if (!field.default_value.empty()) schema["default"] = schema_default(field);
    if (field.secret) schema["writeOnly"] = true;
    return schema;
}

nlohmann::ordered_json document_schema(std::string_view name) {
    const auto& tables = config::schema().tables;
    const auto found = std::find_if(tables.begin(), tables.end(), [&](const config::Table& table) { return table.name == name; });
    return found == tables.end() ? ordered_json{{"type", "object"}} : schema_of(*found);
}

}  // namespace heddle::admin
