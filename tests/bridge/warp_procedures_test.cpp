#include <gtest/gtest.h>

#include "tests/bridge/warp_script.hpp"

/// Calls from WARP clients in full: progressive results, cancels. The plain ones are in warp_commands_test.cpp.
namespace heddle::test {
namespace {

using namespace std::chrono_literals;

constexpr auto at = R"((node:"/com/a",lane:b))";
std::string on(std::string_view kind, std::string_view rest = {}) {
    return "@" + std::string(kind) + at + std::string(rest);
}

/// jane and mary have links to the lane of com.a.b, which `callee` answers.
WarpScript& linked(WarpScript& s) {
    s.open("jane").open("mary").join("callee").offer("callee", "com.a.b");
    for (const char* who : {"jane", "mary"}) s.send(who, on("link")).receives(who, on("linked"));
    return s;
}

TEST(WarpCalls, ProgressiveResultsComeToTheCallersLinkAlone) {
    WarpScript s;
    linked(s).send("jane", on("command", "@call(id:9)3")).receives("callee", "INVOCATION [3]");
    s.progress("callee", "[1]").receives("jane", on("event", "@progress(id:9) 1"));
    s.progress("callee", "[]").receives("jane", on("event", "@progress(id:9)"));
    s.progress("callee", R"([{"k":[1,2]}])").receives("jane", on("event", "@progress(id:9){k:{1,2}}"));
    s.yield("callee", R"(["end"])").receives("jane", on("event", "@result(id:9) end")).silence("mary");
}

TEST(WarpCalls, AnErrorEndsProgress) {
    WarpScript s;
    linked(s).send("jane", on("command", "@call(id:x)")).receives("callee", "INVOCATION []");
    s.progress("callee", "[1]").receives("jane", on("event", "@progress(id:x) 1"));
    s.fail("callee", "com.bad").receives("jane", on("event", R"(@error(id:x,uri:"com.bad") why)"));
    s.progress("callee", "[2]").silence("jane");
}

TEST(WarpCalls, ACallerMayDeclineProgress) {
    WarpScript s;
    linked(s).send("jane", on("command", "@call(id:1,progress:false)")).receives("callee", "INVOCATION []");
    s.progress("callee", "[1]").silence("jane").yield("callee", "[2]").receives("jane", on("event", "@result(id:1) 2"));
}

TEST(WarpCalls, WithoutAnIdProgressIsNotReported) {
    WarpScript s;
    linked(s).send("jane", on("command", "1")).receives("callee", "INVOCATION [1]");
    s.progress("callee", "[1]").yield("callee", "[2]").silence("jane").silence("mary");
}

TEST(WarpCalls, CancelEndsTheCallAndInterruptsTheCallee) {
    WarpScript s;
    linked(s).send("jane", on("command", "@call(id:{a:1})")).receives("callee", "INVOCATION []");
    s.progress("callee", "[1]").receives("jane", on("event", "@progress(id:{a:1}) 1"));
    s.send("jane", on("command", "@cancel(id:{a:1})")).receives("callee", "INTERRUPT");
    s.receives("jane", on("event", R"x(@error(id:{a:1},uri:"wamp.error.canceled")"the call was canceled")x"));
    s.progress("callee", "[2]").yield("callee", "[3]").silence("jane").silence("mary");
}

TEST(WarpCalls, CancelNamesItsMode) {
    WarpScript s;
    linked(s).send("jane", on("command", "@call(id:1)")).receives("callee", "INVOCATION []");
    s.send("jane", on("command", "@cancel(id:1,mode:kill)")).receives("callee", "INTERRUPT").silence("jane");
    s.yield("callee", "[7]").receives("jane", on("event", "@result(id:1) 7"));
    s.send("jane", on("command", "@call(id:2)")).receives("callee", "INVOCATION []");
    s.send("jane", on("command", "@cancel(id:2,mode:gently)")).silence("jane").silence("callee");
    s.send("jane", on("command", "@cancel(id:2,mode:skip)")).silence("callee");
    s.receives("jane", on("event", R"x(@error(id:2,uri:"wamp.error.canceled")"the call was canceled")x"));
}

TEST(WarpCalls, CancelReachesOnlyOnesOwnCallOfThisIdAndLane) {
    WarpScript s;
    linked(s).offer("callee", "com.a.c").send("jane", on("command", "@call(id:1)")).receives("callee", "INVOCATION []");
    s.send("mary", on("command", "@cancel(id:1)")).send("jane", on("command", "@cancel(id:2)"));
    s.send("jane", R"(@command(node:"/com/a",lane:c)@cancel(id:1))");
    s.silence("callee").yield("callee", "[1]").receives("jane", on("event", "@result(id:1) 1"));
    s.send("jane", on("command", "@cancel(id:1)")).silence("callee").silence("jane").silence("mary");
}

TEST(WarpCalls, OnATopicTheWordsOfProceduresAreOnlyWords) {
    WarpScript s;
    s.open("jane").join("sub").subscribe("sub", "com.a.b").send("jane", on("command", "@offer"));
    s.receives("sub", R"(EVENT [{"$recon":"@offer"}])").send("jane", on("link")).receives("jane", on("linked"));
    for (const char* said : {"@cancel(id:1)", "@yield(id:1) 2", "@fail(id:1)", "@withdraw", "@offer(price:5)"})
        s.send("jane", on("command", said))
            .receives("sub", R"(EVENT [{"$recon":")" + std::string(said) + "\"}]")
            .receives("jane", on("event", said));
}

TEST(WarpCalls, ARuleMakesEvenAnOfferATopicsWord) {
    WarpScript s(open_realm({{Match::prefix, "com.a.", LaneKind::event}}));
    s.open("jane").send("jane", on("link")).receives("jane", on("linked"));
    s.send("jane", on("command", "@offer")).receives("jane", on("event", "@offer"));
}

TEST(WarpCalls, TheCallersEndInterruptsTheCallee) {
    WarpScript s;
    linked(s).send("jane", on("command", "@call(id:1)")).receives("callee", "INVOCATION []").lose("jane");
    s.receives("callee", "INTERRUPT").progress("callee", "[1]").silence("callee");
}

}  // namespace
}  // namespace heddle::test
