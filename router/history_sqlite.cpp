#include "router/history_sqlite.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <utility>
#include <vector>

#include "router/sqlite_file.hpp"

namespace heddle {
namespace {

constexpr const char* tables = R"(
CREATE TABLE IF NOT EXISTS history(
    id INTEGER PRIMARY KEY, realm BLOB NOT NULL, match INTEGER NOT NULL, uri BLOB NOT NULL, UNIQUE(realm, match, uri));
CREATE TABLE IF NOT EXISTS history_event(
    history INTEGER NOT NULL, position INTEGER NOT NULL, time INTEGER NOT NULL, publication INTEGER NOT NULL,
    topic BLOB NOT NULL, event BLOB NOT NULL, lists BLOB NOT NULL, bytes INTEGER NOT NULL,
    PRIMARY KEY(history, position)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS history_publication ON history_event(history, publication);
)";

/// SQLite's integers have a sign; positions and sizes never come near it.
std::int64_t signed_of(std::uint64_t value) {
    return static_cast<std::int64_t>(
        std::min<std::uint64_t>(value, static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())));
}

class HistorySqlite final : public HistoryStore {
 public:
    HistorySqlite(std::shared_ptr<SqliteFile> file, const std::string& realm, const HistoryRule& rule,
                  SqliteHistories::Report report)
        : file_(std::move(file)), rule_(rule), report_(std::move(report)), id_(id_of(realm)) {
        SqliteStatement sum(*file_,
                            "SELECT COUNT(*), IFNULL(SUM(bytes), 0), IFNULL(MAX(position), 0) "
                            "FROM history_event WHERE history = ?");
        sum.put(id_).step();
        events_ = static_cast<std::size_t>(sum.integer(0));
        bytes_ = static_cast<std::size_t>(sum.integer(1));
        last_ = static_cast<std::uint64_t>(sum.integer(2));
        guarded([&] { trim(); });  // the rule may have become smaller
    }
    ~HistorySqlite() override { flush(); }

    bool append(const HistoryEntry& entry) override {
        waiting_.push_back({entry.time, entry.publication, std::string(entry.topic), std::string(entry.event),
                            std::string(entry.lists)});
        waiting_bytes_ += entry.bytes();
        if (waiting_.size() >= waiting_max || waiting_bytes_ >= waiting_bytes_max) flush();
        return !waiting_.empty();
    }

    void flush() override {
        if (waiting_.empty()) return;
        guarded([&] {
            for (const Waiting& one : waiting_) write(one);
            trim();
        });
        waiting_.clear();
        waiting_bytes_ = 0;
    }

    void expire(WallMs now) override {
        flush();
        if (rule_.age_max.count() != 0) guarded([&] { drop_before(now - rule_.age_max.count()); });
    }

    std::uint64_t find(PublicationId publication) const override {
        std::uint64_t position = 0;
        quietly([&] {
            find_.reset().put(id_).put(signed_of(publication.value));
            if (find_.step()) position = static_cast<std::uint64_t>(find_.integer(0));
            find_.reset();
        });
        return position;
    }

    void walk(std::uint64_t first, std::uint64_t last, bool reverse,
              FunctionRef<bool(const HistoryEntry&)> visit) const override {
        quietly([&] {
            SqliteStatement& rows = reverse ? down_ : up_;
            rows.reset().put(id_).put(signed_of(first)).put(signed_of(last));
            while (rows.step()) {
                const HistoryEntry entry{static_cast<std::uint64_t>(rows.integer(0)),
                                         rows.integer(1),
                                         {static_cast<std::uint64_t>(rows.integer(2))},
                                         rows.bytes(3),
                                         rows.bytes(4),
                                         rows.bytes(5)};
                if (!visit(entry)) break;
            }
            rows.reset();
        });
    }

    std::size_t events() const override { return std::min(events_ + waiting_.size(), rule_.events_max); }
    std::size_t bytes() const override { return bytes_ + waiting_bytes_; }

 private:
    static constexpr std::size_t waiting_max = 256, waiting_bytes_max = std::size_t{1} << 20;
    struct Waiting {
        WallMs time;
        PublicationId publication;
        std::string topic, event, lists;
    };

    std::int64_t id_of(const std::string& realm) {
        const auto match = static_cast<std::int64_t>(rule_.match);
        SqliteStatement(*file_, "INSERT OR IGNORE INTO history(realm, match, uri) VALUES(?, ?, ?)")
            .put(std::string_view(realm))
            .put(match)
            .put(std::string_view(rule_.uri))
            .step();
        SqliteStatement row(*file_, "SELECT id FROM history WHERE realm = ? AND match = ? AND uri = ?");
        row.put(std::string_view(realm)).put(match).put(std::string_view(rule_.uri)).step();
        return row.integer(0);
    }

