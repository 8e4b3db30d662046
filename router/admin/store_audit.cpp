#include <algorithm>

#include "router/admin/moments.hpp"
#include "router/admin/store.hpp"
#include "router/admin/store_rows.hpp"

namespace heddle::admin {
namespace {

using nlohmann::json;

constexpr std::size_t entry_overhead = 200;  // numbers, keys, and what was ended

// Both count what size_of counts, and what was before and after. SQLite knows the length of a value
// without reading it.
constexpr const char* count_all =
    "SELECT COUNT(*), IFNULL(SUM(200 + LENGTH(who) + LENGTH(via) + LENGTH(origin) + LENGTH(operation) + "
    "LENGTH(realm) + LENGTH(before) + LENGTH(after) + LENGTH(error) + LENGTH(detail)), 0) FROM admin_audit";
constexpr const char* remove_oldest =
    "DELETE FROM admin_audit WHERE n = (SELECT MIN(n) FROM admin_audit) RETURNING 200 + LENGTH(who) + LENGTH(via) + "
    "LENGTH(origin) + LENGTH(operation) + LENGTH(realm) + LENGTH(before) + LENGTH(after) + LENGTH(error) + "
    "LENGTH(detail)";

std::size_t size_of(const AuditEntry& entry) {
    return entry_overhead + entry.who.size() + entry.via.size() + entry.from.size() + entry.operation.size() +
           entry.realm.size() + entry.error.size() + entry.detail.size();
}

AuditEntry entry_at(const SqliteStatement& row) {
    AuditEntry out;
    out.n = static_cast<std::uint64_t>(row.integer(0));
    out.at = row.integer(1);
    out.who = text(row, 2);
    out.via = text(row, 3);
    out.from = text(row, 4);
    out.operation = text(row, 5);
    out.realm = text(row, 6);
    out.revision = static_cast<std::uint64_t>(row.integer(7));
    out.before = stored_json(row, 8);
    out.after = stored_json(row, 9);
    out.ended = stored_json(row, 10);
    out.error = text(row, 11);
    out.detail = text(row, 12);
    return out;
}

}  // namespace

json json_of(const AuditEntry& entry) {
    json out = {{"n", entry.n},       {"ts", timestamp(entry.at)}, {"who", entry.who}, {"via", entry.via},
                {"from", entry.from}, {"op", entry.operation},     {"realm", entry.realm.empty() ? json() : json(entry.realm)},
                {"revision", entry.revision == 0 ? json() : json(entry.revision)},
                {"before", entry.before}, {"after", entry.after}, {"ended", entry.ended}};
    if (!entry.error.empty()) {
        out["error"] = entry.error;
        out["detail"] = entry.detail;
    }
    return out;
}

/// The next number is one more than the last: also where old entries went, since the last one never does.
std::uint64_t Store::append(const AuditEntry& entry) {
    const std::string before = dumped(entry.before), after = dumped(entry.after), ended = dumped(entry.ended);
    SqliteStatement& row = statement(
        "INSERT INTO admin_audit VALUES((SELECT IFNULL(MAX(n), 0) + 1 FROM admin_audit), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, "
        "?, ?)");
    row.reset()
        .put(entry.at)
        .put(entry.who)
        .put(entry.via)
        .put(entry.from)
        .put(entry.operation)
        .put(entry.realm)
        .put(static_cast<std::int64_t>(entry.revision))
        .put(before)
        .put(after)
        .put(ended)
        .put(entry.error)
        .put(entry.detail)
        .step();
    row.reset();
    if (audit_size_) {
        ++audit_size_->entries;
        audit_size_->bytes += size_of(entry) + before.size() + after.size();
    }
    return static_cast<std::uint64_t>(sqlite3_last_insert_rowid(file_.handle()));
}

void Store::set_ended(std::uint64_t n, const json& ended) {
    const std::string value = dumped(ended);
    statement("UPDATE admin_audit SET ended = ? WHERE n = ?").reset().put(value).put(static_cast<std::int64_t>(n)).step();
}

std::vector<AuditEntry> Store::audit(const AuditQuery& query) {
    // Empty texts ask for nothing, so one statement for each order is enough.
    static constexpr const char* newest =
        "SELECT * FROM admin_audit WHERE n < ?1 AND at >= ?2 AND (?3 = x'' OR who = ?3) AND (?4 = x'' OR realm = ?4) AND "
        "(?5 = x'' OR operation = ?5) ORDER BY n DESC";
    static constexpr const char* oldest =
        "SELECT * FROM admin_audit WHERE n > ?1 AND at >= ?2 AND (?3 = x'' OR who = ?3) AND (?4 = x'' OR realm = ?4) AND "
        "(?5 = x'' OR operation = ?5) ORDER BY n";
    SqliteStatement& rows = statement(query.newest_first ? newest : oldest);
    const std::int64_t edge = query.after ? static_cast<std::int64_t>(*query.after)
                              : query.newest_first ? std::numeric_limits<std::int64_t>::max()
                                                   : 0;
    rows.reset().put(edge).put(query.since).put(query.who).put(query.realm).put(query.operation);
    std::vector<AuditEntry> out;
    while (out.size() < query.limit && rows.step()) {
        AuditEntry entry = entry_at(rows);
        const auto& realms = query.realms;
        if (!realms || std::find(realms->begin(), realms->end(), entry.realm) != realms->end())
            out.push_back(std::move(entry));
    }
    rows.reset();
    return out;
}

void Store::forget_audit(std::int64_t before) {
    audit_size_.reset();
    statement("DELETE FROM admin_audit WHERE at < ? AND n < (SELECT MAX(n) FROM admin_audit)").reset().put(before).step();
}

const AuditSize& Store::audit_size() {
    if (!audit_size_) {
        SqliteStatement& row = statement(count_all);
        row.reset().step();
        audit_size_ = {static_cast<std::size_t>(row.integer(0)), static_cast<std::size_t>(row.integer(1))};
        row.reset();
    }
    return *audit_size_;
}

void Store::trim_audit(const AuditSize& bounds) {
    audit_size();
    AuditSize& size = *audit_size_;
    SqliteStatement& oldest = statement(remove_oldest);
    while (size.entries > 1 && (size.entries > bounds.entries || size.bytes > bounds.bytes)) {
        oldest.reset().step();
        --size.entries;
        size.bytes -= static_cast<std::size_t>(oldest.integer(0));
        oldest.reset();
    }
}

}  // namespace heddle::admin
