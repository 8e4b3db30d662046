#include <gtest/gtest.h>

#include "tests/bridge/warp_script.hpp"

/// The state machine of a link: docs/warp.md 2.3.
namespace heddle::test {
namespace {

constexpr auto at = R"((node:"/com/a",lane:b))";
std::string on(std::string_view kind, std::string_view rest = {}) {
    return "@" + std::string(kind) + at + std::string(rest);
}

TEST(WarpLinks, LinkIsAnsweredLinkedAndThenReceivesEvents) {
    WarpScript s;
    s.open("jane").join("pub");
    s.publish("pub", "com.a.b", "[1]", true).send("jane", on("link")).receives("jane", on("linked")).silence("jane");
    s.publish("pub", "com.a.b", R"(["two words"])").receives("jane", on("event", R"("two words")"));
}

TEST(WarpLinks, SyncGivesTheRetainedValueBetweenLinkedAndSynced) {
    WarpScript s;
    s.open("jane").join("pub").publish("pub", "com.a.b", "[21.5]", true);
    s.send("jane", on("sync"))
        .receives("jane", on("linked"))
        .receives("jane", on("event", " 21.5"))
        .receives("jane", on("synced"));
    s.publish("pub", "com.a.b", R"([{"kmh":80}])").receives("jane", on("event", "{kmh:80}"));
}

TEST(WarpLinks, SyncOfALinkedLaneSaysLinkedNotAgain) {
    WarpScript s;
    s.open("jane").join("pub").publish("pub", "com.a.b", "[1]", true);
    s.send("jane", on("link")).receives("jane", on("linked"));
    for (int i = 0; i < 2; ++i) s.send("jane", on("sync")).receives("jane", on("event", " 1")).receives("jane", on("synced"));
    s.publish("pub", "com.a.b", "[2]").receives("jane", on("event", " 2")).silence("jane");
}

TEST(WarpLinks, LinkAgainIsAnsweredLinkedAgainWithoutEvents) {
    WarpScript s;
    s.open("jane").join("pub").publish("pub", "com.a.b", "[1]", true);
    for (int i = 0; i < 2; ++i) s.send("jane", on("link")).receives("jane", on("linked")).silence("jane");
    s.send("jane", on("sync")).receives("jane", on("event", " 1")).receives("jane", on("synced"));
    s.send("jane", on("link")).receives("jane", on("linked")).silence("jane");
}

TEST(WarpLinks, UnlinkEndsIt) {
    WarpScript s;
    s.open("jane").join("pub");
    s.send("jane", on("unlink")).silence("jane");  // there is none
    s.send("jane", on("link")).receives("jane", on("linked"));
    s.send("jane", on("unlink")).receives("jane", on("unlinked"));
    s.publish("pub", "com.a.b", "[1]").silence("jane").send("jane", on("unlink")).silence("jane");
    s.send("jane", on("sync")).receives("jane", on("linked")).receives("jane", on("synced"));
}

TEST(WarpLinks, ANeverSetLaneSyncsWithNothingAndWithAnEmptyValueWhereARuleSaysValue) {
    WarpScript s(open_realm({{Match::prefix, "com.a.", LaneKind::value}, {Match::prefix, "com.e.", LaneKind::event}}));
    s.open("jane").join("pub");
    s.send("jane", on("sync")).receives("jane", on("linked")).receives("jane", on("event")).receives("jane", on("synced"));
    s.send("jane", R"(@sync(node:"/com/c",lane:d))").receives("jane", R"(@linked(node:"/com/c",lane:d))");
    s.receives("jane", R"(@synced(node:"/com/c",lane:d))");
    s.publish("pub", "com.e.d", "[1]", true);  // kept for WAMP subscribers; as a lane it is events only
    s.send("jane", R"(@sync(node:"/com/e",lane:d))").receives("jane", R"(@linked(node:"/com/e",lane:d))");
    s.receives("jane", R"(@synced(node:"/com/e",lane:d))");
}

TEST(WarpLinks, ANodeWithAndWithoutItsSlashIsOneAndKeepsItsFirstSpelling) {
    WarpScript s;
    s.open("jane").join("pub");
    s.send("jane", R"(@sync(node:"com/%41",lane:b))").receives("jane", R"(@linked(node:"com/%41",lane:b))");
    s.receives("jane", R"(@synced(node:"com/%41",lane:b))");
    s.send("jane", R"(@link(node:"/com/A",lane:b))").receives("jane", R"(@linked(node:"com/%41",lane:b))");
    s.publish("pub", "com.A.b", "[true]").receives("jane", R"(@event(node:"com/%41",lane:b) true)").silence("jane");
    s.send("jane", R"(@unlink(node:"/com/A",lane:b))").receives("jane", R"(@unlinked(node:"com/%41",lane:b))");
}

TEST(WarpLinks, HeadersMayBeSpacedReorderedPositionalAndHoldMore) {
    WarpScript s;
    s.open("jane");
    s.send("jane", R"( @link( lane : b ; node : "/com/a" , extra : {1} ) )").receives("jane", on("linked"));
    s.send("jane", R"(@link("/com/a",b))").receives("jane", on("linked"));
    s.send("jane", "#note\n@link(lane:b,node:\"/com/a\"){ignored:true}").receives("jane", on("linked"));
    s.send("jane", R"(@link(node:"/com/c",lane:d,rate:1,prio:0.5))")
        .receives("jane", R"(@linked(node:"/com/c",lane:d,prio:0.5,rate:1))");
}

TEST(WarpLinks, NodesThatAreNoTopicsAreNotFound) {
    WarpScript s;
    s.open("jane");
    for (const char* node : {"", "//", "/a//b", "/a/", "/a?x=1", "/a#f", "swim:meta:edge", "swim:other", "warp://h/a",
                             "/a.b", "/a%2eb", "/a%20b", "/a%2fb", "/a%", "/a%zz", "/%ff"}) {
        const std::string header = "(node:\"" + std::string(node) + "\",lane:b)";
        for (const char* kind : {"@link", "@sync"})
            s.send("jane", kind + header).receives("jane", "@unlinked" + header + "@nodeNotFound");
        s.send("jane", "@command" + header + "1").send("jane", "@unlink" + header).silence("jane");
    }
    s.send("jane", R"(@link(node:"/a",lane:""))").receives("jane", R"(@unlinked(node:"/a",lane:"")@laneNotFound)");
    s.send("jane", R"(@sync(node:"/a",lane:"b.c"))").receives("jane", R"(@unlinked(node:"/a",lane:"b.c")@nodeNotFound)");
}

TEST(WarpLinks, WithoutPermissionALinkIsUnlinkedAndACommandReachesNobody) {
    WarpScript s(guarded_realm("com.secret."));
    s.open("jane").join("sub").subscribe("sub", "com.secret.b").receives("sub", "ERROR wamp.error.not_authorized");
    for (const char* kind : {"@link", "@sync"})
        s.send("jane", std::string(kind) + R"((node:"/com/secret",lane:b))")
            .receives("jane", R"(@unlinked(node:"/com/secret",lane:b)@notAuthorized)");
    s.send("jane", R"(@command(node:"/com/secret",lane:b)1)").silence("jane");
    s.send("jane", R"(@sync(node:"/com/open",lane:b))").receives("jane", R"(@linked(node:"/com/open",lane:b))");
    s.receives("jane", R"(@synced(node:"/com/open",lane:b))");
}

TEST(WarpLinks, ARealmThatLetsNobodyInAnswersEachLink) {
    RealmSettings closed = open_realm();
    closed.anonymous_role.clear();
    WarpScript s(closed);
    s.open("jane");
    s.send("jane", on("link")).receives("jane", on("unlinked", "@notAuthorized"));
    s.send("jane", on("sync")).receives("jane", on("unlinked", "@notAuthorized"));
    s.send("jane", on("command", "1")).send("jane", on("unlink")).silence("jane");
}

TEST(WarpLinks, LinksOfOneConnectionAreBounded) {
    WarpScript s(open_realm(), {.links_max = 2});
    s.open("jane");
    for (const char* lane : {"a", "b"}) {
        const std::string header = "(node:\"/com\",lane:" + std::string(lane) + ")";
        s.send("jane", "@link" + header).receives("jane", "@linked" + header);
    }
    s.send("jane", on("link")).receives("jane", on("unlinked", "@tooManyLinks"));
    s.send("jane", R"(@unlink(node:"/com",lane:a))").receives("jane", R"(@unlinked(node:"/com",lane:a))");
    s.send("jane", on("link")).receives("jane", on("linked"));
}

TEST(WarpLinks, TheRealmsOwnLimitShowsAsTooManyLinks) {
    RealmSettings small = open_realm();
    small.limits.subscriptions_max = 1;
    WarpScript s(small);
    s.open("jane").send("jane", R"(@link(node:"/",lane:a))").receives("jane", R"(@linked(node:"/",lane:a))");
    s.send("jane", on("link")).receives("jane", on("unlinked", "@tooManyLinks"));
}

TEST(WarpLinks, MalformedFramesCloseTheirConnectionOnly) {
    for (const char* bad : {"@link(node:\"/com/a\"", "", " ", "@link(node:\"/com/a\")", "@command(lane:b)1", "@link",
                            "@event", "@command(node:\"/a\",lane:b){1", "1+1", "@link(node:5,lane:b)",
                            "@sync(node:\"/a\",lane:b,prio:x)", "@auth{", "@command(node:\"/a\",lane:b)\"\xff\""}) {
        WarpScript s;
        s.open("jane").open("mary").send("mary", on("link")).receives("mary", on("linked"));
        s.send("jane", on("link")).receives("jane", on("linked"));
        s.send("jane", bad).receives("jane", "CLOSED malformed_message");
        s.send("jane", on("link")).silence("jane");
        s.send("mary", on("command", "5")).receives("mary", on("event", " 5")).silence("jane");
    }
}

TEST(WarpLinks, FramesThatAreNoEnvelopesOrAServersAreIgnored) {
    WarpScript s;
    s.open("jane").send("jane", on("link")).receives("jane", on("linked"));
    for (const char* other : {"garbage", "5", "{a:1}", "@nosuch(node:\"/com/a\",lane:b)",
                              "@link(node:\"/com/a\",lane:b),1", "@command(node:\"/com/a\",lane:b)\n1",
                              "@command(node:\"/com/a\",lane:b):1", "x@command(node:\"/com/a\",lane:b)"})
        s.send("jane", other).silence("jane");
    for (const char* kind : {"event", "linked", "synced", "unlinked"}) s.send("jane", on(kind, " 1")).silence("jane");
    s.send("jane", "@authed").send("jane", "@deauthed").silence("jane");
    s.send("jane", on("command", "1")).receives("jane", on("event", " 1"));
}

TEST(WarpLinks, TheRealmsGoodbyeClosesTheConnection) {
    WarpScript s;
    s.open("jane").send("jane", on("link")).receives("jane", on("linked"));
    s.shut_down().receives("jane", "CLOSED shutdown").send("jane", on("link")).silence("jane");
}

TEST(WarpLinks, AKillClosesTheConnectionWhateverItsReason) {
    for (const char* reason : {"wamp.close.killed", "com.example.banned"}) {
        WarpPlay play(open_realm());
        play.open("jane");
        play.say("jane", Goodbye{{}, reason});
        EXPECT_EQ(play.next("jane"), "CLOSED killed") << reason;
    }
}

TEST(WarpLinks, ARevokedSubscriptionUnlinks) {
    WarpPlay play(open_realm());
    struct Sink final : FrameSink {
        std::vector<std::string> frames;
        void frame(SharedBytes text) override { frames.emplace_back(text.view()); }
        void own(std::string_view text) override { frames.emplace_back(text); }
        void tell_when_sent() override {}
        void close(CloseReason) override {}
    } sink;
    struct World final : Egress {
        WarpSession* session = nullptr;
        FrameSink* sink = nullptr;
        SubscriptionId subscription;
        Delivery send(EndpointId, const Message& message) override {
            if (const auto* subscribed = std::get_if<Subscribed>(&message)) subscription = subscribed->subscription;
            session->on_message(message, *sink);
            return Delivery::queued;
        }
        void event(const Event&, std::span<const EndpointId>, EndpointId) override {}
        void detached(EndpointId, CloseReason) override {}
        void close(EndpointId, CloseReason) override {}
    } world;
    WarpSession session({100, 1}, play.realm(), {});
    world.session = &session;
    world.sink = &sink;
    session.start({}, world, sink);
    session.on_frame(on("link"), {}, world, sink);
    session.on_message(Unsubscribed{{}, world.subscription, "wamp.error.not_authorized"}, sink);
    EXPECT_EQ(sink.frames, (std::vector<std::string>{on("linked"), on("unlinked", "@notAuthorized")}));
    play.realm().on_lost({100, 1}, CloseReason::transport_lost, {}, world);
}

}  // namespace
}  // namespace heddle::test
