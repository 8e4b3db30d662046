// Where event histories stand: the store in memory, dates, and when a store is flushed.
#include "realms/history.hpp"

#include <gtest/gtest.h>

#include "realms/wall_clock.hpp"
#include "tests/realms/script.hpp"

namespace heddle::test {
namespace {

using namespace std::chrono_literals;

HistoryRule rule_for(std::string_view uri) {
    HistoryRule rule;
    rule.uri = uri;
    return rule;
}
HistoryEntry entry(std::uint64_t publication, WallMs time = 0, std::string_view event = "event") {
    return {0, time, {publication}, "topic", event, "lists"};
}
std::string publications(const HistoryStore& store, std::uint64_t first = 1, std::uint64_t last = ~0ull,
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

TEST(HistoryInMemory, KeepsTheNewestUpToItsCount) {
    HistoryRule rule;
    rule.events_max = 3;
    HistoryInMemory store(rule);
    for (std::uint64_t id = 101; id <= 105; ++id) store.append(entry(id));
    EXPECT_EQ(publications(store), "3:103 4:104 5:105 ");
    EXPECT_EQ(publications(store, 4), "4:104 5:105 ");
    EXPECT_EQ(publications(store, 1, 4, true), "4:104 3:103 ");
    EXPECT_EQ(publications(store, 6), "");
    EXPECT_EQ(store.find({104}), 4u);
    EXPECT_EQ(store.find({101}), 0u);
    EXPECT_EQ(store.events(), 3u);
}

TEST(HistoryInMemory, KeepsTheNewestUpToItsBytesAndNothingOlderThanWhatIsTooLarge) {
    HistoryRule rule;
    rule.bytes_max = 2 * entry(1).bytes();
    HistoryInMemory store(rule);
    for (std::uint64_t id = 1; id <= 3; ++id) store.append(entry(id));
    EXPECT_EQ(publications(store), "2:2 3:3 ");
    EXPECT_EQ(store.bytes(), rule.bytes_max);
    store.append(entry(4, 0, std::string(1000, 'x')));
    EXPECT_EQ(publications(store), "");
    EXPECT_EQ(store.bytes(), 0u);
}

TEST(HistoryInMemory, KeepsNothingOlderThanItsAge) {
    HistoryRule rule;
    rule.age_max = 10s;
    HistoryInMemory store(rule);
    store.append(entry(1, 1'000));
    store.append(entry(2, 11'000));
    EXPECT_EQ(publications(store), "1:1 2:2 ");
    store.append(entry(3, 11'001));
    EXPECT_EQ(publications(store), "2:2 3:3 ");
    store.expire(21'001);
    EXPECT_EQ(publications(store), "3:3 ");
}

TEST(Dates, AreReadInEveryFormOfRfc3339) {
    EXPECT_EQ(read_date("1970-01-01T00:00:00Z"), 0);
    EXPECT_EQ(read_date("2026-11-21T10:12:04.118Z"), read_date("2026-11-21t11:12:04.1189+01:00"));
    EXPECT_EQ(date_text(*read_date("2026-11-21T10:12:04.118Z")), "2026-11-21T10:12:04.118Z");
    EXPECT_EQ(date_text(*read_date("1969-12-31T23:59:59.999-00:30")), "1970-01-01T00:29:59.999Z");
    for (const char* wrong :
         {"", "2026", "2026-02-30T00:00:00Z", "2026-11-21", "2026-11-21T10:12:04", "2026-11-21T25:00:00Z",
          "2026-11-21T10:12:04.Z", "2026-11-21T10:12:04Zx", "2026-11-21T10:12:04+1:00"})
        EXPECT_EQ(read_date(wrong), std::nullopt) << wrong;
}

/// A store that wants to be flushed, and counts how often it was.
class SlowStores final : public HistoryStores {
 public:
    OpenedHistory open(const HistoryRule& rule) noexcept override {
        class Slow final : public HistoryStore {
         public:
            Slow(const HistoryRule& rule, int& flushes) : kept_(rule), flushes_(flushes) {}
            bool append(const HistoryEntry& entry) override { return kept_.append(entry), true; }
            void expire(WallMs now) override { kept_.expire(now); }
            std::uint64_t find(PublicationId id) const override { return kept_.find(id); }
            void walk(std::uint64_t first, std::uint64_t last, bool reverse,
                      FunctionRef<bool(const HistoryEntry&)> visit) const override {
                kept_.walk(first, last, reverse, visit);
            }
            void flush() override { ++flushes_; }
            std::size_t events() const override { return kept_.events(); }
            std::size_t bytes() const override { return kept_.bytes(); }

         private:
            HistoryInMemory kept_;
            int& flushes_;
        };
        if (rule.kind != HistoryKind::sqlite) return {};
        if (failing) return {nullptr, true};
        return {std::make_unique<Slow>(rule, flushes), false};
    }
    int flushes = 0;
    bool failing = false;  // the file cannot be opened
};

class Nobody final : public Egress {
    Delivery send(EndpointId, const Message&) override { return Delivery::queued; }
    void event(const Event&, std::span<const EndpointId>, EndpointId) override {}
    void detached(EndpointId, CloseReason) override {}
    void close(EndpointId, CloseReason) override {}
};

/// A realm with one history in a file that can, or cannot, be opened.
struct HistoryInAFile : testing::Test {
    void begin() {
        realm = std::make_unique<Realm>(settings, entropy, &stores);
        realm->on_message({0, 1}, hello(), now, out);
    }
    void publish() { realm->on_message({0, 1}, test::publish(++request, "a.b", "[1]"), now, out); }
    void edit(HistoryKind kind, std::size_t events_max) {
        settings.histories[0].kind = kind;
        settings.histories[0].events_max = events_max;
        realm->apply(settings, now, out);
    }
    std::size_t kept() const { return realm->counts().history_events; }
    bool in_file() {  // only a file wants to be flushed
        publish();
        return realm->next_deadline() != TimePoint::max();
    }

    HistoryInAFile() {
        settings.histories = {rule_for("a.b")};
        settings.histories[0].kind = HistoryKind::sqlite;
    }
    RealmSettings settings = open_realm();
    CountedEntropy entropy;
    SlowStores stores;
    Nobody out;
    std::unique_ptr<Realm> realm;
    const TimePoint now{1h};
    std::uint64_t request = 0;
};

TEST_F(HistoryInAFile, StaysInMemoryWhereTheFileCannotBeOpened) {
    stores.failing = true;
    begin();
    EXPECT_FALSE(in_file());
    EXPECT_EQ(kept(), 1u);
    stores.failing = false;
    realm->apply(settings, now, out);
    EXPECT_TRUE(in_file()) << "the next edit tries again";
    EXPECT_EQ(kept(), 2u) << "what was kept meanwhile moved there";
}

TEST_F(HistoryInAFile, AnEditThatCannotOpenItLosesNothing) {
    begin();
    for (int i = 0; i < 3; ++i) publish();
    stores.failing = true;
    edit(HistoryKind::sqlite, 2);
    EXPECT_EQ(kept(), 3u) << "goes on as it was";
    EXPECT_TRUE(in_file());
    EXPECT_EQ(kept(), 4u);
    edit(HistoryKind::memory, 10);
    EXPECT_EQ(kept(), 4u) << "memory can always be had";
    edit(HistoryKind::sqlite, 10);
    EXPECT_EQ(kept(), 4u) << "still in memory";
    publish();
    EXPECT_EQ(kept(), 5u);
}

TEST(HistoryOutsideOfTheRealm, IsFlushedSoonAfterAPublicationAndNotWithoutOne) {
    RealmSettings settings = open_realm();
    settings.histories = {rule_for("a.b"), rule_for("a.c")};
    settings.histories[0].kind = HistoryKind::sqlite;
    CountedEntropy entropy;
    SlowStores stores;
    Nobody out;
    Realm realm(settings, entropy, &stores);
    const TimePoint now{1h};
    realm.on_message({0, 1}, hello(), now, out);
    realm.on_message({0, 1}, test::publish(1, "a.c", "[1]"), now, out);
    EXPECT_EQ(realm.next_deadline(), TimePoint::max()) << "what is in memory needs none";
    realm.on_message({0, 1}, test::publish(2, "a.b", "[1]"), now, out);
    realm.on_message({0, 1}, test::publish(3, "a.b", "[2]"), now + 50ms, out);
    EXPECT_EQ(realm.next_deadline(), now + 100ms);
    realm.on_tick(now + 99ms, out);
    EXPECT_EQ(stores.flushes, 0);
    realm.on_tick(now + 100ms, out);
    EXPECT_EQ(stores.flushes, 1);
    EXPECT_EQ(realm.next_deadline(), TimePoint::max());
    EXPECT_EQ(realm.counts().history_events, 3u);
}

}  // namespace
}  // namespace heddle::test
