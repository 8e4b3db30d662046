// The table of operations: whole, and every field of every operation refuses what is wrong by its name.
#include <gtest/gtest.h>

#include <set>

#include "admin_desk.hpp"
#include "router/admin/callee.hpp"
#include "router/admin/desk_state.hpp"
#include "router/config/schema.hpp"

namespace heddle::admin {
namespace {

using nlohmann::json;

std::string name_of(const Operation& operation) { return std::string(operation.noun) + "." + std::string(operation.verb); }

json good(const Field& field) {
    switch (field.type) {
        case Field::Type::integer:
            return 1;
        case Field::Type::flag:
            return true;
        case Field::Type::texts:
            return json::array();
        case Field::Type::object:
            return json::object();
        case Field::Type::objects:
            return json::array();
        case Field::Type::choice:
            return config::words(field.choices).front();
        case Field::Type::time:
            return "1h";
        case Field::Type::text:
            break;
    }
    return "x";
}

json wrong(const Field& field) {
    switch (field.type) {
        case Field::Type::integer:
            return -1;
        case Field::Type::texts:
            return json::array({7});
        case Field::Type::objects:
            return json::array({"x"});
        case Field::Type::choice:
            return "no such choice";
        case Field::Type::time:
            return "soon";
        default:
            return json::array({json::object()});
    }
}

json required(const Operation& operation) {
    json out = json::object();
    for (const Field& field : operation.fields)
        if (field.required) out[std::string(field.name)] = good(field);
    return out;
}

TEST(Operations, AreWhole) {
    std::set<std::string> names, routes;
    for (const Operation& operation : operations()) {
        const std::string name = name_of(operation);
        EXPECT_TRUE(names.insert(name).second) << name;
        EXPECT_TRUE(routes.insert(std::to_string(static_cast<int>(operation.method)) + std::string(operation.path)).second) << name;
        EXPECT_NE(handler_of(operation), nullptr) << name;
        EXPECT_TRUE(operation.doc.ends_with('.')) << name;
        EXPECT_FALSE(operation.examples.empty()) << name;
        EXPECT_EQ(find("heddle." + name), &operation);
        const bool edits = operation.revised == Revised::writes || operation.revised == Revised::may;
        EXPECT_TRUE(!edits || operation.changes) << name;
        EXPECT_EQ(operation.method == Verb::get, !operation.changes && operation.verb != "test") << name;
        std::string path(operation.path);
        std::set<std::string_view> fields;
        for (const Field& field : operation.fields) {
            EXPECT_TRUE(fields.insert(field.name).second) << name << " " << field.name;
            EXPECT_FALSE(field.doc.empty()) << name << " " << field.name;
            EXPECT_TRUE(field.type != Field::Type::choice || !field.choices.empty()) << name << " " << field.name;
            const bool in_path = path.find("{" + std::string(field.name) + "}") != path.npos;
            EXPECT_EQ(in_path, field.in == Field::In::place) << name << " " << field.name;
            EXPECT_FALSE(operation.method == Verb::get && field.in == Field::In::body) << name << " " << field.name;
        }
    }
    EXPECT_EQ(find("heddle.role.puts"), nullptr);
    EXPECT_EQ(find("role.put"), nullptr);
}

TEST(Operations, EveryFieldIsRefusedByItsName) {
    test::AdminDesk place;
    for (const Operation& operation : operations()) {
        for (const Field& field : operation.fields) {
            json arguments = required(operation);
            arguments[std::string(field.name)] = wrong(field);
            const Answer answer = place.ask(name_of(operation), arguments, "*");
            EXPECT_EQ(answer.error, "wamp.error.invalid_argument") << name_of(operation) << " " << field.name;
            ASSERT_EQ(answer.body.value("errors", json::array()).size(), 1u) << name_of(operation) << " " << field.name;
            const json error = answer.body["errors"][0];
            EXPECT_TRUE(error["pointer"].get<std::string>().starts_with("/" + std::string(field.name)))
                << name_of(operation) << " " << error.dump();
            EXPECT_GT(error["detail"].get<std::string>().size(), 8u);
        }
    }
}

TEST(Operations, EveryMissingFieldIsNamed) {
    test::AdminDesk place;
    for (const Operation& operation : operations()) {
        for (const Field& field : operation.fields) {
            if (!field.required) continue;
            json arguments = required(operation);
            arguments.erase(std::string(field.name));
            const Answer answer = place.ask(name_of(operation), arguments, "*");
            EXPECT_EQ(answer.error, "wamp.error.invalid_argument") << name_of(operation) << " " << field.name;
            ASSERT_EQ(answer.body.value("errors", json::array()).size(), 1u) << name_of(operation) << " " << field.name;
            EXPECT_EQ(answer.body["errors"][0]["pointer"], "/" + std::string(field.name));
        }
    }
}

TEST(Operations, UnknownFieldsGetTheNearestName) {
    test::AdminDesk place;
    for (const Operation& operation : operations()) {
        json arguments = required(operation);
        arguments["zzz_no_such"] = 1;
        const Answer answer = place.ask(name_of(operation), arguments, "new");
        EXPECT_FALSE(answer.error.empty()) << name_of(operation);
        if (operation.document.empty() || answer.error == "wamp.error.invalid_argument") {
            EXPECT_EQ(answer.error, "wamp.error.invalid_argument") << name_of(operation);
            EXPECT_EQ(answer.body["errors"][0]["pointer"], "/zzz_no_such") << name_of(operation);
        }
    }
    const Answer answer = place.ask("session.list", {{"realm", "plant"}, {"authidd", "kim"}});
    EXPECT_NE(answer.detail.find("did you mean \"authid\"?"), std::string::npos) << answer.detail;
}

TEST(Operations, ActionsAreSpelledOut) {
    test::AdminDesk place;
    const Answer answer = place.ask("permission.put", {{"realm", "plant"}, {"role", "anonymous"}, {"uri", "a."}, {"allow", {"call",
        "suscribe"}}}, "new");
    EXPECT_EQ(answer.body["errors"][0]["pointer"], "/allow/1");
    EXPECT_EQ(answer.body["errors"][0]["detail"], "\"suscribe\" is no action; did you mean \"subscribe\"?");
}

TEST(Operations, LimitsOfPages) {
    test::AdminDesk place;
    for (const json& limit : {json(0), json(1001), json("many")}) {
        const Answer answer = place.ask("realm.list", {{"limit", limit}});
        EXPECT_EQ(answer.body["errors"][0]["pointer"], "/limit") << limit;
    }
    EXPECT_EQ(place.ask("realm.list", {{"limit", "1"}}).body["items"].size(), 1u) << "numbers of URLs are texts";
}

TEST(ReadCall, PlacesAreByPositionOrByName) {
    const Operation* put = find("role", "put");
    Request request;
    EXPECT_EQ(read_call(*put, {"plant", "operator"}, {{"revision", 41}, {"permissions", json::array()}}, request), "");
    EXPECT_EQ(request.revision, "41");
    EXPECT_EQ(request.arguments, json({{"realm", "plant"}, {"role", "operator"}, {"permissions", json::array()}}));
    EXPECT_EQ(read_call(*put, {"plant"}, {{"role", "x"}, {"revision", "new"}}, request), "");
    EXPECT_EQ(request.revision, "new");
    EXPECT_NE(read_call(*put, {"plant", "operator", 3}, json::object(), request), "");
    EXPECT_NE(read_call(*put, {"plant"}, {{"realm", "lab"}}, request), "");
    EXPECT_NE(read_call(*put, {"plant", "a"}, {{"revision", true}}, request), "");
}

}  // namespace
}  // namespace heddle::admin
