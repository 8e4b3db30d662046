#include <gtest/gtest.h>

#include "router/cli/admin_arguments.hpp"
#include "router/cli/admin_render.hpp"
#include "router/cli/admin_session.hpp"
#include "router/client/failure.hpp"

namespace heddle::cli {
namespace {

using nlohmann::json;

const admin::Field& field_of(std::string_view noun, std::string_view verb, std::string_view name) {
    for (const admin::Field& field : admin::find(noun, verb)->fields)
        if (field.name == name) return field;
    throw std::logic_error("no such field");
}
std::string complaint(const std::function<void()>& act) {
    try {
        act();
    } catch (const Failure& failure) {
        return failure.message + (failure.hints.empty() ? "" : " | " + failure.hints.front());
    }
    return "none";
}

TEST(AdminArguments, TakeTheTypeOfTheirField) {
    EXPECT_EQ(argument_of(field_of("permission", "put", "allow"), "call,publish", "--allow").dump(), R"(["call","publish"])");
    EXPECT_EQ(argument_of(field_of("permission", "put", "allow"), R"(["call"])", "--allow").dump(), R"(["call"])");
    EXPECT_EQ(argument_of(field_of("session", "get", "session"), "42", "SESSION").dump(), "42");
    EXPECT_EQ(argument_of(field_of("role", "put", "permissions"), "[]", "--permissions").dump(), "[]");
    EXPECT_EQ(argument_of(field_of("user", "put", "expires"), "90d", "--expires").dump(), "\"90d\"");
    EXPECT_EQ(flag_of("dry_run"), "--dry-run");
}

TEST(AdminArguments, WhatIsWrongSaysWhatIsRight) {
    EXPECT_EQ(complaint([] { argument_of(field_of("session", "get", "session"), "kim", "SESSION"); }),
              "SESSION is a whole number, not kim");
    EXPECT_EQ(complaint([] { argument_of(field_of("permission", "put", "allow"), "cal", "--allow"); }),
              "--allow cannot be \"cal\" | did you mean \"call\"? all: call, register, publish, subscribe");
    EXPECT_EQ(complaint([] { argument_of(field_of("role", "put", "permissions"), "{}", "--permissions"); }),
              "--permissions is a JSON list, or @FILE with one, not {}");
    EXPECT_EQ(complaint([] { argument_of(field_of("role", "put", "permissions"), "@/no/such", "--permissions"); }),
              "--permissions: cannot read /no/such");
}

TEST(AdminArguments, DocumentsTakeTheKeysOfTheFile) {
    const config::Table* realm = document_table("realm");
    ASSERT_NE(realm, nullptr);
    for (const config::Key& key : realm->keys) {
        if (key.name == "call_timeout") {
            EXPECT_EQ(argument_of(key, "20s", "--call-timeout").dump(), "\"20s\"");
        }
        if (key.name == "auth") {
            EXPECT_EQ(argument_of(key, "scram,ticket", "--auth").dump(), R"(["scram","ticket"])");
        }
    }
}

TEST(AdminRender, ListsPutWhatMattersFirstAndStampsLast) {
    const json items = json::parse(R"([{"changed_by":"ada","allow":["call"],"uri":"","match":"prefix","revision":3},
                                       {"changed_by":"kim","deny":["call"],"uri":"com.a","match":"exact","revision":12}])");
    EXPECT_EQ(render_items(items),
              "match   uri    allow  deny  revision  changed_by\n"
              "prefix  \"\"     call         3         ada\n"
              "exact   com.a         call  12        kim\n");
    EXPECT_EQ(render_items(json::array()), "");
}

TEST(AdminRender, WhatClientsNamedCannotMoveTheCursor) {
    const json items = json::parse(R"([{"authid":"kim\u001b[2J\nroot","role":"x"}])");
    EXPECT_EQ(render_items(items), "authid        role\nkim?[2J?root  x\n");
    EXPECT_EQ(render_object({{"authid", "a\x1b]0;x\x07"}}), "authid  a?]0;x?\n");
}

TEST(AdminRender, ObjectsShowInnerOnesByTheirPath) {
    const json object = json::parse(R"({"name":"plant","retain":{"events":5},"rules":[{"uri":"a","match":"exact"}],"disabled":false})");
    EXPECT_EQ(render_object(object), "name           plant\nretain.events  5\nrules\n  match  uri\n  exact  a\n");
}

TEST(AdminRender, EndsNameHowManyAndWhose) {
    const json ends = json::parse(R"({"sessions":0,"subscriptions":2,"registrations":0,"links":1,"shown":[
        {"what":"subscription","authid":"kim"},{"what":"subscription","authid":"lee"},{"what":"link","authid":"kim"}]})");
    EXPECT_EQ(render_ends(ends), "2 subscriptions, 1 link (kim, lee)");
    EXPECT_EQ(render_ends(json::parse(R"({"sessions":0})")), "");
    EXPECT_EQ(render_ends(json()), "");
}

