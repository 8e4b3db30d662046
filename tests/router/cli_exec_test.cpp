#include "router/cli/exec.hpp"

#include <gtest/gtest.h>

namespace heddle::cli {
namespace {

ExecResult run_once(const std::string& command, const std::string& input = "") {
    Loop loop;
    Exec exec(loop, command, 1);
    std::optional<ExecResult> result;
    EXPECT_TRUE(exec.run(input, [&](ExecResult r) { result = std::move(r); }));
    EXPECT_TRUE(loop.run_until([&] { return result.has_value(); }, Clock::now() + std::chrono::seconds(20)));
    return result.value_or(ExecResult{});
}

TEST(Exec, StdinGoesInAndStdoutComesBack) {
    ExecResult result = run_once("tr a-z A-Z", "hello");
    EXPECT_EQ(result.status, 0);
    EXPECT_EQ(result.output, "HELLO");
}

TEST(Exec, TheExitCodeIsKept) {
    EXPECT_EQ(run_once("exit 3").status, 3);
    EXPECT_EQ(run_once("kill -9 $$").status, 128 + 9);
    EXPECT_EQ(run_once("no-such-command-at-all 2>/dev/null").status, 127);
}

TEST(Exec, AChildNeedNotReadItsInput) {
    ExecResult result = run_once("echo done", std::string(1 << 20, 'x'));
    EXPECT_EQ(result.status, 0);
    EXPECT_EQ(result.output, "done\n");
}

TEST(Exec, InputLargerThanAPipeIsEchoedWhole) {
    std::string input(3 << 20, 'y');
    EXPECT_EQ(run_once("cat", input).output, input);
}

TEST(Exec, EndlessOutputIsCutOff) { EXPECT_TRUE(run_once("yes").too_long); }

TEST(Exec, OneAtATimeKeepsTheOrder) {
    Loop loop;
    Exec exec(loop, "cat", 1);
    std::string all;
    for (int i = 0; i < 5; ++i) exec.run(std::to_string(i), [&](ExecResult result) { all += result.output; });
    EXPECT_TRUE(loop.run_until([&] { return all.size() == 5; }, Clock::now() + std::chrono::seconds(20)));
    EXPECT_EQ(all, "01234");
    EXPECT_TRUE(exec.idle());
}

TEST(Exec, TheEndEndsWhatStillRuns) {
    auto begin = Clock::now();
    {
        Loop loop;
        Exec exec(loop, "sleep 60 & wait", 2);
        exec.run("", [](ExecResult) {});
        exec.run("", [](ExecResult) {});
    }
    EXPECT_LT(Clock::now() - begin, std::chrono::seconds(30));
}

}  // namespace
}  // namespace heddle::cli
