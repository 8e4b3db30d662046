// Histories in a SQLite file: as those in memory, and there after a restart.
#include "router/history_sqlite.hpp"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <vector>

namespace heddle {
namespace {

using namespace std::chrono_literals;

class HistorySqliteTest : public testing::Test {
 protected:
    HistorySqliteTest() {
        std::string name = (std::filesystem::temp_directory_path() / "heddle-XXXXXX").string();
        folder = ::mkdtemp(name.data());
        rule.uri = "a.b";
        rule.kind = HistoryKind::sqlite;
    }
    ~HistorySqliteTest() override { std::filesystem::remove_all(folder); }

    std::unique_ptr<HistoryStore> open(const std::string& realm = "realm1") {
        return SqliteHistories(folder + "/h.db", realm, [this](std::string_view why) { reports.emplace_back(why); })
            .open(rule)
            .store;
    }
    static HistoryEntry entry(std::uint64_t publication, WallMs time = 0, std::string_view event = "event") {
        return {0, time, {publication}, "topic", event, "lists"};
    }
    static std::string publications(HistoryStore& store, std::uint64_t first = 1, std::uint64_t last = ~0ull,
                                    bool reverse = false) {
        store.flush();
        std::string all;
        store.walk(first, last, reverse, [&](const HistoryEntry& kept) {
            all += std::to_string(kept.position) + ":" + std::to_string(kept.publication.value) + " ";
            EXPECT_EQ(kept.topic, "topic");
            EXPECT_EQ(kept.lists, "lists");
            return true;
        });
        return all;
    }

    std::string folder;
    HistoryRule rule;
    std::vector<std::string> reports;
};

TEST_F(HistorySqliteTest, IsThereAfterARestartAndGoesOn) {
    {
        const auto store = open();
        const std::string bytes("\0\xFF,", 3);
        EXPECT_TRUE(store->append({0, 1'700'000'000'000, {id_max}, "topic", bytes, {}})) << "it asks to be flushed";
        store->append(entry(2));
    }
    const auto store = open();
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

TEST_F(HistorySqliteTest, IsBoundedByCountBytesAndAge) {
    rule.events_max = 3;
    rule.age_max = 10s;
    {
        const auto store = open();
        for (std::uint64_t id = 1; id <= 5; ++id) store->append(entry(id, static_cast<WallMs>(id) * 1'000));
        EXPECT_EQ(publications(*store), "3:3 4:4 5:5 ");
        store->expire(13'001);
        EXPECT_EQ(publications(*store), "4:4 5:5 ");
        EXPECT_EQ(store->events(), 2u);
        EXPECT_EQ(store->bytes(), 2 * entry(1).bytes());
    }
    rule.bytes_max = entry(1).bytes();  // somebody changed the configuration
    const auto store = open();
    EXPECT_EQ(publications(*store), "5:5 ");
    store->append(entry(6, 5'000, std::string(1000, 'x')));
    EXPECT_EQ(publications(*store), "") << "what is left would not be the latest";
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
    store->flush();
    std::uint64_t next = 1;
    store->walk(1, ~0ull, false, [&](const HistoryEntry& kept) {
        EXPECT_EQ(kept.publication.value, next++);
        return true;
    });
    EXPECT_EQ(next, 1'001u);
}

TEST_F(HistorySqliteTest, ReportsAFileThatCannotBeUsed) {
    std::ofstream(folder + "/h.db") << "this is no database, and long enough to be seen as none by anybody who looks";
    SqliteHistories stores(folder + "/h.db", "realm1", [this](std::string_view why) { reports.emplace_back(why); });
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
