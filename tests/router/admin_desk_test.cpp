// Long because every operation of the desk has its case here, all on one small realm.
#include "admin_desk.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <csignal>
#include <fstream>
#include <iterator>
#include <mutex>

#include "router/admin/refused_edits.hpp"

namespace heddle::admin {
namespace {

using nlohmann::json;
using test::AdminDesk;

json rule(const char* uri, std::vector<std::string> allow, const char* match = "prefix") {
    return {{"match", match}, {"uri", uri}, {"allow", std::move(allow)}};
}

std::string revision_of(const Answer& answer) { return std::to_string(answer.revision.value_or(0)); }

TEST(Desk, FirstStartHasAdministratorsAndTheFilesRealms) {
    AdminDesk place;
    EXPECT_EQ(place.first_password.size(), 14u) << place.first_password;
    EXPECT_TRUE(place.desk->has_administrator());
    const Answer roles = place.ask("role.list", {{"realm", "heddle.admin"}});
    ASSERT_EQ(roles.body["items"].size(), 3u) << roles.detail;
    EXPECT_EQ(roles.body["items"][0]["name"], "administrator");
    ASSERT_TRUE(place.control->host("plant"));
    ASSERT_TRUE(place.control->host("heddle.admin"));
    EXPECT_TRUE(place.control->host("heddle.admin")->realm().settings().administers);
    EXPECT_TRUE(place.control->host("heddle.admin")->realm().settings().anonymous_role.empty());
    const Answer audit = place.ask("audit.list", {{"order", "oldest"}});
    EXPECT_EQ(audit.body["items"][0]["op"], "heddle.realm.put");
    EXPECT_EQ(audit.body["items"][0]["n"], 1);
}

TEST(Desk, RestartKeepsEditsAndSaysWhereTheFileDiffers) {
    AdminDesk place;
    const Answer role = place.ask("role.get", {{"realm", "plant"}, {"role", "anonymous"}});
    ASSERT_EQ(role.error, "") << role.detail;
    const Answer put = place.ask("role.put", {{"realm", "plant"}, {"role", "anonymous"}, {"permissions", {rule("com.x.", {"call"})}}},
                                 revision_of(role));
    ASSERT_EQ(put.error, "") << put.detail;
    EXPECT_EQ(place.control->settled, 1);
    const std::string password = place.first_password;
    place.again();
    EXPECT_EQ(place.first_password, password) << "made once";
    const Answer kept = place.ask("role.get", {{"realm", "plant"}, {"role", "anonymous"}});
    EXPECT_EQ(kept.body["permissions"][0]["uri"], "com.x.");
    EXPECT_EQ(kept.body["changed_by"], "admin");
    EXPECT_EQ(place.control->host("plant")->realm().settings().roles[0].permissions[0].uri, "com.x.");
    EXPECT_NE(place.logged().find("realm.differs"), std::string::npos) << place.logged();
}

TEST(Desk, RevisionsKeepEditsApart) {
    AdminDesk place;
    const json name = {{"realm", "plant"}, {"role", "reader"}};
    EXPECT_EQ(place.ask("role.put", name).error, "heddle.error.revision_required");
    EXPECT_EQ(place.ask("role.put", name, "*").error, "heddle.error.stale_revision") << "there is none to overwrite";
    EXPECT_EQ(place.ask("role.put", name, "3").error, "heddle.error.stale_revision");
    const Answer made = place.ask("role.put", name, "new");
    ASSERT_EQ(made.error, "") << made.detail;
    EXPECT_TRUE(made.created);
    EXPECT_EQ(place.ask("role.put", name, "new").error, "heddle.error.exists");
    const Answer second = place.ask("role.put", name, revision_of(made), "bo");
    ASSERT_EQ(second.error, "");
    EXPECT_FALSE(second.created);
    EXPECT_EQ(*second.revision, *made.revision + 1);
    const Answer stale = place.ask("role.put", name, revision_of(made));
    EXPECT_EQ(stale.error, "heddle.error.stale_revision");
    EXPECT_EQ(stale.body["current"], *second.revision);
    EXPECT_EQ(stale.body["changed_by"], "bo");
    EXPECT_EQ(place.ask("role.put", name, "latest").body["errors"][0]["pointer"], "/revision");
    EXPECT_EQ(place.ask("role.put", name, "*").error, "");
}

TEST(Desk, RulesHaveRevisionsOfTheirOwn) {
    AdminDesk place;
    json where = {{"realm", "plant"}, {"role", "anonymous"}, {"match", "prefix"}, {"uri", "com.lab."}, {"allow", {"call"}}};
    const Answer made = place.ask("permission.put", where, "new");
    ASSERT_EQ(made.error, "") << made.detail;
    EXPECT_EQ(place.ask("permission.put", where, "new").error, "heddle.error.exists");
    where["uri"] = "com.other.";
    ASSERT_EQ(place.ask("permission.put", where, "new").error, "");
    where["uri"] = "com.lab.";
    where["allow"] = {"publish"};
    EXPECT_EQ(place.ask("permission.put", where, revision_of(made)).error, "") << "an edit of another rule is none of this one";
    EXPECT_EQ(place.ask("permission.put", where, revision_of(made)).error, "heddle.error.stale_revision");
    const Answer list = place.ask("permission.list", {{"realm", "plant"}, {"role", "anonymous"}, {"limit", 2}});
    ASSERT_EQ(list.body["items"].size(), 2u);
    const Answer rest = place.ask("permission.list", {{"realm", "plant"}, {"role", "anonymous"}, {"after", list.body["next"]}});
    ASSERT_EQ(rest.body["items"].size(), 1u);
    EXPECT_EQ(rest.body["items"][0]["uri"], "com.other.");
    EXPECT_EQ(rest.body["next"], nullptr);
    where.erase("allow");
    EXPECT_EQ(place.ask("permission.remove", where, "*").error, "");
    EXPECT_EQ(place.ask("permission.remove", where, "*").error, "heddle.error.not_found");
}

TEST(Desk, LongRolesAreEdited) {
    AdminDesk place;
    json rules = json::array();
    for (int i = 0; i < 10'000; ++i) rules.push_back(rule(("com.plant.n" + std::to_string(i) + ".").c_str(), {"call"}));
    json role = {{"realm", "plant"}, {"role", "reader"}, {"permissions", rules}};
    const Answer first = place.ask("role.put", role, "new");
    ASSERT_EQ(first.error, "") << first.detail;
    role["permissions"][9'999]["allow"] = {"publish"};
    const Answer second = place.ask("role.put", role, revision_of(first));
    ASSERT_EQ(second.error, "") << second.detail;
    EXPECT_EQ(second.body["permissions"][0]["revision"], *first.revision);
    EXPECT_EQ(second.body["permissions"][9'999]["revision"], *second.revision);
    role["permissions"][9'998] = rules[17];
    const Answer twins = place.ask("role.put", role, revision_of(second));
    EXPECT_EQ(twins.body["errors"][0]["pointer"], "/permissions/9998") << twins.detail;
}

TEST(Desk, ConfinedAdministratorsReceiveEventsOfTheirRealmsOnlyFromTheNextEditOn) {
    std::mutex mutex;
    std::vector<std::string> strangers;
    AdminDesk place;
    place.receive = [&](std::string_view topic, const json&, const std::vector<std::string>& who) {
        const std::lock_guard lock(mutex);
        if (topic == "heddle.audit.on_entry") strangers = who;
    };
    place.again();
    const auto edit = [&](const char* realm) {
        const Answer put = place.ask("role.put", {{"realm", realm}, {"role", "reader"}}, "*");
        if (!put.error.empty()) {
            EXPECT_EQ(place.ask("role.put", {{"realm", realm}, {"role", "reader"}}, "new").error, "");
        }
        const std::lock_guard lock(mutex);
        return strangers;
    };
    const auto confine = [&](json realms, const char* revision) {
        const json user = {{"realm", "heddle.admin"}, {"user", "kim"}, {"role", "operator"}, {"realms", std::move(realms)}};
        EXPECT_EQ(place.ask("user.put", user, revision).error, "");
    };
    EXPECT_EQ(edit("plant"), std::vector<std::string>{});
    confine({"office"}, "new");
    EXPECT_EQ(edit("plant"), std::vector<std::string>{"kim"});
    confine({"plant"}, "*");
    EXPECT_EQ(edit("plant"), std::vector<std::string>{});
    confine({"office"}, "*");
    EXPECT_EQ(place.ask("user.remove", {{"realm", "heddle.admin"}, {"user", "kim"}}, "*").error, "");
    EXPECT_EQ(edit("plant"), std::vector<std::string>{});
}

TEST(Desk, WhatIsNotThereIsNamed) {
    AdminDesk place;
    EXPECT_EQ(place.ask("realm.get", {{"realm", "plan"}}).error, "wamp.error.no_such_realm");
    EXPECT_EQ(place.ask("role.get", {{"realm", "plant"}, {"role", "x"}}).error, "wamp.error.no_such_role");
    EXPECT_EQ(place.ask("user.get", {{"realm", "plant"}, {"user", "x"}}).error, "heddle.error.not_found");
    EXPECT_EQ(place.ask("session.get", {{"realm", "plant"}, {"session", 7}}).error, "wamp.error.no_such_session");
    EXPECT_EQ(place.ask("subscription.get", {{"realm", "plant"}, {"id", 7}}).error, "wamp.error.no_such_subscription");
    EXPECT_EQ(place.ask("registration.remove", {{"realm", "plant"}, {"id", 7}}).error, "wamp.error.no_such_registration");
    EXPECT_EQ(place.ask("retained.get", {{"realm", "plant"}, {"topic", "a"}}).error, "heddle.error.not_found");
    EXPECT_EQ(place.ask("token.revoke", {{"name", "x"}}).error, "heddle.error.not_found");
}

TEST(Desk, BodiesAreCheckedLikeTheFile) {
    AdminDesk place;
    const Answer typo = place.ask("realm.put", {{"realm", "lab"}, {"call_timout", "5s"}}, "new");
    EXPECT_EQ(typo.body["errors"][0]["pointer"], "/call_timout");
    EXPECT_NE(typo.detail.find("did you mean \"call_timeout\"?"), std::string::npos) << typo.detail;
    const Answer unit = place.ask("realm.put", {{"realm", "lab"}, {"call_timeout", 5}}, "new");
    EXPECT_EQ(unit.body["errors"][0]["pointer"], "/call_timeout");
    EXPECT_NE(unit.detail.find("needs a unit"), std::string::npos) << unit.detail;
    const Answer limit = place.ask("realm.put", {{"realm", "lab"}, {"limits", {{"sessions", 0}}}}, "new");
    EXPECT_EQ(limit.body["errors"][0]["pointer"], "/limits/sessions");
    const Answer roles = place.ask("realm.put", {{"realm", "lab"}, {"role", json::array()}}, "new");
    EXPECT_EQ(roles.body["errors"][0]["pointer"], "/role");
    const Answer uri = place.ask(
        "role.put", {{"realm", "plant"}, {"role", "r"}, {"permissions", {rule("a.", {"call"}), rule("a b", {"call"}, "exact")}}}, "new");
    ASSERT_EQ(uri.body.value("errors", json::array()).size(), 1u) << uri.error << uri.detail;
    EXPECT_EQ(uri.body["errors"][0]["pointer"], "/permissions/1/uri");
    const Answer twins = place.ask(
        "role.put", {{"realm", "plant"}, {"role", "r"}, {"permissions", {rule("a.", {"call"}), rule("a.", {"publish"})}}}, "new");
    EXPECT_EQ(twins.body["errors"][0]["pointer"], "/permissions/1");
    EXPECT_FALSE(place.control->host("lab"));
}

TEST(Desk, RealmsComeAndGo) {
    AdminDesk place;
    const Answer made = place.ask("realm.put", {{"realm", "lab"}, {"call_timeout", "5s"}}, "new");
    ASSERT_EQ(made.error, "") << made.detail;
    EXPECT_TRUE(made.created);
    EXPECT_EQ(*made.revision, 1u);
    ASSERT_TRUE(place.control->host("lab"));
    EXPECT_EQ(place.control->host("lab")->realm().settings().limits.call_timeout.count(), 5000);
    const Answer set = place.ask("realm.put", {{"realm", "lab"}, {"call_timeout", "6s"}}, "1");
    ASSERT_EQ(set.error, "") << set.detail;
    EXPECT_EQ(place.control->host("lab")->realm().settings().limits.call_timeout.count(), 6000);
    ASSERT_EQ(place.ask("realm.list").body["items"].size(), 3u);
    EXPECT_EQ(place.ask("realm.remove", {{"realm", "lab"}}, "1").error, "heddle.error.stale_revision");
    ASSERT_EQ(place.ask("realm.remove", {{"realm", "lab"}}, "2").error, "");
    EXPECT_FALSE(place.control->host("lab"));
    EXPECT_EQ(place.ask("realm.remove", {{"realm", "heddle.admin"}}, "*").error, "heddle.error.in_use");
}

TEST(Desk, RoleThatUsersHaveStays) {
    AdminDesk place;
    ASSERT_EQ(place.ask("role.put", {{"realm", "plant"}, {"role", "r"}}, "new").error, "");
    ASSERT_EQ(place.ask("user.put", {{"realm", "plant"}, {"user", "kim"}, {"role", "r"}}, "new").error, "");
    const Answer used = place.ask("role.remove", {{"realm", "plant"}, {"role", "r"}}, "*");
    EXPECT_EQ(used.error, "heddle.error.in_use");
    EXPECT_NE(used.detail.find("kim"), std::string::npos) << used.detail;
    EXPECT_EQ(place.ask("role.remove", {{"realm", "plant"}, {"role", "anonymous"}}, "*").error, "heddle.error.in_use")
        << "anonymous clients have it";
    ASSERT_EQ(place.ask("user.remove", {{"realm", "plant"}, {"user", "kim"}}, "*").error, "");
    EXPECT_EQ(place.ask("role.remove", {{"realm", "plant"}, {"role", "r"}}, "*").error, "");
}

TEST(Desk, PermissionTestNamesTheRules) {
    AdminDesk place;
    const json question = {{"realm", "plant"}, {"role", "anonymous"}, {"action", "publish"}, {"uri", "com.plant.a"}};
    const Answer yes = place.ask("permission.test", question);
    ASSERT_EQ(yes.error, "") << yes.detail;
    EXPECT_EQ(yes.body["allowed"], true);
    EXPECT_EQ(yes.body["decided_by"]["uri"], "com.plant.");
    json edited = question;
    json deny = rule("com.plant.a", {}, "exact");
    deny["deny"] = {"publish"};
    edited["with"] = {{"permissions", {rule("com.plant.", {"publish"}), deny}}};
    const Answer no = place.ask("permission.test", edited);
    ASSERT_EQ(no.error, "") << no.detail;
    EXPECT_EQ(no.body["allowed"], false);
    EXPECT_EQ(no.body["decided_by"]["uri"], "com.plant.a");
    ASSERT_EQ(no.body["beaten"].size(), 1u);
    EXPECT_EQ(no.body["beaten"][0]["uri"], "com.plant.");
    EXPECT_EQ(place.ask("permission.test", question).body["allowed"], true) << "nothing was saved";
    edited["with"] = {{"permissions", {{{"match", "prefix"}, {"uri", "x."}, {"alow", {"call"}}}}}};
    const Answer wrong = place.ask("permission.test", edited);
    EXPECT_TRUE(wrong.body["errors"][0]["pointer"].get<std::string>().starts_with("/with/")) << wrong.body.dump();
    EXPECT_EQ(place.ask("permission.test", {{"realm", "plant"}, {"action", "call"}, {"uri", "a"}}).body["errors"][0]["pointer"], "/user");
}

TEST(Desk, AuditTellsWhoWhatAndWhatWasRefused) {
    AdminDesk place;
    const json fields = {{"realm", "plant"}, {"user", "kim"}, {"role", "anonymous"}, {"password", "hidden-word"}, {"method", "ticket"}};
    ASSERT_EQ(place.ask("user.put", fields, "new", "ada").error, "");
    EXPECT_EQ(place.ask("user.put", fields, "new", "bo").error, "heddle.error.exists");
    const Answer audit = place.ask("audit.list", {{"limit", 2}});
    const json refused = audit.body["items"][0], done = audit.body["items"][1];
    EXPECT_EQ(refused["error"], "heddle.error.exists");
    EXPECT_EQ(refused["who"], "bo");
    EXPECT_EQ(done["who"], "ada");
    EXPECT_EQ(done["op"], "heddle.user.put");
    EXPECT_EQ(done["realm"], "plant");
    EXPECT_EQ(done["before"], nullptr);
    EXPECT_EQ(done["after"]["ticket"], "set");
    EXPECT_EQ(refused["n"].get<int>(), done["n"].get<int>() + 1);
    EXPECT_EQ(place.ask("audit.list", {{"who", "ada"}}).body["items"].size(), 1u);
    EXPECT_EQ(place.ask("audit.list", {{"operation", "heddle.user.putt"}}).body["errors"][0]["pointer"], "/operation");
    std::string file;
    for (const char* part : {"", "-wal"}) {
        std::ifstream in(place.store_path() + part, std::ios::binary);
        file.append(std::istreambuf_iterator<char>(in), {});
    }
    EXPECT_GT(file.size(), 1000u);
    EXPECT_EQ(file.find("hidden-word"), std::string::npos);
    EXPECT_EQ(file.find(place.first_password), std::string::npos);
}

TEST(Desk, RefusedOperationsCannotFillTheAuditLog) {
    AdminDesk place;
    const json wrong = {{"realm", std::string(60'000, 'x')}, {"role", "r"}, {std::string(60'000, 'y'), 1}};
    const std::size_t refusals = RefusedEdits::written_max + 30;
    for (std::size_t i = 0; i < refusals; ++i) ASSERT_NE(place.ask("role.put", wrong, "new", "bo").error, "");
    const json by_bo = {{"who", "bo"}, {"limit", 1000}};
    const json entries = place.ask("audit.list", by_bo).body["items"];
    EXPECT_EQ(entries.size(), RefusedEdits::written_max);
    EXPECT_LE(entries[0]["detail"].get_ref<const std::string&>().size(), 1024u);
    EXPECT_LE(entries[0]["realm"].get_ref<const std::string&>().size(), 255u);
    EXPECT_EQ(place.desk->figures().folded_refusals, 30u);
    EXPECT_EQ(place.desk->figures().audit.entries, place.ask("audit.list", {{"limit", 1000}}).body["items"].size());
    place.again();  // what was counted is written at the end
    const json after = place.ask("audit.list", by_bo).body["items"];
    ASSERT_EQ(after.size(), RefusedEdits::written_max + 1);
    EXPECT_TRUE(after[0]["detail"].get_ref<const std::string&>().starts_with("30 more operations were refused since "))
        << after[0]["detail"];
}

TEST(Desk, OldAuditEntriesMakeRoom) {
    AdminDesk place(std::string(AdminDesk::plant) + "[store]\naudit_entries = 1000\n", true);
    for (int i = 0; i < 1'010; ++i)
        ASSERT_EQ(place.ask("role.put", {{"realm", "plant"}, {"role", "r"}}, i ? "*" : "new").error, "");
    EXPECT_EQ(place.desk->figures().audit.entries, 1'000u);
    const Answer audit = place.ask("audit.list", {{"order", "oldest"}, {"limit", 1000}});
    std::uint64_t n = audit.body["items"][0]["n"].get<std::uint64_t>();
    EXPECT_GT(n, 10u);
    for (const json& entry : audit.body["items"]) EXPECT_EQ(entry["n"], n++) << "no gaps";
}

TEST(Desk, StoreThatCannotBeWrittenChangesNothing) {
    AdminDesk place;
    const json name = {{"realm", "plant"}, {"role", "r"}};
    rlimit before{};
    getrlimit(RLIMIT_FSIZE, &before);
    const auto ignored = std::signal(SIGXFSZ, SIG_IGN);
    const rlimit full{1, before.rlim_max};
    setrlimit(RLIMIT_FSIZE, &full);
    const Answer failed = place.ask("role.put", name, "new");
    setrlimit(RLIMIT_FSIZE, &before);
    std::signal(SIGXFSZ, ignored);
    EXPECT_EQ(failed.error, "heddle.error.store_failed");
    EXPECT_FALSE(place.desk->store_works());
    EXPECT_GE(place.desk->store_failures(), 1u);
    EXPECT_NE(place.logged().find("store.failed"), std::string::npos);
    EXPECT_EQ(place.control->host("plant")->realm().settings().roles.size(), 1u);
    EXPECT_EQ(place.ask("role.get", name).error, "wamp.error.no_such_role");
    EXPECT_EQ(place.ask("role.put", name, "new").error, "") << "and goes on when it can be";
    EXPECT_TRUE(place.desk->store_works());
    const Answer audit = place.ask("audit.list", {{"order", "oldest"}, {"limit", 1000}});
    std::uint64_t n = 0;
    for (const json& entry : audit.body["items"]) EXPECT_EQ(entry["n"], ++n);
}

TEST(Desk, WithoutAStoreEditsLastUntilTheEnd) {
    AdminDesk place(AdminDesk::plant, true);
    ASSERT_EQ(place.ask("role.put", {{"realm", "plant"}, {"role", "r"}}, "new").error, "");
    EXPECT_FALSE(std::filesystem::exists(place.store_path()));
}

TEST(Desk, TokensAreToldOnce) {
    AdminDesk place;
    const Answer made = place.ask("token.create", {{"name", "ci"}, {"role", "viewer"}, {"ttl", "1h"}});
    ASSERT_EQ(made.error, "") << made.detail;
    const std::string token = made.body["token"];
    EXPECT_TRUE(token.starts_with("hdl_"));
    EXPECT_EQ(place.ask("token.create", {{"name", "ci"}, {"role", "viewer"}}).error, "heddle.error.exists");
    EXPECT_EQ(place.ask("token.create", {{"name", "b"}, {"role", "viewr"}}).body["errors"][0]["pointer"], "/role");
    EXPECT_EQ(place.ask("token.create", {{"name", "b"}, {"role", "viewer"}, {"ttl", "9999d"}}).body["errors"][0]["pointer"], "/ttl");
    const Answer list = place.ask("token.list");
    ASSERT_EQ(list.body["items"].size(), 1u);
    EXPECT_EQ(list.body.dump().find(token), std::string::npos);
    EXPECT_EQ(place.ask("token.revoke", {{"name", "ci"}}).error, "");
    EXPECT_EQ(place.ask("token.list").body["items"].size(), 0u);
}

TEST(Desk, KeysAreReadFromFilesOnly) {
    AdminDesk place;
    const Answer endless = place.ask("realm.put", {{"realm", "lab"}, {"auth", {"jwt"}}, {"jwt", {{"keys", "/dev/zero"}}}}, "new");
    EXPECT_EQ(endless.error, "wamp.error.invalid_argument");
    EXPECT_NE(endless.body.dump().find("at most 1 MiB"), std::string::npos) << endless.body.dump();
}

TEST(Desk, AKeyFileThatIsGoneKeepsNobodyElseOut) {
    AdminDesk place;
    const std::string file = place.folder() + "/jwt.secret";
    std::ofstream(file) << std::string(64, 'k');
    const json options = {{"realm", "lab"}, {"auth", {"jwt"}}, {"jwt", {{"keys", file}}}};
    const Answer made = place.ask("realm.put", options, "new");
    ASSERT_EQ(made.error, "") << made.body.dump();
    std::filesystem::remove(file);
    EXPECT_EQ(place.ask("role.put", {{"realm", "lab"}, {"role", "anonymous"}, {"permissions", json::array()}}, "new").error, "");
    place.again();
    EXPECT_NE(place.control->host("lab"), nullptr) << "the router starts without it";
    EXPECT_NE(place.logged().find("jwt.unreadable"), std::string::npos);
}

TEST(Desk, OnlyAdministratorsSendAdministratorsAway) {
    AdminDesk place;
    place.role = "operator";
    EXPECT_EQ(place.ask("session.kick", {{"realm", "heddle.admin"}, {"role", "administrator"}, {"block", "1h"}}).error,
              "wamp.error.not_authorized");
    EXPECT_EQ(place.ask("session.kick", {{"realm", "plant"}, {"role", "anonymous"}}).error, "");
}

TEST(Desk, WhoWasSentAwayChangesNothingMore) {
    AdminDesk place;
    const json user = {{"realm", "heddle.admin"}, {"user", "eve"}, {"role", "administrator"}, {"password", "of eve"}};
    EXPECT_EQ(place.ask("user.put", user, "new", "ann", true).error, "wamp.error.not_authorized") << "her session has ended";
    EXPECT_EQ(place.ask("user.get", {{"realm", "heddle.admin"}, {"user", "eve"}}).error, "heddle.error.not_found");
    EXPECT_EQ(place.ask("audit.list", {{"who", "ann"}}).body["items"].size(), 1u);
}

TEST(Desk, ReloadTellsWhatIsWrong) {
    AdminDesk place;
    place.control->outcome = {{"heddle.toml:1:1: unknown key"}, {}, {}};
    const Answer bad = place.ask("config.reload");
    EXPECT_EQ(bad.error, "wamp.error.invalid_argument");
    EXPECT_EQ(bad.body["errors"][0]["detail"], "heddle.toml:1:1: unknown key");
    place.control->outcome = {{}, {"limits.message: 1MiB to 2MiB"}, {}};
    EXPECT_EQ(place.ask("config.reload").body["changes"][0], "limits.message: 1MiB to 2MiB");
    EXPECT_EQ(place.ask("config.get", {{"key", "limits.message"}}).body, json({{"limits.message", "1MiB"}}));
    EXPECT_EQ(place.ask("config.get", {{"key", "limts"}}).body["errors"][0]["pointer"], "/key");
}

}  // namespace
}  // namespace heddle::admin
