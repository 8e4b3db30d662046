// What the desk writes to the audit log, and who hears of it.
#include <algorithm>

#include "router/admin/desk_state.hpp"
#include "router/shortened.hpp"

namespace heddle::admin {
namespace {

// Of refused operations, whose fields were not checked yet. What an edit brought is bounded by the message.
constexpr std::size_t detail_max = 1 << 10;
constexpr std::size_t name_max = 255;

}  // namespace

/// Writes an entry and keeps the log within its bounds: the oldest entries make room. Returns its number.
std::uint64_t Desk::State::write_entry(const AuditEntry& entry) {
    const std::uint64_t n = store.append(entry);
    const auto now = settings();
    store.trim_audit({now->audit_entries, now->audit_bytes});
    figures.audited(store.audit_size());
    return n;
}

/// An operation that would have changed something, and was refused or failed.
void Desk::State::audit_refusal(const Request& request, const Refusal& refusal) {
    if (refusal.error == error::shutting_down) return;
    AuditEntry entry;
    entry.at = now_ms();
    entry.who = request.asker.authid;
    entry.via = request.asker.via;
    entry.from = request.asker.from;
    entry.operation = "heddle." + std::string(request.operation->noun) + "." + std::string(request.operation->verb);
    const auto realm = request.arguments.find("realm");
    if (realm != request.arguments.end() && realm->is_string())
        entry.realm = shortened(realm->get_ref<const std::string&>(), name_max);
    entry.error = refusal.error;
    entry.detail = shortened(refusal.detail, detail_max);
    const auto now = std::chrono::steady_clock::now();
    write_summaries(now);
    if (!refused.admit(entry, now)) return figures.folded_refusal();
    write_refusal(std::move(entry));
}

/// Refused operations that were not written one by one, as one entry for each user.
void Desk::State::write_summaries(std::chrono::steady_clock::time_point now) {
    for (AuditEntry& summary : refused.take_due(now)) {
        summary.at = now_ms();
        write_refusal(std::move(summary));
    }
}

void Desk::State::write_refusal(AuditEntry entry) {
    try {
        entry.n = write_entry(entry);
        if (!meeting->stopped()) hear_of(entry);
    } catch (const std::exception& thrown) {
        works = false;
        log.write(LogLevel::error, "audit.lost", {{"op", entry.operation}, {"who", entry.who}, {"why", thrown.what()}});
    }
}

std::vector<std::string> Desk::State::strangers_to(const std::string& realm) {
    if (!confined) {
        std::vector<Confined> found;
        for (const StoredUser& stored : store.users(admin_realm, "", 100'000))
            if (!stored.user.realms.empty()) found.push_back({stored.user.authid, stored.user.realms});
        confined = std::move(found);
    }
    std::vector<std::string> out;
    for (const Confined& one : *confined)
        if (std::find(one.realms.begin(), one.realms.end(), realm) == one.realms.end()) out.push_back(one.authid);
    return out;
}

void Desk::State::hear_of(const AuditEntry& entry) {
    if (!hear) return;
    std::vector<std::string> strangers;
    try {
        strangers = strangers_to(entry.realm);
    } catch (const std::exception&) {  // it is done and stored; whom it may be told is not to be had
        works = false;
        return;
    }
    hear("heddle.audit.on_entry", json_of(entry), strangers);
    if (!entry.error.empty() || entry.revision == 0) return;
    hear("heddle.realm.on_change",
         {{"realm", entry.realm}, {"revision", entry.revision}, {"op", entry.operation}, {"who", entry.who}, {"ts", timestamp(entry.at)}},
         strangers);
}

}  // namespace heddle::admin
