#include "router/history_sqlite.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <utility>

#include "router/history_writer.hpp"
#include "router/sqlite_file.hpp"

namespace heddle {
namespace {

constexpr std::size_t unsent_max = 256, unsent_bytes_max = std::size_t{1} << 20;
constexpr int read_wait_ms = 20;  // readers of a WAL file need not wait, but for its recovery after a crash

/// SQLite's integers have a sign; positions and sizes never come near it.
std::int64_t signed_of(std::uint64_t value) {
    return static_cast<std::int64_t>(
        std::min<std::uint64_t>(value, static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())));
}

class HistorySqlite final : public HistoryStore {
 public:
    HistorySqlite(std::shared_ptr<SqliteFile> file, std::shared_ptr<HistoryWriter> writer, const HistoryRule& rule,
                  const std::string& realm, SqliteHistories::Report report)
        : file_(std::move(file)),
          writer_(std::move(writer)),
          state_(writer_->state_of(realm, rule.match, rule.uri)),
          rule_(rule),
          report_(std::move(report)) {
        if (!state_->loaded) load();
        send();  // the writer counts what the file has, and trims it where the rule became smaller
    }
    ~HistorySqlite() override { send(); }

    bool append(const HistoryEntry& entry) override {
        HistoryState& s = *state_;
        forget_written();
        if (!writer_->reserve(entry.bytes())) {
            report("events come faster than they can be written, and the queue is full");
            return s.unsent != 0;
        }
        s.queued.push_back(std::make_shared<const QueuedEvent>(
            QueuedEvent{++s.last, entry.time, entry.publication, std::string(entry.topic), std::string(entry.event),
                        std::string(entry.lists)}));
        ++s.unsent;
        s.unsent_bytes += entry.bytes();
        if (s.unsent >= unsent_max || s.unsent_bytes >= unsent_bytes_max) send();
        return s.unsent != 0;
    }

    /// Hands over to the writer; does not wait for it.
    void flush() override {
        if (state_->unsent != 0) send();
    }

    void expire(WallMs now) override {
        if (rule_.age_max.count() == 0) return;
        not_before_ = now - rule_.age_max.count();
        const WallMs oldest = state_->oldest;
        const bool told = oldest < std::exchange(expired_, not_before_);  // the writer has not come to it yet
        if (!told && oldest < not_before_) send();
    }

    std::uint64_t find(PublicationId publication) const override {
        forget_written();
        const auto& queued = state_->queued;
        const auto same = [&](const auto& event) { return event->publication == publication; };
        if (const auto found = std::find_if(queued.rbegin(), queued.rend(), same); found != queued.rend())
            return (*found)->position >= first() && (*found)->time >= not_before_ ? (*found)->position : 0;
        std::uint64_t position = 0;
        quietly([&] {
            if (!has_id()) return;
            find_.reset().put(id_).put(signed_of(publication.value));
            if (find_.step() && find_.integer(1) >= not_before_) position = static_cast<std::uint64_t>(find_.integer(0));
            find_.reset();
        });
        return position >= first() ? position : 0;
    }

    void walk(std::uint64_t from, std::uint64_t to, bool reverse,
              FunctionRef<bool(const HistoryEntry&)> visit) const override {
        forget_written();
        from = std::max(from, first());
        to = std::min(to, state_->last);
        if (from > to) return;
        // The writer goes on while we read. What is in memory now is read from there, the rest from the file.
        const Queued& queued = state_->queued;
        const std::uint64_t in_file = queued.empty() ? to : std::min(to, queued.front()->position - 1);
        if (reverse) {
            if (walk_queued(queued, from, to, true, visit)) walk_file(from, in_file, true, visit);
        } else {
            if (walk_file(from, in_file, false, visit)) walk_queued(queued, from, to, false, visit);
        }
    }

    std::size_t events() const override {
        forget_written();
        return std::min(state_->events + state_->queued.size(), rule_.events_max);
    }
    std::size_t bytes() const override {
        forget_written();
        std::size_t sum = state_->bytes;
        for (const auto& event : state_->queued) sum += event->bytes();
        return std::min(sum, rule_.bytes_max);
    }

 private:
    using Queued = std::deque<std::shared_ptr<const QueuedEvent>>;
    using Visit = FunctionRef<bool(const HistoryEntry&)>;

    /// The first position that the bounds allow, as far as that is known here: what the file has too
    /// much of by size goes when the writer has counted it.
    std::uint64_t first() const {
        const HistoryState& s = *state_;
        std::uint64_t first = s.last >= rule_.events_max ? s.last - rule_.events_max + 1 : 1;
        std::size_t sum = 0;
        for (auto event = s.queued.rbegin(); event != s.queued.rend() && (*event)->position >= first; ++event) {
            sum += (*event)->bytes();
            if (sum > rule_.bytes_max) return (*event)->position + 1;
        }
        return first;
    }

