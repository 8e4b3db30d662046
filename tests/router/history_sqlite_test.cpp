// Histories in a SQLite file: as those in memory, and there after a restart.
#include "router/history_sqlite.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <stdexcept>
#include <thread>
#include <vector>

#include "router/history_writer.hpp"
#include "router/sqlite_file.hpp"
#include "tests/router/temp_folder.hpp"

namespace heddle {
namespace {

using namespace std::chrono_literals;

class HistorySqliteTest : public testing::Test {
 protected:
    HistorySqliteTest() {
        rule.uri = "a.b";
        rule.kind = HistoryKind::sqlite;
    }
    ~HistorySqliteTest() override { writer.reset(); }

    std::string file() const { return folder + "/h.db"; }
    std::unique_ptr<HistoryStore> open(const std::string& realm = "realm1") {
        if (!writer) writer = std::make_shared<HistoryWriter>(file(), trouble(), queue_max);
        return SqliteHistories(file(), realm, [this](std::string_view why) { reports.emplace_back(why); }, writer)
            .open(rule)
            .store;
    }
    HistoryWriter::Trouble trouble() {
        return [this](std::string_view why) {
            const std::lock_guard lock(mutex);
            troubles.emplace_back(why);
        };
    }
    /// The end of the router; the next `open` is a new start.
    void stop() { writer.reset(); }
    static HistoryEntry entry(std::uint64_t publication, WallMs time = 0, std::string_view event = "event") {
        return {0, time, {publication}, "topic", event, "lists"};
    }
    static std::string publications(HistoryStore& store, std::uint64_t first = 1, std::uint64_t last = ~0ull,
                                    bool reverse = false) {
        std::string all;
        store.walk(first, last, reverse, [&](const HistoryEntry& kept) {
            all += std::to_string(kept.position) + ":" + std::to_string(kept.publication.value) + " ";
            EXPECT_EQ(kept.topic, "topic");
            EXPECT_EQ(kept.lists, "lists");
            return true;
        });
        return all;
    }

    const test::TempFolder temp;
    const std::string folder = temp.path();
    HistoryRule rule;
    std::size_t queue_max = HistoryWriter::default_bytes_max;
    std::shared_ptr<HistoryWriter> writer;
    std::vector<std::string> reports;
    std::mutex mutex;
    std::vector<std::string> troubles;  // of the writer's thread
};

/// Somebody who writes to the file and does not come to an end.
class Locked {
 public:
    explicit Locked(const std::string& path) : file_(path) { file_.run("BEGIN IMMEDIATE"); }
    ~Locked() { file_.run("ROLLBACK"); }

