#include "router/folding_log.hpp"

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>

namespace heddle {
namespace {

/// Remembers lines; `wait_for` many of them.
class Lines final : public Log {
 public:
    bool wants(LogLevel level) const override { return level >= LogLevel::info; }
    void put(LogLevel, std::string_view event, std::span<const LogField> fields) override {
        const std::scoped_lock lock(mutex_);
        std::string line(event);
        for (const LogField& field : fields) line.append(" ").append(field.name).append("=").append(field.value);
        lines_.push_back(std::move(line));
        changed_.notify_all();
    }
    std::vector<std::string> wait_for(std::size_t count) {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, std::chrono::seconds(20), [&] { return lines_.size() >= count; });
        return lines_;
    }

 private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::string> lines_;
};

constexpr std::chrono::hours long_window{1};
using Said = std::vector<std::string>;

TEST(FoldingLog, RepeatsOfOneCauseAreOneLineAtTheEnd) {
    Lines lines;
    {
        FoldingLog log(lines, long_window);
        for (const char* from : {"10.0.0.1:1", "10.0.0.2:2", "10.0.0.3:3"})
            log.write(LogLevel::warn, "auth.fail", {{"class", "bad_proof"}, {"from", from}});
        log.write(LogLevel::warn, "auth.fail", {{"class", "throttled"}, {"from", "10.0.0.3:3"}});
        EXPECT_EQ(lines.wait_for(2).size(), 2u);
    }
    EXPECT_EQ(lines.wait_for(3), (Said{"auth.fail class=bad_proof from=10.0.0.1:1", "auth.fail class=throttled from=10.0.0.3:3",
                                       "auth.fail class=bad_proof from=10.0.0.3:3 times=2"}));
}

TEST(FoldingLog, TheLineComesByItselfWhenTheTimeIsOver) {
    Lines lines;
    FoldingLog log(lines, std::chrono::milliseconds(20));
    log.write(LogLevel::warn, "connection.refused", {{"reason", "too_many_connections"}});
    log.write(LogLevel::warn, "connection.refused", {{"reason", "too_many_connections"}});
    EXPECT_EQ(lines.wait_for(2).back(), "connection.refused reason=too_many_connections times=1");
    log.write(LogLevel::warn, "connection.refused", {{"reason", "too_many_connections"}});
    EXPECT_EQ(lines.wait_for(3).back(), "connection.refused reason=too_many_connections");
}

TEST(FoldingLog, FewSessionsAndWhatClientsCannotCauseAreNotFolded) {
    Lines lines;
    {
        FoldingLog log(lines, long_window);
        for (int i = 0; i < 3; ++i) log.write(LogLevel::warn, "session.end", {{"reason", "slow_consumer"}});
        for (int i = 0; i < 300; ++i) {
            log.write(LogLevel::warn, "uplink.lost", {{"url", "ws://x"}});
            log.write(LogLevel::info, "config.reload", {{"result", "ok"}});
        }
    }
    EXPECT_EQ(lines.wait_for(603).size(), 603u);
}

TEST(FoldingLog, FloodsOfSessionsAreFoldedByWhatHappened) {
    constexpr std::uint64_t flood = 5'000;
    Lines lines;
    {
        FoldingLog log(lines, long_window);
        for (std::uint64_t i = 0; i < flood; ++i) {
            log.write(LogLevel::info, "session.join", {{"realm", "plant"}, {"session", i}, {"from", std::to_string(i)}});
            log.write(LogLevel::info, "session.end", {{"realm", "plant"}, {"reason", "lost"}, {"age", std::to_string(i)}});
            log.write(LogLevel::debug, "connection.end", {{"reason", "hello_timeout"}});  // not wanted by these lines
        }
        log.write(LogLevel::warn, "session.end", {{"realm", "plant"}, {"reason", "slow_consumer"}});
        EXPECT_EQ(lines.wait_for(2 * FoldingLog::sessions_max + 1).size(), 2 * FoldingLog::sessions_max + 1);
    }
    const Said all = lines.wait_for(2 * FoldingLog::sessions_max + 3);
    ASSERT_EQ(all.size(), 2 * FoldingLog::sessions_max + 3);
    const std::string times = " times=" + std::to_string(flood - FoldingLog::sessions_max);
    EXPECT_EQ(all[all.size() - 2], "session.end realm=plant reason=lost age=4999" + times);
    EXPECT_EQ(all.back(), "session.join realm=plant session=4999 from=4999" + times);
}

TEST(FoldingLog, AFloodOfCausesIsBoundedAndLosesNoCount) {
    constexpr std::uint64_t causes = 1'500;
    Lines lines;
    {
        FoldingLog log(lines, long_window);
        for (std::uint64_t i = 0; i < causes; ++i) {
            log.write(LogLevel::warn, "auth.fail", {{"class", std::to_string(i)}});
            log.write(LogLevel::warn, "auth.fail", {{"class", std::to_string(i)}});
        }
        log.write(LogLevel::warn, "auth.busy", {{"realm", "plant"}});  // of another event: not among "the others"
    }
    const Said all = lines.wait_for(2 * FoldingLog::kinds_max + 3);
    EXPECT_EQ(all.size(), 2 * FoldingLog::kinds_max + 3);
    std::uint64_t told = 0;
    for (const std::string& line : all) {
        const std::size_t times = line.find("times=");
        if (line.starts_with("auth.fail")) told += times == std::string::npos ? 1 : std::stoull(line.substr(times + 6));
    }
    EXPECT_EQ(told, 2 * causes);
}

}  // namespace
}  // namespace heddle
