#include "router/admin/openapi.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "router/admin/http_routes.hpp"
#include "router/admin/operation.hpp"

namespace heddle::admin {
namespace {

using nlohmann::json;

const json& document() {
    static const json parsed = json::parse(openapi());
    return parsed;
}

std::string lower(std::string_view text) {
    std::string out(text);
    for (char& c : out) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    return out;
}

const json& described(const Operation& operation) {
    return document().at("paths").at(std::string(operation.path)).at(lower(name_of(operation.method)));
}

/// Follows every $ref, and looks at every schema.
void check(const json& node, const std::string& where) {
    if (node.is_array())
        for (std::size_t i = 0; i < node.size(); ++i) check(node[i], where + "/" + std::to_string(i));
    if (!node.is_object()) return;
    if (const auto ref = node.find("$ref"); ref != node.end()) {
        const std::string target = ref->get<std::string>();
        EXPECT_TRUE(target.starts_with("#")) << where;
        EXPECT_TRUE(document().contains(json::json_pointer(target.substr(1)))) << where << " refers to " << target;
        EXPECT_EQ(node.size(), 1u) << where;
    }
    for (const auto& [name, value] : node.items()) check(value, where + "/" + name);
}

void check_schema(const json& schema, const std::string& where) {
    ASSERT_TRUE(schema.is_object()) << where;
    if (schema.contains("$ref")) return;
    static const std::set<std::string> types{"string", "integer", "boolean", "array", "object", "null"};
    const json& type = schema.at("type");
    for (const json& one : type.is_array() ? type : json::array({type})) EXPECT_TRUE(types.contains(one)) << where;
    if (type == "array") check_schema(schema.at("items"), where + "/items");
    if (schema.contains("enum")) {
        EXPECT_TRUE(schema["enum"].is_array() && !schema["enum"].empty()) << where;
        if (schema.contains("default")) {
            EXPECT_NE(std::find(schema["enum"].begin(), schema["enum"].end(), schema["default"]), schema["enum"].end()) << where;
        }
    }
    if (schema.contains("properties"))
        for (const auto& [name, inner] : schema["properties"].items())
            if (inner.contains("type")) check_schema(inner, where + "/" + name);
}

TEST(OpenApi, IsAnOpenApiDocument) {
    EXPECT_EQ(document().at("openapi"), "3.1.0");
    for (const char* member : {"title", "version"}) EXPECT_TRUE(document().at("info").at(member).is_string());
    EXPECT_EQ(document().at("servers").at(0).at("url"), "/api/v1");
    ASSERT_TRUE(document().at("security").is_array());
    for (const json& way : document()["security"])
        for (const auto& [name, scopes] : way.items()) {
            EXPECT_TRUE(document()["components"]["securitySchemes"].contains(name)) << name;
            EXPECT_TRUE(scopes.is_array());
        }
    for (const auto& [name, scheme] : document()["components"]["securitySchemes"].items())
        EXPECT_TRUE(scheme.at("type").is_string()) << name;
    check(document(), "");
}

TEST(OpenApi, OperationsAreWellFormed) {
    std::set<std::string> ids;
    for (const auto& [path, methods] : document()["paths"].items()) {
        for (const auto& [method, operation] : methods.items()) {
            const std::string where = method + " " + path;
            EXPECT_TRUE(ids.insert(operation.at("operationId")).second) << where;
            EXPECT_TRUE(operation.at("tags").is_array()) << where;
            std::set<std::string> places;
            for (const json& parameter : operation.value("parameters", json::array())) {
                check_schema(parameter.at("schema"), where + " " + parameter.at("name").get<std::string>());
                if (parameter.at("in") != "path") continue;
                EXPECT_EQ(parameter.at("required"), true) << where;
                places.insert(parameter.at("name").get<std::string>());
            }
            for (const std::string_view segment : segments(path))
                if (segment.starts_with('{')) {
                    EXPECT_EQ(places.erase(std::string(segment.substr(1, segment.size() - 2))), 1u) << where;
                }
            EXPECT_TRUE(places.empty()) << where;
            if (operation.contains("requestBody"))
                check_schema(operation["requestBody"].at("content").at("application/json").at("schema"), where);
            EXPECT_FALSE(operation.at("responses").empty());
            for (const auto& [status, response] : operation["responses"].items())
                EXPECT_TRUE(response.contains("$ref") || response.contains("description")) << where << status;
        }
    }
}

TEST(OpenApi, HoldsEveryOperationWithItsFields) {
    std::size_t count = 0;
    for (const Operation& operation : operations()) {
        const std::string id = std::string(operation.noun) + "." + std::string(operation.verb);
        const json& found = described(operation);
        EXPECT_EQ(found.at("operationId"), id);
        count += operation.also_path.empty() ? 1 : 2;
        std::set<std::string> parameters;
        for (const json& parameter : found.value("parameters", json::array())) parameters.insert(parameter.at("name").get<std::string>());
        for (const Field& field : operation.fields) {
            const std::string name(field.name);
            if (field.in != Field::In::body) {
                EXPECT_TRUE(parameters.contains(name)) << id << " " << name;
                continue;
            }
            const json& schema = found.at("requestBody").at("content").at("application/json").at("schema");
            EXPECT_TRUE(schema.at("properties").contains(name)) << id << " " << name;
            EXPECT_EQ(schema["properties"][name].value("writeOnly", false), field.secret) << id << " " << name;
        }
        EXPECT_EQ(parameters.contains("after"), operation.pages) << id;
        EXPECT_EQ(parameters.contains("If-Match"), operation.revised == Revised::writes || operation.revised == Revised::may) << id;
        for (const char* status : {"401", "403", "422"}) EXPECT_TRUE(found.at("responses").contains(status)) << id << status;
        EXPECT_EQ(found["responses"].contains("428"), operation.revised == Revised::writes) << id;
    }
    std::size_t described_count = 0;
    for (const auto& [path, methods] : document()["paths"].items()) described_count += methods.size();
    EXPECT_EQ(described_count, count);
}

TEST(OpenApi, KeysOfARealmAreThoseOfTheConfiguration) {
    const json& realm = document()["components"]["schemas"].at("realm").at("properties");
    for (const char* key : {"auth", "role", "call_timeout"}) EXPECT_TRUE(realm.contains(key)) << key;
    EXPECT_TRUE(realm["role"]["items"]["properties"].contains("permissions"));
}

}  // namespace
}  // namespace heddle::admin
