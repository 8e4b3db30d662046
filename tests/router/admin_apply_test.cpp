// realm.apply and realm.export: whole documents.
#include <gtest/gtest.h>

#include "admin_desk.hpp"
#include "router/config/document.hpp"

namespace heddle::admin {
namespace {

using nlohmann::json;
using test::AdminDesk;

json plant(const AdminDesk&, json more = json::object()) {
    json out = {{"realm", "plant"},
                {"auth", {"anonymous"}},
                {"role", {{{"name", "anonymous"},
                           {"permissions", {{{"match", "prefix"}, {"uri", "com.plant."}, {"allow", {"call", "publish", "subscribe"}}}}}}}}};
    out.update(more);
    return out;
}

TEST(Apply, ExportIsWhatItReads) {
    AdminDesk place;
    json document = place.ask("realm.export", {{"realm", "plant"}}).body;
    EXPECT_EQ(document["name"], "plant");
    document["realm"] = "plant";
    const Answer same = place.ask("realm.apply", document);
    ASSERT_EQ(same.error, "") << same.detail;
    EXPECT_EQ(same.body["changes"], json::array());
    document.erase("realm");
    Mistakes mistakes;
    EXPECT_EQ(config::document_of_toml(config::toml_of(document), mistakes), document) << config::toml_of(document);
    EXPECT_EQ(mistakes.errors(), 0u);
}

TEST(Apply, DryRunTellsAndChangesNothing) {
    AdminDesk place;
    json document = plant(place, {{"call_timeout", "5s"}, {"dry_run", true}});
    document["role"][0]["permissions"][0]["allow"] = {"call"};
    document["role"].push_back({{"name", "reader"}});
    document["users"] = {{{"authid", "kim"}, {"role", "reader"}}};
    const Answer told = place.ask("realm.apply", document);
    ASSERT_EQ(told.error, "") << told.detail;
    std::vector<std::string> paths;
    for (const json& change : told.body["changes"]) paths.push_back(change["op"].get<std::string>() + " "
    + change["path"].get<std::string>());
    EXPECT_EQ(paths, (std::vector<std::string>{"add /call_timeout", "add /role/reader",
                                               "replace /role/anonymous/permissions/prefix com.plant.", "add /users/kim"}));
    EXPECT_EQ(place.ask("role.get", {{"realm", "plant"}, {"role", "reader"}}).error, "wamp.error.no_such_role");
    EXPECT_EQ(place.ask("audit.list", {{"operation", "heddle.realm.apply"}, {"who", "admin"}}).body["items"].size(), 0u);
}

TEST(Apply, AllOfItOrNothing) {
    AdminDesk place;
    json document = plant(place, {{"call_timeout", "5s"}});
    document["users"] = {{{"authid", "kim"}, {"role", "nobody"}}, {{"authid", "lee"}, {"role", "anonymous"}, {"scram", "x"}}};
    const Answer refused = place.ask("realm.apply", document);
    EXPECT_EQ(refused.error, "wamp.error.invalid_argument");
    std::vector<std::string> pointers;
    for (const json& error : refused.body["errors"]) pointers.push_back(error["pointer"]);
    EXPECT_EQ(pointers, (std::vector<std::string>{"/users/0/role", "/users/1/scram"}));
    EXPECT_FALSE(place.ask("realm.get", {{"realm", "plant"}}).body.contains("call_timeout"));
}

TEST(Apply, PutsEverythingInForceAndPrunesOnlyWhenAsked) {
    AdminDesk place;
    ASSERT_EQ(place.ask("user.put", {{"realm", "plant"}, {"user", "old"}, {"role", "anonymous"}}, "new").error, "");
    json document = plant(place, {{"call_timeout", "5s"}});
    document["users"] = {{{"authid", "kim"}, {"role", "anonymous"}, {"password", "of kim"}, {"method", "ticket"}}};
    const Answer done = place.ask("realm.apply", document);
    ASSERT_EQ(done.error, "") << done.detail;
    EXPECT_EQ(done.body["only_in_store"], json({"old"}));
    EXPECT_EQ(place.control->host("plant")->realm().settings().limits.call_timeout.count(), 5000);
    EXPECT_EQ(place.ask("user.get", {{"realm", "plant"}, {"user", "kim"}}).body["methods"], json({"ticket"}));
    EXPECT_EQ(place.ask("user.get", {{"realm", "plant"}, {"user", "old"}}).error, "");
    document["users"][0].erase("password");
    document["prune"] = "users";
    const Answer pruned = place.ask("realm.apply", document, std::to_string(*done.revision));
    ASSERT_EQ(pruned.error, "") << pruned.detail;
    ASSERT_EQ(pruned.body["changes"].size(), 1u) << pruned.body.dump();
    EXPECT_EQ(place.ask("user.get", {{"realm", "plant"}, {"user", "old"}}).error, "heddle.error.not_found");
    EXPECT_EQ(place.ask("user.get", {{"realm", "plant"}, {"user", "kim"}}).body["methods"], json({"ticket"}))
        << "credentials that are not named stay";
    EXPECT_EQ(place.ask("realm.apply", document, std::to_string(*done.revision)).error, "heddle.error.stale_revision");
}

TEST(Apply, LeavesAnAdministrator) {
    AdminDesk place;
    const json second = {{"realm", "heddle.admin"}, {"user", "ann"}, {"role", "administrator"}, {"password", "of ann"}};
    ASSERT_EQ(place.ask("user.put", second, "new").error, "");
    json document = place.ask("realm.export", {{"realm", "heddle.admin"}}).body;
    document["realm"] = "heddle.admin";
    json neither = document;
    for (json& user : neither["users"]) user["disabled"] = true;
    EXPECT_EQ(place.ask("realm.apply", neither, "*").error, "heddle.error.in_use");
    neither.erase("users");
    neither["prune"] = "users";
    EXPECT_EQ(place.ask("realm.apply", neither, "*").error, "heddle.error.in_use") << "each alone could go, but not both";
    EXPECT_EQ(place.ask("user.list", {{"realm", "heddle.admin"}}).body["items"].size(), 2u);
    document["users"][0]["disabled"] = true;
    EXPECT_EQ(place.ask("realm.apply", document, "*").error, "");
}

TEST(Apply, AsksOfUsersWhatTheirOwnOperationAsks) {
    AdminDesk place;
    const std::string key(64, 'a');
    const auto told = [&](const json& users) {
        json document = plant(place);
        document["users"] = users;
        return place.ask("realm.apply", document, "*").body.dump();
    };
    const json kim = {{"authid", "kim"}, {"role", "anonymous"}, {"keys", {key}}};
    const json lee = {{"authid", "lee"}, {"role", "anonymous"}, {"keys", {key}}};
    EXPECT_NE(told({kim, lee}).find("user kim has it, too"), std::string::npos) << told({kim, lee});
    EXPECT_NE(told({{{"authid", "a\nb"}, {"role", "anonymous"}}}).find("control character"), std::string::npos);
    EXPECT_NE(told({{{"authid", "kim"}, {"role", "anonymous"}, {"realms", {"plant"}}}}).find("/users/0/realms"), std::string::npos);
    json elsewhere = plant(place);
    elsewhere["realm"] = "a b";
    EXPECT_NE(place.ask("realm.apply", elsewhere, "new").body.dump().find("no spaces"), std::string::npos);
}

TEST(Apply, MakesARealm) {
    AdminDesk place;
    json document = plant(place);
    document["realm"] = "lab";
    const Answer made = place.ask("realm.apply", document, "new");
    ASSERT_EQ(made.error, "") << made.detail;
    EXPECT_TRUE(made.created);
    EXPECT_TRUE(place.control->host("lab"));
    document["name"] = "other";
    EXPECT_EQ(place.ask("realm.apply", document).body["errors"][0]["pointer"], "/name");
}

}  // namespace
}  // namespace heddle::admin
