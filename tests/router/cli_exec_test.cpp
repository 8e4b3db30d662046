#include "router/cli/exec.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>

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
    std::string started =
        (std::filesystem::temp_directory_path() / ("heddle-exec-" + std::to_string(::getpid()))).string();
    auto begin = Clock::now();
    bool running = false;
    {
        Loop loop;
        Exec exec(loop, "echo > " + started + "; sleep 60 & wait", 1);
        exec.run("", [](ExecResult) {});
        std::function<void()> look = [&] { loop.post(look); };
        loop.post(look);
        running =
            loop.run_until([&] { return std::filesystem::exists(started); }, Clock::now() + std::chrono::seconds(20));
    }
    std::filesystem::remove(started);
    EXPECT_TRUE(running);
    EXPECT_LT(Clock::now() - begin, std::chrono::seconds(40));
}

}  // namespace
}  // namespace heddle::cli