    void load() {
        if (has_id()) {
            SqliteStatement row(*file_, "SELECT IFNULL(MAX(position), 0) FROM history_event WHERE history = ?");
            row.put(id_).step();
            state_->last = static_cast<std::uint64_t>(row.integer(0));
        }
        state_->loaded = true;
    }

    void send() {
        HistoryState& s = *state_;
        forget_written();
        HistoryWriter::Job job{state_, {s.queued.end() - static_cast<std::ptrdiff_t>(s.unsent), s.queued.end()},
                               {rule_.events_max, rule_.bytes_max, not_before_}};
        s.unsent = s.unsent_bytes = 0;
        writer_->write(std::move(job));
    }

    /// Is the history in the file? It gets its key there from the writer.
    bool has_id() const {
        if (id_ != 0) return true;
        SqliteStatement row(*file_, "SELECT id FROM history WHERE realm = ? AND match = ? AND uri = ?");
        row.put(std::string_view(state_->realm)).put(static_cast<std::int64_t>(state_->match));
        row.put(std::string_view(state_->uri));
        if (row.step()) id_ = row.integer(0);
        return id_ != 0;
    }

    void forget_written() const {
        HistoryState& s = *state_;
        const std::uint64_t written = s.written.load(std::memory_order_acquire);
        while (!s.queued.empty() && s.queued.front()->position <= written) s.queued.pop_front();
    }

    /// These two return false when `visit` wants no more.
    bool walk_queued(const Queued& queued, std::uint64_t from, std::uint64_t to, bool reverse, Visit visit) const {
        const auto tell = [&](const std::shared_ptr<const QueuedEvent>& event) {
            if (event->position < from || event->position > to || event->time < not_before_) return true;
            return visit({event->position, event->time, event->publication, event->topic, event->event, event->lists});
        };
        return reverse ? std::all_of(queued.rbegin(), queued.rend(), tell)
                       : std::all_of(queued.begin(), queued.end(), tell);
    }
    bool walk_file(std::uint64_t from, std::uint64_t to, bool reverse, Visit visit) const {
        bool more = true;
        if (from > to) return more;
        quietly([&] {
            if (!has_id()) return;
            SqliteStatement& rows = reverse ? down_ : up_;
            rows.reset().put(id_).put(signed_of(from)).put(signed_of(to));
            while (more && rows.step()) {
                if (rows.integer(1) < not_before_) continue;
                more = visit({static_cast<std::uint64_t>(rows.integer(0)), rows.integer(1),
                              {static_cast<std::uint64_t>(rows.integer(2))}, rows.bytes(3), rows.bytes(4),
                              rows.bytes(5)});
            }
            rows.reset();
        });
        return more;
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

    const std::shared_ptr<SqliteFile> file_;  // for reading
    const std::shared_ptr<HistoryWriter> writer_;
    const std::shared_ptr<HistoryState> state_;
    const HistoryRule rule_;
    const SqliteHistories::Report report_;
    WallMs not_before_ = std::numeric_limits<WallMs>::min();  // older events are not shown any more
    WallMs expired_ = std::numeric_limits<WallMs>::min();     // what the writer was told of that last
    mutable std::int64_t id_ = 0;
    mutable bool reported_ = false;

    mutable SqliteStatement find_{*file_, "SELECT position, time FROM history_event WHERE history = ? AND publication = ?"};
    mutable SqliteStatement up_{*file_,
                                "SELECT position, time, publication, topic, event, lists FROM history_event "
                                "WHERE history = ? AND position BETWEEN ? AND ? ORDER BY position"};
    mutable SqliteStatement down_{*file_,
                                  "SELECT position, time, publication, topic, event, lists FROM history_event "
                                  "WHERE history = ? AND position BETWEEN ? AND ? ORDER BY position DESC"};
};

}  // namespace

SqliteHistories::SqliteHistories(std::string file, std::string realm, Report report,
                                 std::shared_ptr<HistoryWriter> writer)
    : file_(std::move(file)), realm_(std::move(realm)), report_(std::move(report)), writer_(std::move(writer)) {}
SqliteHistories::~SqliteHistories() = default;

OpenedHistory SqliteHistories::open(const HistoryRule& rule) noexcept {
    if (rule.kind != HistoryKind::sqlite) return {};
    try {
        if (!open_) {
            auto file = std::make_shared<SqliteFile>(file_);
            make_history_tables(*file);  // there already, unless the writer has not come to it yet
            sqlite3_busy_timeout(file->handle(), read_wait_ms);
            open_ = std::move(file);  // only now: one without tables would never get them
        }
        if (!writer_) writer_ = std::make_shared<HistoryWriter>(file_);
        return {std::make_unique<HistorySqlite>(open_, writer_, rule, realm_, report_), false};
    } catch (const std::exception& error) {
        report_("the events of \"" + rule.uri + "\" stay in memory: " + error.what());
        return {nullptr, true};
    }
}

}  // namespace heddle
