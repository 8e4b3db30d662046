#include "realms/history.hpp"

#include <algorithm>

namespace heddle {

bool HistoryInMemory::append(const HistoryEntry& entry) {
    expire(entry.time);
    const std::size_t bytes = entry.bytes();
    const std::size_t bytes_max = bytes_bound_.now();
    if (bytes > bytes_max || events_max_ == 0) {
        while (!kept_.empty()) drop_oldest();
        return false;
    }
    while (!kept_.empty() && (kept_.size() >= events_max_ || bytes_ > bytes_max - bytes)) drop_oldest();
    ByteBuffer text(entry.topic.size() + entry.event.size() + entry.lists.size());
    for (const std::string_view part : {entry.topic, entry.event, entry.lists}) text.append(part);
    kept_.push_back({entry.time, entry.publication, static_cast<std::uint32_t>(entry.topic.size()),
                     static_cast<std::uint32_t>(entry.event.size()), text.freeze()});
    bytes_ += bytes;
    return false;
}

void HistoryInMemory::expire(WallMs now) {
    if (age_max_ == 0) return;
    while (!kept_.empty() && kept_.front().time < now - age_max_) drop_oldest();
}

std::uint64_t HistoryInMemory::find(PublicationId publication) const {
    // From the end: whoever reads on from a publication has seen it lately.
    const auto found =
        std::find_if(kept_.rbegin(), kept_.rend(), [&](const Kept& kept) { return kept.publication == publication; });
    return found == kept_.rend() ? 0 : before_ + static_cast<std::uint64_t>(kept_.rend() - found);
}

void HistoryInMemory::walk(std::uint64_t first, std::uint64_t last, bool reverse,
                           FunctionRef<bool(const HistoryEntry&)> visit) const {
    first = std::max(first, before_ + 1);
    last = std::min(last, before_ + kept_.size());
    if (first > last) return;
    for (std::uint64_t count = last - first + 1, i = 0; i < count; ++i) {
        const std::uint64_t position = reverse ? last - i : first + i;
        if (!visit(entry(static_cast<std::size_t>(position - before_ - 1)))) return;
    }
}

HistoryEntry HistoryInMemory::entry(std::size_t index) const {
    const Kept& kept = kept_[index];
    const std::string_view text = kept.text.view();
    const std::size_t lists = std::size_t{kept.topic_size} + kept.event_size;
    return {before_ + index + 1,
            kept.time,
            kept.publication,
            text.substr(0, kept.topic_size),
            text.substr(kept.topic_size, kept.event_size),
            text.substr(lists)};
}

void HistoryInMemory::drop_oldest() {
    bytes_ -= entry(0).bytes();
    kept_.pop_front();
    ++before_;
}

}  // namespace heddle