TEST(AdminRender, ADecisionWithItsRules) {
    const json answer = json::parse(R"({"allowed":false,"role":"operator","revision":18,"reason":"",
        "deciding":[{"match":"wildcard","uri":"com.plant.valve..set","deny":["publish"]}],
        "beaten":[{"match":"prefix","uri":"com.plant.","allow":["call","publish"]}]})");
    EXPECT_EQ(render_test({{"user", "kim"}, {"action", "publish"}, {"uri", "com.plant.valve.3.set"}}, answer),
              "denied   publish com.plant.valve.3.set            kim, role operator, revision 18\n"
              "  rule   deny  wildcard com.plant.valve..set     [publish]          decides: narrower than the next\n"
              "  beaten allow prefix   com.plant.               [call publish]\n");
}

TEST(AdminRender, ADryRunSaysWhatWouldEndNow) {
    const json answer = json::parse(R"({"revision":41,"changes":[
        {"op":"replace","path":"/call_timeout","before":null,"after":"7s"},
        {"op":"add","path":"/role/operator/permissions/prefix com.lab.","before":null,
         "after":{"match":"prefix","uri":"com.lab.","allow":["subscribe"]}},
        {"op":"remove","path":"/users/old","before":{"role":"viewer","methods":["scram"]},"after":null}],
        "unchanged":{"roles":1,"rules":58,"users":0},"only_in_store":["old-bot"],"ends":{"subscriptions":2,"shown":[]}})");
    EXPECT_EQ(render_apply("plant", answer, false),
              "realm plant   revision 41\n"
              "  ~ call_timeout                                  (default) -> 7s\n"
              "  + role operator   rule prefix com.lab.          allow [subscribe]\n"
              "  - user old                                      role viewer, scram\n"
              "  = 1 role, 58 rules unchanged\n"
              "  = only in the store: old-bot; kept, --prune users removes\n"
              "ends now: 2 subscriptions\n");
}

TEST(AdminFailures, SayWhatToDoNext) {
    Globals globals;
    const admin::Operation& put = *admin::find("role", "put");
    const json detail = json::array({"role operator was changed by ada"});
    const Failure stale = admin_failure(put, "heddle.error.stale_revision", detail, json::object(), globals);
    EXPECT_EQ(stale.kind, Failure::Kind::stale);
    EXPECT_EQ(stale.message, "role operator was changed by ada");
    const Failure denied = admin_failure(put, "wamp.error.not_authorized", json::array(), json::object(), globals);
    EXPECT_EQ(denied.kind, Failure::Kind::not_let_in);
    EXPECT_EQ(denied.message, "not authorized to role put");
    const json errors = json::parse(R"({"errors":[{"pointer":"/allow/1","detail":"\"suscribe\" is no action"},
                                                  {"pointer":"","detail":"two"}]})");
    const Failure wrong = admin_failure(put, "wamp.error.invalid_argument", json::array({"allow/1: .."}), errors, globals);
    EXPECT_EQ(wrong.hints.at(0), "allow/1: \"suscribe\" is no action");
    EXPECT_EQ(wrong.hints.at(1), "two");
}

}  // namespace
}  // namespace heddle::cli
