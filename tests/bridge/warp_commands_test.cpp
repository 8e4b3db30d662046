#include <gtest/gtest.h>

#include "tests/bridge/warp_script.hpp"

/// Commands to topics and procedures: docs/warp.md 6.2.
namespace heddle::test {
namespace {

constexpr auto at = R"((node:"/com/a",lane:b))";
std::string on(std::string_view kind, std::string_view rest = {}) {
    return "@" + std::string(kind) + at + std::string(rest);
}

TEST(WarpCommands, ACommandIsPublishedRetainedAndEchoedToItsSender) {
    WarpScript s;
    s.open("jane").open("mary").join("sub").subscribe("sub", "com.a.b").join("late");
    s.send("jane", on("link")).receives("jane", on("linked"));
    s.send("jane", on("command", "{a:1,b:[x]}"))
        .receives("sub", R"(EVENT [{"a":1,"b":["x"]}])")
        .receives("jane", on("event", "{a:1,b:{x}}"));
    s.send("mary", on("command", "\"two words\""))
        .receives("sub", R"(EVENT ["two words"])")
        .receives("jane", on("event", "\"two words\""));
    s.subscribe("late", "com.a.b", Match::exact, true).receives("late", R"(EVENT ["two words"])").silence("mary");
}

TEST(WarpCommands, ACommandWithoutBodyHasNoArguments) {
    WarpScript s;
    s.open("jane").join("sub").subscribe("sub", "com.a.b").send("jane", on("link")).receives("jane", on("linked"));
    for (const char* body : {"", "{}", "()"})
        s.send("jane", on("command", body)).receives("sub", "EVENT []").receives("jane", on("event"));
}

TEST(WarpCommands, ARuleDecidesWhetherTheEventIsKept) {
    WarpScript s(open_realm({{Match::prefix, "com.pass.", LaneKind::event}}));
    s.open("jane")
        .send("jane", R"(@command(node:"/com/pass",lane:b)1)")
        .send("jane", R"(@sync(node:"/com/pass",lane:b))");
    s.receives("jane", R"(@linked(node:"/com/pass",lane:b))").receives("jane", R"(@synced(node:"/com/pass",lane:b))");
    s.join("late").subscribe("late", "com.pass.b", Match::exact, true).silence("late");
}

TEST(WarpCommands, WrappedPayloadsAreArgsAndKwargs) {
    WarpScript s;
    s.open("jane").join("sub").subscribe("sub", "com.a.b").send("jane", on("link")).receives("jane", on("linked"));
    s.send("jane", on("command", "@wamp(args:[x{1}],kwargs:{k:{v:@null}})"))
        .receives("sub", R"(EVENT ["x",1] {"k":{"v":null}})");
    s.receives("jane", on("event", "@wamp(args:{x,1},kwargs:{k:{v:@null}})"));
    s.publish("sub", "com.a.b", "[1,2]").receives("jane", on("event", "@wamp(args:{1,2})"));
    s.publish("sub", "com.a.b", "[]", false, R"({"k":1})").receives("jane", on("event", "@wamp(kwargs:{k:1})"));
}

TEST(WarpCommands, WhatOnlyReconHasComesBackVerbatim) {
    WarpScript s;
    s.open("jane").join("sub").subscribe("sub", "com.a.b").send("jane", on("link")).receives("jane", on("linked"));
    for (const auto& [sent, wamp, received] : std::initializer_list<std::array<const char*, 3>>{
             {"@go(fast:true) 5", R"(EVENT [{"$recon":"@go(fast:true) 5"}])", "@go(fast:true) 5"},
             {"{1:2,1:3}", R"(EVENT [{"$recon":"{1:2,1:3}"}])", "{1:2,1:3}"},
             {"{{a:@b(c){1,2}}}", R"(EVENT [{"a":{"$recon":"@b(c){1,2}"}}])", "{a:@b(c){1,2}}"},
             {" 12345678901234567890123", R"(EVENT [{"$int":"12345678901234567890123"}])",
              R"(@int("12345678901234567890123"))"}})
        s.send("jane", on("command", sent)).receives("sub", wamp).receives("jane", on("event", received));
}

TEST(WarpCommands, ABodyTooDeepForAPayloadClosesTheConnection) {
    WarpScript s;
    s.open("jane").join("sub").subscribe("sub", "com.a.b");
    s.send("jane", on("command", std::string(130, '{') + "1" + std::string(130, '}')))
        .receives("jane", "CLOSED malformed_message")
        .silence("sub");
}

TEST(WarpCommands, ACommandOnAProcedureIsACall) {
    WarpScript s;
    s.open("jane").join("callee").offer("callee", "com.a.b");
    s.send("jane", on("command", "{a:1}"))
        .receives("callee", R"(INVOCATION [{"a":1}])")
        .yield("callee", "[2]")
        .silence("jane");
    s.send("jane", on("command", "@wamp(args:{1,2},kwargs:{k:v})")).receives("callee", R"(INVOCATION [1,2] {"k":"v"})");
    s.fail("callee", "com.error").silence("jane");
}

TEST(WarpCommands, WithACorrelationIdTheResultComesToTheCallersLink) {
    WarpScript s;
    s.open("jane").open("mary").join("callee").offer("callee", "com.a.b");
    for (const char* who : {"jane", "mary"}) s.send(who, on("sync")).receives(who, on("linked")).receives(who, on("synced"));
    s.send("jane", on("command", "@call(id:9){a:20,b:22}"))
        .receives("callee", R"(INVOCATION [{"a":20,"b":22}])")
        .yield("callee", "[42]");
    s.receives("jane", on("event", "@result(id:9) 42"));
    s.send("jane", on("command", R"(@call(id:{"x y"}))"))
        .receives("callee", "INVOCATION []")
        .yield("callee", R"([1,"two"])");
    s.receives("jane", on("event", R"(@result(id:{"x y"})@wamp(args:{1,two}))"));
    s.send("jane", on("command", "@call(id:x)1")).receives("callee", "INVOCATION [1]").fail("callee", "com.error.bad");
    s.receives("jane", on("event", R"(@error(id:x,uri:"com.error.bad") why)")).silence("mary");
}

TEST(WarpCommands, AResultForALinkThatIsGoneIsDropped) {
    WarpScript s;
    s.open("jane").join("callee").offer("callee", "com.a.b");
    s.send("jane", on("command", "@call(id:1)1"))
        .receives("callee", "INVOCATION [1]")
        .yield("callee", "[1]")
        .silence("jane");
    s.send("jane", on("link"))
        .receives("jane", on("linked"))
        .send("jane", on("command", "@call(id:2)1"))
        .receives("callee", "INVOCATION [1]");
    s.send("jane", on("unlink")).receives("jane", on("unlinked")).yield("callee", "[1]").silence("jane");
}

TEST(WarpCommands, ACallThatNobodyAnswersIsAnError) {
    WarpScript s(open_realm({{Match::prefix, "com.a.", LaneKind::command}}));
    s.open("jane").send("jane", on("sync")).receives("jane", on("linked")).receives("jane", on("synced"));
    s.send("jane", on("command", "@call(id:1)"))
        .receives(
            "jane",
            on("event", R"x(@error(id:1,uri:"wamp.error.no_such_procedure")"nobody has registered this procedure")x"));
    s.send("jane", on("command", "1")).silence("jane");  // not published
    s.send("jane", on("sync")).receives("jane", on("synced")).send("jane", on("unlink")).receives("jane", on("unlinked"));
}

TEST(WarpCommands, CallsThatWaitAreBounded) {
    WarpScript s(open_realm(), {.calls_max = 1});
    s.open("jane").join("callee").offer("callee", "com.a.b").send("jane", on("link")).receives("jane", on("linked"));
    s.send("jane", on("command", "@call(id:1)1")).receives("callee", "INVOCATION [1]");
    s.send("jane", on("command", "@call(id:2)1"))
        .receives("jane", on("event", R"(@error(id:2,uri:"heddle.error.limit_exceeded"))"))
        .silence("callee");
    s.yield("callee", "[1]").receives("jane", on("event", "@result(id:1) 1"));
    s.send("jane", on("command", "@call(id:3)1"))
        .receives("callee", "INVOCATION [1]")
        .yield("callee", "[1]")
        .receives("jane", on("event", "@result(id:3) 1"));
}

TEST(WarpCommands, WhoMayOnlyCallStillGetsALinkForItsResults) {
    RealmSettings settings = open_realm();
    PermissionRule no_topics{Match::prefix, "com.a.", {}, {}};
    no_topics.deny.add(Action::subscribe);
    settings.roles[0].permissions.push_back(no_topics);
    WarpScript s(settings);
    s.open("jane").send("jane", on("sync")).receives("jane", on("unlinked", "@notAuthorized"));
    s.join("callee")
        .offer("callee", "com.a.b")
        .send("jane", on("sync"))
        .receives("jane", on("linked"))
        .receives("jane", on("synced"));
    s.send("jane", on("command", "@call(id:1)"))
        .receives("callee", "INVOCATION []")
        .yield("callee", "[true]")
        .receives("jane", on("event", "@result(id:1) true"));
}

TEST(WarpEvents, ABodyIsEncodedOnceAndAFrameSharedByAllWhoSpellAlike) {
    WarpPlay play(open_realm());
    play.join("pub");
    for (const char* name : {"a", "b", "c"}) {
        play.open(name);
        play.frame(name, name == std::string("c") ? R"(@link(node:"com/a",lane:b))" : on("link"));
    }
    for (int i = 0; i < 3; ++i)
        play.message("pub", Publish{{}, {}, "com.a.b", {Encoding::json, R"([{"deep":["er"]}])", {}}});
    EXPECT_EQ(play.bodies(), 3u);
    const auto data = [&](const char* name) { return play.frames(name).back().view().data(); };
    EXPECT_EQ(data("a"), data("b"));
    EXPECT_EQ(play.frames("c").back().view(), R"(@event(node:"com/a",lane:b){deep:{er}})");
}

}  // namespace
}  // namespace heddle::test