    /// All of it or nothing. What cannot be written is lost: a realm does not wait for a disk.
    template <class F>
    void guarded(F&& change) {
        const std::size_t events = events_, bytes = bytes_;
        const std::uint64_t last = last_;
        try {
            file_->run("BEGIN IMMEDIATE");
            change();
            file_->run("COMMIT");
        } catch (const std::runtime_error& error) {
            report(error.what());
            if (!sqlite3_get_autocommit(file_->handle()))
                sqlite3_exec(file_->handle(), "ROLLBACK", nullptr, nullptr, nullptr);
            events_ = events;
            bytes_ = bytes;
            last_ = last;
        }
    }
    template <class F>
    void quietly(F&& look) const {
        try {
            look();
        } catch (const std::runtime_error& error) {
            report(error.what());
        }
    }
    void report(std::string_view what) const {
        if (!std::exchange(reported_, true)) report_(what);
    }

    void write(const Waiting& one) {
        const std::size_t size = one.topic.size() + one.event.size() + one.lists.size() + HistoryEntry::overhead;
        insert_.reset().put(id_).put(signed_of(++last_)).put(one.time).put(signed_of(one.publication.value));
        insert_.put(std::string_view(one.topic)).put(std::string_view(one.event)).put(std::string_view(one.lists));
        insert_.put(signed_of(size)).step();
        insert_.reset();
        ++events_;
        bytes_ += size;
    }

    /// The oldest go until the newest fits.
    void trim() {
        while (events_ > 0 && (events_ > rule_.events_max || bytes_ > rule_.bytes_max)) {
            oldest_.reset().put(id_).put(id_).step();
            --events_;
            bytes_ -= static_cast<std::size_t>(oldest_.integer(0));
            oldest_.reset();
        }
    }
    void drop_before(WallMs time) {
        aged_.reset().put(id_).put(time);
        while (aged_.step()) {
            --events_;
            bytes_ -= static_cast<std::size_t>(aged_.integer(0));
        }
        aged_.reset();
    }

    std::shared_ptr<SqliteFile> file_;
    const HistoryRule rule_;
    const SqliteHistories::Report report_;
    const std::int64_t id_;
    std::size_t events_ = 0, bytes_ = 0;
    std::uint64_t last_ = 0;
    std::vector<Waiting> waiting_;
    std::size_t waiting_bytes_ = 0;
    mutable bool reported_ = false;

    SqliteStatement insert_{*file_, "INSERT INTO history_event VALUES(?, ?, ?, ?, ?, ?, ?, ?)"};
    SqliteStatement oldest_{*file_,
                            "DELETE FROM history_event WHERE history = ? AND position = "
                            "(SELECT MIN(position) FROM history_event WHERE history = ?) RETURNING bytes"};
    SqliteStatement aged_{*file_, "DELETE FROM history_event WHERE history = ? AND time < ? RETURNING bytes"};
    mutable SqliteStatement find_{*file_, "SELECT position FROM history_event WHERE history = ? AND publication = ?"};
    mutable SqliteStatement up_{*file_,
                                "SELECT position, time, publication, topic, event, lists FROM history_event "
                                "WHERE history = ? AND position BETWEEN ? AND ? ORDER BY position"};
    mutable SqliteStatement down_{*file_,
                                  "SELECT position, time, publication, topic, event, lists FROM history_event "
                                  "WHERE history = ? AND position BETWEEN ? AND ? ORDER BY position DESC"};
};

}  // namespace

SqliteHistories::SqliteHistories(std::string file, std::string realm, Report report)
    : file_(std::move(file)), realm_(std::move(realm)), report_(std::move(report)) {}
SqliteHistories::~SqliteHistories() = default;

OpenedHistory SqliteHistories::open(const HistoryRule& rule) noexcept {
    if (rule.kind != HistoryKind::sqlite) return {};
    try {
        if (!open_) {
            auto file = std::make_shared<SqliteFile>(file_);
            file->run(tables);
            open_ = std::move(file);  // only now: one without tables would never get them
        }
        return {std::make_unique<HistorySqlite>(open_, realm_, rule, report_), false};
    } catch (const std::exception& error) {
        report_("the events of \"" + rule.uri + "\" stay in memory: " + error.what());
        return {nullptr, true};
    }
}

}  // namespace heddle
