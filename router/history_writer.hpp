#pragma once
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "realms/history.hpp"

namespace heddle {

class SqliteFile;

/// An event on its way to the file. Immutable: its realm's thread reads it while the writer writes it.
struct QueuedEvent {
    std::uint64_t position = 0;  // in its history
    WallMs time = 0;
    PublicationId publication;
    std::string topic, event, lists;
    std::size_t bytes() const { return topic.size() + event.size() + lists.size() + HistoryEntry::overhead; }
};

/// What a history may hold. The writer lets the oldest events go until it does.
struct HistoryBounds {
    std::size_t events = 0, bytes = 0;
    WallMs not_before = 0;  // older events go, too
};

/// One history, as long as it is in use or has events that are not in the file yet.
struct HistoryState {
    HistoryState(std::string of_realm, Match of_match, std::string of_uri)
        : realm(std::move(of_realm)), match(of_match), uri(std::move(of_uri)) {}

    const std::string realm;
    const Match match;
    const std::string uri;

    // Of the thread of its realm.
    bool loaded = false;                                    // `last` is known
    std::uint64_t last = 0;                                 // the last position that was given
    std::deque<std::shared_ptr<const QueuedEvent>> queued;  // not known to be in the file
    std::size_t unsent = 0, unsent_bytes = 0;               // of these, at the end: not with the writer yet

    // Written by the writer, for the thread of the realm.
    std::atomic<std::uint64_t> written{0};  // events up to this position are in the file
    std::atomic<std::size_t> events{0}, bytes{0};                         // in the file
    std::atomic<WallMs> oldest{std::numeric_limits<WallMs>::max()};       // time of the first event in the file

    // Of the writer alone.
    std::int64_t id = 0;   // the history's key in the file; 0: not known
    bool counted = false;  // `events` and `bytes` are right
};

/// Writes the histories of all realms to one SQLite file, on a thread of its own, so that no event
/// loop waits for the disk. What waits for it is bounded by `bytes_max`. While the file cannot be
/// written, events stay in the queue, where their realm can still read them, and the write is tried
/// again every second.
///
///   HistorySqlite::append --reserve--> HistoryState::queued --write--> queue_ --run--> the file
///                                            ^---------- written: positions that are in the file
class HistoryWriter {
 public:
    static constexpr std::size_t default_bytes_max = std::size_t{32} << 20;
    /// Hears on the writer's thread why writing fails, once, and an empty text when it works again. At
    /// the end it hears once more, what was lost.
    using Trouble = std::function<void(std::string_view why)>;

    /// Starts the thread and waits until it has tried to open the file and make its tables.
    explicit HistoryWriter(std::string file, Trouble trouble = {}, std::size_t bytes_max = default_bytes_max);
    /// Writes what is queued. What the file does not take then is lost, and counted.
    ~HistoryWriter();
    HistoryWriter(const HistoryWriter&) = delete;
    HistoryWriter& operator=(const HistoryWriter&) = delete;

    struct Job {
        std::shared_ptr<HistoryState> history;
        std::vector<std::shared_ptr<const QueuedEvent>> events;  // in the order of their positions
        HistoryBounds bounds;
    };

    // Any thread.
    /// Takes a place for an event in the queue. False: the queue is full; the event is counted as lost.
    bool reserve(std::size_t bytes);
    /// The events of the job have been reserved.
    void write(Job job);
    /// The state of a history, also when an earlier user of it is gone and its events still wait.
    std::shared_ptr<HistoryState> state_of(const std::string& realm, Match match, const std::string& uri);
    /// Waits until nothing is queued. For tests.
    void wait_until_written();
    std::uint64_t lost() const { return lost_; }
    std::size_t queued_bytes() const { return queued_bytes_; }

 private:
    struct File;

    void run();
    std::vector<Job> take_batch();
    std::string write_all(const std::vector<Job>& batch);
    void release(const std::vector<Job>& batch);
    void lose(const std::vector<Job>& batch);
    void report(const std::string& why);

    const std::string file_;
    const Trouble trouble_;
    const std::size_t bytes_max_;
    std::atomic<std::size_t> queued_bytes_ = 0;
    std::atomic<std::uint64_t> lost_ = 0;

    std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<Job> queue_;
    bool busy_;  // the thread has something in hand
    std::atomic<bool> stopping_ = false;
    std::map<std::tuple<std::string, Match, std::string>, std::shared_ptr<HistoryState>> states_;
    std::size_t states_look_ = 64;  // as many states: time to forget unused ones

    std::unique_ptr<File> open_;  // the thread's own, as the next one
    bool failing_ = false;
    std::thread thread_;  // last: it uses all of the above
};

/// Makes the tables of histories where they are missing. Throws std::runtime_error where it cannot.
void make_history_tables(SqliteFile& file);

}  // namespace heddle
