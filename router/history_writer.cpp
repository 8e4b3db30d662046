#include "router/history_writer.hpp"

#include <stdexcept>
#include <utility>

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
constexpr std::size_t transaction_bytes = std::size_t{1} << 20;  // then other writers of the file have a turn
constexpr std::size_t removals_max = 10'000;                          // in one transaction, as above
constexpr std::chrono::seconds retry_after{1};

std::size_t bytes_of(const HistoryWriter::Job& job) {
    std::size_t sum = 0;
    for (const auto& event : job.events) sum += event->bytes();
    return sum;
}

}  // namespace

void make_history_tables(SqliteFile& file) { file.run(tables); }

/// What the file has of a history. Becomes the state's own with the commit.
struct Tally {
    std::int64_t id = 0;
    std::size_t events = 0, bytes = 0;
    WallMs oldest = std::numeric_limits<WallMs>::max();
    std::uint64_t written = 0;
};

/// The writer's connection and its statements.
struct HistoryWriter::File {
    explicit File(const std::string& path) : file(path) {}

    Tally look(const HistoryState& history) {
        if (history.counted) return {history.id, history.events, history.bytes, history.oldest, history.written};
        const auto match = static_cast<std::int64_t>(history.match);
        name.reset().put(std::string_view(history.realm)).put(match).put(std::string_view(history.uri)).step();
        key.reset().put(std::string_view(history.realm)).put(match).put(std::string_view(history.uri)).step();
        Tally tally;
        tally.id = key.integer(0);
        tally.written = history.written;
        key.reset();
        sum.reset().put(tally.id).step();
        tally.events = static_cast<std::size_t>(sum.integer(0));
        tally.bytes = static_cast<std::size_t>(sum.integer(1));
        sum.reset();
        return tally;
    }

    void insert_all(const Job& job, Tally& tally) {
        for (const auto& event : job.events) {
            insert.reset().put(tally.id).put(static_cast<std::int64_t>(event->position)).put(event->time);
            insert.put(static_cast<std::int64_t>(event->publication.value)).put(std::string_view(event->topic));
            insert.put(std::string_view(event->event)).put(std::string_view(event->lists));
            insert.put(static_cast<std::int64_t>(event->bytes())).step();
            ++tally.events;
            tally.bytes += event->bytes();
            tally.written = event->position;
        }
        insert.reset();
    }

    /// The oldest events go. False: not all that has to go is gone.
    bool trim(const HistoryBounds& bounds, Tally& tally) {
        for (std::size_t removed = 0;; ++removed) {
            oldest.reset().put(tally.id);
            const bool any = oldest.step();
            const std::int64_t position = any ? oldest.integer(0) : 0;
            const auto bytes = any ? static_cast<std::size_t>(oldest.integer(2)) : 0;
            tally.oldest = any ? oldest.integer(1) : std::numeric_limits<WallMs>::max();
            oldest.reset();
            const bool fits = tally.events <= bounds.events && tally.bytes <= bounds.bytes;
            if (!any || (fits && tally.oldest >= bounds.not_before)) return true;
            if (removed == removals_max) return false;
            remove.reset().put(tally.id).put(position).step();
            remove.reset();
            --tally.events;
            tally.bytes -= bytes;
        }
    }

    struct WithTables : SqliteFile {
        explicit WithTables(const std::string& path) : SqliteFile(path) { make_history_tables(*this); }
    };
    WithTables file;
    SqliteStatement name{file, "INSERT OR IGNORE INTO history(realm, match, uri) VALUES(?, ?, ?)"};
    SqliteStatement key{file, "SELECT id FROM history WHERE realm = ? AND match = ? AND uri = ?"};
    SqliteStatement sum{file, "SELECT COUNT(*), IFNULL(SUM(bytes), 0) FROM history_event WHERE history = ?"};
    SqliteStatement insert{file, "INSERT OR REPLACE INTO history_event VALUES(?, ?, ?, ?, ?, ?, ?, ?)"};
    SqliteStatement oldest{file,
                           "SELECT position, time, bytes FROM history_event WHERE history = ? ORDER BY position LIMIT 1"};
    SqliteStatement remove{file, "DELETE FROM history_event WHERE history = ? AND position = ?"};
};

HistoryWriter::HistoryWriter(std::string file, Trouble trouble, std::size_t bytes_max)
    : file_(std::move(file)), trouble_(std::move(trouble)), bytes_max_(bytes_max), busy_(true), thread_([this] { run(); }) {
    wait_until_written();
}

HistoryWriter::~HistoryWriter() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    thread_.join();
}

