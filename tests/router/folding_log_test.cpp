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

TEST(FoldingLog, SessionsAndWhatIsNoWarningAreNeverFolded) {
    Lines lines;
    FoldingLog log(lines, long_window);
    for (int i = 0; i < 3; ++i) {
        log.write(LogLevel::warn, "session.end", {{"reason", "slow_consumer"}});
        log.write(LogLevel::info, "uplink.connected", {{"url", "ws://x"}});
    }
    EXPECT_EQ(lines.wait_for(6).size(), 6u);
}

TEST(FoldingLog, AFloodOfCausesLosesNoCount) {
    Lines lines;
    {
        FoldingLog log(lines, long_window);
        for (int i = 0; i < 1'500; ++i) {
            log.write(LogLevel::warn, "auth.fail", {{"class", std::to_string(i)}});
            log.write(LogLevel::warn, "auth.fail", {{"class", std::to_string(i)}});
        }
    }
    EXPECT_EQ(lines.wait_for(3'000).size(), 3'000u);
}

}  // namespace
}  // namespace heddle
