#include "router/folding_log.hpp"

#include <algorithm>
#include <utility>

namespace heddle {
namespace {

/// Which of many, not why.
bool tells_whom(std::string_view field) {
    return field == "from" || field == "session" || field == "at" || field == "authid" || field == "retry";
}

bool folds(LogLevel level, std::string_view event) {
    // Uplinks have a pace of their own (retry).
    const bool each = event.starts_with("session.") || event.starts_with("uplink.");
    return event == "auth.fail" || (level >= LogLevel::warn && !each);
}

std::string key_of(std::string_view event, std::span<const LogField> fields) {
    std::string key(event);
    for (const LogField& field : fields)
        if (!tells_whom(field.name)) (key += '\n') += field.value;
    return key;
}

}  // namespace

FoldingLog::FoldingLog(Log& to, std::chrono::milliseconds window)
    : to_(to), window_(window), thread_([this](const std::stop_token& stop) { run(stop); }) {}

FoldingLog::~FoldingLog() {
    thread_.request_stop();
    changed_.notify_all();
    thread_.join();
    write_due(Clock::time_point::max());
}

void FoldingLog::put(LogLevel level, std::string_view event, std::span<const LogField> fields) {
    if (!folds(level, event)) return to_.put(level, event, fields);
    if (!to_.wants(level)) return;
    const std::scoped_lock lock(mutex_);
    const Clock::time_point now = Clock::now();
    std::string key = key_of(event, fields);
    if (const auto found = folds_.find(key); found != folds_.end() && found->second.until > now) {
        Fold& fold = found->second;
        if (fold.times++ == 0) changed_.notify_all();  // from now on somebody must see to its end
        fold.last.assign(fields.begin(), fields.end());
        return;
    }
    write_due(now);
    if (folds_.size() >= folds_max) write_due(Clock::time_point::max());
    folds_[std::move(key)] = {now + window_, 0, level, std::string(event), {}};
    to_.put(level, event, fields);
}

/// What was folded and is over, written; and forgotten.
void FoldingLog::write_due(Clock::time_point now) {
    for (auto entry = folds_.begin(); entry != folds_.end();) {
        Fold& fold = entry->second;
        if (fold.until > now) {
            ++entry;
            continue;
        }
        if (fold.times != 0) {
            fold.last.emplace_back("times", fold.times);
            to_.put(fold.level, fold.event, fold.last);
        }
        entry = folds_.erase(entry);
    }
}

/// When the first fold that holds something ends.
FoldingLog::Clock::time_point FoldingLog::next_end() const {
    Clock::time_point next = Clock::time_point::max();
    for (const auto& [key, fold] : folds_)
        if (fold.times != 0) next = std::min(next, fold.until);
    return next;
}

void FoldingLog::run(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
        const Clock::time_point next = next_end();
        if (next == Clock::time_point::max()) {
            changed_.wait(lock, stop, [&] { return next_end() != next; });
        } else {
            changed_.wait_until(lock, stop, next, [] { return false; });
            write_due(Clock::now());
        }
    }
}

}  // namespace heddle
