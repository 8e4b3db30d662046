#include "router/folding_log.hpp"

#include <algorithm>
#include <utility>

namespace heddle {
namespace {

constexpr std::uint64_t unlimited = ~std::uint64_t{0};

/// Which of many, not why.
bool tells_whom(std::string_view field) {
    return field == "from" || field == "session" || field == "at" || field == "authid" || field == "retry" ||
           field == "age";
}

/// How many lines of one kind are written at once in one window.
std::uint64_t written_max(LogLevel level, std::string_view event) {
    if (event.starts_with("uplink.")) return unlimited;
    if (event.starts_with("session.")) return FoldingLog::sessions_max;
    if (event == "auth.fail" || level >= LogLevel::warn) return 1;
    for (const std::string_view of_clients : {"connection.", "tls.", "warp."})
        if (event.starts_with(of_clients)) return FoldingLog::sessions_max;
    return unlimited;
}

std::string kind_key(std::span<const LogField> fields) {
    std::string kind;
    for (const LogField& field : fields)
        if (!tells_whom(field.name)) (kind += '\n') += field.value;
    return kind;
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
    const std::uint64_t at_once = written_max(level, event);
    if (at_once == unlimited) return to_.put(level, event, fields);
    if (!to_.wants(level)) return;
    const std::scoped_lock lock(mutex_);
    const Clock::time_point now = Clock::now();
    if (next_end_ <= now) write_due(now);
    Fold& fold = fold_of(event, fields, now);
    if (fold.written < at_once) {
        ++fold.written;
        return to_.put(level, event, fields);
    }
    fold.level = level;
    fold.last.assign(fields.begin(), fields.end());
    if (fold.times++ == 0 && fold.until < next_end_) {
        next_end_ = fold.until;
        changed_.notify_all();
    }
}

/// The window that the line belongs to; a new one where the last is over.
FoldingLog::Fold& FoldingLog::fold_of(std::string_view event, std::span<const LogField> fields, Clock::time_point now) {
    auto at = events_.find(event);
    if (at == events_.end()) at = events_.emplace(event, Kinds{}).first;
    Kinds& kinds = at->second;
    std::string kind = kind_key(fields);
    auto found = kinds.find(kind);
    if (found == kinds.end() && kinds.size() >= kinds_max) {
        std::erase_if(kinds, [&](const auto& known) { return known.second.until <= now && known.second.times == 0; });
        if (kinds.size() >= kinds_max) kind = "\nother";
        found = kinds.find(kind);
    }
    if (found == kinds.end()) found = kinds.emplace(std::move(kind), Fold{now + window_, 0, 0, LogLevel::warn, {}}).first;
    Fold& fold = found->second;
    if (fold.until <= now && fold.times == 0) fold = {now + window_, 0, 0, LogLevel::warn, {}};
    return fold;
}

/// What was folded and is over, written; and all that is over, forgotten.
void FoldingLog::write_due(Clock::time_point now) {
    next_end_ = Clock::time_point::max();
    for (auto& [name, kinds] : events_)
        for (auto at = kinds.begin(); at != kinds.end();) {
            Fold& fold = at->second;
            if (fold.until > now) {
                if (fold.times != 0) next_end_ = std::min(next_end_, fold.until);
                ++at;
                continue;
            }
            if (fold.times != 0) {
                fold.last.emplace_back("times", fold.times);
                to_.put(fold.level, name, fold.last);
            }
            at = kinds.erase(at);
        }
}

void FoldingLog::run(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (!stop.stop_requested()) {
        const Clock::time_point next = next_end_;
        if (next == Clock::time_point::max()) {
            changed_.wait(lock, stop, [&] { return next_end_ != next; });
        } else {
            changed_.wait_until(lock, stop, next, [&] { return next_end_ < next; });
            if (Clock::now() >= next_end_) write_due(Clock::now());
        }
    }
}

}  // namespace heddle
