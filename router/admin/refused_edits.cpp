#include "router/admin/refused_edits.hpp"

#include <utility>

#include "router/admin/moments.hpp"

namespace heddle::admin {

RefusedEdits::Window& RefusedEdits::window_of(const std::string& who, TimePoint now) {
    if (const auto found = windows_.find(who); found != windows_.end()) return found->second;
    const std::string& key = windows_.size() < users_max ? who : std::string();
    const auto [entry, fresh] = windows_.try_emplace(key);
    if (fresh) entry->second.until = now + window;
    return entry->second;
}

bool RefusedEdits::admit(const AuditEntry& entry, TimePoint now) {
    Window& window = window_of(entry.who, now);
    if (window.written < written_max) {
        ++window.written;
        return true;
    }
    if (window.folded++ == 0) window.folded_since = entry.at;
    window.last = entry;
    return false;
}

std::vector<AuditEntry> RefusedEdits::take_due(TimePoint now) {
    std::vector<AuditEntry> summaries;
    for (auto at = windows_.begin(); at != windows_.end();) {
        Window& window = at->second;
        if (window.until > now) {
            ++at;
            continue;
        }
        if (window.folded != 0) {
            AuditEntry summary = std::move(window.last);
            summary.detail = std::to_string(window.folded) + " more operations were refused since " +
                             timestamp(window.folded_since) + " and are not listed; the last: " + summary.detail;
            summaries.push_back(std::move(summary));
        }
        at = windows_.erase(at);
    }
    return summaries;
}

}  // namespace heddle::admin