 private:
    SqliteFile file_;
};

TEST_F(HistorySqliteTest, IsThereAfterARestartAndGoesOn) {
    {
        const auto store = open();
        const std::string bytes("\0\xFF,", 3);
        EXPECT_TRUE(store->append({0, 1'700'000'000'000, {id_max}, "topic", bytes, {}})) << "it asks to be flushed";
        store->append(entry(2));
    }
    stop();
    const auto store = open();
    writer->wait_until_written();
    EXPECT_EQ(store->events(), 2u);
    store->append(entry(3));
    std::vector<std::string> events;
    store->flush();
    store->walk(1, 1, false, [&](const HistoryEntry& kept) {
        EXPECT_EQ(kept.publication.value, id_max);
        EXPECT_EQ(kept.time, 1'700'000'000'000);
        EXPECT_EQ(kept.event, std::string_view("\0\xFF,", 3));
        EXPECT_EQ(kept.lists, "");
        return true;
    });
    EXPECT_EQ(publications(*store, 2), "2:2 3:3 ");
    EXPECT_EQ(publications(*store, 2, 3, true), "3:3 2:2 ");
    EXPECT_EQ(store->find({3}), 3u);
    EXPECT_EQ(store->find({4}), 0u);
    EXPECT_TRUE(reports.empty()) << reports[0];
}

TEST_F(HistorySqliteTest, NothingWaitsForAFileThatIsLocked) {
    const auto store = open();
    store->append(entry(1));
    store->flush();
    writer->wait_until_written();
    {
        const Locked lock(file());
        store->append(entry(2));
        store->flush();
        store->append(entry(3));
        EXPECT_EQ(publications(*store), "1:1 2:2 3:3 ") << "one in the file, one with the writer, one not sent yet";
        EXPECT_EQ(publications(*store, 1, 3, true), "3:3 2:2 1:1 ");
        EXPECT_EQ(publications(*store, 2, 2), "2:2 ");
        EXPECT_EQ(store->find({1}), 1u);
        EXPECT_EQ(store->find({3}), 3u);
        EXPECT_EQ(store->events(), 3u);
        EXPECT_EQ(store->bytes(), 3 * entry(1).bytes());
        EXPECT_GT(writer->queued_bytes(), 0u);
    }
    store->flush();
    writer->wait_until_written();
    EXPECT_EQ(writer->queued_bytes(), 0u);
    EXPECT_EQ(publications(*store), "1:1 2:2 3:3 ");
    SqliteFile reader(file());
    SqliteStatement row(reader, "SELECT COUNT(*) FROM history_event");
    row.step();
    EXPECT_EQ(row.integer(0), 3);
    EXPECT_TRUE(reports.empty()) << reports[0];
}

TEST_F(HistorySqliteTest, ReopenedHistorySeesWhatTheWriterHasNotWritten) {
    auto store = open();
    const Locked lock(file());
    store->append(entry(1));
    store.reset();
    rule.events_max = 2;  // an edit of the rule
    store = open();
    EXPECT_EQ(publications(*store), "1:1 ");
    store->append(entry(2));
    store->append(entry(3));
    EXPECT_EQ(publications(*store), "2:2 3:3 ");
    rule.bytes_max = entry(3).bytes();
    store = open();
    EXPECT_EQ(publications(*store), "3:3 ");
    EXPECT_EQ(store->find({2}), 0u);
}

TEST_F(HistorySqliteTest, FullQueueLosesTheNewestAndCountsThem) {
    queue_max = 3 * entry(1).bytes();  // exactly full, and one beyond
    const auto store = open();
    writer->wait_until_written();
    {
        const Locked lock(file());
        for (std::uint64_t id = 1; id <= 5; ++id) store->append(entry(id));
        EXPECT_EQ(writer->lost(), 2u);
        ASSERT_EQ(reports.size(), 1u) << "said once";
        EXPECT_NE(reports[0].find("queue is full"), std::string::npos);
        EXPECT_EQ(publications(*store), "1:1 2:2 3:3 ");
        store->flush();
    }
    writer->wait_until_written();
    store->append(entry(6));
    EXPECT_EQ(publications(*store), "1:1 2:2 3:3 4:6 ") << "positions have no gap";
    EXPECT_EQ(writer->lost(), 2u);
}

TEST_F(HistorySqliteTest, FileThatCannotBeWrittenIsTriedAgain) {
    const auto store = open();
    writer->wait_until_written();
    {
        SqliteFile other(file());
        other.run("ALTER TABLE history_event RENAME TO hidden");
        store->append(entry(1));
        store->flush();
        const auto received = [&](std::size_t count) {
            for (;;) {
                {
                    const std::lock_guard lock(mutex);
                    if (troubles.size() >= count) return;
                }
                std::this_thread::yield();
            }
        };
        received(1);
        EXPECT_NE(troubles[0], "");
        other.run("ALTER TABLE hidden RENAME TO history_event");
        received(2);
    }
    EXPECT_EQ(troubles[1], "") << "it works again";
    writer->wait_until_written();
    EXPECT_EQ(publications(*store), "1:1 ");
    EXPECT_EQ(writer->lost(), 0u);
}

TEST_F(HistorySqliteTest, WhatTheFileDoesNotTakeAtTheEndIsCounted) {
    auto store = open();
    writer->wait_until_written();
    SqliteFile other(file());
    other.run("DROP TABLE history_event");
    store->append(entry(1));
    store.reset();
    stop();
    ASSERT_FALSE(troubles.empty());
    EXPECT_EQ(troubles.back(), "1 events are lost with the end of the router");
}

TEST_F(HistorySqliteTest, IsBoundedByCountBytesAndAge) {
    rule.events_max = 3;
    rule.age_max = 10s;
    {
        const auto store = open();
        for (std::uint64_t id = 1; id <= 5; ++id) store->append(entry(id, static_cast<WallMs>(id) * 1'000));
        EXPECT_EQ(publications(*store), "3:3 4:4 5:5 ");
        store->expire(13'001);
        EXPECT_EQ(publications(*store), "4:4 5:5 ");
        store->flush();
        writer->wait_until_written();
        store->expire(13'001);
        writer->wait_until_written();
        EXPECT_EQ(publications(*store), "4:4 5:5 ");
        EXPECT_EQ(store->events(), 2u);
        EXPECT_EQ(store->bytes(), 2 * entry(1).bytes());
    }
    stop();
    rule.bytes_max = entry(1).bytes();  // somebody changed the configuration
    const auto store = open();
    writer->wait_until_written();
    EXPECT_EQ(publications(*store), "5:5 ");
    store->append(entry(6, 5'000, std::string(1000, 'x')));
    EXPECT_EQ(publications(*store), "") << "what is left would not be the latest";
    store->flush();
    writer->wait_until_written();
    EXPECT_EQ(publications(*store), "");
    EXPECT_EQ(store->bytes(), 0u);
}

TEST_F(HistorySqliteTest, IsEachRealmsAndEachPatternsOwn) {
    const auto one = open("one");
    one->append(entry(1));
    one->flush();
    EXPECT_EQ(publications(*open("two")), "");
    rule.match = Match::prefix;
    EXPECT_EQ(publications(*open("one")), "");
    rule.match = Match::exact;
    EXPECT_EQ(publications(*open("one")), "1:1 ");
}

TEST_F(HistorySqliteTest, WritesManyAtOnceAndNoneIsLost) {
    rule.events_max = 10'000;
    const auto store = open();
    for (std::uint64_t id = 1; id <= 1'000; ++id) store->append(entry(id));
    std::uint64_t next = 1;
    store->walk(1, ~0ull, false, [&](const HistoryEntry& kept) {
        EXPECT_EQ(kept.publication.value, next++);
        return true;
    });
    EXPECT_EQ(next, 1'001u);
}

TEST_F(HistorySqliteTest, ReportsAFileThatCannotBeUsed) {
    std::ofstream(folder + "/h.db") << "this is no database, and long enough to be seen as none by anybody who looks";
    SqliteHistories stores(folder + "/h.db", "realm1", [this](std::string_view why) { reports.emplace_back(why); }, writer);
    const OpenedHistory damaged = stores.open(rule);
    EXPECT_TRUE(damaged.failed);
    EXPECT_EQ(damaged.store, nullptr);
    ASSERT_EQ(reports.size(), 1u);
    EXPECT_NE(reports[0].find("\"a.b\" stay in memory: "), std::string::npos) << reports[0];
    std::filesystem::remove(folder + "/h.db");
    EXPECT_TRUE(stores.open(rule).store) << "once it can be used, it is";
    rule.kind = HistoryKind::memory;
    const OpenedHistory memory = stores.open(rule);
    EXPECT_EQ(memory.store, nullptr) << "in memory is not its business";
    EXPECT_FALSE(memory.failed);
}

TEST_F(HistorySqliteTest, ReportsAFolderThatIsNotThere) {
    SqliteHistories stores(folder + "/nothing/h.db", "realm1", [this](std::string_view why) { reports.emplace_back(why); });
    EXPECT_TRUE(stores.open(rule).failed);
    EXPECT_EQ(reports.size(), 1u);
}

}  // namespace
}  // namespace heddle
