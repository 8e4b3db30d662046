#include "router/stderr_log.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <future>
#include <sstream>

namespace heddle {
namespace {

using namespace std::chrono_literals;

/// Somebody who reads the log late, if at all.
class Pipe {
 public:
    Pipe() { EXPECT_EQ(::pipe2(ends_, O_CLOEXEC), 0); }
    ~Pipe() {
        ::close(ends_[0]);
        if (open_) ::close(ends_[1]);
    }
    int in() const { return ends_[1]; }
    /// The lines up to the end of the writer, who is told to end by `close_in` at the latest.
    std::vector<std::string> lines() {
        std::string text;
        char part[4096];
        for (ssize_t size; (size = ::read(ends_[0], part, sizeof part)) > 0;) text.append(part, static_cast<std::size_t>(size));
        std::istringstream in(text);
        std::vector<std::string> out;
        for (std::string line; std::getline(in, line);)  // text without the time; JSON as it is
            out.push_back(line.starts_with('{') ? line : line.substr(line.find(' ') + 1));
        return out;
    }
    void close_in() {
        ::close(ends_[1]);
        open_ = false;
    }

 private:
    int ends_[2] = {-1, -1};
    bool open_ = true;
};

TEST(StderrLog, KeepsOrderAndWritesWhatIsQueuedAtTheEnd) {
    Pipe pipe;
    {
        StderrLog log(LogLevel::info, LogFormat::text, pipe.in());
        log.write(LogLevel::debug, "not.wanted", {});
        for (std::uint64_t i = 0; i < 500; ++i) log.write(LogLevel::info, "some.event", {{"n", i}});
        log.write(LogLevel::error, "last.words", {{"why", "it cannot go on"}});
    }
    pipe.close_in();
    const auto lines = pipe.lines();
    ASSERT_EQ(lines.size(), 501u);
    EXPECT_EQ(lines[0], "info  some.event      n=0");
    EXPECT_EQ(lines[499], "info  some.event      n=499");
    EXPECT_EQ(lines[500], "error last.words      why=\"it cannot go on\"");
}

TEST(StderrLog, NobodyWaitsForAReaderAndLostLinesAreCounted) {
    constexpr std::uint64_t count = 20'000;
    Pipe pipe;
    std::uint64_t lost = 0;
    std::future<std::vector<std::string>> reader;
    {
        StderrLog log(LogLevel::info, LogFormat::text, pipe.in(), 20s);
        for (std::uint64_t i = 0; i < count; ++i) log.write(LogLevel::info, "some.event", {{"n", i}});
        lost = log.lost();  // the pipe is full, and nobody has read yet
        EXPECT_GT(lost, 0u);
        reader = std::async(std::launch::async, [&] { return pipe.lines(); });
        log.write(LogLevel::error, "last.words", {});
    }
    pipe.close_in();
    const auto lines = reader.get();
    std::uint64_t told = 0, written = 0;
    for (const std::string& line : lines) {
        const std::size_t at = line.find("log.lost        lines=");
        if (at == std::string::npos)
            ++written;
        else
            told += std::stoull(line.substr(line.find('=') + 1));
    }
    EXPECT_GE(told, lost);
    EXPECT_EQ(written + told, count + 1);
    EXPECT_EQ(lines.back(), "error last.words     ");
}

TEST(StderrLog, TheEndDoesNotWaitForeverForAReader) {
    Pipe pipe;
    {
        StderrLog log(LogLevel::info, LogFormat::text, pipe.in(), 1ms);
        for (int i = 0; i < 5'000; ++i) log.write(LogLevel::info, "some.event", {{"n", "x"}});
    }
    pipe.close_in();
    EXPECT_GT(pipe.lines().size(), 0u);
}

TEST(StderrLog, FlushWaitsUntilEverythingIsWritten) {
    Pipe pipe;
    StderrLog log(LogLevel::info, LogFormat::json, pipe.in(), 20s);
    for (std::uint64_t i = 0; i < 100; ++i) log.write(LogLevel::info, "some.event", {{"n", i}});
    log.flush();
    pipe.close_in();  // whatever came later would not arrive
    EXPECT_EQ(pipe.lines().size(), 100u);
    EXPECT_EQ(log.lost(), 0u);
}

TEST(StderrLog, LongValuesAreShortenedAndJsonStaysWhole) {
    Pipe pipe;
    {
        StderrLog log(LogLevel::info, LogFormat::json, pipe.in());
        log.write(LogLevel::info, "some.event", {{"what", std::string(100'000, 'x')}, {"why", "because"}});
    }
    pipe.close_in();
    const auto lines = pipe.lines();
    ASSERT_EQ(lines.size(), 1u);
    EXPECT_LT(lines[0].size(), StderrLog::value_bytes_max + 200);
    EXPECT_NE(lines[0].find("xxx... (100000 bytes)\",\"why\":\"because\"}"), std::string::npos) << lines[0];
}

}  // namespace
}  // namespace heddle