bool HistoryWriter::reserve(std::size_t bytes) {
    std::size_t now = queued_bytes_;
    while (now + bytes <= bytes_max_)
        if (queued_bytes_.compare_exchange_weak(now, now + bytes)) return true;
    ++lost_;
    return false;
}

void HistoryWriter::write(Job job) {
    {
        const std::lock_guard lock(mutex_);
        queue_.push_back(std::move(job));
    }
    changed_.notify_all();
}

std::shared_ptr<HistoryState> HistoryWriter::state_of(const std::string& realm, Match match, const std::string& uri) {
    const std::lock_guard lock(mutex_);
    if (states_.size() >= states_look_) {
        std::erase_if(states_, [](const auto& known) { return known.second.use_count() == 1; });  // neither used nor queued
        states_look_ = 2 * states_.size() + 64;
    }
    auto& state = states_[{realm, match, uri}];
    if (!state) state = std::make_shared<HistoryState>(realm, match, uri);
    return state;
}

void HistoryWriter::wait_until_written() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return queue_.empty() && !busy_; });
}

void HistoryWriter::run() {
    report(write_all({}));  // opens the file
    std::unique_lock lock(mutex_);
    busy_ = false;
    changed_.notify_all();
    for (;;) {
        changed_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
        if (queue_.empty()) return;
        std::vector<Job> batch = take_batch();
        busy_ = true;
        const bool last_try = stopping_;
        lock.unlock();
        const std::string why = write_all(batch);
        report(why);
        const bool again = !why.empty() && !last_try;
        if (why.empty()) release(batch);
        lock.lock();
        busy_ = false;
        if (!why.empty() && last_try) return lose(batch);
        if (again) {
            queue_.insert(queue_.begin(), std::make_move_iterator(batch.begin()), std::make_move_iterator(batch.end()));
            changed_.wait_for(lock, retry_after, [this] { return stopping_.load(); });
        }
        batch.clear();
        changed_.notify_all();
    }
}

/// As many jobs as go into one transaction; at least one.
std::vector<HistoryWriter::Job> HistoryWriter::take_batch() {
    std::vector<Job> batch;
    for (std::size_t bytes = 0; !queue_.empty() && bytes < transaction_bytes; queue_.pop_front()) {
        bytes += bytes_of(queue_.front());
        batch.push_back(std::move(queue_.front()));
    }
    return batch;
}

/// All of it or nothing. Returns why not.
std::string HistoryWriter::write_all(const std::vector<Job>& batch) {
    try {
        if (!open_) open_ = std::make_unique<File>(file_);
        if (batch.empty()) return {};
        std::map<HistoryState*, Tally> tallies;
        std::vector<Job> unfinished;
        open_->file.run("BEGIN IMMEDIATE");
        for (const Job& job : batch) {
            HistoryState* history = job.history.get();
            auto found = tallies.find(history);
            if (found == tallies.end()) found = tallies.emplace(history, open_->look(*history)).first;
            open_->insert_all(job, found->second);
            if (!open_->trim(job.bounds, found->second)) unfinished.push_back({job.history, {}, job.bounds});
        }
        open_->file.run("COMMIT");
        for (const auto& [history, tally] : tallies) {
            history->id = tally.id;
            history->counted = true;
            history->events = tally.events;
            history->bytes = tally.bytes;
            history->oldest = tally.oldest;
            history->written.store(tally.written, std::memory_order_release);
        }
        for (Job& job : unfinished) write(std::move(job));
        return {};
    } catch (const std::runtime_error& error) {
        const std::string why = error.what();
        if (open_ && !sqlite3_get_autocommit(open_->file.handle()))
            sqlite3_exec(open_->file.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
        return why.empty() ? "unknown error" : why;
    }
}

/// The end, and the file does not take it: the batch, and what waits behind it.
void HistoryWriter::lose(const std::vector<Job>& batch) {
    for (const Job& job : batch) lost_ += job.events.size();
    for (const Job& job : queue_) lost_ += job.events.size();
    queue_.clear();
    report(std::to_string(lost_) + " events are lost with the end of the router");
}

/// The places of its events are free.
void HistoryWriter::release(const std::vector<Job>& batch) {
    for (const Job& job : batch) queued_bytes_ -= bytes_of(job);
}

void HistoryWriter::report(const std::string& why) {
    if (why.empty() && !failing_) return;
    if (!why.empty() && failing_ && !stopping_) return;  // said once
    failing_ = !why.empty();
    if (trouble_) trouble_(why);
}

}  // namespace heddle
