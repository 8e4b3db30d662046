// What an edit of the realm takes away from WARP connections (docs/permissions.md).
#include <gtest/gtest.h>

#include <set>

#include "tests/bridge/warp_script.hpp"

namespace heddle::test {
namespace {

std::string lane(std::string_view kind, std::string_view name, std::string_view rest = {}) {
    return "@" + std::string(kind) + "(node:\"/com/a\",lane:" + std::string(name) + ")" + std::string(rest);
}

/// Without the rules for `what` of the only role.
RealmSettings without(RealmSettings settings, std::string uri, std::initializer_list<Action> what,
                      Match match = Match::exact) {
    PermissionRule deny{match, std::move(uri), {}, {}};
    for (const Action action : what) deny.deny.add(action);
    settings.roles[0].permissions.push_back(deny);
    return settings;
}

struct Table {
    explicit Table(RealmSettings settings = open_realm()) : play(settings) {
        play.open("anna");
        play.join("ben");
    }
    std::vector<std::string> received(const std::string& name) {
        std::vector<std::string> lines;
        for (std::string line = play.next(name); !line.empty(); line = play.next(name)) lines.push_back(line);
        return lines;
    }
    WarpPlay play;
};
using Lines = std::vector<std::string>;

TEST(WarpRevocation, LinksThatAreForbiddenAreUnlinkedBeforeTheEditReturns) {
    Table t;
    t.play.frame("anna", lane("link", "b"));
    t.play.frame("anna", lane("link", "c"));
    t.play.frame("anna", "@link(node:\"/com/a\",lane:topics)");
    EXPECT_EQ(t.received("anna"), (Lines{lane("linked", "b"), lane("linked", "c"), lane("linked", "topics")}));
    const Ends ends = t.play.apply(without(open_realm(), "com.a.b", {Action::subscribe}));
    EXPECT_EQ(ends.links, 2u) << "the lane, and the map that would show it";
    EXPECT_EQ(ends.subscriptions, 0u);
    ASSERT_EQ(ends.shown.size(), 2u);
    EXPECT_EQ(ends.shown[0].session, t.play.session("anna"));
    const Lines told = t.received("anna");
    EXPECT_EQ(std::set<std::string>(told.begin(), told.end()),
              (std::set<std::string>{lane("unlinked", "b", "@notAuthorized"), lane("unlinked", "topics", "@notAuthorized")}));
    t.play.message("ben", Publish{{}, {}, "com.a.b", {Encoding::json, "[1]", {}}});
    t.play.message("ben", Publish{{}, {}, "com.a.c", {Encoding::json, "[2]", {}}});
    EXPECT_EQ(t.received("anna"), (Lines{lane("event", "c", " 2")}));
    t.play.frame("anna", lane("link", "b"));
    EXPECT_EQ(t.received("anna"), (Lines{lane("unlinked", "b", "@notAuthorized")}));
}

TEST(WarpRevocation, OffersAreWithdrawnAndWhatWasAskedIsStillAnswered) {
    Table t;
    t.play.frame("anna", lane("link", "b"));
    t.play.frame("anna", lane("command", "b", "@offer"));
    t.play.message("ben", Call{{}, {}, "com.a.b", {Encoding::json, "[1]", {}}});
    EXPECT_EQ(t.received("anna"),
              (Lines{lane("linked", "b"), lane("event", "b", "@offered"), lane("event", "b", "@invoke(id:1) 1")}));
    const Ends ends = t.play.apply(without(open_realm(), "com.a.b", {Action::register_}));
    EXPECT_EQ(ends.registrations, 1u);
    EXPECT_EQ(t.received("anna"), (Lines{lane("event", "b", "@withdrawn")}));
    t.play.frame("anna", lane("command", "b", "@yield(id:1)2"));
    EXPECT_EQ(t.received("ben"), (Lines{"RESULT [2]"}));
    t.play.message("ben", Call{{}, {}, "com.a.b", {Encoding::json, "[1]", {}}});
    EXPECT_EQ(t.received("ben"), (Lines{"ERROR wamp.error.no_such_procedure"}));
}

TEST(WarpRevocation, LinksToMetaLanesToo) {
    Table t(meta_realm());
    const std::string host = "(node:\"swim:meta:host\",lane:nodes)";
    t.play.frame("anna", "@link" + host);
    EXPECT_EQ(t.received("anna"), (Lines{"@linked" + host}));
    const Ends ends = t.play.apply(open_realm());
    EXPECT_EQ(ends.links, 1u);
    EXPECT_EQ(t.received("anna"), (Lines{"@unlinked" + host + "@notAuthorized"}));
}

TEST(WarpRevocation, ALaneOfAnotherKindIsLinkedAnew) {
    Table t;
    t.play.frame("anna", lane("link", "b"));
    t.play.frame("anna", lane("link", "c"));
    t.received("anna");
    const Ends ends = t.play.apply(open_realm({{Match::exact, "com.a.b", LaneKind::list}}));
    EXPECT_EQ(ends.links, 1u);
    EXPECT_EQ(t.received("anna"), (Lines{lane("unlinked", "b", "@laneChanged")}));
    t.play.frame("anna", lane("sync", "b"));
    t.play.message("ben", Publish{{}, {}, "com.a.b", {Encoding::json, "[1]", {}}});
    const Lines told = t.received("anna");
    ASSERT_EQ(told.size(), 4u);
    EXPECT_EQ(told[0], lane("linked", "b"));
    EXPECT_EQ(told[2], lane("synced", "b"));
    EXPECT_TRUE(told[3].find("@update(index:0,key:") != std::string::npos) << told[3];
}

TEST(WarpRevocation, ASyncShowsNothingOfWhoMayNotPublishAnyMore) {
    Table t;
    PublishOptions retain;
    retain.retain = true;
    t.play.message("ben", Publish{{}, retain, "com.a.b", {Encoding::json, "[1]", {}}});
    t.play.message("ben", Publish{{}, retain, "com.a.c", {Encoding::json, "[2]", {}}});
    t.play.apply(without(open_realm(), "com.a.b", {Action::publish}));
    t.play.frame("anna", lane("sync", "b"));
    EXPECT_EQ(t.received("anna"), (Lines{lane("linked", "b"), lane("synced", "b")}));
    t.play.frame("anna", "@sync(node:\"/com/a\",lane:topics)");
    EXPECT_EQ(t.received("anna"), (Lines{lane("linked", "topics"), lane("event", "topics", "@clear"),
                                      lane("event", "topics", "@update(key:c) 2"), lane("synced", "topics")}));
}

}  // namespace
}  // namespace heddle::test
